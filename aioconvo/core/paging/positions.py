"""Positions as texts to store: which list one belongs to, where the walk stood, in a form that says its version.

A position names its list as the API does (provider, method, path) and its account, and tells filters apart by a digest, so
that none of them can be read in it. Versions: 1, of aioconvo 0.1.0, knows a list by a digest of its Python name and of what it
asks for; 2 is the present one.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, NoReturn

import msgspec

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.codec import encode
from aioconvo.core.operations.operation import Request

from .marks import Mark, Name, short

__all__ = ["ListIdentity", "Position", "parse_position"]

_VERSION = 2
_DIGEST_SIZE = len(short(""))
_SKIP = Annotated[int, msgspec.Meta(ge=0)]
MarkAt = Callable[[str], Mark]


class ListIdentity(msgspec.Struct, frozen=True):
    """What tells one list from others.

    `account` is whose list it is, `None` where neither an app id nor a name given by the user says so; `filters` is all that
    is asked for, in any text; `former` is that text as version 1 had it.
    """

    provider: str
    method: str
    path: str
    account: str | None
    filters: str
    former: str

    @classmethod
    def of(cls, request: Request[Any], body: Mapping[str, object], direction: str, account: str | None) -> ListIdentity:
        """The list that is asked for by this request, which says nothing of pages, with this body."""
        operation = request.operation
        # Another order of filters makes no other list.
        filters = (direction, request.path, *sorted(request.query.split("&")), encode(dict(sorted(body.items()))).decode())
        sent = request.body if isinstance(request.body, bytes) else b""
        words = (operation.stored_as or operation.python, direction, request.target, sent.hex())
        place = (operation.provider, operation.method, operation.path)
        return cls(*place, account, "\n".join(filters), " ".join(words))

    def part(self, name: str) -> ListIdentity:
        """Another list made of this one."""
        former = f"{_digest(self.former)} {name}"
        return msgspec.structs.replace(self, filters=f"{self.filters} {name}", former=former)

    def __str__(self) -> str:
        """In words."""
        return f"{self.provider} {self.method} {self.path}".strip()


class Position(msgspec.Struct, frozen=True):
    """Where a walk stood: the list, the pager's mark, and how many items of what comes next were given before."""

    identity: ListIdentity
    mark: Mark
    skip: int = 0

    def __str__(self) -> str:
        """The text to store."""
        mine, mark = self.identity, self.mark
        known: dict[str, Any] = msgspec.structs.asdict(mark)
        known |= {"seen": _join(mark.seen), "late": _join(mark.late)}
        stored = _StoredMark(**known)
        position = _Stored(
            _VERSION, mine.provider, mine.method, mine.path, mine.account, _digest(mine.filters), stored, self.skip
        )
        return msgspec.json.encode(position).decode()


class _StoredMark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `Mark` whose names are digests, in one text in base64 for each kind."""

    cursor: str | None = None
    offset: int = 0
    time: int | None = None
    seen: str = ""
    newest: int | None = None
    oldest: int | None = None
    late: str = ""
    floor: int | None = None
    top: int | None = None
    total: int | None = None
    moved: bool = False
    found: bool = False
    confirming: bool = False
    ended: bool = False
    given: int = 0


class _Stored(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    version: int
    provider: str
    method: str
    path: str
    account: str | None
    filters: str
    mark: _StoredMark
    skip: _SKIP = 0


class _StoredFirst(msgspec.Struct, frozen=True, array_like=True):
    """Version 1; its names are whole ids."""

    walk: str
    mark: _FirstMark
    skip: _SKIP = 0


class _FirstMark(msgspec.Struct, frozen=True):
    cursor: str | None = None
    offset: int = 0
    time: int | None = None
    seen: tuple[str, ...] = ()
    newest: int | None = None
    oldest: int | None = None
    late: tuple[str, ...] = ()
    floor: int | None = None
    total: int | None = None
    moved: bool = False
    confirming: bool = False
    ended: bool = False


def parse_position(text: object, identity: ListIdentity, mark_at: MarkAt | None = None) -> Position:
    """The position in a text; `mark_at` makes a mark of the API's own cursor, where it has one.

    Raises:
        InvalidRequestError: It is no position, one of another list or account, or of a later version.
    """
    text = str(text) if isinstance(text, int) and not isinstance(text, bool) else text
    if not isinstance(text, str):
        raise InvalidRequestError(f"start must be a text, the `position` of a page; got {type(text).__name__}")
    if not text.startswith("["):
        return Position(identity, _own_mark(text, mark_at))
    try:
        version = _version(text)
        stored = None if version > _VERSION else msgspec.json.decode(text, type=_Stored if version > 1 else _StoredFirst)
        mark = None if stored is None else _mark(stored.mark)
    except (msgspec.DecodeError, ValueError, LookupError, RecursionError):
        _refuse(mark_at)
    if stored is None or mark is None:
        raise InvalidRequestError(
            f"this position is of version {version}, which a later aioconvo wrote; this one reads up to {_VERSION}"
        )
    if isinstance(stored, _Stored):
        _check(stored, identity)
    elif stored.walk != _digest(identity.former):
        raise InvalidRequestError(f"this position belongs to another list than {identity}, or to other filters of it")
    return Position(identity, mark, stored.skip)


def _version(text: str) -> int:
    """The first version began with the list's digest."""
    first: object = msgspec.json.decode(text)[0]
    if isinstance(first, str):
        return 1
    if not isinstance(first, int) or first <= 1:
        raise ValueError("no version")
    return first


def _mark(stored: _StoredMark | _FirstMark) -> Mark:
    known: dict[str, Any] = msgspec.structs.asdict(stored)
    if isinstance(stored, _StoredMark):
        known |= {"seen": _split(stored.seen), "late": _split(stored.late)}
    return Mark(**known)


def _own_mark(cursor: str, mark_at: MarkAt | None) -> Mark:
    if mark_at is None or not cursor.strip() or not cursor.isprintable() or cursor.startswith("{"):
        _refuse(mark_at)
    try:
        return mark_at(cursor)
    except ValueError:
        _refuse(mark_at)


def _refuse(mark_at: MarkAt | None) -> NoReturn:
    own = "" if mark_at is None else ", or the API's own cursor"
    raise InvalidRequestError(f"start is no position; use the `position` of a page{own}") from None


def _check(stored: _Stored, identity: ListIdentity) -> None:
    """Refuse a position of another list or tenant."""
    theirs = ListIdentity(stored.provider, stored.method, stored.path, stored.account, "", "")
    if str(theirs) != str(identity):
        raise InvalidRequestError(f"this position belongs to another list: {theirs}; this list is {identity}")
    # A position that says no account was made before the account had a name.
    if stored.account is not None and stored.account != identity.account:
        mine = "has no name (account=)" if identity.account is None else f"is {identity.account!r}"
        raise InvalidRequestError(f"this position belongs to another account: {stored.account!r}; this client's {mine}")
    if stored.filters != _digest(identity.filters):
        raise InvalidRequestError(
            f"this position belongs to another list: {theirs} with other ids, filters or order than this one"
        )


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _join(names: Iterable[Name]) -> str:
    digests = [short(name) if isinstance(name, str) else name for name in names]
    return base64.b64encode(b"".join(digests)).decode()


def _split(text: str) -> tuple[bytes, ...]:
    whole = base64.b64decode(text, validate=True)
    if len(whole) % _DIGEST_SIZE:
        raise ValueError("no whole number of digests")
    return tuple(whole[at : at + _DIGEST_SIZE] for at in range(0, len(whole), _DIGEST_SIZE))
