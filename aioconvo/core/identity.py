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

from .codec import BrokenBodyError

__all__ = ["Check", "WrongAnswerBodyError", "about", "all_about", "names", "same"]

Check = Callable[[Any], None]
"""Looks at what an answer was decoded to, and raises `BrokenBodyError` where it is not what was asked for."""


class WrongAnswerBodyError(BrokenBodyError):
    """A body that names another thing than was asked for: the answer to another request."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the answer names another {what} than was asked for", cut=False)
        self.what = what

    def __reduce__(self) -> tuple[Any, ...]:
        return WrongAnswerBodyError, (self.what,)


def names(what: str, *members: str, asked: str | int | None = None) -> Check:
    """That an answer names a thing by one of these dotted members, such as `conversation.id`; and the one `asked` for."""
    return functools.partial(_check_names, what, members, asked)


def about(what: str, member: str, asked: str | int) -> Check:
    """That an answer which names a thing by this dotted member names the one `asked` for; it may name none."""
    return functools.partial(_check_about, what, member, asked)


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


def _check_names(what: str, members: tuple[str, ...], asked: str | int | None, answer: object) -> None:
    found = [value for member in members if isinstance(value := _member(member, answer), str) and value]
    if not found:
        raise BrokenBodyError(f"the answer names no {what}: {' or '.join(members)} is missing", cut=False)
    if asked is not None and not any(same(one, str(asked)) for one in found):
        raise WrongAnswerBodyError(what)


def _check_about(what: str, member: str, asked: str | int, answer: object) -> None:
    found = _member(member, answer)
    if isinstance(found, str) and found and not same(found, str(asked)):
        raise WrongAnswerBodyError(what)


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
