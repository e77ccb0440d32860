"""Where a poll stands, and the text of it that programs store. Pure.

A list that is polled promises no order and says nothing of how late an event may appear in it. So a place is not a point in it:
it is the newest time that was seen, and which events since `floor` were given already. Times are milliseconds since 1970, as
the API tells them.
"""

from __future__ import annotations

import base64
import bisect
import hashlib
from collections.abc import Iterable, Iterator
from typing import Annotated, cast

import msgspec

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.paging.marks import short

__all__ = ["Feed", "Place", "Seen", "parse_place"]

_VERSION = 1
_HEAD = 3
_DIGEST = len(short(""))
_OFFSET = 4
_ENTRY = _DIGEST + _OFFSET
_FARTHEST = (1 << 8 * _OFFSET) - 1
_MORE = 500  # how many names a position holds beside those that it needs: some 7 kB


class Feed(msgspec.Struct, frozen=True):
    """Which list is polled, whose, and which types of what is in it: `None` are all."""

    provider: str
    what: str
    account: str | None
    types: tuple[str, ...] | None = None

    @property
    def digest(self) -> str:
        """What tells its positions apart from those of other types."""
        if self.types is None:
            return ""
        return hashlib.blake2b("\n".join(sorted(set(self.types))).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


class Place(msgspec.Struct, frozen=True):
    """Where a poll stands: all events since `floor` that were given are in `seen`, each with its time and digest."""

    feed: Feed
    newest: int
    floor: int
    seen: tuple[tuple[int, bytes], ...] = ()

    def __str__(self) -> str:
        """The text to store."""
        feed = self.feed
        names = (feed.provider, feed.what, feed.account, feed.digest)
        stored = _Stored(_VERSION, *names, self.newest, self.floor, self._packed())
        return msgspec.json.encode(stored).decode()

    def _packed(self) -> str:
        entries = (
            digest + min(max(at - self.floor, 0), _FARTHEST).to_bytes(_OFFSET, "big") for at, digest in sorted(self.seen)
        )
        return base64.b64encode(b"".join(entries)).decode()


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    version: int
    provider: str
    what: str
    account: str | None
    types: str
    newest: Annotated[int, msgspec.Meta(ge=0)]
    floor: Annotated[int, msgspec.Meta(ge=0)]
    seen: str


def parse_place(text: object, feed: Feed) -> Place:
    """The place in a text.

    Raises:
        InvalidRequestError: It is no position of events, one of another account or other types, or of a later version.
    """
    if not isinstance(text, str):
        raise InvalidRequestError(f"position must be a text, the `position` of an event; got {type(text).__name__}")
    try:
        head: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise _no_position() from None
    if not isinstance(head, list) or len(cast("list[object]", head)) < _HEAD:
        raise _no_position()
    version, provider, what = cast("list[object]", head)[:_HEAD]
    if (provider, what) != (feed.provider, feed.what):
        raise InvalidRequestError(f"this position belongs to another list, not to the {feed.what} of {feed.provider}")
    if isinstance(version, int) and version > _VERSION:
        raise InvalidRequestError(
            f"this position is of version {version}, which a later aioconvo wrote; this one reads up to {_VERSION}"
        )
    try:
        stored = msgspec.json.decode(text, type=_Stored)
        seen = _unpacked(stored)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise _no_position() from None
    _check(stored, feed)
    return Place(feed, stored.newest, stored.floor, seen)


def _no_position() -> InvalidRequestError:
    return InvalidRequestError("this is no position of events; use the `position` of one that was given")


def _unpacked(stored: _Stored) -> tuple[tuple[int, bytes], ...]:
    whole = base64.b64decode(stored.seen, validate=True)
    if len(whole) % _ENTRY:
        raise ValueError("no whole number of entries")
    parts = (whole[at : at + _ENTRY] for at in range(0, len(whole), _ENTRY))
    return tuple((stored.floor + int.from_bytes(part[_DIGEST:], "big"), part[:_DIGEST]) for part in parts)


def _check(stored: _Stored, feed: Feed) -> None:
    # A position that says no account was made before the account had a name.
    if stored.account is not None and stored.account != feed.account:
        mine = "has no name (account=)" if feed.account is None else f"is {feed.account!r}"
        raise InvalidRequestError(f"this position belongs to another account: {stored.account!r}; this client's {mine}")
    if stored.types != feed.digest:
        raise InvalidRequestError("this position belongs to other types= than these: what those left out would be missing")


class Seen:
    """The events that were given since `floor`, by time. With more than `most` of them the floor rises."""

    def __init__(self, floor: int, entries: Iterable[tuple[int, bytes]] = (), *, most: int = 200_000) -> None:
        self.floor = floor
        self._most = most
        self._entries = sorted(entries)
        self._digests = {digest for _, digest in self._entries}

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._digests

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        return iter(self._entries)

    def add(self, at: int, digest: bytes) -> None:
        """One more was given."""
        self._digests.add(digest)
        if self._entries and self._entries[-1] > (at, digest):
            bisect.insort(self._entries, (at, digest))
        else:
            self._entries.append((at, digest))

    def forget(self, before: int, *, needed: int) -> None:
        """Let go of those before a time, and of more where they are too many, but of none since `needed`."""
        count = bisect.bisect_left(self._entries, (before, b""))
        too_many = len(self._entries) - self._most
        if too_many > count:
            count = min(too_many, bisect.bisect_left(self._entries, (needed, b"")))
            if count:  # of those that share the time of the last one that goes, some may stay
                before = max(before, self._entries[count - 1][0] + 1)
        if count:
            self._digests.difference_update(digest for _, digest in self._entries[:count])
            del self._entries[:count]
        self.floor = max(self.floor, before)

    def newest_of(self, needed: int) -> tuple[int, tuple[tuple[int, bytes], ...]]:
        """What a position holds: all since `needed`, some before that; and since when that is all of them."""
        first = bisect.bisect_left(self._entries, (needed, b""))
        begin = max(0, first - _MORE)
        if begin == 0:
            return self.floor, tuple(self._entries)
        # Of those that share the time of the first one left out, some are not in it.
        return min(self._entries[begin - 1][0] + 1, needed), tuple(self._entries[begin:])
