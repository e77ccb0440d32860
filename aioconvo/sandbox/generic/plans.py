"""What a declared operation does to what is stored, told by its method, path, effect and answer."""

from __future__ import annotations

import dataclasses
import enum
import functools
import inspect
import re
import typing
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from aioconvo.core.json.codec import BrokenBodyError, decode
from aioconvo.core.operations.operation import Effect, Operation
from aioconvo.core.operations.resource import declarations, operations
from aioconvo.core.operations.signature import Declared
from aioconvo.providers import Provider

from .examples import is_id, is_struct, members, normal, plain_kind
from .lists import Asking, asking_of

if TYPE_CHECKING:
    from .reading import Said

__all__ = ["Plan", "Role", "answers", "expected_name", "identity_of", "plans_of", "prefixes"]


class Role(enum.Enum):
    """What an operation does."""

    CREATE = enum.auto()
    """Adds to the collection at its place."""
    LIST = enum.auto()
    """Gives the collection at its place."""
    READ = enum.auto()
    """Gives an item of the collection at its place, or what stands there alone."""
    CHANGE = enum.auto()
    """Changes that."""
    REMOVE = enum.auto()
    """Removes that."""
    FILE = enum.auto()
    """Gives a file of what is listed at its place."""
    ACT = enum.auto()
    """Anything else, done to the item that its path names, if any."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """How an operation is answered.

    `place` is a template; `key` is the parameter by which an item is named in the collection there, `None` where no item is.
    `noun` is the struct of what the answer is about, `within` the members of the answer that it, or the list of it, stands in.
    """

    operation: Operation[Any]
    declared: Declared | None
    role: Role
    place: str
    key: str | None
    noun: Any
    within: tuple[str, ...]
    status: int

    @functools.cached_property
    def asking(self) -> Asking:
        """How its list is asked to go on."""
        return Asking(None) if self.declared is None else asking_of(self.declared, self.within)


_CREATE_TOO: Final = frozenset({"new_otp"})
_ITEM: Final = re.compile(r"(.*)/\{(\w+)\}")
_CREATED: Final = frozenset({"smscx", "sunshine", "smooch"})
_FILES: Final = frozenset({"csv", "xlsx"})
_CREATES: Final = ("create", "upload", "post_image")


@functools.cache
def plans_of(provider: str) -> tuple[Plan, ...]:
    """All operations of an API."""
    client: Any = Provider(provider).client
    return tuple(_Reader(client).plans())


def prefixes(template: str) -> Iterator[tuple[str, str]]:
    """The collections that a path leads through, each with the parameter that names an item there; the innermost first."""
    while found := _ITEM.match(template):
        yield found[1], found[2]
        template = found[1]


def identity_of(plan: Plan, key: str) -> str | None:
    """The member of an operation's noun that holds its id, where paths call that `key`: the one that its answer must name."""
    if not is_struct(plan.noun):
        return None
    names = {normal(one.encode_name): one.encode_name for one in members(plan.noun)}
    longer = [one for one in names if one.endswith(normal(key))]  # a path may leave out what the nouns' names begin with
    told = expected_name(plan.declared)
    wanted = (told if plan.key is not None or is_id(told) else "", normal(key), *longer, "id", "uuid")
    return next((names[one] for one in wanted if one in names), None)


def expected_name(told: Declared | None) -> str:
    """The member by which an answer must name what was asked for, as a normal name."""
    if told is None or told.expect is None or told.pager is not None:
        return ""
    check: Any = told.expect
    if list(inspect.signature(check).parameters) != ["answer"]:
        check = check(*["" for _ in told.named_by(check)])
    arguments: tuple[Any, ...] = getattr(check, "args", ())
    while arguments and hasattr(arguments[0], "args"):  # both of two checks
        arguments = arguments[0].args
    return normal(str(arguments[1]).rpartition(".")[2]) if len(arguments) > 1 else ""


def answers(plan: Plan, said: Said, body: Any) -> bool:
    """Whether an answer names what its declaration expects of the answer to this request."""
    told = plan.declared
    if told is None or told.expect is None:
        return True
    check = told.expect
    if list(inspect.signature(check).parameters) != ["answer"]:
        given = {one.name: {**said.query, **said.body, **said.path}.get(one.wire or "", one.default) for one in told.parameters}
        check = check(*[given[name] for name in told.named_by(check)])
    try:
        check(decode(msgspec.json.encode(body), cast("Any", plan.operation.response)))
    except BrokenBodyError:
        return False
    return True


class _Reader:
    def __init__(self, client: Any) -> None:
        self._operations = operations(client)
        self._declared = {one.operation.python: one for one in declarations(client)}
        self._nouns = {one.python: self._noun(one) for one in self._operations}
        self._lists = {one.operation.path for one in self._declared.values() if one.pager is not None}

    def plans(self) -> Iterator[Plan]:
        for one in self._operations:
            role, place, key = self._role(one)
            noun, within = self._nouns[one.python]
            yield Plan(one, self._declared.get(one.python), role, place, key, noun, within, _status(one))

    def _role(self, one: Operation[Any]) -> tuple[Role, str, str | None]:
        if one.python in self._declared and self._declared[one.python].pager is not None:
            return Role.LIST, self._listed_at(one), None
        if one.response is bytes:
            above, _, last = one.path.rpartition("/")
            return Role.FILE, above if last in _FILES else one.path, None
        item = _ITEM.fullmatch(one.path)
        place, key = (item[1], item[2]) if item else (one.path, None)
        role = self._role_by_method(one, is_item=key is not None)
        return (Role.ACT, one.path, None) if role is Role.ACT else (role, place, key)

    def _role_by_method(self, one: Operation[Any], *, is_item: bool) -> Role:
        is_read = one.effect is Effect.READ
        if one.method == "GET":
            return Role.READ if is_read and one.python.rpartition(".")[2].startswith("get") else Role.ACT
        if one.method == "DELETE":
            return Role.ACT if not is_item and self._is_of_what_is_above(one) else Role.REMOVE
        if not is_item and not one.effect.repeatable and (one.path in self._lists or self._items_of(one.path)):
            return Role.CREATE
        is_there = is_item or any(each.path == one.path and each.method == "GET" for each in self._operations)
        return Role.CHANGE if is_there and not is_read and (not is_item or one.effect.repeatable) else Role.ACT

    def _is_of_what_is_above(self, one: Operation[Any]) -> bool:
        """Whether an operation beneath an item answers the item itself."""
        noun, _ = self._nouns[one.python]
        above = one.path.rpartition("/")[0]
        return is_struct(noun) and any(each.path == above and self._nouns[each.python][0] == noun for each in self._operations)

    def _items_of(self, path: str) -> list[Operation[Any]]:
        """The operations on an item of the collection at a path."""
        return [one for one in self._operations if (item := _ITEM.fullmatch(one.path)) and item[1] == path]

    def _listed_at(self, one: Operation[Any]) -> str:
        """Where the collection stands that is listed: a search has a path of its own beside the items that it finds."""
        above = one.path.rpartition("/")[0]
        noun, _ = self._nouns[one.python]
        found = any(self._nouns[each.python][0] == noun for each in self._items_of(above) if each.path != one.path)
        return above if found and not one.path.endswith("}") else one.path

    def _noun(self, one: Operation[Any]) -> tuple[Any, tuple[str, ...]]:
        """The struct of what an answer is about, and where it stands in it."""
        told, answer = self._declared.get(one.python), plain_kind(one.response)
        if told is not None and told.unwrap is not None:
            field = next(each for each in msgspec.structs.fields(answer) if each.name == told.unwrap)
            return plain_kind(field.type), (field.encode_name,)
        if told is not None and told.pager is not None:
            item = plain_kind(told.answer)
            return item, _list_in(answer, item) or ()
        return answer, ()


def _list_in(kind: Any, item: Any, deep: int = 3) -> tuple[str, ...] | None:
    """The members that lead to a page's list."""
    if not is_struct(kind) or not deep:
        return None
    for one in members(kind):
        inside = plain_kind(one.type)
        if typing.get_origin(inside) is list and plain_kind(typing.get_args(inside)[0]) == item:
            return (one.encode_name,)
    for one in members(kind):
        if found := _list_in(plain_kind(one.type), item, deep - 1):
            return (one.encode_name, *found)
    return None


def _status(one: Operation[Any]) -> int:
    """The status of a success. Where one says "2XX", as Smooch's specification does, what creates is a 201."""
    verb = one.python.rpartition(".")[2]
    if one.redirects:
        return 302
    if one.provider == "ultracart" and one.response is None:
        return 204
    creates = verb.startswith(_CREATES) or one.name in _CREATE_TOO
    return 201 if one.method == "POST" and one.provider in _CREATED and creates else 200
