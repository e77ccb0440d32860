"""A request held against the specification of its operation: what it says that it must not, or does not say that it must."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from aioconvo.core.operations.operation import Request

from .facts import Kind, Operation, Place, Shape, Shapes, merged, resolved

__all__ = ["problems"]

_JSON = {Kind.BOOLEAN: bool, Kind.INTEGER: int, Kind.NUMBER: (int, float), Kind.TEXT: str, Kind.LIST: list, Kind.OBJECT: dict}


def problems(request: Request[Any], theirs: Operation, shapes: Shapes) -> Iterator[str]:
    """What in a request is not as specified, with its place."""
    yield from _path(request, theirs, shapes)
    yield from _query(request, theirs, shapes)
    yield from _body(request, theirs, shapes)


def _path(request: Request[Any], theirs: Operation, shapes: Shapes) -> Iterator[str]:
    found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", theirs.path), request.path)
    if request.operation.method != theirs.method or found is None:
        yield f"{request.operation.method} {request.path} is not {theirs.line}"
        return
    for one in theirs.parameters:
        if one.place is Place.PATH:
            yield from _text(unquote(found[one.name]), one.shape, shapes, f"path {one.name}")


def _query(request: Request[Any], theirs: Operation, shapes: Shapes) -> Iterator[str]:
    known = {one.name: one for one in theirs.parameters if one.place is Place.QUERY}
    sent = parse_qsl(request.query, keep_blank_values=True)
    for name, value in sent:
        if name not in known:
            yield f"query {name}: not in the specification"
            continue
        shape = resolved(known[name].shape, shapes)
        values = value.split(",") if known[name].joined else [value]
        for each in values:
            yield from _text(each, (shape.item or Shape()) if shape.kind is Kind.LIST else shape, shapes, f"query {name}")
    for name in known.keys() - {name for name, _ in sent}:
        if known[name].required:
            yield f"query {name}: missing"


def _body(request: Request[Any], theirs: Operation, shapes: Shapes) -> Iterator[str]:
    if request.body is None:
        if theirs.body is not None and theirs.body.required:
            yield "body: missing"
        return
    if theirs.body is None:
        if request.body != b"{}":
            yield "body: not in the specification"
        return
    media = (request.content_type or "").partition(";")[0]
    if media not in theirs.body.media:
        yield f"body: {media} is none of {', '.join(theirs.body.media)}"
    if media == "application/json":
        assert isinstance(request.body, bytes)
        yield from _value(msgspec.json.decode(request.body), theirs.body.shape, shapes, "body")
    elif media == "multipart/form-data":
        assert isinstance(request.body, bytes)
        names = set(re.findall(rb'form-data; name="([^"]+)"', request.body))
        members = resolved(theirs.body.shape, shapes).members
        yield from (f"body.{name.decode()}: not in the specification" for name in names if name.decode() not in members)
        yield from (f"body.{name}: missing" for name, one in members.items() if one.required and name.encode() not in names)


def _text(value: str, shape: Shape, shapes: Shapes, place: str) -> Iterator[str]:
    """A value that stands in a path or query."""
    shape = resolved(shape, shapes)
    read: Any = value
    if shape.kind in {Kind.INTEGER, Kind.NUMBER}:
        try:
            read = int(value) if shape.kind is Kind.INTEGER else float(value)
        except ValueError:
            yield f"{place}: {value!r} is no number"
            return
    elif shape.kind is Kind.BOOLEAN:
        read = {"true": True, "false": False}.get(value, value)
    yield from _value(read, shape, shapes, place)


def _value(value: Any, shape: Shape, shapes: Shapes, place: str) -> Iterator[str]:
    shape = resolved(shape, shapes)
    if value is None:
        if not shape.null and shape.kind is not Kind.ANY:
            yield f"{place}: null"
        return
    if shape.kind is Kind.UNION:
        told = [list(_value(value, one, shapes, place)) for one in shape.kinds]
        kinds = [resolved(one, shapes) for one in shape.kinds]
        if all(told) and not shape.tag and all(one.kind is Kind.OBJECT for one in kinds):
            yield from _value(value, merged(kinds), shapes, place)  # any of them, together
        elif all(told):
            yield from min(told, key=len)
        return
    wanted: Any = _JSON.get(shape.kind)
    if wanted is not None and (not isinstance(value, wanted) or (isinstance(value, bool) and shape.kind is not Kind.BOOLEAN)):
        yield f"{place}: {type(value).__name__} is no {shape.kind}"
        return
    yield from _limits(value, shape, place)
    if isinstance(value, list) and shape.item is not None:
        for one in value:  # pyright: ignore[reportUnknownVariableType] -- untyped JSON
            yield from _value(one, shape.item, shapes, f"{place}[]")
    if isinstance(value, dict):
        yield from _members(value, shape, shapes, place)  # pyright: ignore[reportUnknownArgumentType] -- as above


def _members(value: Mapping[str, Any], shape: Shape, shapes: Shapes, place: str) -> Iterator[str]:
    for name, one in value.items():
        if name in shape.members:
            if not shape.members[name].sent:
                yield f"{place}.{name}: only received"
            yield from _value(one, shape.members[name].shape, shapes, f"{place}.{name}")
        elif shape.item is not None:
            yield from _value(one, shape.item, shapes, f"{place}{{}}")
        elif shape.members:
            yield f"{place}.{name}: not in the specification"
    yield from (
        f"{place}.{name}: missing" for name, one in shape.members.items() if one.required and one.sent and name not in value
    )


def _limits(value: Any, shape: Shape, place: str) -> Iterator[str]:
    if isinstance(value, str):
        if shape.choices and value not in shape.choices:
            yield f"{place}: {value!r} is none of {', '.join(shape.choices)}"
        if shape.pattern and not re.search(shape.pattern, value):
            yield f"{place}: {value!r} is not like {shape.pattern}"
        if shape.format in {"date-time", "date"}:
            try:
                dt.datetime.fromisoformat(value)
            except ValueError:
                yield f"{place}: {value!r} is no {shape.format}"
    size = value if isinstance(value, int | float) else len(value) if isinstance(value, str | list) else None
    if size is not None and not isinstance(value, bool):
        if shape.low is not None and size < shape.low:
            yield f"{place}: {size} is below {shape.low:g}"
        if shape.high is not None and size > shape.high:
            yield f"{place}: {size} is above {shape.high:g}"
