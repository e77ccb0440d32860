"""What requests say of their bodies: what the APIs document, and nothing where there is none."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

import aioconvo
from aioconvo.cli.choosing import PROVIDERS
from aioconvo.core.calls.client import APIClient
from aioconvo.core.operations.operation import Operation
from aioconvo.sandbox import Sandbox
from aioconvo.sandbox.exchange import FORM
from tests.faults.server import Answer, FaultServer

JSON = "application/json"
CLIENTS: dict[str, type[Any]] = {
    "smscx": aioconvo.SmscxClient,
    "sunshine": aioconvo.SunshineClient,
    "smooch": aioconvo.SmoochClient,
    "convore": aioconvo.ConvoreClient,
    "ultracart": aioconvo.UltraCartClient,
}
OPERATIONS: list[Operation[Any]] = [
    operation for provider in PROVIDERS for operation in importlib.import_module(f"aioconvo.{provider}").OPERATIONS
]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.python)


def _client(operation: Operation[Any], sandbox: Sandbox, pool: aioconvo.SessionPool, **options: Any) -> APIClient:
    made: APIClient = CLIENTS[operation.provider](
        **{**sandbox.client_options(operation.provider), **options}, pool=pool, max_retries=0, limits=aioconvo.Limits()
    )
    return made


async def _send(client: APIClient, operation: Operation[Any], body: Any = None) -> BaseException | None:
    values = ["00000000-0000-4000-8000-000000000000"] * len(operation.parameters)
    try:
        await client.send(operation.request(*values, body=body))
    except aioconvo.CallError as error:
        return error
    return None


@each_operation
async def test_of_no_body_nothing_is_said_and_of_a_body_what_the_api_documents(operation: Operation[Any]) -> None:
    async with Sandbox(conversations=1) as sandbox, FaultServer(lambda _: Answer()) as server, aioconvo.SessionPool() as pool:
        client = _client(operation, sandbox, pool, base_url=server.base_url)
        await _send(client, operation)
        if operation.method != "GET":
            await _send(client, operation, {"a": "b"})
    told = [(seen.headers.get("content-type"), seen.body) for seen in server.seen]
    with_body = (FORM, b"a=b") if operation.form else (JSON, b'{"a":"b"}')
    assert told == [(None, b""), with_body][: len(told)]
    assert len(told) == (1 if operation.method == "GET" else 2)
    assert all(seen.headers.get("content-length", "0") == str(len(seen.body)) for seen in server.seen)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET"])
async def test_nor_is_it_for_requests_of_ones_own(method: str) -> None:
    async with (
        FaultServer(lambda _: Answer()) as server,
        aioconvo.ConvoreClient(api_key="k", base_url=server.base_url) as client,
    ):
        await client.request(method, "/v1/anything")
    assert "content-type" not in server.seen[0].headers


@each_operation
async def test_the_sandbox_refuses_what_the_api_does_not_document(operation: Operation[Any]) -> None:
    async with Sandbox(conversations=1) as sandbox, aioconvo.SessionPool() as pool:
        client = _client(operation, sandbox, pool)
        as_documented = await _send(client, operation)
        assert getattr(as_documented, "status", None) != 415
        for content_type in ("application/octet-stream", "text/plain", FORM if not operation.form else JSON):
            refused = await _send(client.with_options(headers={"Content-Type": content_type}), operation)
            assert isinstance(refused, aioconvo.APIStatusError)
            assert refused.status == 415
            assert refused.code or "ontent type" in refused.reason, "in the API's own shape, which the client reads"


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_the_sandbox_takes_json_however_it_is_spelled_also_without_a_body(content_type: str) -> None:
    async with Sandbox(conversations=1) as sandbox:
        options = sandbox.client_options("ultracart")
        async with aioconvo.UltraCartClient(**options, headers={"Content-Type": content_type}) as client:
            await client.conversations.list().collect()
