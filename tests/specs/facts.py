"""What an operation takes and gives, in a form that a specification and a declaration can both be read into.

Pure values. A `Shape` that is `NAMED` stands for the shape of that name among the `shapes` of its `Facts`, so shapes may refer
to themselves.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

import msgspec

__all__ = [
    "Body",
    "Declared",
    "Facts",
    "Kind",
    "Member",
    "Operation",
    "Parameter",
    "Place",
    "Shape",
    "Shapes",
    "bounds",
    "lines",
    "merged",
    "resolved",
    "spelled",
]


class Kind(enum.StrEnum):
    """What a value is."""

    ANY = "any"
    BOOLEAN = "boolean"
    FILE = "file"
    INTEGER = "integer"
    LIST = "list"
    NAMED = "named"
    NUMBER = "number"
    OBJECT = "object"
    TEXT = "text"
    UNION = "union"


class Place(enum.StrEnum):
    """Where a parameter stands in a request."""

    HEADER = "header"
    PATH = "path"
    QUERY = "query"


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of value with its limits.

    `low` and `high` bound a number, the characters of a text or the items of a list. `item` is what a list holds, or an object
    whose members have names of the sender's choice. `kinds` are those of a union, told apart by the member `tag`, if any.
    """

    kind: Kind = Kind.ANY
    name: str = ""
    null: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    pattern: str = ""
    format: str = ""
    item: Shape | None = None
    members: dict[str, Member] = {}
    kinds: tuple[Shape, ...] = ()
    tag: str = ""
    about: str = ""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an object; some are only sent, others only received."""

    shape: Shape
    required: bool
    sent: bool = True
    received: bool = True


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A value in the path, the query or a header."""

    name: str
    place: Place
    shape: Shape
    required: bool
    joined: bool = False
    """Whether a list is one text with commas; otherwise each of its items is a parameter of this name."""
    about: str = ""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a request or an answer; `media` are the content types it may have."""

    shape: Shape
    media: tuple[str, ...] = ("application/json",)
    required: bool = True


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation; `answer` is that of success, `None` where it holds nothing."""

    method: str
    path: str
    name: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answer: Body | None = None
    statuses: tuple[str, ...] = ()
    paid: bool = False
    group: str = ""
    about: str = ""

    @property
    def line(self) -> str:
        """Method and path, by which an operation is found."""
        return f"{self.method} {self.path}"


Shapes = Mapping[str, Shape]


class Facts(msgspec.Struct, frozen=True):
    """The operations of one API, by method and path, and its named shapes."""

    operations: dict[str, Operation]
    shapes: dict[str, Shape]


class Declared(msgspec.Struct, frozen=True):
    """An operation as it is declared, by its dotted name; a struct has another shape where it is sent than where it is read.

    Of one that is written `by_hand` it is not known what it takes: its parameters and body are those of the specification.
    """

    python: str
    operation: Operation
    sent: dict[str, Shape]
    received: dict[str, Shape]
    by_hand: bool = False


def resolved(shape: Shape, shapes: Shapes) -> Shape:
    """The shape itself, where it is a name; null where either may be."""
    null = shape.null
    while shape.kind is Kind.NAMED:
        shape = shapes[shape.name]
        null |= shape.null
    return msgspec.structs.replace(shape, null=null) if null is not shape.null else shape


def merged(kinds: Sequence[Shape]) -> Shape:
    """Objects of several kinds as one: it has the members of all, and requires what each of them requires."""
    members: dict[str, Member] = {}
    for name in dict.fromkeys(name for kind in kinds for name in kind.members):
        found = [kind.members[name] for kind in kinds if name in kind.members]
        members[name] = Member(
            shape=_either([one.shape for one in found]),
            required=len(found) == len(kinds) and all(one.required for one in found),
            sent=any(one.sent for one in found),
            received=any(one.received for one in found),
        )
    return Shape(kind=Kind.OBJECT, null=any(kind.null for kind in kinds), members=members)


def _either(shapes: Sequence[Shape]) -> Shape:
    """One shape for a member that several kinds have."""
    null = any(one.null for one in shapes)
    solid = [msgspec.structs.replace(one, null=False) for one in shapes]
    different = tuple({spelled(one): one for one in solid}.values())
    if len(different) == 1:
        return msgspec.structs.replace(different[0], null=null)
    if any(one.kind is not Kind.TEXT for one in different):
        return Shape(kind=Kind.UNION, null=null, kinds=different)
    any_text = any(not one.choices for one in different)
    choices = () if any_text else tuple(dict.fromkeys(choice for one in different for choice in one.choices))
    return Shape(kind=Kind.TEXT, null=null, choices=choices)


def spelled(shape: Shape) -> str:
    """A shape on one line, without the members of an object."""
    text: str = shape.name if shape.kind is Kind.NAMED else shape.kind.value
    if shape.kind is Kind.LIST:
        text = f"list of {spelled(shape.item or Shape())}"
    elif shape.kind is Kind.OBJECT and shape.item is not None:
        text = f"object of {spelled(shape.item)}"
    elif shape.kind is Kind.UNION:
        text = f"({' | '.join(spelled(one) for one in shape.kinds)})" + (f" by {shape.tag}" if shape.tag else "")
    if shape.format:
        text += f" as {shape.format}"
    if shape.choices:
        text += f" of {', '.join(shape.choices)}"
    if shape.low is not None or shape.high is not None:
        text += f" {bounds(shape)}"
    if shape.pattern:
        text += f" like {shape.pattern}"
    return f"{text} or null" if shape.null else text


def bounds(shape: Shape) -> str:
    """The limits of a shape as `1..100`."""
    low, high = ("" if one is None else f"{one:.15g}" for one in (shape.low, shape.high))
    return f"{low}..{high}"


def lines(facts: Facts) -> dict[str, dict[str, str]]:
    """Every fact of an API as a line of text, by what it is about: an operation or a named shape, and a place in it."""
    found = {line: _of_operation(one) for line, one in sorted(facts.operations.items())}
    return found | {name: {"": spelled(one)} | _members("", one) for name, one in sorted(facts.shapes.items())}


def _of_operation(one: Operation) -> dict[str, str]:
    found = {"": ", ".join([one.name, *one.statuses, *(["paid"] if one.paid else [])])}
    for parameter in one.parameters:
        found[f"{parameter.place} {parameter.name}"] = _required(
            spelled(parameter.shape) + (" joined by commas" if parameter.joined else ""), parameter.required
        )
    for name, body in (("body", one.body), ("answer", one.answer)):
        if body is not None:
            told = f"{spelled(body.shape)} in {', '.join(body.media)}"
            found[name] = _required(told, body.required and name == "body")
            found |= _members(name, body.shape)
    return found


def _members(place: str, shape: Shape) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, member in shape.members.items():
        only = "" if member.sent else ", only received"
        only += "" if member.received else ", only sent"
        found[f"{place}.{name}"] = _required(spelled(member.shape), member.required) + only
        found |= _members(f"{place}.{name}", member.shape)
    if shape.item is not None:
        found |= _members(f"{place}[]", shape.item)
    for number, kind in enumerate(shape.kinds, 1):
        found |= _members(f"{place}({number})", kind)
    return found


def _required(text: str, required: bool) -> str:
    return f"{text}, required" if required else text
