"""The filters of Convore's conversation list: a query in, predicates out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from aioconvo.sandbox.data import milliseconds

from .data import Conversation

Predicate = Callable[[Conversation], bool]

_STATUSES: Final = frozenset({"open", "done", "trash", "spam"})


def filters_in(query: Sequence[tuple[str, str]]) -> list[Predicate]:
    """One predicate for each filter in the query; repeated keys are alternatives. Raises ValueError with the reason."""
    values: dict[str, list[str]] = {}
    for name, value in query:
        # The two names of one filter add up; what sending both means nobody says.
        values.setdefault("statuses" if name == "status" else name, []).append(value)
    return [make(name, values[name]) for name, make in _MAKERS.items() if name in values]


def to_milliseconds(when: datetime) -> int:
    """Milliseconds since 1970; a time without a zone is UTC."""
    return milliseconds(when if when.tzinfo else when.replace(tzinfo=UTC))


def _status(_: str, texts: Sequence[str]) -> Predicate:
    wanted = frozenset(texts)
    if not wanted <= _STATUSES:
        raise ValueError("A status is open, done, trash or spam")
    return lambda conversation: conversation.status in wanted


def _channel(_: str, texts: Sequence[str]) -> Predicate:
    return lambda conversation: conversation.channel.id in texts


def _labels(_: str, texts: Sequence[str]) -> Predicate:
    return lambda conversation: any(label["id"] in texts for label in conversation.labels)


def _contacts(_: str, texts: Sequence[str]) -> Predicate:
    # Clients write the type in upper case, answers have it in lower case.
    wanted = {(kind.lower(), value) for kind, _, value in (text.partition(":") for text in texts)}

    def keep(conversation: Conversation) -> bool:
        contact = conversation.contact
        return contact is not None and (contact.handle.type, contact.handle.value) in wanted

    return keep


def _flag(has: Predicate) -> Callable[[str, Sequence[str]], Predicate]:
    def make(name: str, texts: Sequence[str]) -> Predicate:
        if texts[-1] not in {"true", "false"}:
            raise ValueError(f"{name} is true or false")
        wanted = texts[-1] == "true"
        return lambda conversation: has(conversation) is wanted

    return make


def _bound(when: Callable[[Conversation], int], *, before: bool) -> Callable[[str, Sequence[str]], Predicate]:
    def make(name: str, texts: Sequence[str]) -> Predicate:
        try:
            bound = to_milliseconds(datetime.fromisoformat(texts[-1]))
        except (ValueError, OverflowError) as error:
            raise ValueError(f"{name} is an ISO 8601 time") from error
        # Which bound is inclusive nobody says: here `after` is, since clients cut the fractions of their seconds.
        return lambda conversation: (when(conversation) < bound) is before

    return make


_MAKERS: Final[Mapping[str, Callable[[str, Sequence[str]], Predicate]]] = {
    "statuses": _status,
    "channel_id": _channel,
    "label_ids": _labels,
    "contact_handle_tokens": _contacts,
    "has_no_label": _flag(lambda conversation: not conversation.labels),
    "has_drafts": _flag(lambda conversation: conversation.drafts > 0),
    "has_messages": _flag(lambda conversation: conversation.count > 0),
    "has_outbound_messages": _flag(Conversation.has_outbound),
    "created_at_before": _bound(lambda conversation: conversation.created_at, before=True),
    "created_at_after": _bound(lambda conversation: conversation.created_at, before=False),
    "last_message_date_before": _bound(Conversation.last_at, before=True),
    "last_message_date_after": _bound(Conversation.last_at, before=False),
}
