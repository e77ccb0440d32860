"""Watching good answers for what this version of the library does not know."""

from __future__ import annotations

import collections
import functools
import re
import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from aioconvo.core.json.drift_kinds import DriftKind, Drifts
from aioconvo.core.json.members import UnknownMembers
from aioconvo.core.json.model import Model, OpenEnum, new_values
from aioconvo.core.log import logger
from aioconvo.core.wire.pool import RawResponse

from .apart import TakenApart

__all__ = ["Watch", "harmless", "log_once"]

_log = logger("drift")
_LOOKED_AT_FIRST = 65_536  # bytes of an operation's answers
_ONE_IN = 128
_HARMLESS = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$:-]{0,63}")  # what looks like a name, and like no phone number or address
_NOTED_AT_MOST = 1000
_noted: set[tuple[str, str, str, DriftKind]] = set()


class Watch:
    """What a client and its copies look for.

    Members without a field are looked for in the first answers to each operation, and then in one byte of 128.
    """

    __slots__ = ("_members",)

    def __init__(self) -> None:
        self._members: dict[str, UnknownMembers] = {}

    def notices(self, operation: str, data: Any, answer: RawResponse) -> Drifts | None:
        """Something is not as documented in an answer to that operation."""
        members = self._members.get(operation)
        if members is None:
            members = self._members[operation] = UnknownMembers(first=_LOOKED_AT_FIRST, one_in=_ONE_IN)
        found = members.look(data, answer.body)
        if not found and answer.apart is None and not new_values:
            return None
        drifts: Drifts = collections.Counter()
        if isinstance(answer.apart, TakenApart):
            drifts += answer.apart.drifts
        for enum_type in new_values:
            drifts[(*_place_of(enum_type, _kind(data)), DriftKind.VALUE)] += 1
        new_values.clear()
        for struct, member in found:
            drifts[(struct, member, DriftKind.MEMBER)] += 1
        return drifts


def harmless(name: str) -> str:
    """The name of a member, where it is one: keys of mappings may be data."""
    return name if _HARMLESS.fullmatch(name) else "…"


def log_once(operation: str, struct: str, field: str, what: DriftKind) -> None:
    """Say once for each operation and field, without values, that an API does not send what it documents."""
    noted = (operation, struct, field, what)
    if noted not in _noted and len(_noted) < _NOTED_AT_MOST:
        _noted.add(noted)
        _log.warning("%s: %s at %r of %s; nothing of the answer is lost", operation, what, field, struct)


def _kind(data: object) -> Any:
    return getattr(data, "drifted_from", type(data))


@functools.cache
def _place_of(enum_type: type[OpenEnum], kind: Any) -> tuple[str, str]:
    """Where in an answer's type values of an enum stand; only the enum's name, if that can be in several places."""
    places = set(_places(enum_type, kind, ()))
    return places.pop() if len(places) == 1 else (enum_type.__name__, "")


def _places(enum_type: Any, kind: Any, above: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(kind, type) and issubclass(kind, Model) and kind not in above:
        for one in msgspec.structs.fields(kind):
            if one.type is enum_type or enum_type in typing.get_args(one.type):
                yield kind.__name__, one.encode_name
            yield from _places(enum_type, one.type, (*above, kind))
    for argument in typing.get_args(kind):
        yield from _places(enum_type, argument, above)
