"""What an export holds and what is missing, for people and for programs."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aioconvo.core.errors import AioconvoError
from aioconvo.core.numbers import counted
from aioconvo.export import Completeness, ConversationState, Fault, Unknown, Verdict, conversation_states, verify

__all__ = ["as_json", "print_states", "sentences", "show"]

_COLUMNS = ("provider", "account", "conversation", "messages", "of", "missing", "first", "last", "end reached", "why")
_AT_ONCE = 500
_AGAIN = "the same export command fetches what is missing"
_WAYS_OUT: tuple[tuple[frozenset[str | None], str], ...] = (
    (
        frozenset({"AuthenticationError", "PermissionDeniedError", "PaymentRequiredError", "ConfigurationError"}),
        "the API refuses the credentials or the account; put that right (they are variables), then the same command goes on",
    ),
    (
        frozenset({"NotFoundError", "GoneError"}),
        "the API does not know some ids; correct them where you gave them, the same export command would ask in vain again",
    ),
    (
        frozenset({"BadRequestError", "InvalidRequestError", "UnprocessableEntityError", "UnsupportedError"}),
        "the API refuses some requests for what they ask; see why above, the same export command would ask in vain again",
    ),
    (
        frozenset({"RateLimitError", "LimitReachedError"}),
        "a quota is used up; once the time above is over, the same export command fetches what is missing",
    ),
    (
        frozenset({"ResponseDecodeError", "PaginationError"}),
        "some answers cannot be used; the same export command tries again, and says why if they still cannot",
    ),
)
_UNSEEN = (  # by what compares sizes and counts, as exports do
    "delete what is damaged: files that are called so, or a database's messages of the conversations that are lost; "
    "then the same export command fetches it again"
)
_WIDEST = 100_000  # characters


def show(target: str, *, everything: bool, json: bool, deep: bool = False, strict: bool = False) -> int:
    """Print what a target holds; the exit code: 0 complete, 1 short, 2 no such target.

    With `strict`, ids that the API does not know make it short.
    """
    try:
        held = verify(target, deep=deep)
        if json:
            for piece in as_json(target, held, everything=everything, deep=deep):
                typer.echo(piece, nl=False)
        else:
            print_states(conversation_states(target, deep=deep), everything=everything)
            typer.echo("\n".join(sentences(target, held, deep=deep)))
    except AioconvoError as error:
        typer.echo(f"Error: {error}", err=True)
        return 2
    return 0 if held.complete and not (strict and held.unknowns) else 1


def sentences(target: str, held: Completeness, *, deep: bool = False) -> list[str]:
    """Totals, and what is missing, in a few lines; `deep`: all data was read."""
    counts = ", ".join(f"{held.verdicts[verdict]} {verdict}" for verdict in Verdict if held.verdicts.get(verdict))
    told = [
        f"{target}: {counted(held.conversations, 'conversation')} ({counts or 'none'}), {counted(held.messages, 'message')}"
    ]
    told += [
        f"  the list of {_list(one.user, one.account.provider)} is unfinished: {_why(one.fault)}" for one in held.lists[:10]
    ]
    if held.lists_unfinished > 10:  # noqa: PLR2004 -- as above
        told.append(f"  and {counted(held.lists_unfinished - 10, 'list')} more")
    if held.unknowns:
        names = ", ".join(map(_describe_unknown, held.unknown[:10]))
        more = " ..." if held.unknowns > len(held.unknown[:10]) else ""
        told.append(f"  unknown to the API, {held.unknowns} of the ids that were given: {names}{more}")
    since = f" since the last run that ended, {_time(held.written_at)}" if held.written_at else ""
    told += [f"  damaged{since}: {words}" for words in held.damage[:10]]
    if held.running:
        told.append("  an export is writing to it: its records were asked, the data was not looked at")
    if held.complete:
        return [*told, f"  complete, as of {_time(held.as_of)}"]
    faults = [*(one.fault for one in held.lists), *(one.fault for one in held.incomplete)]
    found = ways_out(fault.type if fault else None for fault in faults)
    if deep and held.damage:
        found = [_UNSEEN, *(words for words in found if words != _AGAIN)]
    return [*told, *(f"  NOT COMPLETE: {words}" for words in found)]


def ways_out(faults: Iterable[str | None]) -> list[str]:
    """What brings the rest, by the names of the errors that it failed with (`None`: it was stopped, or just lacks something).

    Where the credentials are refused, nothing else was asked any more.
    """
    types = set(faults) or {None}
    found = [words for kinds, words in _WAYS_OUT if types & kinds]
    others = types - {kind for kinds, _ in _WAYS_OUT for kind in kinds}
    return found[:1] if types & _WAYS_OUT[0][0] else [*found, *([_AGAIN] if others else [])]


def print_states(states: Iterable[ConversationState], *, everything: bool) -> None:
    """A table of the conversations that are short, or of all; in flat memory."""
    wanted = (state for state in states if everything or not state.verdict.whole)
    while some := list(itertools.islice(wanted, _AT_ONCE)):
        drawn = Table(box=None, pad_edge=False)
        for column in _COLUMNS:
            drawn.add_column(column, justify="right" if column in {"messages", "of", "missing"} else "left", no_wrap=True)
        for state in some:
            drawn.add_row(*map(Text, _cells(state)))  # ids are what they are: no markup, no emoji
        # Names that are cut or folded help nobody; a narrow terminal wraps the lines itself.
        Console(width=Console(width=_WIDEST).measure(drawn).maximum).print(drawn)


def as_json(target: str, held: Completeness, *, everything: bool, deep: bool = False) -> Iterator[bytes]:
    """One JSON object in pieces: totals, and under `conversations` those that are short, or all."""
    totals: dict[str, Any] = msgspec.to_builtins(held)
    del totals["incomplete"]
    totals["conversation_count"] = totals.pop("conversations")
    yield msgspec.json.encode({"target": target, "complete": held.complete, **totals})[:-1] + b',"conversations":['
    between = b"\n"
    for state in conversation_states(target, deep=deep):
        if everything or not state.verdict.whole:
            yield between + msgspec.json.encode(state)
            between = b",\n"
    yield b"]}\n"


def _cells(state: ConversationState) -> tuple[str, ...]:
    return (
        state.account.provider,
        state.account.name,
        state.id,
        str(state.messages),
        "?" if state.told is None else str(state.told),
        str(state.gap),
        _time(state.first),
        _time(state.last),
        "yes" if state.reached_end else "no",
        _reason(state),
    )


def _reason(state: ConversationState) -> str:
    if state.fault is not None:
        return f"{state.verdict}: {_why(state.fault)}"
    return "" if state.verdict is Verdict.COMPLETE else str(state.verdict)


def _why(fault: Fault | None) -> str:
    return "stopped before its end" if fault is None else f"{fault.type}: {fault.words}"


def _describe_unknown(one: Unknown) -> str:
    named = f"conversation {one.conversation}" if one.user is None else f"user {one.user}"
    return f"{named} of {one.account.provider}"


def _list(user: str, provider: str) -> str:
    return f"user {user} of {provider}" if user else f"conversations of {provider}"


def _time(when: dt.datetime | None) -> str:
    return "-" if when is None else when.isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z")
