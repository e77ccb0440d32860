"""The events of the emulated Convore account: written when messages come and go, listed as `/v1/events` lists them.

Nobody documents the order of that list, how late an event may appear in it, or what its last page says: `manner` sets each.
"""

from __future__ import annotations

import base64
import bisect
import dataclasses
import heapq
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from aioconvo.sandbox.data import iso, milliseconds, number
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route

from .data import ulid
from .filters import to_milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aioconvo.sandbox.exchange import Settings

_LARGEST_PAGE: Final = 500
_TYPES: Final = frozenset(
    {
        *("message_inbound_received", "message_outbound_sent", "conversation_done", "conversation_reopened"),
        *("conversation_moved_to_trash", "conversation_restored_from_trash", "conversation_marked_as_spam"),
        *("conversation_unmarked_as_spam", "label_added_to_conversation", "label_removed_from_conversation"),
    }
)
_OBJECTS: Final = frozenset({"conversation", "message", "label"})
_FILED: Final = {"done": "conversation_done", "trash": "conversation_moved_to_trash", "spam": "conversation_marked_as_spam"}
_UNFILED: Final = {"trash": "conversation_restored_from_trash", "spam": "conversation_unmarked_as_spam"}

_Key = tuple[int, int]
"""Where an event stands in the list: its time in milliseconds and its number."""


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """One event; `at` in milliseconds since 1970."""

    id: str
    type: str
    object_type: str
    object_id: str
    at: int
    conversation_id: str
    message_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The event on the wire."""
        message = {"message_id": self.message_id} if self.message_id else {}
        return {
            "id": self.id,
            "type": self.type,
            "object_id": self.object_id,
            "object_type": self.object_type,
            "created_at": iso(self.at),
            "conversation_id": self.conversation_id,
            **message,
        }


class EventLog:
    """The account's events. `manner` may be set at any time; `seeded` gives what was there before, once that is asked for."""

    def __init__(self, settings: Settings, seeded: Callable[[], Iterable[tuple[int, str, str, str]]]) -> None:
        self.manner = settings.event_list
        self._settings = settings
        self._seeded: Callable[[], Iterable[tuple[int, str, str, str]]] | None = seeded
        self._keys: list[_Key] = []
        self._events: dict[_Key, Event] = {}
        self._by_id: dict[str, Event] = {}
        self._hidden: list[tuple[int, _Key]] = []
        self._count = 0
        self._answers = 0
        self.routes = (
            Route("GET", "/v1/events", "list_events", self._list),
            Route("GET", "/v1/events/{event_id}", "get_event", self._get),
        )

    def message(self, direction: str, conversation_id: str, message_id: str, at: int) -> Event:
        """A message came (`inbound`) or went."""
        kind = "message_inbound_received" if direction == "inbound" else "message_outbound_sent"
        return self._add(kind, at, conversation_id, message_id)

    def filed(self, conversation_id: str, before: str, after: str, at: int) -> None:
        """A conversation got another status."""
        if before != after:
            kind = _FILED.get(after) or _UNFILED.get(before, "conversation_reopened")
            self._add(kind, at, conversation_id)

    def _add(self, kind: str, at: int, conversation_id: str, message_id: str | None = None) -> Event:
        self._count += 1
        draw = number(self._settings.seed, "convore event", self._count)
        told = at - at % self.manner.same_time
        thing = ("message", message_id) if message_id else ("conversation", conversation_id)
        event = Event(ulid("event", at, draw), kind, *thing, told, conversation_id, message_id)
        key = (told, self._count)
        self._events[key] = event
        self._by_id[event.id] = event
        late = draw >> 32 & 0xFFFF
        if self.manner.late and late < self.manner.late_share * 0x1_0000:
            seen_at = at + int((draw >> 48 & 0xFFFF) / 0xFFFF * self.manner.late * 1000)
            heapq.heappush(self._hidden, (seen_at, key))
        else:
            bisect.insort(self._keys, key)
        return event

    def _visible(self) -> list[_Key]:
        """The keys of what the list shows by now, in their order."""
        seeded, self._seeded = self._seeded, None
        for at, direction, conversation_id, message_id in seeded() if seeded else ():
            self.message(direction, conversation_id, message_id, at)
        now = milliseconds(self._settings.clock())
        while self._hidden and self._hidden[0][0] <= now:
            bisect.insort(self._keys, heapq.heappop(self._hidden)[1])
        return self._keys

    def _list(self, request: Request, _: Mapping[str, str]) -> Reply:
        query = request.parameters()
        keys = self._filtered(request)
        limit = _limit_in(query)
        place = _place_in(query)
        if self.manner.oldest_first:
            begin = 0 if place is None else bisect.bisect_left(keys, place)
            page, rest = keys[begin : begin + limit], keys[begin + limit : begin + limit + 1]
            following = rest[0] if rest else None
        else:
            end = len(keys) if place is None else bisect.bisect_right(keys, place)
            begin = max(0, end - limit)
            page, following = keys[begin:end][::-1], keys[begin - 1] if begin else None
        self._answers += 1
        if self._is_empty_page() and page:
            page, following = [], page[0]
        body: dict[str, Any] = {"data": [self._events[key].to_json() for key in page], "total_count": len(keys)}
        if following is not None:
            body["next_cursor"] = base64.urlsafe_b64encode(msgspec.json.encode([*following, self._answers])).decode()
        elif self.manner.null_cursor:
            body["next_cursor"] = None
        return Reply(200, body)

    def _get(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        self._visible()
        event = self._by_id.get(parameters["event_id"])
        if event is None:
            raise Refusal(404, "not_found", "No event has this id")
        return Reply(200, event.to_json())

    def _is_empty_page(self) -> bool:
        draw = number(self._settings.seed, "empty page", self._answers) & 0xFFFF
        return draw < self.manner.empty_pages * 0x1_0000

    def _filtered(self, request: Request) -> list[_Key]:
        query = request.parameters()
        keys = self._visible()
        # Which bound is inclusive nobody says: here neither is.
        after, before = _time_in(query, "created_at_after"), _time_in(query, "created_at_before")
        begin = 0 if after is None else bisect.bisect_left(keys, (after + 1, 0))
        end = len(keys) if before is None else bisect.bisect_left(keys, (before, 0))
        keys = keys[begin:end] if begin or end < len(keys) else keys
        wanted = {value for name, value in request.query if name in {"type", "types"}}
        if not wanted <= _TYPES:
            raise Refusal(400, "invalid_request", f"A type is one of: {', '.join(sorted(_TYPES))}")
        if query.get("object_type", "message") not in _OBJECTS:
            raise Refusal(400, "invalid_request", f"object_type is one of: {', '.join(sorted(_OBJECTS))}")
        if wanted:
            keys = [key for key in keys if self._events[key].type in wanted]
        for name in ("object_id", "object_type"):
            if name in query:
                keys = [key for key in keys if getattr(self._events[key], name) == query[name]]
        return keys


def _time_in(query: Mapping[str, str], name: str) -> int | None:
    if name not in query:
        return None
    try:
        return to_milliseconds(datetime.fromisoformat(query[name]))
    except (ValueError, OverflowError) as error:
        raise Refusal(400, "invalid_request", f"{name} is an ISO 8601 time") from error


def _limit_in(query: Mapping[str, str]) -> int:
    text = query.get("limit", "100")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_PAGE)) and 1 <= int(text) <= _LARGEST_PAGE):
        raise Refusal(400, "invalid_request", f"limit is a number from 1 to {_LARGEST_PAGE}")
    return int(text)


def _place_in(query: Mapping[str, str]) -> _Key | None:
    if not query.get("cursor"):
        return None
    try:
        at, count, _ = msgspec.json.decode(base64.urlsafe_b64decode(query["cursor"]), type=tuple[int, int, int])
    except (ValueError, msgspec.DecodeError) as error:
        raise Refusal(400, "invalid_request", "The cursor is not one of this list") from error
    return at, count
