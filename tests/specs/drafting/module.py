"""A module of declared operations, put together."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.operations.resource import Group, groups as declared_groups
from aioconvo.providers import Provider
from tests.specs.declarations import CLIENTS, declared
from tests.specs.facts import Facts, Operation, Shape
from tests.specs.kept import facts

from .imports import NAMES, lines
from .known import Models, Nothing
from .methods import Method, Style
from .names import class_name, groups, is_of, method_name, plural, words
from .structs import Structs, reached

__all__ = ["draft", "missing"]

_TITLES = {"smscx": "SMS.CX", "sunshine": "Sunshine Conversations v2", "smooch": "Smooch v1.1"}


def missing(provider: str, asked: str | None = None) -> dict[str, list[Operation]]:
    """The operations that are not declared, by group; only those that somebody means with a word, if one is given."""
    told = facts(provider)
    known = {one.operation.line for one in declared(provider, told)}
    found = groups(told.operations.values())
    left = {group: [one for one in of_it if one.line not in known] for group, of_it in found.items()}
    if asked is not None:
        meant = [one for group, of_it in left.items() for one in of_it if is_of(one, group, asked)]
        left = {asked: meant}
    return {group: of_it for group, of_it in left.items() if of_it}


def draft(provider: str, group: str, operations: Iterable[Operation], *, reuse: bool = True) -> str:
    """Source of the module that declares these operations of a provider; with `reuse`, structs of its models are imported."""
    told, operations = facts(provider), list(operations)
    style = _style(provider)
    sent = [shape for one in operations for shape in _sent(one)]
    read = [one.answer.shape for one in operations if one.answer is not None]
    known = Models(provider) if reuse else Nothing()
    structs = Structs(told.shapes, reached(sent, told.shapes), reached(read, told.shapes), known)
    structs.keep_free(*NAMES, style.base.__name__, style.envelope.__name__)
    methods = dict(_methods(operations, group, told, structs, style))
    pagers = [one.pager for one in methods.values() if one.pager]
    resource = class_name(group) if not structs.has(class_name(group)) else class_name(plural(group))
    body = _resource(resource, group, list(methods), style)
    text = "\n\n".join(part for part in (structs.source, *pagers, body) if part)
    title = _TITLES.get(provider, Provider(provider).word)
    head = f'"""{" ".join(words(group)).capitalize()} of {title}."""\n\nfrom __future__ import annotations\n'
    used = set(re.findall(r"\w+", text))
    imports = lines(used)
    imports += [f"from {known.module} import {name}" for name in sorted(structs.imported & used)]
    imports += [f"from {one.__module__} import {one.__name__}" for one in (style.base, style.envelope) if one.__name__ in used]
    return "\n".join([head, *imports, "", f'__all__ = ["{resource}"]', "", "", text])


def _methods(
    operations: list[Operation], group: str, told: Facts, structs: Structs, style: Style
) -> Iterator[tuple[str, Method]]:
    """The methods by their source; a method `list` stands last, because it hides the type of that name."""
    taken: set[str] = set()
    made: dict[str, Method] = {}
    for one in operations:
        method = Method(one, told.shapes, structs, style)
        name = method_name(one, group, lists=method.is_list, taken=taken)
        taken.add(name)
        made[name] = method
    for name in sorted(made, key=lambda name: (name == "list", name)):
        yield made[name].source(name, group), made[name]


def _resource(name: str, group: str, methods: list[str], style: Style) -> str:
    about = " ".join(words(group)).capitalize()
    head = f'class {name}({style.base.__name__}):\n    """{about}."""\n\n    __slots__ = ()\n\n'
    return head + "\n".join(methods)


def _sent(one: Operation) -> Iterator[Shape]:
    yield from (parameter.shape for parameter in one.parameters)
    if one.body is not None:
        yield one.body.shape


@functools.cache
def _style(provider: str) -> Style:
    """What the resources of a provider have in common."""
    kinds: list[Any] = [kind for _, kind in declared_groups(CLIENTS[provider])]
    base: Any = kinds[0].__bases__[0] if kinds else Group
    of_errors = {field.encode_name for field in msgspec.structs.fields(Telling)}
    in_envelope = {field.encode_name for field in msgspec.structs.fields(base.envelope)} - of_errors | {"error", "success"}
    told = facts(provider)
    answers = [one.answer.shape for one in told.operations.values() if one.answer is not None]
    nouns = frozenset(reached(answers, told.shapes))
    return Style(base, base.wire_name, base.of_client, base.envelope, frozenset(in_envelope), nouns)
