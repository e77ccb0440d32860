"""Which messages were seen, and up to where all are known: what keeps a cut from losing or doubling any. Pure.

The API tells nothing of what a connection missed. So from time to time the list of conversations is looked at, newest
first, and what was written since the last complete look, less a minute for what shows up late, is fetched and compared by
id. All times are the API's own, in milliseconds since 1970: clocks need not agree.
"""

from __future__ import annotations

import collections
from typing import Any

import msgspec

from aioconvo.core.errors import InvalidRequestError
from aioconvo.inbox.times import milliseconds, utc
from aioconvo.inbox.told import make_id, text_in
from aioconvo.ultracart.events.reading import sent_at

__all__ = ["Delivered", "Watch", "id_of", "is_recent", "moment_of", "summary_moment"]

_SECOND = 1000
_KEPT = 3600 * _SECOND
_CONVERSATIONS_AT_MOST = 10_000
_POSITION = 1  # version of its form


class _Position(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    version: int
    to: int | None
    ids: dict[str, int]


def id_of(message: Any) -> str:
    """What tells a message from others; one without an id is told by its JSON."""
    return text_in(message, "conversation_message_uuid") or make_id(message)


def moment_of(message: Any) -> int | None:
    """When a message was written."""
    when = sent_at(message)
    return None if when is None else milliseconds(when)


def summary_moment(summary: Any) -> int | None:
    """When the last message of a conversation was written, in whole seconds as lists tell it."""
    when = utc(getattr(summary, "last_message_dts", None))
    return None if when is None else milliseconds(when)


def is_recent(summary: Any, floor: int) -> bool:
    """Whether a conversation may have messages since `floor`; one of which nothing is told may."""
    last = summary_moment(summary)
    return last is None or last + _SECOND > floor


class Delivered:
    """What was handed over to whom the messages are for: it becomes the position that is stored."""

    def __init__(self, look_back: float, to: int | None = None, ids: dict[str, int] | None = None) -> None:
        self._look_back = look_back
        self.to = to
        self.ids = ids or {}

    def copy(self) -> Delivered:
        """The same, to go ways of its own."""
        return Delivered(self._look_back, self.to, dict(self.ids))

    @classmethod
    def at(cls, position: str | None, look_back: float) -> Delivered:
        """Go on at a stored position; `None`: from now on.

        Raises:
            InvalidRequestError: It is not a position of this library.
        """
        if position is None:
            return cls(look_back)
        try:
            told = msgspec.json.decode(position, type=_Position)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError, TypeError):
            told = None
        if told is None or told.version != _POSITION:
            raise InvalidRequestError("position is not one that an agent connection gave; leave it out to begin now")
        return cls(look_back, told.to, told.ids)

    @property
    def floor(self) -> int:
        """From where on messages are compared by id."""
        return 0 if self.to is None else max(0, self.to - int(self._look_back * _SECOND))

    @property
    def position(self) -> str:
        """Where to go on, as text to store."""
        return msgspec.json.encode(_Position(_POSITION, self.to, self.ids)).decode()

    def add(self, message_id: str, moment: int | None) -> None:
        """A message was handed over."""
        self.ids[message_id] = self.floor if moment is None else moment

    def reach(self, to: int | None, *, keep: int = 0) -> None:
        """All messages up to there were handed over; ids are forgotten `keep` milliseconds before the floor."""
        if to is not None and (self.to is None or to > self.to):
            self.to = to
        oldest = self.floor - keep
        self.ids = {one: moment for one, moment in self.ids.items() if moment >= oldest}


class Watch:
    """What came, by whatever road, and which conversations need no look because nothing of them can be missing."""

    def __init__(self, delivered: Delivered) -> None:
        self._seen = delivered.copy()
        self._counts: collections.OrderedDict[str, tuple[int, int]] = collections.OrderedDict()
        self._came: collections.Counter[str] = collections.Counter()  # since the count was taken
        self._newest: collections.OrderedDict[str, tuple[int, str | None]] = collections.OrderedDict()  # moment, text

    @property
    def knows_where(self) -> bool:
        """Whether it is known which messages were there before."""
        return self._seen.to is not None

    @property
    def floor(self) -> int:
        """Fetch messages from there on."""
        return self._seen.floor

    def is_new(self, conversation: str, message: Any, *, fetched: bool = False) -> bool:
        """Whether a message was not seen before; now it was. `fetched`: the list counts it, or will."""
        message_id, moment = id_of(message), moment_of(message)
        if moment is not None:
            self._note_newest(conversation, moment, text_in(message, "body"))
        if message_id in self._seen.ids:
            return False
        self._seen.add(message_id, moment)
        if not fetched:
            self._came[conversation] += 1
        return True

    def _note_newest(self, conversation: str, moment: int, text: str | None) -> None:
        known = self._newest.pop(conversation, None)
        self._newest[conversation] = (moment, text) if known is None or moment >= known[0] else known
        _bound(self._newest)

    def has_last_of(self, conversation: str, summary: Any) -> bool:
        """Whether the last message that a summary tells of has come already: by its second, and its text where that is told."""
        last, newest = summary_moment(summary), self._newest.get(conversation)
        if last is None or newest is None or newest[0] // _SECOND * _SECOND < last:
            return False
        text = text_in(summary, "last_conversation_message_body")
        return text is None or newest[0] >= last + _SECOND or text == newest[1]

    def begin(self) -> collections.Counter[str]:
        """A look at the list begins: what came so far, for `wants`. What comes meanwhile may not be counted by the list yet."""
        return self._came.copy()

    def wants(self, conversation: str, summary: Any, came: collections.Counter[str]) -> bool:
        """Whether a conversation has messages that did not come, by the number that the list tells.

        Where it tells none, or more went wrong than the number can show, it has: a look costs a request, no look a message.
        """
        count, last = getattr(summary, "message_count", None), summary_moment(summary)
        before = self._counts.pop(conversation, None)
        if not isinstance(count, int) or last is None:
            return True
        self._counts[conversation] = count, last
        _bound(self._counts)
        expected = before is not None and before[0] + came[conversation] == count
        self._came[conversation] -= came[conversation]
        if self._came[conversation] <= 0:
            del self._came[conversation]
        if not expected or before is None:
            return True
        return last != before[1] and not self.has_last_of(conversation, summary)

    def failed(self, conversation: str) -> None:
        """What a conversation has could not be fetched: look again whatever its count."""
        self._counts.pop(conversation, None)

    def reach(self, to: int | None) -> None:
        """A look has ended: all messages up to there are known. A frame may have waited since long before."""
        self._seen.reach(to, keep=_KEPT)


def _bound(known: collections.OrderedDict[str, Any]) -> None:
    if len(known) > _CONVERSATIONS_AT_MOST:
        known.popitem(last=False)
