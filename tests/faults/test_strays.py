"""What nobody asked for answers nothing, in whatever form, at whatever moment and over whatever line it comes."""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
import trustme
import uvloop
from aiohttp import client_proto
from aiohttp.http_parser import HttpResponseParserPy

import aioconvo
from aioconvo.core.wire import connection
from tests.faults.proxy import TunnelProxy
from tests.faults.stray_server import TURNS, StrayServer, TLSLine, TunnelLine, When, answer

A_408 = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
STRAYS = {
    "the answer again": answer("/v1/a"),
    "two more": answer("/v1/a") * 2,
    "the answer of another": answer("/v1/b"),
    "most of an answer": answer("/v1/a")[:-1],
    "a head": answer("/v1/a").partition(b"{")[0],
    "half a head": answer("/v1/a")[:30],
    "a status line": b"HTTP/1.1 200 OK\r\n",
    "one byte": b"H",
    "an empty line": b"\r\n",
    "a zero byte": b"\0",
    "text": b"null\n",
    "a 408": A_408,
    "an interim answer": b"HTTP/1.1 100 Continue\r\n\r\n",
    "an empty answer": b"HTTP/1.1 204 No Content\r\n\r\n",
    "the end of chunks": b"0\r\n\r\n",
}
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="module")
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's and the client's."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)
    return server, client


async def _three_calls(server: StrayServer, pool: aioconvo.SessionPool, url: str | None = None) -> list[Any]:
    client = aioconvo.ConvoreClient(api_key="k", base_url=url or server.url, allow_http=True, pool=pool, max_retries=0)
    answers = [(await client.request("POST", "/v1/a", body={})).data]
    await server.stray_is_there()
    answers.append((await client.request("POST", "/v1/b", body={})).data)
    answers.append((await client.request("GET", "/v1/c")).data)
    return answers


OWN = [{"path": "/a"}, {"path": "/b"}, {"path": "/c"}]


def _run(loop: str, trial: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(trial())


# Each stray over each line at each moment; the loops take turns, so that both have every stray, every line and every moment.
EVERYWHERE = [
    (stray, line, when, [*LOOPS][turn % 2])
    for turn, (when, line, stray) in enumerate(itertools.product(When, ["plain", "tls", "proxy"], STRAYS))
]


@pytest.mark.parametrize(("stray", "line", "when", "loop"), EVERYWHERE)
def test_a_connection_on_which_anything_came_is_not_used(
    stray: str, line: str, when: When, loop: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    async def trial() -> None:
        of_server, of_client = contexts
        async with StrayServer(STRAYS[stray], when, context=of_server if line == "tls" else None) as server:
            proxy = server.url if line == "proxy" else None
            async with aioconvo.SessionPool(proxy=proxy, ssl=of_client) as pool:
                assert await _three_calls(server, pool, "http://api.test" if proxy else None) == OWN
        assert server.seen == [(1, "/a"), (2, "/b"), (2, "/c")]

    _run(loop, trial)


@pytest.mark.parametrize("when", [When.WITH_THE_ANSWER, When.READ_BY_THE_LOOP])
@pytest.mark.parametrize("tls", [False, True])
async def test_it_is_closed_as_soon_as_that_is_read(
    tls: bool, when: When, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    of_server, of_client = contexts
    async with (
        StrayServer(b"x", when, context=of_server if tls else None) as server,
        aioconvo.SessionPool(ssl=of_client) as pool,
    ):
        client = aioconvo.ConvoreClient(api_key="k", base_url=server.url, pool=pool)
        await client.request("POST", "/v1/a", body={})
        await server.stray_is_there()
        for _ in range(TURNS):
            await asyncio.sleep(0)
        assert server.ended == 1


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("when", [When.WITH_THE_ANSWER, When.READ_BY_THE_LOOP])  # a proxy reads at once
@pytest.mark.parametrize("tls_to_proxy", [False, True])
@pytest.mark.parametrize("stray", ["the answer again", "one byte", "half a head", "a 408"])
def test_nor_one_through_a_tunnel(
    stray: str, tls_to_proxy: bool, when: When, loop: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    async def trial() -> None:
        of_server, of_client = contexts
        async with (
            StrayServer(STRAYS[stray], when, context=of_server) as server,
            TunnelProxy(context=of_server if tls_to_proxy else None) as proxy,
            aioconvo.SessionPool(proxy=proxy.url, ssl=of_client) as pool,
        ):
            assert await _three_calls(server, pool) == OWN
        assert server.seen == [(1, "/a"), (2, "/b"), (2, "/c")]
        assert len(proxy.heads) == 2

    _run(loop, trial)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("of_record", [1, 4, 5, 6, 40, -1])
@pytest.mark.parametrize("line", ["tls", "tls to a proxy"])
def test_nor_one_on_which_a_part_of_a_record_came(
    line: str, of_record: int, when: When, loop: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    """The rest of the record comes with the next answer, before it: nothing of it could be seen from outside of TLS."""

    async def trial() -> None:
        of_server, of_client = contexts
        async with (
            StrayServer(answer("/v1/a"), when, context=of_server, of_record=of_record) as server,
            aioconvo.SessionPool(ssl=of_client, proxy=None if line == "tls" else server.url) as pool,
        ):
            server.line = TLSLine if line == "tls" else TunnelLine
            assert await _three_calls(server, pool) == OWN
        assert server.seen == [(1, "/a"), (2, "/b"), (2, "/c")]

    _run(loop, trial)


FORMS: dict[str, Callable[[str], bytes]] = {
    "length": answer,
    "length, bare line feeds": lambda target: answer(target).replace(b"\r\n", b"\n"),
    "chunked": lambda target: _chunked(answer(target)),
    "chunked with a trailer": lambda target: _chunked(answer(target), b"X-Trailer: 0\r\n"),
    "after an interim answer": lambda target: b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + answer(target),
}


def _chunked(whole: bytes, trailer: bytes = b"") -> bytes:
    body = whole.partition(b"\r\n\r\n")[2]
    pieces = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(piece), piece) for piece in (body[:3], body[3:]))
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s0\r\n%s\r\n" % (pieces, trailer)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("stray", ["nothing", *STRAYS])
async def test_whatever_the_form_of_the_answer(stray: str, form: str) -> None:
    async with StrayServer(STRAYS.get(stray, b""), When.WITH_THE_ANSWER) as server, aioconvo.SessionPool() as pool:
        server.answer = FORMS[form]
        assert await _three_calls(server, pool) == OWN
    new = 1 if stray == "nothing" else 2
    assert server.seen == [(1, "/a"), (new, "/b"), (new, "/c")]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("line", ["plain", "tls", "proxy", "tunnel"])
def test_one_on_which_nothing_came_is_used_again(line: str, loop: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async def trial() -> None:
        of_server, of_client = contexts
        context = of_server if line in {"tls", "tunnel"} else None
        async with StrayServer(b"", When.READ_BY_THE_LOOP, context=context) as server, TunnelProxy() as tunnel:
            proxy = {"proxy": server.url, "tunnel": tunnel.url}.get(line)
            async with aioconvo.SessionPool(proxy=proxy, ssl=of_client) as pool:
                assert await _three_calls(server, pool, "http://api.test" if line == "proxy" else None) == OWN
        assert server.connections == 1

    _run(loop, trial)


async def test_no_tenant_reads_what_came_for_another() -> None:
    """A hundred of each over one pool, by a server that says every other answer twice."""

    def twice(target: str) -> bytes:
        number = int(target.rpartition("/")[2])
        return answer(target) * (1 + number % 2)

    async with StrayServer(b"", When.WITH_THE_ANSWER) as server, aioconvo.SessionPool(size=4) as pool:
        server.answer = twice
        tenants = [aioconvo.ConvoreClient(api_key=f"k{one}", base_url=server.url, pool=pool) for one in range(3)]

        async def ask(number: int) -> Any:
            return (await tenants[number % 3].request("POST", f"/v1/{number}", body={})).data

        asked: list[Awaitable[Any]] = [ask(number) for number in range(300)]
        assert await asyncio.gather(*asked) == [{"path": f"/{number}"} for number in range(300)]
    assert len(server.seen) == 300


@pytest.mark.parametrize("greeting", ["the answer again", "one byte"])
async def test_what_a_server_says_before_it_was_asked_is_no_answer(
    greeting: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    """Over TLS 1.2 it can come with the end of the handshake, so that the loop has read it before the request is sent."""
    of_server, of_client = contexts
    newest, of_server.maximum_version = of_server.maximum_version, ssl.TLSVersion.TLSv1_2
    try:
        async with (
            StrayServer(b"", When.WITH_THE_ANSWER, context=of_server) as server,
            aioconvo.SessionPool(ssl=of_client) as pool,
        ):
            server.greeting = STRAYS[greeting]
            client = aioconvo.ConvoreClient(api_key="k", base_url=server.url, pool=pool, max_retries=0)
            with pytest.raises(aioconvo.APIConnectionError, match="before anything was asked"):
                await client.request("POST", "/v1/a", body={})
        assert server.seen == []
    finally:
        of_server.maximum_version = newest


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("stray", STRAYS)
async def test_the_parser_in_python_is_given_no_more(stray: str, when: When, monkeypatch: pytest.MonkeyPatch) -> None:
    _without_extensions(monkeypatch)
    async with StrayServer(STRAYS[stray], when) as server, aioconvo.SessionPool() as pool:
        assert await _three_calls(server, pool) == OWN
    assert server.seen == [(1, "/a"), (2, "/b"), (2, "/c")]


def _without_extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (client_proto, connection):
        monkeypatch.setattr(module, "HttpResponseParser", HttpResponseParserPy)
