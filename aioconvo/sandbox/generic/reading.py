"""What a request says, held against the declaration of its operation: what is missing, of another type, beyond a limit."""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

import msgspec
from msgspec import UNSET

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.markers import Place
from aioconvo.core.operations.rules import AtLeast, Between, Length, Like, joined
from aioconvo.sandbox.exchange import FORM, Refusal
from aioconvo.sandbox.multipart import MULTIPART, Part, parts

from .examples import is_object, is_struct, normal, plain_kind

if TYPE_CHECKING:
    from aioconvo.core.operations.operation import Operation
    from aioconvo.core.operations.signature import Declared, Parameter
    from aioconvo.sandbox.exchange import Request

__all__ = ["Said", "media_type", "read"]

_JSON = frozenset({Place.BODY, Place.WHOLE})
_MISSING: Any = object()
_LIMITS = (AtLeast, Between, Length, Like)
_LISTS = {list, tuple, collections.abc.Sequence}


class Said(NamedTuple):
    """A request: path values, the query's and the body's members under their own names, and files."""

    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    files: Mapping[str, Part]

    def facts(self) -> dict[str, Any]:
        """All of it by normal names; the body wins over the path, and that over the query."""
        told: dict[str, Any] = {}
        for one in self.files.values():
            told |= {"filename": one.filename, "contenttype": one.content_type, "mediatype": one.content_type}
            told |= {"size": len(one.content), "filesize": len(one.content), "name": one.filename}
        for source in (self.query, self.path, self.body):
            told |= {normal(name): value for name, value in source.items()}
        return told


def media_type(operation: Operation[Any], declared: Declared | None) -> str:
    """The media type of an operation's body."""
    if operation.form:
        return FORM
    return MULTIPART if declared is not None and declared.at(Place.PART) else "application/json"


def read(request: Request, path: Mapping[str, str], operation: Operation[Any], declared: Declared | None) -> Said:
    """What a request says. An operation that is written by hand declares no arguments, and all is taken.

    Raises:
        Refusal: It is not as declared.
    """
    files = parts(request) if media_type(operation, declared) == MULTIPART else {}
    query = _query(request, declared)
    whole = _body(request, operation, files)
    if declared is not None:
        _check(declared, path, query, whole, files)
    sent = {name: one for name, one in files.items() if one.filename is not None}
    return Said(path, query, whole if is_object(whole) else {}, sent)


def _query(request: Request, declared: Declared | None) -> dict[str, Any]:
    """The query; what may be several values is a list."""
    lists = set[str | None]() if declared is None else {one.wire for one in declared.parameters if _is_list(one)}
    found: dict[str, Any] = {}
    for name, value in request.query:
        if name in lists:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _is_list(one: Parameter) -> bool:
    kind = plain_kind(one.annotation)
    if joined in one.rules:
        return False
    return bool({typing.get_origin(each) or each for each in (kind, *typing.get_args(kind))} & _LISTS)


def _body(request: Request, operation: Operation[Any], files: Mapping[str, Part]) -> Any:
    if files:
        return {name: one.content.decode("utf-8", "replace") for name, one in files.items() if one.filename is None}
    if not request.body:
        return _MISSING
    if operation.form:
        return {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
    try:
        return msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(400, "bad_request", "The body is not valid JSON") from None


def _check(declared: Declared, path: Mapping[str, str], query: Mapping[str, Any], body: Any, files: Mapping[str, Part]) -> None:
    given: dict[str, Any] = {}
    whole = declared.at(Place.WHOLE)
    if not whole and body is not _MISSING and not is_object(body):
        raise Refusal(400, "bad_request", "The body must be an object")
    named = body if is_object(body) and not whole else {}
    sources: dict[Place, Mapping[str, Any]] = {
        Place.PATH: path,
        Place.QUERY: query,
        Place.PAGE_SIZE: query,
        Place.BODY: named,
        Place.PART: {name: one for name, one in files.items() if one.filename is not None},
    }
    for one in declared.parameters:
        if one.place in sources:
            value = sources[one.place].get(one.wire or "", _MISSING)
        elif one.place is Place.WHOLE:
            value = body
        else:
            continue
        if one.place is Place.PART and value is not _MISSING:
            given[one.name] = value
        elif value is not _MISSING:
            given[one.name] = _checked(one, value, text=bool(files) or one.place not in _JSON)
        elif one.required:
            raise Refusal(400, "bad_request", f"{one.wire or 'A body'} is required")
    _check_together(declared, given)


def _checked(one: Parameter, value: Any, *, text: bool) -> Any:
    """The value as the declaration has it. What is written in another way, as a rule of its own tells, stays as it came."""
    if value is None and not one.required:
        return None
    kind = plain_kind(one.annotation)
    try:
        decoded: Any = msgspec.convert(value, kind, strict=not text)
    except TypeError:  # a type that only Python has
        return value
    except (msgspec.ValidationError, ValueError) as error:
        if _is_open(kind) or any(not isinstance(rule, _LIMITS) for rule in one.rules):
            return value
        raise Refusal(400, "bad_request", f"{one.wire or 'The body'} is not valid: {error}") from None
    for rule in one.rules:
        try:
            rule(one.wire or one.name, decoded)
        except InvalidRequestError as refused:
            raise Refusal(400, "bad_request", str(refused)) from None
    return decoded


def _is_open(kind: Any) -> bool:
    """Whether a type does not tell all that is sent: of a base of structs anything may come."""
    return is_struct(kind) and not kind.__struct_fields__


def _check_together(declared: Declared, given: Mapping[str, Any]) -> None:
    defaults = {one.name: UNSET if one.required else one.default for one in declared.parameters}
    for check in declared.check:
        try:
            check(*[given.get(name, defaults[name]) for name in declared.named_by(check)])
        except InvalidRequestError as refused:
            raise Refusal(400, "bad_request", str(refused)) from None
