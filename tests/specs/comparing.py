"""What a declared operation and its specification say differently, a line each.

A request must be able to say all that the specification allows, and nothing else; an answer must be read in full. Limits are
compared where something is sent: an answer that breaks one is read all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from .facts import Body, Declared, Kind, Member, Operation, Parameter, Shape, Shapes, bounds, merged, resolved

__all__ = ["by_tag", "differences", "pairs"]

_PLAIN = {Kind.BOOLEAN, Kind.INTEGER, Kind.NUMBER, Kind.TEXT}
# Forms that a type or rule stands for; others, such as `uri`, are texts like any other. Ids are read as they come.
_TIMES = {"date", "date-time"}


def differences(ours: Declared, theirs: Operation, shapes: Shapes) -> Iterator[str]:
    """How an operation is declared otherwise than its specification has it; `shapes` are those of the specification."""
    told = ours.operation
    if told.name != theirs.name:
        yield f"name: {told.name} here, {theirs.name} in the specification"
    if told.paid is not theirs.paid:
        yield f"effect: {_paid(told)} here, {_paid(theirs)} in the specification"
    sent = _Comparison(ours.sent, shapes, sending=True)
    yield from sent.parameters(told, theirs)
    yield from sent.bodies(told.body, theirs.body)
    yield from _Comparison(ours.received, shapes, sending=False).answers(told.answer, theirs.answer)


def pairs(ours: Declared, theirs: Operation, shapes: Shapes) -> set[tuple[str, str]]:
    """Which named shapes of a declaration and of its specification stand for the same."""
    found: set[tuple[str, str]] = set()
    for sending, own in ((True, ours.sent), (False, ours.received)):
        comparison = _Comparison(own, shapes, sending=sending)
        told = comparison.bodies if sending else comparison.answers
        body, other = (ours.operation.body, theirs.body) if sending else (ours.operation.answer, theirs.answer)
        for _ in told(body, other):
            pass
        found |= comparison.seen
    return found


def _paid(operation: Operation) -> str:
    return "it costs money" if operation.paid else "it is free"


class _Comparison:
    def __init__(self, own: Shapes, shapes: Shapes, *, sending: bool) -> None:
        self._own = own
        self._shapes = shapes
        self._sending = sending
        self.seen: set[tuple[str, str]] = set()
        """The named shapes that were compared, as pairs."""

    def parameters(self, ours: Operation, theirs: Operation) -> Iterator[str]:
        """The differences between what stands in the path, the query and the headers."""
        here = {(one.place, one.name): one for one in ours.parameters}
        there = {(one.place, one.name): one for one in theirs.parameters}
        for key in sorted(here.keys() | there.keys()):
            where = " ".join(key)
            if key not in here:
                yield f"{where}: not an argument"
            elif key not in there:
                yield f"{where}: not in the specification"
            else:
                one, other = here[key], there[key]
                yield from _requiredness(where, one.required, other.required)
                if one.joined is not other.joined:
                    yield f"{where}: {_join(one)} here, {_join(other)} in the specification"
                # A null stands in no query and no path.
                yield from self.values(where, replace(one.shape, null=False), replace(other.shape, null=False))

    def bodies(self, ours: Body | None, theirs: Body | None) -> Iterator[str]:
        """The differences between what is sent."""
        if theirs is None:
            if ours is not None:
                yield "body: the specification has none"
            return
        if ours is None:
            yield "body: is not sent"
            return
        yield from _media("body", ours, theirs)
        yield from _requiredness("body", ours.required, theirs.required)
        yield from self.values("body", ours.shape, theirs.shape)

    def answers(self, ours: Body | None, theirs: Body | None) -> Iterator[str]:
        """The differences between what is read."""
        if theirs is None or ours is None:
            if ours is not None:
                yield "answer: the specification has none"
            elif theirs is not None and self._tells(theirs.shape):
                yield "answer: is not read"
            return
        yield from _media("answer", ours, theirs)
        yield from self.values("answer", ours.shape, theirs.shape)

    def _tells(self, shape: Shape) -> bool:
        """Whether there is anything to read; an answer without members says no more than its status."""
        shape = resolved(shape, self._shapes)
        return shape.kind is not Kind.OBJECT or bool(shape.members) or shape.item is not None

    def values(self, where: str, ours: Shape, theirs: Shape) -> Iterator[str]:
        """The differences between two shapes."""
        key = (ours.name, theirs.name)
        ours, theirs = resolved(ours, self._own), resolved(theirs, self._shapes)
        yield from self._null(where, ours, theirs)
        if all(key):
            if key in self.seen:
                return
            self.seen.add(key)
        if Kind.UNION in {ours.kind, theirs.kind}:
            yield from self._unions(where, ours, theirs)
        elif not _same_kind(ours, theirs):
            yield f"{where}: is {ours.kind}, {theirs.kind} in the specification"
        elif theirs.kind is Kind.LIST:
            yield from self._limits(where, ours, theirs, "items")
            yield from self.values(f"{where}[]", ours.item or Shape(), theirs.item or Shape())
        elif theirs.kind is Kind.OBJECT:
            yield from self._objects(where, ours, theirs)
        elif theirs.kind in _PLAIN:
            yield from self._plain(where, ours, theirs)

    def _null(self, where: str, ours: Shape, theirs: Shape) -> Iterator[str]:
        if theirs.null and not ours.null and ours.kind is not Kind.ANY:
            yield f"{where}: null in the specification"
        elif ours.null and not theirs.null and theirs.kind is not Kind.ANY:
            yield f"{where}: never null in the specification"

    def _plain(self, where: str, ours: Shape, theirs: Shape) -> Iterator[str]:
        if set(ours.choices) != set(theirs.choices):
            yield from _choices(where, ours.choices, theirs.choices)
        forms = {*_TIMES, "uuid"} if self._sending else _TIMES
        here, there = ({one.format} & forms for one in (ours, theirs))
        if here != there:
            yield f"{where}: is {_form(here)}, {_form(there)} in the specification"
        if not theirs.choices and not there & here:  # which say more than any limit
            yield from self._limits(where, ours, theirs, "characters" if theirs.kind is Kind.TEXT else "")

    def _limits(self, where: str, ours: Shape, theirs: Shape, unit: str) -> Iterator[str]:
        if not self._sending:
            return
        if (_low(ours), ours.high) != (_low(theirs), theirs.high):
            here, there = (_limits(one, unit) for one in (ours, theirs))
            yield f"{where}: {here} here, {there} in the specification"
        if ours.pattern != theirs.pattern:
            here, there = (one.pattern or "any text" for one in (ours, theirs))
            yield f"{where}: {here} here, {there} in the specification"

    def _objects(self, where: str, ours: Shape, theirs: Shape) -> Iterator[str]:
        if not theirs.members and theirs.item is None:  # its members are nobody's business
            if ours.members:
                yield f"{where}: the specification names no members"
            return
        if not ours.members and not (theirs.item is not None and not theirs.members):
            yield f"{where}: its members are not declared"
            return
        for name in sorted(ours.members.keys() | theirs.members.keys()):
            yield from self._member(f"{where}.{name}", ours.members.get(name), theirs.members.get(name))
        if theirs.item is not None and ours.item is not None:
            yield from self.values(f"{where}{{}}", ours.item, theirs.item)
        elif theirs.item is not None and not theirs.members:
            yield f"{where}: its members may have any name in the specification"

    def _member(self, where: str, ours: Member | None, theirs: Member | None) -> Iterator[str]:
        if theirs is None:
            yield f"{where}: not in the specification"
            return
        here = theirs.sent if self._sending else theirs.received
        if ours is None:
            if here:
                yield f"{where}: not declared"
            return
        if not here:  # one struct for both ways, and this is a member of the other
            if ours.required:
                yield f"{where}: only {'received' if self._sending else 'sent'} in the specification"
            return
        # An answer's member reads as None where it is null and where it is not there: one of the two is enough for that.
        absent = not self._sending and not ours.required and resolved(ours.shape, self._own).null
        null = resolved(theirs.shape, self._shapes).null
        if not (absent and null):
            yield from _requiredness(where, ours.required, theirs.required)
        yield from self.values(where, ours.shape, replace(theirs.shape, null=null or absent))

    def _unions(self, where: str, ours: Shape, theirs: Shape) -> Iterator[str]:
        here, there = self._kinds(ours, self._own), self._kinds(theirs, self._shapes)
        if any(one.kind is not Kind.OBJECT for one in (*here, *there)):
            yield from self._kinds_of_value(where, here, there)
            return
        tag = ours.tag or theirs.tag
        mine, other = by_tag(here, tag), by_tag(there, tag)
        if not (mine and other):
            yield from self._objects(where, merged(here), merged(there))
            return
        yield from (f"{where}: the kind {kind} is not declared" for kind in sorted(other.keys() - mine.keys()))
        yield from (f"{where}: the kind {kind} is not in the specification" for kind in sorted(mine.keys() - other.keys()))
        for kind in sorted(mine.keys() & other.keys()):
            if mine[kind].name and other[kind].name:
                self.seen.add((mine[kind].name, other[kind].name))
            yield from self._objects(f"{where}({kind})", mine[kind], other[kind])

    def _kinds(self, shape: Shape, shapes: Shapes) -> list[Shape]:
        """The kinds of a union, and of unions in it; those that have names keep them."""
        kind = resolved(shape, shapes)
        if kind.kind is not Kind.UNION:
            return [replace(kind, name=shape.name)]
        return [inner for one in kind.kinds for inner in self._kinds(one, shapes)]

    def _kinds_of_value(self, where: str, ours: list[Shape], theirs: list[Shape]) -> Iterator[str]:
        for one in ours:
            if not any(self._fits(one, other) for other in theirs):
                yield f"{where}: {one.kind} is not in the specification"
        for other in theirs:
            fitting = next((one for one in ours if self._fits(one, other)), None)
            if fitting is None:
                yield f"{where}: {other.kind} is not declared"
            else:
                yield from self.values(where, replace(fitting, null=other.null), other)

    def _fits(self, ours: Shape, theirs: Shape) -> bool:
        if ours.item is None or theirs.item is None:
            return _same_kind(ours, theirs)
        mine, other = resolved(ours.item, self._own), resolved(theirs.item, self._shapes)
        return _same_kind(ours, theirs) and _same_kind(mine, other)


def by_tag(kinds: list[Shape], tag: str) -> dict[str, Shape]:
    """The kinds of a union by the value of the member that tells them apart; empty where one has no value of its own."""
    found: dict[str, Shape] = {}
    for kind in kinds:
        member = kind.members.get(tag)
        choices = () if member is None else member.shape.choices
        if len(choices) != 1:
            return {}
        found[choices[0]] = kind
    return found


def _media(where: str, ours: Body, theirs: Body) -> Iterator[str]:
    if not set(ours.media) & set(theirs.media):
        yield f"{where}: is {', '.join(ours.media)}, {', '.join(theirs.media)} in the specification"


def _join(parameter: Parameter) -> str:
    return "joined by commas" if parameter.joined else "repeated"


def _requiredness(where: str, ours: bool, theirs: bool) -> Iterator[str]:
    if ours is not theirs:
        yield f"{where}: {'required' if theirs else 'optional'} in the specification"


def _choices(where: str, ours: tuple[str, ...], theirs: tuple[str, ...]) -> Iterator[str]:
    if not ours:
        yield f"{where}: any value here, {', '.join(theirs)} in the specification"
    elif not theirs:
        yield f"{where}: {', '.join(ours)} here, any value in the specification"
    else:
        yield from (f"{where}: the value {one} is not declared" for one in theirs if one not in ours)
        yield from (f"{where}: the value {one} is not in the specification" for one in ours if one not in theirs)


def _same_kind(ours: Shape, theirs: Shape) -> bool:
    return ours.kind is theirs.kind or Kind.ANY is theirs.kind


def _low(shape: Shape) -> float | None:
    """The least of a shape; that a text or list has at least nothing says nothing."""
    return None if shape.low == 0 and shape.kind in {Kind.TEXT, Kind.LIST} else shape.low


def _limits(shape: Shape, unit: str) -> str:
    if shape.low is None and shape.high is None:
        return "no limit"
    return f"{bounds(shape)} {unit}".rstrip()


def _form(formats: set[str]) -> str:
    return f"a {next(iter(formats))}" if formats else "plain"
