"""Every declared operation: what it asks for, and that leaving out, giving a default and giving nothing mean what they say."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import pickle
import re
import typing
import uuid
from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

import aioconvo
from aioconvo import convore, smooch, sunshine
from aioconvo.core.encoding.url import encode_query
from aioconvo.core.operations.markers import Place
from aioconvo.core.operations.operation import Request
from aioconvo.core.operations.resource import declarations
from aioconvo.core.operations.signature import Declared
from aioconvo.core.paging.pagers import Ask
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.providers import Provider
from aioconvo.smscx.arguments import Country, CustomFields, Period, Sender
from aioconvo.smscx.numbers import InCountry
from aioconvo.smscx.originators import NewName
from aioconvo.smscx.otp import Lifetime, PinLength
from aioconvo.smscx.shortlinks import Title as ShortTitle
from aioconvo.sunshine.integrations import MessageSecret
from aioconvo.sunshine.users import BrandId

CLIENTS: dict[str, aioconvo.APIClient] = {str(one): one.client(**one.sandbox.credentials) for one in Provider}
DECLARED = [one for client in CLIENTS.values() for one in declarations(type(client))]
each = pytest.mark.parametrize("one", DECLARED, ids=lambda one: one.operation.python)

CONVERSION = sunshine.MetaConversion(payload=sunshine.MetaConversionPayload(data=[{}]))
# What checks across arguments ask for besides the required ones, and what the types alone do not tell.
BESIDES: dict[str, dict[str, Any]] = {
    "convore.messages.send": {"channel_id": "c"},
    **{f"smscx.reports.{name}": {"period": "2026-11"} for name in ("export_csv", "export_xlsx", "get_summary", "list")},
    "sunshine.conversations.list": {"user_id": "u"},
    "sunshine.conversations.post_conversion_events": {"whatsapp": CONVERSION},
    "sunshine.participants.join": {"user_id": "u"},
    "sunshine.participants.leave": {"user_id": "u"},
    "ultracart.pbx.phone_numbers.search": {"country": "GB"},
}
SAMPLES: dict[Any, Any] = {
    BrandId: "1234567890",
    MessageSecret: "x" * 88,
    str: str(uuid.UUID(int=1, version=4)),
    Sender: "SHOP",
    Country: "GB",
    NewName: "SHOP",
    InCountry: "GB",
    Lifetime: 60,
    PinLength: 4,
    Period: "2026-11",
    ShortTitle: "sale",
    CustomFields: {"size": "M"},
    int: 2,  # the least that a page may hold
    float: 1.0,
    bool: True,
    bytes: b"a file",
    dt.datetime: dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    dt.date: dt.date(2026, 1, 1),
    convore.ConvoreMailChannel: convore.ConvoreMailChannel(sender_name="Shop", address="support@convoremail.com"),
    sunshine.NewIntegration: sunshine.NewIntegration(type="web"),
    sunshine.MetaConversion: CONVERSION,
    sunshine.Author: sunshine.Author(type=sunshine.AuthorType.BUSINESS),
    sunshine.NewParticipant: sunshine.NewParticipant(user_id="u"),
    smooch.TextMessage: smooch.TextMessage(role=smooch.Role.APP_MAKER, text="t"),
    sunshine.TextContent: sunshine.TextContent(text="t"),
}


class _Stop(Exception):  # noqa: N818 -- no error: the request got as far as it should
    pass


def _sample(hint: Any) -> Any:
    """A value of an annotation."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if hint in SAMPLES:
        return SAMPLES[hint]
    if origin is Literal:
        return parts[0]
    if origin in {list, Sequence, dict}:
        return {} if origin is dict else [_sample(parts[0])]
    if parts:  # the first of a union, or what is annotated
        return _sample(bytes if bytes in parts else parts[0])
    if issubclass(hint, msgspec.Struct):
        fields = msgspec.structs.fields(hint)
        return hint(**{one.name: _sample(one.type) for one in fields if one.required})
    return next(iter(hint))  # an enum


def _request(one: Declared, given: dict[str, Any]) -> tuple[Request[Any], Any]:
    """What a call asks for, and of a list also which one it is."""
    provider, _, name = one.operation.python.partition(".")
    client: Any = CLIENTS[provider].with_options()
    asked: list[Request[Any]] = []

    async def send(request: Request[Any], **_: Any) -> Any:
        asked.append(request)
        raise _Stop

    client.send = send
    made = attrgetter(name)(client)(**given)
    listed = made if isinstance(made, AsyncPaginator) else None
    awaited: Any = made.__await__() if listed is None else listed._fetch(Ask())
    with pytest.raises(_Stop):
        awaited.send(None)
    request = asked[0]
    # The check of an answer is a function of its own each time.
    plain = msgspec.structs.replace(request, check=None)
    return plain, None if listed is None else (listed._identity, listed._limit, listed._prefetch)


def _members(request: Request[Any]) -> Any:
    """The members of a body, also of one that holds a file: what stands beside that."""
    if (request.content_type or "").startswith("multipart/"):
        assert isinstance(request.body, bytes)
        return dict(re.findall(r'form-data; name="(\w+)"\r\n\r\n(.*)\r\n', request.body.decode()))
    assert request.body is None or isinstance(request.body, bytes)
    return msgspec.json.decode(request.body or b"{}")


@pytest.fixture(autouse=True)
def _same_boundary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioconvo.core.encoding.files.secrets.token_hex", lambda _: "0" * 32)


def _least(one: Declared) -> dict[str, Any]:
    required = {parameter.name: _sample(parameter.annotation) for parameter in one.parameters if parameter.required}
    return required | BESIDES.get(one.operation.python, {})


@each
def test_the_least_call_asks_for_no_more(one: Declared) -> None:
    request, _ = _request(one, _least(one))
    assert request.operation == one.operation
    assert "UNSET" not in request.target
    assert "{" not in request.path
    sent = _members(request)
    if not one.at(Place.WHOLE):
        given = _least(one)
        always = {
            parameter.wire
            for parameter in one.at(Place.BODY)
            if parameter.default is not None and parameter.default is not msgspec.UNSET
        }
        assert sent.keys() == always | {parameter.wire for parameter in one.at(Place.BODY) if parameter.name in given}


@each
def test_each_required_argument_is_needed(one: Declared) -> None:
    least = _least(one)
    for parameter in one.parameters:
        if parameter.required:
            with pytest.raises(TypeError, match=f"{one.owner.__name__}.{one.method.__name__}.*{parameter.name}"):
                _request(one, {name: value for name, value in least.items() if name != parameter.name})
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'nothing'"):
        _request(one, {**least, "nothing": 1})


@each
def test_an_argument_given_as_its_default_asks_for_the_same(one: Declared) -> None:
    least = _least(one)
    asked = _request(one, least)
    for parameter in one.parameters:
        if not parameter.required and parameter.name not in least:
            assert _request(one, {**least, parameter.name: parameter.default}) == asked, parameter.name


@each
def test_unset_is_never_sent(one: Declared) -> None:
    least = _least(one)
    asked = _request(one, least)
    for parameter in one.parameters:
        can_be_sent = parameter.place in {Place.QUERY, Place.BODY, Place.PAGE_SIZE}
        if can_be_sent and parameter.default in {None, msgspec.UNSET} and parameter.name not in least:
            assert _request(one, {**least, parameter.name: msgspec.UNSET}) == asked, parameter.name


@each
def test_every_argument_is_sent_where_it_says(one: Declared) -> None:
    least = _least(one)
    for parameter in one.parameters:
        if parameter.place is Place.WALK:
            continue
        try:
            request, _ = _request(one, {**least, parameter.name: _sample(parameter.annotation)})
        except aioconvo.InvalidRequestError:  # it excludes what the least call has
            assert one.check
            continue
        sent = _members(request)
        names = {pair.partition("=")[0] for pair in request.query.split("&")}
        if parameter.place in {Place.QUERY, Place.PAGE_SIZE}:
            assert encode_query([(parameter.wire or "", "")])[:-1] in names
        elif parameter.place is Place.BODY:
            assert parameter.wire in sent
        elif parameter.place is Place.PATH:
            assert parameter.wire in one.operation.parameters


@each
def test_what_is_declared_is_what_callers_see(one: Declared) -> None:
    method = getattr(one.owner, one.method.__name__)
    assert inspect.signature(method) == inspect.signature(one.method)
    assert inspect.iscoroutinefunction(method) == one.awaits
    assert inspect.getsource(method).rstrip().endswith("...")
    assert method.__qualname__ == method.__code__.co_qualname == f"{one.owner.__name__}.{one.method.__name__}"
    assert one.operation.name in method.__doc__
    assert "Source:" not in (one.method.__doc__ or "")
    assert (typing.get_origin(typing.get_type_hints(method)["return"]) is AsyncPaginator) == (one.pager is not None)
    assert pickle.loads(pickle.dumps(one.operation)) == one.operation  # noqa: S301 -- our own


def _stubs(file: Path) -> Iterator[tuple[str, set[str]]]:
    """Methods of which only the signature stands there, with the names of their decorators."""
    for kind in ast.walk(ast.parse(file.read_text())):
        if not isinstance(kind, ast.ClassDef) or any("Protocol" in ast.unparse(base) for base in kind.bases):
            continue
        for method in kind.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and ast.unparse(method.body[-1]) == "...":
                names = {ast.unparse(getattr(one, "func", one)) for one in method.decorator_list}
                yield f"{file.name}: {kind.name}.{method.name}", names


def test_no_declaration_lacks_its_decorator() -> None:
    """Such a method would do nothing, and say nothing of it."""
    found = [stub for file in sorted(Path(aioconvo.__file__).parent.rglob("*.py")) for stub in _stubs(file)]
    assert len([names for _, names in found if names & {"operation", "listing"}]) == len(DECLARED)
    assert [name for name, names in found if not names & {"operation", "listing", "overload"}] == []


def test_a_missing_decorator_is_found(tmp_path: Path) -> None:
    file = tmp_path / "drafts.py"
    file.write_text("class Drafts:\n    async def get(self) -> None:\n        'One.'\n        ...\n")
    assert [*_stubs(file)] == [("drafts.py: Drafts.get", set())]
