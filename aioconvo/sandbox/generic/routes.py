"""Routes to the declared operations of an API that nobody wrote by hand."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

from aioconvo.core.operations.markers import Place
from aioconvo.sandbox.clock import Clock
from aioconvo.sandbox.data import milliseconds
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route, RouteTable
from aioconvo.sandbox.workbook import TYPE, workbook

from .examples import Examples, Form, fits, is_array, is_id, is_object, is_struct, members, normal, plain_kind
from .lists import paged, told_of, window
from .plans import Plan, Role, answers, expected_name, identity_of, plans_of, prefixes
from .reading import Said, media_type, read
from .store import Collection, Item

if TYPE_CHECKING:
    from aioconvo.sandbox.exchange import Settings

__all__ = ["Generic"]

_SEEDED: Final = 3
_ALONE: Final = ""  # the id of what stands alone


class Generic:
    """The operations of one API as its clients declare them, over their own state.

    A collection that is listed has three things in it from the start; whatever else is asked for by its id is there unless it
    was removed, where nothing lists or creates it.
    """

    def __init__(self, provider: str, settings: Settings, credentials: Mapping[str, str], form: Form) -> None:
        self._provider = provider
        self._settings = settings
        self._known = {normal(name): value for name, value in credentials.items()}
        self._form = form
        self._examples = Examples(settings.seed, form, milliseconds(settings.now))
        self._clock = Clock(settings)
        self._collections: dict[str, Collection] = {}
        self._table: RouteTable | None = None
        self._made = 0

    def table(self, routes: Sequence[Route]) -> RouteTable:
        """These routes, and behind them one for each operation that is none of theirs; those are made when one is needed."""
        self._table = RouteTable(routes, functools.partial(self._routes, {one.operation for one in routes}))
        return self._table

    def _routes(self, by_hand: set[str]) -> Sequence[Route]:
        own = [one for one in plans_of(self._provider) if one.operation.name not in by_hand]
        self._full = {one.place for one in own if one.role in {Role.LIST, Role.CREATE}}
        self._listed = {one.place: one for one in own if one.role is Role.LIST}
        self._at: dict[str, list[Plan]] = {}
        for one in own:
            if one.key is not None or one.place in self._full:
                self._at.setdefault(one.place, []).append(one)
        self._keys = {place: key for one in own for place, key in _things(one)}
        self._keys |= {one.place: one.key for one in own if one.key is not None}
        return [
            Route(
                one.operation.method,
                one.operation.path,
                one.operation.name,
                functools.partial(self._answer, one),
                None if one.declared is None else media_type(one.operation, one.declared),
            )
            for one in own
        ]

    def _answer(self, plan: Plan, request: Request, path: Mapping[str, str]) -> Reply:  # noqa: PLR0911 -- a case for each role
        said = read(request, path, plan.operation, plan.declared)
        self._need_what_is_above(plan, request, path)
        match plan.role:
            case Role.LIST:
                return Reply(plan.status, self._page(plan, said))
            case Role.FILE:
                return self._file(plan, request, path)
            case Role.CREATE:
                return self._shown(plan, self._create(plan, said), said)
            case Role.READ:
                return self._shown(plan, self._item(plan, path), said, asked=said.query)
            case Role.CHANGE:
                return self._shown(plan, self._change(plan, said), said)
            case Role.REMOVE:
                return self._remove(plan, said)
            case Role.ACT:
                return self._act(plan, said)

    # -- what is there

    def _need_what_is_above(self, plan: Plan, request: Request, path: Mapping[str, str]) -> None:
        """Refuse what is asked of a thing that is unknown or gone."""
        for place, key in prefixes(plan.place) if plan.role is not Role.ACT else _things(plan):
            if place in self._at:
                if key == self._keys.get(place):  # else it goes by another of its names
                    self._find(place, key, path)
                continue
            above = _filled(f"{place}/{{{key}}}", path)
            assert self._table is not None  # noqa: S101 -- this runs as one of its routes
            found = self._table.find("GET", above)
            if isinstance(found, tuple) and plan.operation.path != found[0].template == f"{place}/{{{key}}}":
                _refuse_if_missing(found[0], Request("GET", above, (), request.headers, b""), found[1])

    def _collection(self, place: str, path: Mapping[str, str]) -> Collection:
        filled = _filled(place, path)
        if filled not in self._collections:
            made = self._collections[filled] = Collection()
            if place in self._listed:
                for count in range(_SEEDED):
                    key = self._new_id(place, f"{filled}:{count}") if count else self._first_id(place, filled)
                    if key in made.items:
                        continue  # words are few
                    at = self._examples.moment(f"{filled}/{key}")
                    made.add(key, at, self._named(place, key, path))
        return self._collections[filled]

    def _first_id(self, place: str, filled: str) -> str:
        return self._known.get(normal(self._keys.get(place) or "")) or self._new_id(place, f"{filled}:0")

    def _new_id(self, place: str, about: str) -> str:
        """An id as the structs of a collection have it: a text, a number, or a word such as the code of a country."""
        key = self._keys.get(place) or "id"
        told = [(wire, plan.noun) for plan in self._at.get(place, ()) if (wire := identity_of(plan, key))]
        hints = [one.type for wire, noun in told for one in members(noun) if one.encode_name == wire]
        if not all(fits("x", hint) for hint in hints):
            return str(self._examples.number(about))
        words = {normal(wire) for wire, _ in told}
        if not words or any(map(is_id, words)):
            return self._examples.id(about)
        return str(self._examples.value(str, {}, f"{about}/{min(words)}"))

    def _above(self, template: str, path: Mapping[str, str]) -> dict[str, Any]:
        """What a path tells of the thing that its last parameter names."""
        told = {normal(name): value for name, value in path.items()}
        for place, key in prefixes(template):
            return told | ({"id": path[key]} if template.endswith("}") else {}) | self._named(place, path[key], {})
        return told

    def _named(self, place: str, key: str, path: Mapping[str, str]) -> dict[str, Any]:
        """What is known of a thing by its path: its id by all its names, and what stands above it."""
        wire = self._keys.get(place) or "id"
        names = {normal(wire)} | {normal(one) for plan in self._at.get(place, ()) if (one := identity_of(plan, wire))}
        return {normal(name): value for name, value in path.items()} | dict.fromkeys(names, key)

    def _find(self, place: str, key: str, path: Mapping[str, str]) -> Item:
        """The thing that a path names."""
        collection, name = self._collection(place, path), path[key]
        if name not in collection.items:
            if place in self._full or name in collection.gone:
                raise Refusal(404, "not_found", "There is nothing of this id, or no longer")
            collection.add(name, self._examples.moment(_filled(f"{place}/{{{key}}}", path)), self._named(place, name, path))
        return collection.items[name]

    def _item(self, plan: Plan, path: Mapping[str, str], *, anew: bool = False) -> Item:
        if plan.key is not None:
            return self._find(plan.place, plan.key, path)
        collection = self._collection(plan.place, path)
        if _ALONE not in collection.items:
            if _ALONE in collection.gone and not anew:
                raise Refusal(404, "not_found", "It was removed")
            facts = {normal(name): value for name, value in path.items()}
            collection.add(_ALONE, self._examples.moment(_filled(plan.place, path)), facts)
        return collection.items[_ALONE]

    # -- what is done to it

    def _create(self, plan: Plan, said: Said) -> Item:
        collection, place, facts = self._collection(plan.place, said.path), plan.place, said.facts()
        self._made += 1
        own = facts.get(normal(self._keys.get(place) or ""))
        key = str(own) if isinstance(own, str | int) and own else self._new_id(place, f"{place} made {self._made}")
        if key in collection.items:
            raise Refusal(409, "conflict", "There is one of this id already")
        unsaid = dict.fromkeys(_names_of_body(plan))
        return collection.add(key, self._clock.tick(), unsaid | facts | self._named(place, key, said.path), made=True)

    def _change(self, plan: Plan, said: Said) -> Item:
        item = self._item(plan, said.path, anew=True)
        names = {normal(name) for name in said.path}
        item.facts |= {name: value for name, value in said.facts().items() if name not in names and not self._is_id(plan, name)}
        return item

    def _is_id(self, plan: Plan, name: str) -> bool:
        return plan.key is not None and name in self._named(plan.place, "", {plan.key: ""})

    def _remove(self, plan: Plan, said: Said) -> Reply:
        if plan.key is not None:
            item = self._find(plan.place, plan.key, said.path)
            self._collection(plan.place, said.path).remove(item.id)
            return self._shown(plan, item, said)
        collection = self._collection(plan.place, said.path)
        item = self._item(plan, said.path)
        for name in [*collection.items, _ALONE]:
            collection.remove(name)
        return self._shown(plan, item, said)

    def _act(self, plan: Plan, said: Said) -> Reply:
        """What a call says that is about a thing is known of it from then on."""
        facts = said.facts()
        for place, key in _things(plan):
            if place in self._at and key == self._keys.get(place):
                item = self._find(place, key, said.path)
                if plan.noun in [one.noun for one in self._at[place]]:
                    if not plan.operation.effect.repeatable or plan.operation.effect != "read":
                        item.facts |= {name: value for name, value in facts.items() if name not in item.facts}
                    facts = item.facts | facts
            break
        self._made += 1
        at = self._clock.tick()
        return self._reply(plan, said, facts, f"{plan.operation.path} {self._made}", at)

    # -- how it is shown

    def _shown(self, plan: Plan, item: Item, said: Said, asked: Mapping[str, Any] = MappingProxyType({})) -> Reply:
        facts = {normal(name): value for name, value in asked.items()} | item.facts
        return self._reply(plan, said, facts, f"{plan.place}/{item.id}", item.at)

    def _reply(self, plan: Plan, said: Said, facts: Mapping[str, Any], place: str, at: int) -> Reply:
        """The declared answer. Where it must name what was asked for, and no name of the path says that, it goes by its id."""
        kind = plan.operation.response
        if plan.operation.redirects:
            return Reply(plan.status, None, {"Location": f"https://example.com/{self._examples.id(place)}"})
        if kind is None:
            return Reply(plan.status, None if plan.status == HTTPStatus.NO_CONTENT else {})
        body = self._examples.value(kind, facts, place, at=at)
        if said.path and not answers(plan, said, body):
            *_, asked = said.path.values()
            other = self._examples.value(kind, {**facts, expected_name(plan.declared): asked}, place, at=at)
            body = other if answers(plan, said, other) else body
        return Reply(plan.status, body)

    def _page(self, plan: Plan, said: Said) -> Any:
        items = list(self._collection(plan.place, said.path).items.values())
        shown = [(one, self._listed_item(plan, one, said)) for one in items]
        kept = [pair for pair in shown if _passes(plan, said, pair[1])]
        part = window(plan.asking, plan.operation.page_kind, said, [one.number for one, _ in kept])
        page = kept[part.start : part.stop]
        told = told_of(part, page[-1][0].number if page else 0)
        kind = plan.operation.response
        about = self._above(plan.place, said.path)
        return paged(self._examples, kind, plan.within, [one for _, one in page], told=about | told, place=plan.place)

    def _listed_item(self, plan: Plan, item: Item, said: Said) -> Any:
        """What was there from the start is as a query wants it, where nothing else is known of it."""
        asked: set[str | None] = set()
        if plan.declared is not None and not item.made:
            asked = {one.wire for one in plan.declared.at(Place.QUERY)}
        facts = {normal(name): value for name, value in said.query.items() if name in asked} | item.facts
        return self._examples.value(plan.noun, facts, f"{plan.place}/{item.id}", at=item.at, spread=1)

    def _file(self, plan: Plan, request: Request, path: Mapping[str, str]) -> Reply:
        kind = plan.operation.path.rpartition("/")[2]
        if kind not in {"csv", "xlsx"}:
            content = self._examples.id(_filled(plan.place, path)).encode()
            return Reply(plan.status, content, content_type="application/octet-stream")
        rows = _table_of(self._rows(plan, request, path))
        if kind == "xlsx":
            return Reply(plan.status, workbook(rows), content_type=TYPE)
        written = io.StringIO()
        csv.writer(written).writerows(rows)
        return Reply(plan.status, written.getvalue().encode(), content_type="application/csv")

    def _rows(self, plan: Plan, request: Request, path: Mapping[str, str]) -> list[dict[str, Any]]:
        """What the list holds that a file is of, by hand or not."""
        where = _filled(plan.place, path)
        assert self._table is not None  # noqa: S101 -- as above
        match self._table.find("GET", where):
            case (Route() as route, dict() as parameters):
                listed = route.handler(Request("GET", where, request.query, request.headers, b""), parameters).body
                lists = [one for one in (listed.values() if is_object(listed) else [listed]) if is_array(one)]
                return lists[0] if lists else []
            case _:
                return []


def _things(plan: Plan) -> list[tuple[str, str]]:
    """The collections that a path leads through, with the parameter that names a thing there.

    The last parameter of a GET that is no plain read of a thing, such as the number that is looked up, names none.
    """
    found = [*prefixes(plan.operation.path)]
    is_value = plan.role is Role.ACT and plan.operation.method == "GET" and plan.operation.path.endswith("}")
    return found[1:] if is_value else found


def _refuse_if_missing(route: Route, request: Request, path: Mapping[str, str]) -> None:
    """Ask for a thing that has its own route, and pass on that it is not there."""
    try:
        route.handler(request, path)
    except Refusal as refusal:
        if refusal.status == HTTPStatus.NOT_FOUND:
            raise


def _filled(template: str, path: Mapping[str, str]) -> str:
    for name, value in path.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _names_of_body(plan: Plan) -> list[str]:
    """What the body of an operation may say, by normal names."""
    if plan.declared is None:
        return []
    names: list[str] = []
    for one in plan.declared.parameters:
        if one.place is Place.BODY and one.wire is not None:
            names.append(normal(one.wire))
        elif one.place is Place.WHOLE and is_struct(plain_kind(one.annotation)):
            names.extend(normal(each.encode_name) for each in members(plain_kind(one.annotation)))
    return names


def _passes(plan: Plan, said: Said, item: Any) -> bool:
    """Whether an item is what a query asks for, where it has a member of that name."""
    if plan.declared is None or not isinstance(item, dict):
        return True
    values = {normal(name): value for name, value in cast("dict[str, Any]", item).items()}
    for one in plan.declared.at(Place.QUERY):
        wanted, found = said.query.get(one.wire or ""), values.get(normal(one.wire or ""))
        if wanted is None or not isinstance(found, str | int) or isinstance(found, bool):
            continue
        if str(found) not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def _table_of(items: Sequence[Mapping[str, Any]]) -> list[Sequence[str]]:
    """Items as rows, with their plain members as columns. Which columns the API writes is documented nowhere."""
    names = [name for name, value in items[0].items() if not isinstance(value, dict | list)] if items else []
    return [names, *([_cell(one.get(name)) for name in names] for one in items)]


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
