"""Source of the structs, enums and unions that operations take and give."""

from __future__ import annotations

import builtins
import textwrap
from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

import msgspec

from tests.specs.comparing import by_tag
from tests.specs.facts import Kind, Member, Shape, Shapes, merged, resolved

from .names import class_name, constant, python_name, sentence, words

__all__ = ["Known", "Structs", "Ways", "limits", "reached"]

_PLAIN = {
    Kind.ANY: "Any",
    Kind.BOOLEAN: "bool",
    Kind.FILE: "bytes",
    Kind.INTEGER: "int",
    Kind.NUMBER: "float",
    Kind.TEXT: "str",
}
_TIMES = {"date-time": "dt.datetime", "date": "dt.date"}


class Ways(msgspec.Struct, frozen=True):
    """Whether a struct is sent, read, or both."""

    sent: bool
    read: bool


def reached(shapes: Iterable[Shape], known: Shapes) -> set[str]:
    """The names of all shapes in some shapes."""
    met: set[str] = set()
    for shape in shapes:
        for _ in _inside(shape, known, met):
            pass
    return met


def _inside(shape: Shape, known: Shapes, met: set[str]) -> Iterator[Shape]:
    yield shape
    parts = [*shape.kinds, *(member.shape for member in shape.members.values())]
    if shape.item is not None:
        parts.append(shape.item)
    if shape.kind is Kind.NAMED and shape.name not in met:
        met.add(shape.name)
        parts.append(known[shape.name])
    for part in parts:
        yield from _inside(part, known, met)


def limits(shape: Shape) -> str:
    """The limits of a shape in words; empty where there are none."""
    unit = {Kind.TEXT: " characters", Kind.LIST: " items"}.get(shape.kind, "")
    if shape.high is None:
        return "" if not shape.low else f"{shape.low:.15g} or more{unit}"
    return f"{shape.low:.15g} to {shape.high:.15g}{unit}" if shape.low else f"up to {shape.high:.15g}{unit}"


class Known(Protocol):
    """What a provider's models have already."""

    def struct(self, schema: str) -> str | None:
        """The name of the struct that stands for a named schema."""
        ...

    def enum(self, name: str, choices: tuple[str, ...]) -> str | None:
        """The name of the enum of these values that would be called so."""
        ...

    def union(self, kinds: Collection[str]) -> str | None:
        """The name of the union of these structs."""
        ...


class Structs:
    """Type hints of shapes; what they name is defined in `source`, or `imported` where it is `known`."""

    def __init__(self, shapes: Shapes, sent: Collection[str], read: Collection[str], known: Known) -> None:
        self.imported: set[str] = set()
        self._shapes = shapes
        self._ways = {name: Ways(name in sent, name in read) for name in shapes}
        self._known = known
        self._sources: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._enums: dict[tuple[str, tuple[str, ...]], str] = {}
        self._taken = set(dir(builtins))
        self._tags = dict(self._tagged(shapes))

    @property
    def source(self) -> str:
        """All definitions; unions stand behind the structs they are made of."""
        unions = [text for text in self._sources.values() if not text.startswith("class ")]
        return "\n\n".join([*(text for text in self._sources.values() if text.startswith("class ")), *unions])

    def keep_free(self, *names: str) -> None:
        """Let no struct be called so."""
        self._taken |= set(names)

    def has(self, name: str) -> bool:
        """Whether something is called so."""
        return name in self._sources or name in self.imported

    def _tagged(self, shapes: Shapes) -> Iterator[tuple[str, str]]:
        """The names of the objects that are kinds of a union, with the member that tells them apart."""
        for shape in shapes.values():
            for one in _inside(shape, {}, set(shapes)):
                if one.kind is Kind.UNION and one.tag and self._kinds(one):
                    yield from ((kind.name, one.tag) for kind in one.kinds if kind.kind is Kind.NAMED)

    def _kinds(self, shape: Shape) -> dict[str, Shape]:
        """The kinds of a union by their tags; none where they have no tags of their own."""
        return by_tag([resolved(one, self._shapes) for one in shape.kinds], shape.tag)

    def hint(self, shape: Shape, place: str, ways: Ways) -> str:
        """The type of a shape, without null; what has no name of its own is called after its place."""
        if shape.kind is Kind.NAMED:
            return self._named(shape.name)
        if shape.kind is Kind.LIST:
            return f"list[{self.hint(shape.item or Shape(), place, ways)}]"
        if shape.kind is Kind.UNION:
            return self._union(shape, place, ways)
        if shape.members:
            return self._struct(self._reserve(place), shape, ways)
        if shape.kind is Kind.OBJECT:
            return f"dict[str, {self.hint(shape.item or Shape(), place, ways)}]"
        return self._enum(place, shape) if shape.choices else _TIMES.get(shape.format, _PLAIN[shape.kind])

    def _named(self, name: str) -> str:
        if name in self._names:
            return self._names[name]
        shape, ways = self._shapes[name], self._ways[name]
        known = self._known.struct(name)
        if known is not None and known not in self._sources:
            self.imported.add(known)
            self._names[name] = known
        elif shape.kind is Kind.OBJECT and shape.members:
            self._names[name] = self._reserve(name)  # before its members: it may hold itself
            self._struct(self._names[name], shape, ways, tag=self._tags.get(name, ""))
        else:
            self._names[name] = self.hint(shape, name, ways)
        return self._names[name]

    def _reserve(self, place: str) -> str:
        name = class_name(place)
        while name in self._sources or name in self._taken or name in self.imported:
            name += "Value"
        self._sources[name] = ""
        return name

    def _enum(self, place: str, shape: Shape) -> str:
        choices = shape.choices
        if shape.kind is not Kind.TEXT:
            return f"Literal[{', '.join(choices)}]"
        key = (class_name(place), choices)
        known = self._known.enum(key[0], choices)
        if known is not None and known not in self._sources:
            self.imported.add(known)
            return known
        if key not in self._enums:
            members: dict[str, str] = {}
            for choice in choices:
                name = constant(choice)
                members[f"{name}_" if name in members else name] = choice
            name = self._enums[key] = self._reserve(place)
            lines = [f"    {name} = {choice!r}" for name, choice in members.items()]
            self._sources[name] = "\n".join(
                [f"class {name}(OpenEnum):", *_doc([sentence(" ".join(words(place)))]), "", *lines, ""]
            )
        return self._enums[key]

    def _union(self, shape: Shape, place: str, ways: Ways) -> str:
        kinds = self._kinds(shape) if shape.tag else {}
        if not kinds:
            plain = [resolved(one, self._shapes) for one in shape.kinds]
            if all(one.kind is Kind.OBJECT for one in plain):
                return self._struct(self._reserve(place), merged(plain), ways)
            return " | ".join(dict.fromkeys(self.hint(one, place, ways) for one in shape.kinds))
        hints = [
            self._named(one.name)
            if one.kind is Kind.NAMED
            else self._struct(self._reserve(f"{place} {tag}"), one, ways, tag=shape.tag)
            for one, tag in zip(shape.kinds, kinds, strict=True)
        ]
        if len(hints) == 1:
            return hints[0]
        known = self._known.union(hints)
        if known is not None and known not in self._sources:
            self.imported.add(known)
            return known
        return self._alias(self._reserve(place), hints, ways)

    def _alias(self, name: str, hints: list[str], ways: Ways) -> str:
        either = " | ".join(hints)
        if ways.read:  # as in the models: decoding puts Unknown in place of a kind it does not know
            lines = ["if TYPE_CHECKING:", f"    {name} = {either} | Unknown", "else:", f"    {name} = {either}", ""]
        else:
            lines = [f"{name} = {either}", ""]
        self._sources[name] = "\n".join(lines)
        return name

    def struct(self, place: str, shape: Shape, base: str, required: Collection[str]) -> str:
        """The name of the struct around an answer, whose members `required` are there whatever the specification says."""
        return self._struct(self._reserve(place), shape, Ways(sent=False, read=True), base=base, required=required)

    def _struct(
        self, name: str, shape: Shape, ways: Ways, *, base: str = "Model", tag: str = "", required: Collection[str] = ()
    ) -> str:
        members = {wire: one for wire, one in shape.members.items() if wire != tag}
        camel = any(_camel(python_name(wire)) == wire != python_name(wire) for wire in members)
        fields = [
            self._field(name, wire, one, ways, camel=camel, required=wire in required or _is_required(one, ways))
            for wire, one in members.items()
        ]
        options = ['rename="camel"'] if camel else []
        if tag:
            base = "Variant" if tag == "type" else base
            options += [f"tag={shape.members[tag].shape.choices[0]!r}"] + ([f"tag_field={tag!r}"] if tag != "type" else [])
        options += [] if base in {"Model", "Variant"} else ["kw_only=True"]
        about = [sentence(shape.about or " ".join(words(name)))]
        if ways.sent:
            about += [
                f"`{python_name(wire)}`: {text}."
                for wire, one in members.items()
                if (text := limits(resolved(one.shape, self._shapes)))
            ]
        lines = [
            f"class {name}({', '.join([base, *options])}):",
            *_doc(about),
            "",
            *sorted(fields, key=lambda one: " = " in one),
            "",
        ]
        self._sources[name] = "\n".join(lines)
        return name

    def _field(self, owner: str, wire: str, member: Member, ways: Ways, *, camel: bool, required: bool) -> str:
        null = resolved(member.shape, self._shapes).null
        hint, python = self.hint(member.shape, f"{owner} {wire}", ways), python_name(wire)
        if required:
            default, null_hint = "", " | None" if null else ""
        elif null and ways.sent and member.sent:
            default, null_hint = "UNSET", " | UnsetType | None"
        else:
            default, null_hint = "None", " | None"
        if (_camel(python) if camel else python) == wire:
            return f"    {python}: {hint}{null_hint}" + (f" = {default}" if default else "")
        told = [*([f"default={default}"] if default else []), f"name={wire!r}"]
        return (
            f"    {python}: {hint}{null_hint} = field({', '.join(told)})"
            if default
            else f"    {python}: {hint}{null_hint} = field(name={wire!r})"
        )


def _is_required(member: Member, ways: Ways) -> bool:
    """Whether it is always there, each way that the struct goes."""
    return member.required and (member.sent or not ways.sent) and (member.received or not ways.read)


def _camel(name: str) -> str:
    """What `rename="camel"` makes of a name."""
    first, *rest = name.split("_")
    return "" if name.endswith("_") else first + "".join(word[:1].upper() + word[1:] for word in rest)


def _doc(sentences: list[str]) -> list[str]:
    first, *rest = sentences
    wrapped = textwrap.wrap(" ".join(rest), 120)
    if not wrapped:
        return [f'    """{first}"""']
    return [f'    """{first}', "", *(f"    {line}" for line in wrapped), '    """']
