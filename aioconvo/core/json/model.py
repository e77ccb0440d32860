"""The base of all structs, what a struct knows of the JSON it came from, and what came that no struct has a place for."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import re
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Protocol, Self, cast, dataclass_transform

import msgspec

__all__ = [
    "ORIGIN",
    "Envelope",
    "Model",
    "OpenEnum",
    "Unknown",
    "Variant",
    "is_drifted",
    "kind_of",
    "new_values",
    "origin",
    "plain",
    "raw_json",
    "remade",
]

_ID_LIKE = frozenset({"id", "uuid", "type", "status", "role", "direction", "channel", "medium", "code"})  # last word of a name
# Ids that a tenant chose may be e-mail addresses or phone numbers, and a kind nobody knows may be anything.
_HARMLESS = r"(?!\d{7,15}$)[A-Za-z0-9_.:/-]{1,200}"
# Where somebody is, and what looks like ids but is worth money or tells who somebody is.
_PRIVATE = frozenset(
    {
        *("lat", "long", "postal_code"),
        *("activation_code", "base_coupon_code", "coupon_code", "gift_certificate_code"),
        *("customer_tax_id", "tax_id"),
    }
)
_NEW_VALUES_AT_MOST = 10_000
new_values: list[type[OpenEnum]] = []
"""The enums that were given a value they do not name; whoever decodes empties it before and looks into it after."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class _ModelMeta(msgspec.StructMeta):
    """Makes every model frozen, built by keyword, silent about defaults, and invisible to the cycle collector.

    Frozen structs hold no reference cycles, so the collector would look at millions of them for nothing.
    """

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> Any:
        return super().__new__(mcls, name, bases, namespace, **(_MODEL_CONFIG | config))


_MODEL_CONFIG: dict[str, Any] = {"frozen": True, "kw_only": True, "omit_defaults": True, "gc": False}


ORIGIN = "_origin"


class _Traced:
    """Room for what a struct knows of the JSON it came from, beside its fields: nothing, the JSON, or a body and its place."""

    __slots__ = (ORIGIN,)


class Model(_Traced, msgspec.Struct, metaclass=_ModelMeta):
    """Base of the structs that carry the APIs' nouns.

    A `repr` shows ids, kinds, numbers and times, never message text, names, addresses or secrets, nor what `not_shown` names.
    What came from an API, and copies and pickles of it, can give the JSON as it came (`raw_json`); what
    `msgspec.structs.replace` changed cannot.
    """

    not_shown: ClassVar[frozenset[str]] = frozenset()

    def __copy__(self) -> Self:
        shallow: Callable[[], Self] = getattr(super(), "__copy__")  # noqa: B009 -- msgspec does not tell checkers of it
        copied = shallow()
        if (came_from := origin(self)) is not None:
            msgspec.structs.force_setattr(copied, ORIGIN, came_from)
        return copied

    def __reduce__(self) -> tuple[Any, ...]:
        raw, drifted = raw_json(self), is_drifted(self)
        if raw is None and not drifted:
            return cast("tuple[Any, ...]", super().__reduce__())
        # Past the attributes, which may show what is held in another form.
        fields = dict(zip(self.__struct_fields__, msgspec.structs.astuple(self), strict=True))
        return remade, (getattr(self, "drifted_from", type(self)), fields, raw, drifted)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={text}" for name, text in _safe_fields(self))
        return f"{type(self).__name__}({shown})"

    def __str__(self) -> str:
        hidden = next((name for name, text in _safe_fields(self) if "…" in text), None)
        if hidden is None:
            return repr(self)
        return f"{self!r} -- '…' hides text: .{hidden} shows one field, aioconvo.encode(item) all of it"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(name, _Verbatim(text)) for name, text in _safe_fields(self)]


class Envelope(Model):
    """Base of the structs that wrap an answer's payload; without its required fields an answer is no answer."""


class Variant(Model):
    """Base of the structs that are one of several kinds, told apart by a member of the JSON."""

    @property
    def type(self) -> str:
        """The kind, as the API names it."""
        return str(self.__struct_config__.tag)


class OpenEnum(enum.StrEnum):
    """An enum of known values that keeps a value it does not know instead of refusing it.

    `Kind("new")` is an instance with that value, equal to the text, whose `known` is false.
    """

    def __reduce_ex__(self, proto: object) -> tuple[Any, ...]:
        # By value: Python 3.11.2 pickles members by name, and values that are not named here have none.
        return type(self), (self.value,)

    @property
    def known(self) -> bool:
        """Whether this version of the library names the value."""
        return self.value in type(self)._value2member_map_

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        if len(new_values) < _NEW_VALUES_AT_MOST:
            new_values.append(cls)
        return member


def _whole_number(digits: str) -> int | str:
    """A whole number of JSON; one of thousands of digits, which Python refuses to read, stays text."""
    try:
        return int(digits)
    except ValueError:
        return digits


def plain(raw: bytes | msgspec.Raw) -> Any:
    """JSON as plain Python values, also with lone surrogates, bytes of no charset and numbers beyond all bounds."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        import json  # noqa: PLC0415 -- rarely needed

        return json.loads(bytes(raw).decode("utf-8", "surrogateescape"), parse_int=_whole_number)


class Unknown:
    """A part of an answer that this version of the library does not know, kept as raw JSON and encoded again as it came."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @property
    def type(self) -> str | None:
        """The part's own `type` member, where it has one."""
        value = self.json()
        kind: object = value.get("type") if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] -- untyped JSON
        return kind if isinstance(kind, str) else None

    def json(self) -> Any:
        """The part as plain Python values."""
        return plain(self.raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and other.raw == self.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} type={_safe('type', self.type)}, {len(self.raw)} bytes>"


class _Body(Protocol):
    def cut(self, place: int) -> bytes: ...

    def link(self) -> None: ...


unlinked: dict[int, weakref.ref[_Body]] = {}
"""Bodies of answers whose items do not know them yet, by their ids; each item learns of its body before it is asked."""


def link_all() -> None:
    """Let the items of all answers that are there know the bodies they came in."""
    for one in list(unlinked.values()):
        if (body := one()) is not None:
            body.link()


def origin(value: object) -> Any:
    """What a struct knows of the JSON it came from: `None`, the JSON, or the body it stands in and its place there."""
    if not isinstance(value, Model):
        return None
    known: Any = getattr(value, ORIGIN, None)
    if known is None and unlinked:
        link_all()
        known = getattr(value, ORIGIN, None)
    return known


def raw_json(value: object) -> bytes | None:
    """The JSON that an answer, one of its nouns or an item of its lists came as: its bytes, with all that has no field here.

    Also of copies and pickles of them. `None` for what was made or changed here, and for the parts inside an item, which
    stand in the JSON of the item.
    """
    if not isinstance(value, Model):
        return value.raw if isinstance(value, Unknown) else None
    came_from = origin(value)
    if type(came_from) is tuple:
        body, place = cast("tuple[_Body, int]", came_from)
        return body.cut(place)
    raw: bytes | None = came_from
    return raw


def is_drifted(value: object) -> bool:
    """Whether some part of a struct did not fit."""
    return hasattr(value, "drifted_from")


def kind_of(value: object) -> Any:
    """The type that a value is of, also where some part of it did not fit."""
    return getattr(value, "drifted_from", cast("Any", type(value)))


def remade(kind: Any, fields: dict[str, Any], raw: bytes | None, drifted: bool = True) -> Any:
    """A struct of these fields that knows its JSON; one that drifted equals no struct of other JSON."""
    made = _drifted_type(kind)(**fields) if drifted else kind(**fields)
    if raw is not None:
        msgspec.structs.force_setattr(made, ORIGIN, raw)
    return made


@functools.cache
def _drifted_type(kind: Any) -> type[Any]:
    def same(one: Any, other: object) -> bool:
        return type(other) is type(one) and kind.__eq__(one, other) is True and raw_json(one) == raw_json(other)

    def differ(one: Any, other: object) -> bool:
        return not same(one, other)

    def hashed(one: Any) -> int:
        return hash(raw_json(one))

    members: dict[str, Any] = {"__eq__": same, "__ne__": differ, "__hash__": hashed}
    members |= {"__module__": kind.__module__, "drifted_from": kind}
    return types.new_class(kind.__name__, (kind,), {}, lambda body: body.update(members))


class _Verbatim:
    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _safe_fields(model: Model) -> Iterator[tuple[str, str]]:
    for name in model.__struct_fields__:
        value = getattr(model, name)
        if value is not None and value is not msgspec.UNSET:
            yield name, "'…'" if name in model.not_shown else _safe(name, value)


def _safe(name: str, value: object) -> str:
    if name in _PRIVATE:
        return "…"
    if isinstance(value, str) and not (isinstance(value, enum.Enum) and re.fullmatch(_HARMLESS, value)):
        return repr(value) if name.rpartition("_")[2] in _ID_LIKE and re.fullmatch(_HARMLESS, value) else "'…'"
    if value is None or isinstance(value, bool | int | float | enum.Enum | dt.datetime | Model | Unknown):
        return repr(value)
    if isinstance(value, list):
        return f"[{len(value)} items]"  # pyright: ignore[reportUnknownArgumentType] -- only counted
    return "…"
