"""What an answer must name: the thing it is about, and, where one was asked for, that thing and no other.

Where a server or proxy mixes answers up, HTTP cannot tell; the ids in them can. Ids count as equal in any case, and UUIDs
however they are written.
"""

from __future__ import annotations

import functools
import operator
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from aioconvo.core.json.faults import BrokenBodyError

__all__ = ["Check", "WrongAnswerBodyError", "about", "all_about", "both", "names", "same"]

Check = Callable[[Any], None]
"""Looks at what an answer was decoded to, and raises `BrokenBodyError` where it is not what was asked for."""

_IDS = (str, int)  # and no bool


class WrongAnswerBodyError(BrokenBodyError):
    """A body that names another thing than was asked for: the answer to another request."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the answer names another {what} than was asked for", cut=False)
        self.what = what

    def __reduce__(self) -> tuple[Any, ...]:
        return WrongAnswerBodyError, (self.what,)


def names(what: str, member: str, asked: str | int | None = None, *, also: str | None = None) -> Check:
    """That an answer names a thing by this dotted member, such as `conversation.id`, and the one that was `asked` for.

    It may have been asked for by what stands in the member `also`.
    """
    return functools.partial(_check_names, what, member, asked, also)


def about(what: str, member: str, asked: str | int) -> Check:
    """That an answer which names a thing by this dotted member names the one `asked` for; it may name none."""
    return functools.partial(_check_about, what, member, asked)


def both(one: Check, other: Check) -> Check:
    """That an answer passes two checks."""
    return functools.partial(_check_both, one, other)


def all_about(what: str, asked: str, found: Iterable[object]) -> None:
    """Refuse a page of which an item names another thing than was asked for; what names none passes.

    Raises:
        WrongAnswerBodyError: One does.
    """
    for one in set(found):
        if one != asked and isinstance(one, str) and one and not same(one, asked):
            raise WrongAnswerBodyError(what)


def same(one: str, other: str) -> bool:
    """Whether two ids are the same."""
    return one == other or one.casefold() == other.casefold() or _is_same_uuid(one, other)


def _check_names(what: str, member: str, asked: str | int | None, also: str | None, answer: object) -> None:
    try:
        found = _getter(member)(answer)
    except AttributeError:  # what it stands in is missing
        found = None
    if not found or type(found) not in _IDS:
        raise BrokenBodyError(f"the answer names no {what}: {member} is missing", cut=False)
    if asked is None or found == asked or same(str(found), str(asked)):
        return
    other = None if also is None else _member(also, answer)
    if not isinstance(other, str) or not same(other, str(asked)):
        raise WrongAnswerBodyError(what)


def _check_about(what: str, member: str, asked: str | int, answer: object) -> None:
    found = _member(member, answer)
    if found and type(found) in _IDS and not same(str(found), str(asked)):
        raise WrongAnswerBodyError(what)


def _check_both(one: Check, other: Check, answer: object) -> None:
    one(answer)
    other(answer)


def _member(member: str, answer: object) -> object:
    try:
        return _getter(member)(answer)
    except AttributeError:  # what it stands in is missing
        return None


@functools.lru_cache(maxsize=64)
def _getter(member: str) -> Callable[[object], object]:
    return operator.attrgetter(member)


def _is_same_uuid(one: str, other: str) -> bool:
    try:
        return uuid.UUID(one) == uuid.UUID(other)
    except ValueError:
        return False
