"""An answer is judged by itself: neither what follows it nor what is odd about its headers makes a call be done twice."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest

import aioconvo
from tests.faults.server import FaultServer, Raw

UUID = "0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b"
JSON = b'{"a": 1}'


def _ok(*lines: str, status: str = "200 OK", body: bytes = JSON, length: bool = True) -> bytes:
    told = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        *lines,
        *([f"Content-Length: {len(body)}"] if length else []),
    ]
    return "\r\n".join(told).encode("latin-1") + b"\r\n\r\n" + body


EMPTY: dict[str, bytes] = {
    "204": _ok(status="204 No Content", body=b"", length=False),
    "204 with length 0": _ok(status="204 No Content", body=b""),
    "204 with a body": _ok(status="204 No Content"),
    "204 with a body of no length": _ok(status="204 No Content", length=False),
    "204 with the length of a body that is not there": _ok(status="204 No Content")[: -len(JSON)],
    "204 with chunks": _ok("Transfer-Encoding: chunked", status="204 No Content", body=b"0\r\n\r\n", length=False),
    "204 with text": _ok(status="204 No Content", body=b"", length=False) + b"<html>gone</html>",
}
FULL: dict[str, bytes] = {
    "as it should be": _ok(),
    "an empty line behind": _ok() + b"\r\n",
    "text behind": _ok() + b"\r\nextra",
    "a page behind": _ok() + b"<!-- served by node 7 -->" * 4000,
    "another answer behind": _ok() * 2,
    "text behind chunks": _ok("Transfer-Encoding: chunked", body=b"8\r\n%s\r\n0\r\n\r\nextra" % JSON, length=False),
    "a shorter length than the body": _ok(f"Content-Length: {len(JSON)}", body=JSON + b" // debug: 12 ms", length=False),
    "the length twice": _ok(f"Content-Length: {len(JSON)}"),
    "a length and chunks": _ok(
        "Transfer-Encoding: chunked", "Content-Length: 3", body=b"8\r\n%s\r\n0\r\n\r\n" % JSON, length=False
    ),
    "a space before a colon": _ok("X-A : b"),
    "a folded header": _ok("X-A: b\r\n  c"),
    "a line that is no header": _ok("Notice: undefined index", "PHP warning"),
    "a header without a name": _ok(": b"),
    "64 KiB in one header": _ok("X-Trace: " + "a" * 65_536),
    "64 KiB in many headers": _ok(*(f"X-{number:05}: {'a' * 50}" for number in range(1050))),
    "64 KiB in short headers": _ok(*["A: b"] * 10_000),
    "64 KiB of cookies": _ok(*(f"Set-Cookie: c{number}={'a' * 4000}" for number in range(16))),
    **{
        f"Content-Encoding {name}": _ok(f"Content-Encoding: {name}")
        for name in ("utf-8", "UTF-8", "none", "identity", "", "utf-8, identity", "binary", "iso-8859-1", "gzip", "br")
    },
    "Content-Encoding identity, gzip": _ok("Content-Encoding: identity, gzip", body=gzip.compress(JSON)),
}


async def _answered(content: bytes, method: str, path: str) -> tuple[list[Any], list[int]]:
    """What two calls, one after the other, were answered, and the connections they were made over."""
    async with FaultServer(lambda _: Raw(content, keep=True)) as server, aioconvo.SessionPool() as pool:
        client = aioconvo.ConvoreClient(api_key="k", base_url=server.base_url, pool=pool)
        answers = [await client.request(method, path) for _ in range(2)]
    assert [seen.target for seen in server.seen] == [path] * 2, "each call was made once"
    assert all(answer.attempts == 1 for answer in answers)
    return [answer.data for answer in answers], [seen.connection for seen in server.seen]


KEPT = {"204", "204 with length 0", "as it should be"}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("form", [*EMPTY, *FULL])
async def test_the_answer_stands_and_nothing_is_done_twice(form: str, method: str) -> None:
    data, connections = await _answered({**EMPTY, **FULL}[form], method, "/v1/x")
    assert data == [None if form in EMPTY else {"a": 1}] * 2
    spoiled = ("behind" in form or form in EMPTY or "length" in form) and form not in KEPT and form != "the length twice"
    assert connections == [0, 1 if spoiled else 0]


@pytest.mark.parametrize("form", [name for name in FULL if "behind" in name])
@pytest.mark.parametrize("more", [0, 1, len(JSON) - 1])
async def test_what_comes_with_the_last_part_of_a_body_is_no_part_of_it(form: str, more: int) -> None:
    """The head, and some of the body, came before."""
    content = FULL[form]
    first = content.index(b"\r\n\r\n") + 4 + more

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(content[:first])
        for _ in range(10):
            await asyncio.sleep(0)
        writer.write(content[first:])
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with aioconvo.ConvoreClient(api_key="k", base_url=url, max_retries=0) as client:
            assert (await client.request("GET", "/v1/x")).data == {"a": 1}


@pytest.mark.parametrize("form", EMPTY)
async def test_a_conversation_is_marked_read_once(form: str) -> None:
    async with (
        FaultServer(lambda _: Raw(EMPTY[form], keep=True)) as server,
        aioconvo.SmscxClient(api_key="k", base_url=server.base_url) as client,
    ):
        await client.conversations.mark_read(UUID)
    assert len(server.seen) == 1


async def test_an_answer_to_head_has_no_body_whatever_its_length() -> None:
    data, connections = await _answered(
        _ok(body=b"")[:-1].replace(b"Content-Length: 0", b"Content-Length: 8") + b"\n", "HEAD", "/v1/x"
    )
    assert data == [None] * 2
    assert connections == [0, 0]


@pytest.mark.parametrize(
    "content",
    [
        _ok("Content-Length: 9"),
        _ok("Content-Length: -8", length=False),
        _ok("Content-Length: 0x8", length=False),
        _ok("X-A: " + "a" * 200_000),
        _ok(*(f"X-{number}: b" for number in range(50_000))),
    ],
)
async def test_what_is_in_doubt_stays_an_error(content: bytes) -> None:
    async with (
        FaultServer(lambda _: Raw(content)) as server,
        aioconvo.ConvoreClient(api_key="k", base_url=server.base_url, max_retries=0) as client,
    ):
        with pytest.raises(aioconvo.APIConnectionError):
            await client.request("GET", "/v1/x")


async def _cause_of(answer: bytes | None) -> BaseException | None:
    """What stands behind the error of a call that was answered so, or not at all."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is not None:
            writer.write(answer)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        if answer == b"":
            server.close()
        async with aioconvo.ConvoreClient(api_key="k", base_url=url, max_retries=0, timeout=0.05) as client:
            with pytest.raises(aioconvo.APIConnectionError) as caught:
                await client.request("GET", "/v1/x")
    fault = caught.value.__cause__
    assert fault is not None
    return fault.__cause__


async def test_the_error_of_the_system_stands_behind_that_of_a_call() -> None:
    """And nothing of aiohttp's, which quotes what came and what was asked for."""
    assert isinstance(await _cause_of(b""), ConnectionRefusedError)
    assert isinstance(await _cause_of(None), TimeoutError)
    assert await _cause_of(b"nonsense\r\n\r\n") is None
