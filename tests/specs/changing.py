"""Small changes of what a specification says of an operation, each of which a true declaration must differ from."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from .facts import Body, Kind, Member, Operation, Parameter, Place, Shape, Shapes, resolved

__all__ = ["Changed", "changed"]

Changed = tuple[str, Operation, Shapes]
"""What was changed, the operation and the named shapes as they are then."""

_NEW = Member(shape=Shape(kind=Kind.BOOLEAN), required=False)


def changed(told: Operation, shapes: Shapes, left_out: Collection[str]) -> Iterator[Changed]:
    """An operation's specification with one fact changed, for each fact that is compared.

    What a declaration leaves out on purpose, a parameter or member of such a name, may be anything.
    """
    yield "the name", replace(told, name=f"{told.name}x"), shapes
    yield "what it costs", replace(told, paid=not told.paid), shapes
    yield from ((what, one, shapes) for what, one in _parameters(told, left_out))
    if told.body is not None:
        yield "no body", replace(told, body=None), shapes
        yield "an optional body", replace(told, body=replace(told.body, required=not told.body.required)), shapes
    for name, body in (("body", told.body), ("answer", told.answer)):
        if body is not None:
            whole = resolved(body.shape, shapes)
            if whole.kind is not Kind.OBJECT or whole.members:  # an answer without any says no more than its status
                other = ("text/plain",) if body.media != ("text/plain",) else ("text/html",)
                yield f"the {name} of another kind", replace(told, **{name: replace(body, media=other)}), shapes
            yield from _Change(shapes, left_out, sending=name == "body").of(name, told, body)


def _parameters(told: Operation, left_out: Collection[str]) -> Iterator[tuple[str, Operation]]:
    new = Parameter(name="new", place=Place.QUERY, shape=Shape(kind=Kind.TEXT), required=False)
    yield "a new parameter", replace(told, parameters=(*told.parameters, new))
    for number, one in enumerate(told.parameters):
        before, after = told.parameters[:number], told.parameters[number + 1 :]
        if one.place is not Place.HEADER and one.name not in left_out:
            yield f"no {one.name}", replace(told, parameters=before + after)
            for what, other in _of_parameter(one):
                yield f"{one.name} {what}", replace(told, parameters=(*before, other, *after))


def _of_parameter(one: Parameter) -> Iterator[tuple[str, Parameter]]:
    yield "renamed", replace(one, name=f"{one.name}x")
    yield "required or not", replace(one, required=not one.required)
    yield "elsewhere", replace(one, place=Place.HEADER)
    if one.shape.kind is Kind.LIST:
        yield "joined or not", replace(one, joined=not one.joined)
    yield from ((what, replace(one, shape=shape)) for what, shape in _shapes(one.shape, sending=True))


class _Change:
    """Changes of what is sent or read."""

    def __init__(self, shapes: Shapes, left_out: Collection[str], *, sending: bool) -> None:
        self._shapes = shapes
        self._left_out = left_out
        self._sending = sending

    def of(self, name: str, told: Operation, body: Body) -> Iterator[Changed]:
        for what, shape in self._whole(body.shape):
            yield f"{name} {what}", replace(told, **{name: replace(body, shape=shape)}), self._shapes
        for reached in self._reached(body.shape):
            for what, shape in self._whole(self._shapes[reached]):
                yield f"{reached} {what} in the {name}", told, {**self._shapes, reached: shape}

    def _reached(self, shape: Shape) -> list[str]:
        """The names of all shapes in a shape."""
        found: dict[str, None] = {}
        waiting = [shape]
        while waiting:
            one = waiting.pop()
            if one.kind is Kind.NAMED and one.name not in found:
                found[one.name] = None
                one = self._shapes[one.name]
            waiting += [*one.kinds, *(member.shape for _, member in self._members(one)), *([one.item] if one.item else [])]
        return list(found)

    def _members(self, shape: Shape) -> list[tuple[str, Member]]:
        """The members that are compared."""
        here = [(name, one) for name, one in shape.members.items() if name not in self._left_out]
        return [(name, one) for name, one in here if (one.sent if self._sending else one.received)]

    def _whole(self, shape: Shape) -> Iterator[tuple[str, Shape]]:
        if shape.kind is not Kind.OBJECT:
            yield from _shapes(shape, sending=self._sending)
            return
        if shape.members:
            yield "has more", replace(shape, members={**shape.members, "new": _NEW})
        for name, one in self._members(shape):
            others = {key: value for key, value in shape.members.items() if key != name}
            yield f"has no {name}", replace(shape, members=others)
            for what, other in self._member(one):
                yield f"has {name} {what}", replace(shape, members={**shape.members, name: other})

    def _member(self, one: Member) -> Iterator[tuple[str, Member]]:
        whole = resolved(one.shape, self._shapes)
        null = whole.null
        if self._sending or not null:  # what is read as None may be null or missing
            yield "required or not", replace(one, required=not one.required)
        if self._sending and one.shape.null is null and whole.kind is not Kind.ANY:  # null is anything, too
            yield "null or not", replace(one, shape=replace(one.shape, null=not null))
        yield from ((what, replace(one, shape=shape)) for what, shape in _shapes(one.shape, sending=self._sending))


def _shapes(shape: Shape, *, sending: bool) -> Iterator[tuple[str, Shape]]:
    if shape.kind in {Kind.ANY, Kind.NAMED}:
        return
    other = Kind.BOOLEAN if shape.kind is not Kind.BOOLEAN else Kind.TEXT
    yield "of another type", Shape(kind=other, null=shape.null)
    if shape.choices:
        yield "with another value", replace(shape, choices=(*shape.choices, "new"))
    elif shape.kind is Kind.TEXT and not shape.format:
        yield "with known values only", replace(shape, choices=("one", "two"))
        yield "that is a time", replace(shape, format="date-time")
    if sending and shape.kind in {Kind.TEXT, Kind.INTEGER, Kind.NUMBER, Kind.LIST} and not (shape.choices or shape.format):
        yield "with another limit", replace(shape, high=(shape.high or 0) + 77)
    if shape.item is not None:
        yield from ((f"of items {what}", replace(shape, item=one)) for what, one in _shapes(shape.item, sending=sending))
