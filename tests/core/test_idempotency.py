"""A key makes a call repeatable only where it goes over the wire, in the member by which the API knows it."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
from hypothesis import given, strategies as st

import aioconvo
from aioconvo.cli.choosing import PROVIDERS
from aioconvo.convore import ConvoreClient
from aioconvo.core.operations.operation import Effect, Operation, Request
from tests.faults.server import Close, FaultServer

OPERATIONS: list[Operation[Any]] = [
    operation
    for provider in PROVIDERS
    for operation in importlib.import_module(f"aioconvo.{provider}").OPERATIONS
    if not operation.effect.repeatable
]
QUICK = aioconvo.RetryPolicy(max_retries=3, backoff=0.0)


class _Sms(msgspec.Struct, omit_defaults=True):
    text: str
    to: list[str] = msgspec.field(default_factory=list)


def _send(effect: Effect = Effect.PAID, member: str | None = "idempotencyId", *, form: bool = False) -> Operation[Any]:
    return Operation("smscx.sms.send", "sendSms", "POST", "/sms", object, effect, form=form, idempotency_member=member)


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    """Reads each request whole and breaks the connection."""
    async with FaultServer(lambda _: Close(reset=True)) as server:
        yield server


@pytest.fixture
async def client(server: FaultServer) -> AsyncIterator[ConvoreClient]:
    async with ConvoreClient(api_key="k", base_url=server.base_url, retry=QUICK) as client:
        yield client


@pytest.mark.parametrize("effect", [Effect.PAID, Effect.UNSAFE])
@pytest.mark.parametrize("body", [{"text": "hi"}, _Sms("hi"), None], ids=["mapping", "struct", "none"])
async def test_each_try_carries_the_same_key(effect: Effect, body: object, client: ConvoreClient, server: FaultServer) -> None:
    with pytest.raises(aioconvo.MaybeSentError) as caught:
        await client.send(_send(effect).request(body=body, idempotency_key="k-123"))
    expected = {"idempotencyId": "k-123"} if body is None else {"text": "hi", "idempotencyId": "k-123"}
    assert [msgspec.json.decode(seen.body) for seen in server.seen] == [expected] * 4
    assert caught.value.call.idempotency_key == "k-123"


async def test_a_form_carries_it_too(client: ConvoreClient, server: FaultServer) -> None:
    with pytest.raises(aioconvo.MaybeSentError):
        await client.send(_send(form=True).request(body={"text": "hi"}, idempotency_key="k-123"))
    assert [parse_qs(seen.body.decode()) for seen in server.seen] == [{"text": ["hi"], "idempotencyId": ["k-123"]}] * 4


async def test_a_key_that_the_body_brings_itself_counts(client: ConvoreClient, server: FaultServer) -> None:
    with pytest.raises(aioconvo.MaybeSentError):
        await client.send(_send().request(body={"text": "hi", "idempotencyId": "k-123"}))
    assert len(server.seen) == 4


@pytest.mark.parametrize("body", [{"text": "hi"}, {"idempotencyId": ""}, {"idempotencyId": None}, {"idempotencyId": 7}, ["x"]])
async def test_without_a_key_on_the_wire_it_is_sent_once(body: object, client: ConvoreClient, server: FaultServer) -> None:
    with pytest.raises(aioconvo.MaybeSentError) as caught:
        await client.send(_send().request(body=body))
    assert len(server.seen) == 1
    assert caught.value.call.idempotency_key is None


async def test_a_member_of_that_name_is_no_key_where_the_api_has_none(client: ConvoreClient, server: FaultServer) -> None:
    """SMS.CX documents no such member for replies, and nothing of the kind is documented for requests by hand."""
    with pytest.raises(aioconvo.MaybeSentError):
        await client.send(_send(member=None).request(body={"idempotencyId": "k-123"}))
    with pytest.raises(aioconvo.MaybeSentError):
        await client.request("POST", "/sms", body={"idempotencyId": "k-123"}, effect=Effect.PAID)
    assert len(server.seen) == 2


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.key_proven], ids=lambda one: one.python)
def test_what_has_no_place_for_a_key_refuses_one(operation: Operation[Any]) -> None:
    assert operation.idempotency_member is None
    with pytest.raises(aioconvo.InvalidRequestError, match="has no place for an idempotency key; leave idempotency_key out"):
        operation.request(*["x"] * len(operation.parameters), body={"text": "hi"}, idempotency_key="k-123")


def test_a_request_cannot_be_given_a_key_that_it_does_not_send() -> None:
    options: Any = {"idempotency_key": "k-123"}
    with pytest.raises(TypeError):
        Request(_send(), "/sms", **options)
    assert "idempotency_key" not in Request.__struct_fields__


@pytest.mark.parametrize("key", ["", 7, True, b"k"])
def test_a_key_is_text(key: Any) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match="idempotency_key must be text"):
        _send().request(body={}, idempotency_key=key)


@pytest.mark.parametrize("body", [["a"], "text", 7])
def test_a_key_needs_a_body_with_members(body: object) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match="give a mapping or a struct"):
        _send().request(body=body, idempotency_key="k-123")


@given(
    st.dictionaries(st.text(max_size=5), st.none() | st.integers(-(2**53), 2**53) | st.text(max_size=5)), st.text(min_size=1)
)
def test_the_rest_of_the_body_goes_out_as_it_is(body: Mapping[str, Any], key: str) -> None:
    request = _send().request(body=body, idempotency_key=key)
    assert isinstance(request.body, bytes)
    assert msgspec.json.decode(request.body) == {**body, "idempotencyId": key}
    assert request.idempotency_key == key
    assert request.with_query([("a", "b")]).idempotency_key == key
