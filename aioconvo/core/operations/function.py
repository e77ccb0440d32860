"""The plain Python function that does what a declaration says, written once, as `dataclasses` and `attrs` write theirs.

Python itself refuses arguments that are missing, unknown or too many; a debugger steps through the lines, which `linecache`
holds. What was given is forgotten before anything is sent or refused: tools print the locals of the frames of errors.
"""

from __future__ import annotations

import functools
import inspect
import linecache
from collections.abc import Callable, Iterator
from types import NoneType
from typing import Any

import msgspec

from aioconvo.core.access.hidden import without_frames
from aioconvo.core.encoding.files import Upload
from aioconvo.core.errors import InvalidRequestError

from .markers import Place
from .operation import Operation
from .rules import member_rules, members_fit
from .signature import Declared, Parameter

__all__ = ["documentation", "with_source", "write"]


class _Members(msgspec.Struct, frozen=True, gc=False):
    """Base of the bodies."""

    def __repr__(self) -> str:
        return "<a body>"


def write(declared: Declared) -> Callable[..., Any]:
    """The function, under the name, signature and docstring of its method."""
    method, operation = declared.method, declared.operation
    known: dict[str, Any] = {
        "InvalidRequestError": InvalidRequestError,
        "UNSET": msgspec.UNSET,
        "operation": operation,
        "without_frames": without_frames,
    }
    source = "\n".join(_lines(declared, known)) + "\n"
    file = f"<aioconvo {operation.python}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), known)  # noqa: S102 -- our own words; names of arguments are all that comes from elsewhere
    function: Any = known[method.__name__]
    function.__defaults__, function.__kwdefaults__ = method.__defaults__, method.__kwdefaults__
    functools.update_wrapper(function, method)
    function.__code__ = function.__code__.replace(co_qualname=method.__qualname__)
    function.__doc__ = documentation(declared)
    function.declared, function.operation = declared, operation
    return function  # type: ignore[no-any-return] # what exec made


def documentation(declared: Declared) -> str:
    """The method's docstring, with its limits and its source, which nobody writes by hand."""
    limits = [f"{place}: {_words(rule)}." for one in declared.parameters for place, rule in _limits(one)]
    limits += [f"{text}." for check in declared.check if (text := _words(check))]
    doc = inspect.cleandoc(declared.method.__doc__ or "")
    if limits:
        doc = "\n    ".join([f"{doc}\n\nLimits:", *limits])
    return with_source(doc, declared.operation)


def with_source(doc: str, operation: Operation[Any]) -> str:
    """The docstring of a method that performs an operation."""
    return f"{doc}\n\nSource: operation {operation.name}."


def _limits(one: Parameter) -> Iterator[tuple[str, Any]]:
    for rule in one.rules:
        if rule is members_fit:
            yield from member_rules(one.annotation, one.name)
        else:
            yield one.name, rule


def _words(limit: Any) -> str:
    if not inspect.isfunction(limit):
        return str(limit)
    words = (limit.__doc__ or "").partition("\n")[0].rstrip(".")
    return words[:1].lower() + words[1:]


def _lines(declared: Declared, known: dict[str, Any]) -> Iterator[str]:
    """The source; what it names is put into `known`."""
    names = [one.name for one in declared.parameters]
    is_list = declared.pager is not None
    yield f"{'async ' if declared.awaits else ''}def {declared.method.__name__}({_parameters(declared)}):"
    yield "    try:"
    yield from (f"        {line}" for line in _checks(declared, known))
    sent = "self._client.paginate" if is_list else "operation.request"
    yield f"        {'listed' if is_list else 'request'} = {sent}("
    yield from (f"            {part}," for part in _parts(declared, known))
    yield "        )"
    yield "    except InvalidRequestError as refused:"
    yield "        raise without_frames(refused)"
    if names:
        yield "    finally:"
        yield f"        del {', '.join(names)}"
    if is_list:
        yield "    return listed"
    elif not declared.awaits:
        known["answer"] = declared.answer
        yield "    return answer.of_call(self._client, request)"
    elif declared.answer is NoneType:
        yield "    await self._client.call(request)"
    elif declared.unwrap is None:
        yield "    return await self._client.call(request)"
    elif declared.may_be_none:
        yield "    answer = await self._client.call(request)"
        yield f"    return None if answer is None else answer.{declared.unwrap}"
    else:
        yield f"    return (await self._client.call(request)).{declared.unwrap}"


def _parameters(declared: Declared) -> str:
    """The parameters; what they are by default is taken from the method itself."""
    taken = ["self"]
    _, *given = inspect.signature(declared.method).parameters.values()
    for one in given:
        if one.kind is one.KEYWORD_ONLY and "*" not in taken:
            taken.append("*")
        taken.append(one.name if one.default is one.empty else f"{one.name}=...")
    return ", ".join(taken)


def _checks(declared: Declared, known: dict[str, Any]) -> Iterator[str]:
    """First what each argument may be, then what they may be together."""
    count = 0
    for one in declared.parameters:
        if one.rules and not one.always_asked:
            yield f"if {one.name} is not None and {one.name} is not UNSET:"
        for rule in one.rules:
            count += 1
            known[f"rule_{count}"] = rule
            yield f"{'' if one.always_asked else '    '}{one.name} = rule_{count}({one.name!r}, {one.name})  # {_words(rule)}"
    for number, check in enumerate(declared.check, 1):
        known[f"check_{number}"] = check
        yield f"check_{number}({', '.join(declared.named_by(check))})  # {_words(check)}"


def _parts(declared: Declared, known: dict[str, Any]) -> Iterator[str]:
    """The arguments of `Operation.request`, or of `APIClient.paginate`."""
    in_path = {one.wire: one.name for one in declared.at(Place.PATH)}
    by_pager = {one.wire for one in declared.at(Place.PATH) if one.to_pager}
    told = [wire for wire in declared.operation.parameters if wire not in by_pager]
    path = [in_path.get(wire) or f"self._client.{declared.from_client[wire]}" for wire in told]
    if declared.pager is None:
        yield from path
    else:
        known["pager"] = declared.pager
        yield "operation"
        yield f"({''.join(f'{value}, ' for value in path).rstrip()})"
        yield f"pager({', '.join(f'{one.name}={one.name}' for one in declared.parameters if one.to_pager)})"
    if query := [f"({one.wire!r}, {one.name})," for one in declared.at(Place.QUERY)]:
        yield f"query=({' '.join(query)})"
    if size := declared.at(Place.PAGE_SIZE):
        yield f"page_size=({size[0].wire!r}, {size[0].name})"
    yield from _body(declared, known)
    if (expect := declared.expect) is not None:
        known["expect"] = expect
        ready = list(inspect.signature(expect).parameters) == ["answer"]
        yield "check=expect" if ready else f"check=expect({', '.join(declared.named_by(expect))})"
    yield from (f"{one.name}={one.name}" for one in declared.at(Place.WALK))


def _body(declared: Declared, known: dict[str, Any]) -> Iterator[str]:
    if whole := declared.at(Place.WHOLE):
        yield f"body={whole[0].name}"
    members = declared.at(Place.BODY)
    if files := declared.at(Place.PART):
        known["Upload"] = Upload
        fields = ", ".join(f"{one.wire!r}: {one.name}" for one in members)
        yield f"body=Upload({files[0].wire!r}, {files[0].name}, {{{fields}}})"
        return
    if not members:
        return
    known["Body"] = msgspec.defstruct(
        "Body",
        [(one.name, Any, None if one.default is None else msgspec.UNSET) for one in members],
        bases=(_Members,),
        rename={one.name: one.wire or "" for one in members},
        omit_defaults=True,
        frozen=True,
        gc=False,
    )
    made = f"Body({', '.join(one.name for one in members)})"
    if declared.pager is not None:
        known["to_builtins"] = msgspec.to_builtins
        made = f"to_builtins({made})"
    elif declared.optional_body:
        absent = " and ".join(f"{one.name} is {'None' if one.default is None else 'UNSET'}" for one in members)
        made = f"None if {absent} else {made}"
    yield f"body={made}"
