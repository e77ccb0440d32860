"""JSON values of a shape: the least that is valid, and such as break one limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .facts import Kind, Shape, Shapes, resolved

__all__ = ["Samples"]

_PLAIN: dict[Kind, Any] = {Kind.ANY: {}, Kind.BOOLEAN: True, Kind.INTEGER: 1, Kind.NUMBER: 1.0, Kind.FILE: ""}
_OF_FORMATS = {"date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01", "uuid": "00000000-0000-4000-8000-000000000001"}


class Samples:
    """Values of the shapes of one API; `more` are members that a named object needs beyond those it requires."""

    def __init__(self, shapes: Shapes, more: Mapping[str, Mapping[str, Any]]) -> None:
        self._shapes = shapes
        self._more = more

    def least(self, shape: Shape) -> Any:
        """A value with nothing in it that may be left out."""
        more = self._more.get(shape.name, {})
        shape = resolved(shape, self._shapes)
        if shape.kind is Kind.TEXT:
            return self._text(shape)
        if shape.kind is Kind.LIST:
            return [self.least(shape.item or Shape())] * int(shape.low or 1)
        if shape.kind is Kind.UNION:
            return self.least(shape.kinds[0])
        if shape.kind is Kind.OBJECT:
            return {name: self.least(one.shape) for name, one in shape.members.items() if one.required and one.sent} | dict(
                more
            )
        return _PLAIN[shape.kind] if shape.low is None else shape.low

    def _text(self, shape: Shape) -> str:
        if shape.choices:
            return shape.choices[0]
        return _OF_FORMATS.get(shape.format) or "x" * int(shape.low or 1)

    def breaking(self, shape: Shape, place: str = "", above: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
        """Values that break one limit each, with the place of it; what holds itself is gone into once."""
        if shape.name in above:
            return
        inside = (*above, shape.name) if shape.name else above
        least, shape = self.least(shape), resolved(shape, self._shapes)
        yield from ((place, value) for value in self._outside(shape))
        for kind in shape.kinds:
            yield from self.breaking(kind, place, inside)
        if shape.kind is Kind.LIST and shape.item is not None:
            yield from ((where, [value]) for where, value in self.breaking(shape.item, f"{place}[]", inside))
        for name, member in shape.members.items():
            if member.sent:
                for where, value in self.breaking(member.shape, f"{place}.{name}", inside):
                    yield where, {**least, name: value}

    def _outside(self, shape: Shape) -> Iterator[Any]:
        if shape.choices or shape.format in _OF_FORMATS:
            return
        one = self.least(shape.item) if shape.item is not None else "x"
        for count in ((shape.high or 0) + 1 if shape.high is not None else None, (shape.low or 0) - 1 if shape.low else None):
            if count is not None and shape.kind is Kind.TEXT:
                yield "x" * int(count)
            elif count is not None and shape.kind is Kind.LIST:
                yield [one] * int(count)
            elif count is not None:
                yield int(count)
