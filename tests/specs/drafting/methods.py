"""Source of the methods that declare operations."""

from __future__ import annotations

import builtins
import textwrap
from collections.abc import Callable, Iterator

import msgspec

from tests.specs.facts import Body, Kind, Member, Operation, Parameter, Place, Shape, Shapes, merged, resolved

from .names import noun, plural, python_name, sentence, summary, words
from .paging import Pages, pages_of
from .structs import Structs, Ways

__all__ = ["Method", "Style"]

_WIDTH = 124
_EFFECTS = {"GET": "READ", "HEAD": "READ", "PUT": "IDEMPOTENT", "PATCH": "IDEMPOTENT", "DELETE": "IDEMPOTENT"}
_WALK = ("limit: int | None = None", "start: str | None = None", "prefetch: int = 0")
_IDS = (["id"], ["uuid"], ["oid"])
_SENT = Ways(sent=True, read=False)
_READ = Ways(sent=False, read=True)


class Style(msgspec.Struct, frozen=True):
    """What a provider's resources have in common: their base, wire names, what the client gives, the envelope."""

    base: type
    wire_name: Callable[[str], str]
    of_client: tuple[str, ...]
    envelope: type
    in_envelope: frozenset[str]
    nouns: frozenset[str]
    """The schemas that answers hold: a body that is one of them is sent whole."""


class Method:
    """One operation on its way to source."""

    def __init__(self, one: Operation, shapes: Shapes, structs: Structs, style: Style) -> None:
        self.pager = ""
        self._one = one
        self._group = ""
        self._shapes = shapes
        self._structs = structs
        self._style = style
        self._pages = pages_of(one, shapes)

    @property
    def is_list(self) -> bool:
        """Whether it is declared as a list."""
        return self._pages is not None

    def source(self, name: str, group: str) -> str:
        """The method of this name, indented as in its class."""
        one, self._group = self._one, group
        effect = "PAID" if one.paid else _EFFECTS.get(one.method, "UNSAFE")
        gives, told = self._listing(self._pages) if self._pages else self._answer()
        arguments = [
            *self._path(),
            *self._files(),
            *(["*"] if (named := [*self._query(), *self._body()]) or self.is_list else []),
            *named,
        ]
        arguments += _WALK if self.is_list else ()
        request = f'"{one.method} {one.path}"'
        first = [request, *told] if self.is_list else [request, f"Effect.{effect}", f'name="{one.name}"', *told]
        if one.body is not None and not one.body.required and not self.is_list:
            first.append("optional_body=True")
        decorator = "listing" if self.is_list else "operation"
        keyword = "def" if self.is_list or gives == "Download" else "async def"
        lines = [f"@{decorator}({', '.join(first)})", *_signature(f"{keyword} {name}", arguments, gives)]
        return textwrap.indent("\n".join([*lines, *self._doc(name, effect), "    ..."]), "    ") + "\n"

    def _doc(self, name: str, effect: str) -> list[str]:
        about = sentence(self._one.about) if self._one.about else summary(name, self._group, " ".join(words(self._one.name)))
        raised, told = [], list[str]()
        if any(True for _ in self._path()):
            raised.append(f"NotFoundError: No such {noun(self._group)}.")
        if effect in {"UNSAFE", "PAID"}:
            raised.append("MaybeSentError: It is unknown whether the call was carried out.")
        if self.is_list:
            size = "`page_size` is items a request, " if self._pages and self._pages.size else ""
            walk = "`limit` bounds them in all, `start` is a page's `position`, `prefetch` is pages read ahead."
            told = ["", *(f"    {line}" for line in textwrap.wrap(f"{size}{walk}", 116))]
        if raised:
            told += ["", "    Raises:", *(f"        {one}" for one in raised)]
        return [f'    """{about}', *told, '    """'] if told else [f'    """{about}"""']

    def _path(self) -> Iterator[str]:
        for one in self._one.parameters:
            python = python_name(one.name)
            if one.place is Place.PATH and python not in self._style.of_client:
                yield f"{python}: {self._ruled(one.shape, self._hint(one.shape, one.name), self._markers(one.name, python))}"

    def _query(self) -> Iterator[str]:
        pages = self._pages
        asked = () if pages is None else pages.asked
        for one in sorted(self._one.parameters, key=lambda one: not one.required):
            if one.place is Place.QUERY and one.name not in asked:
                yield self._page_size(one) if pages is not None and one.name == pages.size else self._of_query(one)

    def _page_size(self, one: Parameter) -> str:
        rule = "AtLeast(1)" if one.shape.high is None else f"Between({one.shape.low or 1:.15g}, {one.shape.high:.15g})"
        return f'page_size: Annotated[int, {rule}, PageSize("{one.name}")] | None = None'

    def _of_query(self, one: Parameter) -> str:
        python = self._argument(one.name)
        markers = self._markers(one.name, python, query=self._one.method not in {"GET", "HEAD", "DELETE"})
        hint = self._hint(one.shape, one.name).replace("list[", "Sequence[")
        markers = ["joined", *markers] if one.joined else markers
        hint = self._ruled(one.shape, hint, markers)
        return f"{python}: {hint}" if one.required else f"{python}: {hint} | None = None"

    def _argument(self, wire: str) -> str:
        python = python_name(wire)
        return f"{python}_" if self.is_list and python in {"limit", "start", "prefetch", "page_size"} else python

    def _files(self) -> Iterator[str]:
        """The parts of a multipart body that are files."""
        yield from (f"{python_name(wire)}: FileSource" for wire, one in self._parts() if one.shape.kind is Kind.FILE)

    def _parts(self) -> list[tuple[str, Member]]:
        """The parts of a multipart body."""
        body = self._one.body
        if body is None or "multipart/form-data" not in body.media:
            return []
        return list(resolved(body.shape, self._shapes).members.items())

    def _body(self) -> Iterator[str]:
        body = self._one.body
        if body is None:
            return
        if parts := self._parts():
            yield from (self._of_body(wire, one) for wire, one in parts if one.shape.kind is not Kind.FILE)
            return
        shape = resolved(body.shape, self._shapes)
        if shape.kind is Kind.UNION and not shape.tag:
            shape = merged([resolved(one, self._shapes) for one in shape.kinds])
        if shape.kind is not Kind.OBJECT or not shape.members or body.shape.name in self._style.nouns:
            yield from self._whole(body)
            return
        for wire, member in sorted(shape.members.items(), key=lambda one: not one[1].required):
            if member.sent:
                yield self._of_body(wire, member)

    def _whole(self, body: Body) -> Iterator[str]:
        hint = self._structs.hint(body.shape, f"{self._one.name} body", _SENT)
        python = python_name(hint) if hint.isidentifier() and hint[0].isupper() else "body"
        yield f"{python}: Annotated[{hint}, Whole()]" + ("" if body.required else " | None = None")

    def _of_body(self, wire: str, member: Member) -> str:
        shape, python = resolved(member.shape, self._shapes), self._argument(wire)
        in_path = any(one.place is Place.PATH and one.name == wire for one in self._one.parameters)
        markers = [f'Body("{wire}")'] if in_path else self._markers(wire, python)
        hint = self._ruled(shape, self._hint(member.shape, wire), markers)
        python = f"{python}_in_body" if in_path else python
        null = " | None" if shape.null else ""
        return f"{python}: {hint}{null}" if member.required else f"{python}: {hint} | UnsetType{null} = UNSET"

    def _markers(self, wire: str, python: str, *, query: bool = False) -> list[str]:
        named = "" if self._style.wire_name(python) == wire else f'"{wire}"'
        return [f"Query({named})"] if query else [f"Name({named})"] if named else []

    def _hint(self, shape: Shape, place: str) -> str:
        if resolved(shape, self._shapes).format == "date-time":
            return "Time"
        hint = self._structs.hint(shape, f"{self._group} {place}" if place in {"type", "status", "kind"} else place, _SENT)
        return f"{hint} | str" if resolved(shape, self._shapes).choices and not hint.startswith("Literal") else hint

    def _ruled(self, shape: Shape, hint: str, markers: list[str]) -> str:
        shape = resolved(shape, self._shapes)
        rules = [*_rules(shape), *markers]
        return f"Annotated[{hint}, {', '.join(rules)}]" if rules else hint

    def _answer(self) -> tuple[str, list[str]]:
        answer = self._one.answer
        shape = Shape() if answer is None else resolved(answer.shape, self._shapes)
        if answer is None or (shape.kind is Kind.OBJECT and not shape.members and shape.item is None):
            return "None", []
        if shape.kind is Kind.FILE:
            return "Download", [] if answer.media[0] == "application/json" else [f'accept="{answer.media[0]}"']
        members = [name for name in shape.members if name not in self._style.in_envelope]
        if shape.kind is Kind.OBJECT and len(members) == 1 and self._is_noun(shape.members[members[0]].shape):
            content = shape.members[members[0]].shape
            told = [f'unwrap="{members[0]}"', *self._expected(content, f"{python_name(members[0])}.")]
            return self._structs.hint(content, members[0], _READ), told
        expected = list(self._expected(shape))
        if set(shape.members) & self._style.in_envelope:
            return self._enveloped(answer.shape.name or f"{self._one.name} answer", shape, ()), expected
        return self._structs.hint(answer.shape, f"{self._one.name} answer", _READ), expected

    def _expected(self, shape: Shape, within: str = "") -> Iterator[str]:
        """That the answer names what it is about, and, where the path ends in its id, that one."""
        found = [name for name in resolved(shape, self._shapes).members if words(name)[-1:] in _IDS]
        own = [name for name in found if words(name)[:-1] in ([], words(within), words(noun(self._group)))]
        if not own:
            return
        what = " ".join(words(within)) or noun(self._group)
        looked_at = f'"{what}", "{within}{python_name(own[0])}"'
        *_, last = self._one.path.split("/")
        asked = python_name(last.strip("{}")) if last.startswith("{") else ""
        if asked and asked not in self._style.of_client and "or" not in words(asked):  # not by one of two kinds of id
            yield f"expect=lambda {asked}: names({looked_at}, {asked})"
        else:
            yield f"expect=names({looked_at})"

    def _is_noun(self, shape: Shape) -> bool:
        shape = resolved(shape, self._shapes)
        return bool(shape.members) or (shape.kind is Kind.LIST and shape.item is not None and self._is_noun(shape.item))

    def _enveloped(self, name: str, shape: Shape, required: tuple[str, ...]) -> str:
        members = {wire: one for wire, one in shape.members.items() if wire not in self._style.in_envelope}
        return self._structs.struct(
            name, msgspec.structs.replace(shape, members=members), self._style.envelope.__name__, required
        )

    def _listing(self, pages: Pages) -> tuple[str, list[str]]:
        assert self._one.answer is not None
        shape = resolved(self._one.answer.shape, self._shapes)
        listed = resolved(shape.members[pages.items].shape, self._shapes)
        item = self._structs.hint(listed.item or Shape(), pages.items, _READ)
        page = self._enveloped(f"{item} page", shape, (pages.items,))
        pager = f"{'_'.join(words(page.removesuffix('Page')))}_pager"
        fields = list(resolved(listed.item or Shape(), self._shapes).members)
        likely = [name for name in fields if words(name)[-1:] in _IDS]
        *before, last = words(item)
        about = sentence(f"{' '.join([*before, plural(last)])} in the server's order")
        self.pager = pages.source(pager, about, page, item, python_name((likely or fields)[0]))
        return f"AsyncPaginator[{item}]", [pager, f'name="{self._one.name}"']


def _rules(shape: Shape) -> Iterator[str]:
    if shape.pattern and shape.format != "uuid":
        yield f'Like(r"{shape.pattern}", r"text like {shape.pattern}")'
    if shape.format == "uuid":
        yield "lower_uuid"
    elif shape.choices or (shape.low is None and shape.high is None):
        return
    elif shape.kind in {Kind.TEXT, Kind.LIST}:
        unit = ', "items"' if shape.kind is Kind.LIST else ""
        high = "None" if shape.high is None else f"{shape.high:.15g}"
        yield f"Length({shape.low or 0:.15g}, {high}{unit})"
    elif shape.high is None:
        yield f"AtLeast({shape.low:.15g})"
    else:
        yield f"Between({shape.low or 0:.15g}, {shape.high:.15g})"


def _signature(head: str, arguments: list[str], gives: str) -> list[str]:
    """The signature on one line where it fits, and nothing has to be said of an argument's name."""
    line = f"{head}({', '.join(['self', *arguments])}) -> {gives}:"
    hiding = [one for one in arguments if hasattr(builtins, one.partition(":")[0])]
    if not hiding and len(line) <= _WIDTH:
        return [line]
    told = [f"    {one}," + ("  # noqa: A002 -- the API's own word" if one in hiding else "") for one in ["self", *arguments]]
    return [f"{head}(", *told, f") -> {gives}:"]
