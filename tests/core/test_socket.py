"""Websockets over the pool: what opens, what is refused, and that nothing of URL or token is told."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import ssl
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import trustme
from aiohttp import web

import aioconvo
from aioconvo.core.retry.policy import Sent
from aioconvo.core.wire.faults import TransportFaultError
from aioconvo.core.wire.socket import CUT, SocketClosedError, SocketRefusedError, WebSocket
from tests.faults.proxy import TunnelProxy
from tests.faults.server import Answer, Close, FaultServer, Raw, Step, Wait
from tests.virtual_time import in_virtual_time

CANARY = "KANARI-jwt-9Z"
Serve = Callable[[web.WebSocketResponse, web.BaseRequest], Awaitable[None]]


@contextlib.asynccontextmanager
async def _server(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=("canary",), autoping=False)
        socket.set_cookie("crumb", "1")
        await socket.prepare(request)
        await serve(socket, request)
        await socket.close()
        return socket

    runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port = runner.addresses[0][1]
    try:
        yield f"ws://127.0.0.1:{port}" if context is None else f"wss://localhost:{port}"
    finally:
        await runner.cleanup()


async def _echo(socket: web.WebSocketResponse, _: web.BaseRequest) -> None:
    async for message in socket:
        await socket.send_str(message.data)


async def _open(pool: aioconvo.SessionPool, address: str, **options: Any) -> WebSocket:
    return await pool.websocket(address, headers=options.pop("headers", {}), **options)


async def test_messages_go_and_come() -> None:
    async with _server(_echo) as address, aioconvo.SessionPool() as pool:
        socket = await _open(pool, f"{address}/agent?jwt=a%2Bb", protocols=("other", "canary"))
        await socket.send("grüße".encode())
        assert await socket.receive() == "grüße".encode()
        assert socket.protocol == "canary"
        await socket.close()
        await socket.close()
        with pytest.raises(SocketClosedError):
            await socket.send(b"late")


async def test_the_address_and_the_headers_go_out_as_they_are_and_no_cookie_is_kept() -> None:
    seen: list[tuple[str, dict[str, str]]] = []

    async def serve(_: web.WebSocketResponse, request: web.BaseRequest) -> None:
        seen.append((request.raw_path, {name.lower(): value for name, value in request.headers.items()}))

    async with _server(serve) as address, aioconvo.SessionPool() as pool:
        for _ in range(2):
            socket = await _open(pool, f"{address}/a%2Fb?jwt=x%2By&z", headers={"Authorization": "Bearer t"})
            with pytest.raises(SocketClosedError) as closed:
                await socket.receive()
            assert closed.value.code == 1000
    (path, headers), _again = seen
    assert path == "/a%2Fb?jwt=x%2By&z"
    assert headers["authorization"] == "Bearer t"
    assert headers["user-agent"].startswith("aioconvo/")
    assert not {"cookie", "sec-websocket-extensions"} & (headers.keys() | seen[1][1].keys())


async def test_pings_are_answered_and_pongs_are_signs_of_life() -> None:
    answered: list[bytes] = []

    async def serve(socket: web.WebSocketResponse, _: web.BaseRequest) -> None:
        await socket.ping(b"x")
        pong = await socket.receive()
        answered.append(bytes(pong.data))
        ping = await socket.receive()
        assert ping.type is aiohttp.WSMsgType.PING
        await socket.pong()
        await socket.receive()

    async with _server(serve) as address, aioconvo.SessionPool() as pool:
        socket = await _open(pool, address)
        assert await socket.receive() is None
        await socket.ping()
        assert await socket.receive() is None
        await socket.close()
    assert answered == [b"x"]


@pytest.mark.parametrize("code", [1000, 1001, 1011, 4401])
async def test_the_code_of_a_close_is_told(code: int) -> None:
    async def serve(socket: web.WebSocketResponse, _: web.BaseRequest) -> None:
        await socket.close(code=code, message=CANARY.encode())

    async with _server(serve) as address, aioconvo.SessionPool() as pool:
        socket = await _open(pool, address)
        with pytest.raises(SocketClosedError) as closed:
            await socket.receive()
    assert closed.value.code == code
    assert CANARY not in f"{closed.value!r}"


async def test_a_connection_that_breaks_is_told_as_1006() -> None:
    async def serve(_: web.WebSocketResponse, request: web.BaseRequest) -> None:
        assert request.transport is not None
        request.transport.abort()

    async with _server(serve) as address, aioconvo.SessionPool() as pool:
        socket = await _open(pool, address)
        with pytest.raises(SocketClosedError) as closed:
            await socket.receive()
        assert closed.value.code == CUT


async def test_messages_above_the_cap_close_it_with_1009() -> None:
    told: list[int | None] = []

    async def serve(socket: web.WebSocketResponse, _: web.BaseRequest) -> None:
        await socket.send_bytes(b"a" * 100)
        await socket.send_bytes(b"a" * 101)
        told.append((await socket.receive()).data)

    async with _server(serve) as address, aioconvo.SessionPool() as pool:
        socket = await _open(pool, address, message_cap=101)
        assert await socket.receive() == b"a" * 100
        with pytest.raises(SocketClosedError) as closed:
            await socket.receive()
    assert closed.value.code == 1009
    assert told == [1009]


async def test_bytes_that_are_not_text_do_not_cost_the_connection() -> None:
    async def serve(socket: web.WebSocketResponse, _: web.BaseRequest) -> None:
        await socket.send_frame(b"\xff\xfe", aiohttp.WSMsgType.TEXT)
        await socket.send_str("{}")
        await socket.receive()

    async with _server(serve) as address, aioconvo.SessionPool() as pool:
        socket = await _open(pool, address)
        assert [await socket.receive(), await socket.receive()] == [b"\xff\xfe", b"{}"]
        await socket.close()


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 308, 401, 403, 404, 429, 500, 503])
async def test_what_is_no_socket_is_refused_with_its_status_and_redirects_are_not_followed(status: int) -> None:
    def script(_: Any) -> Step:
        return Answer(status, body=b"" if status == 204 else b"{}", headers=[("Location", f"{elsewhere.base_url}/{CANARY}")])

    async with FaultServer(lambda _: Answer()) as elsewhere, FaultServer(script) as server, aioconvo.SessionPool() as pool:
        with pytest.raises(SocketRefusedError) as refused:
            await _open(pool, f"{server.base_url.replace('http', 'ws')}/?jwt={CANARY}", headers={"Authorization": CANARY})
        assert (len(server.seen), elsewhere.seen) == (1, [])
    assert refused.value.status == status
    assert CANARY not in "".join(traceback.format_exception(refused.value))


_UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (Close(), "broke"),
        (Close(reset=True), "broke"),
        (Raw(b"SSH-2.0 hello\r\n\r\n"), "no valid HTTP"),
        (Raw(_UPGRADE + b"d3Jvbmc=\r\n\r\n"), "RFC 6455"),
        (Raw(_UPGRADE[:60]), "broke"),
    ],
)
async def test_handshakes_that_fail_tell_neither_url_nor_token(
    steps: Step, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with FaultServer(lambda _: steps) as server, aioconvo.SessionPool() as pool:
        address = f"{server.base_url.replace('http', 'ws')}/?jwt={CANARY}"
        with pytest.raises(TransportFaultError) as failed:
            await _open(pool, address, headers={"Authorization": CANARY}, protocols=(CANARY,))
        assert len(server.seen) == 1  # aiohttp would send it again
    assert reason in failed.value.reason
    assert CANARY not in "".join(traceback.TracebackException.from_exception(failed.value, capture_locals=False).format())
    cause = failed.value.__cause__
    assert cause is None or cause.__traceback__ is None
    assert CANARY not in caplog.text


@in_virtual_time
async def test_a_handshake_has_a_deadline() -> None:
    async with FaultServer(lambda _: [Wait(3600.0), Answer()]) as server, aioconvo.SessionPool() as pool:
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(TransportFaultError, match=r"within 5 s") as failed:
            await _open(pool, server.base_url.replace("http", "ws"), deadline=5.0)
        assert loop.time() - began == pytest.approx(5.0, abs=0.1)
        assert failed.value.timed_out


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/a",
        "https://example.com/a",
        "ftp://example.com/",
        "ws://example.com/?jwt=KANARI-jwt-9Z",
        "wss://user:KANARI-jwt-9Z@example.com/",
        "wss://",
        "wss:///path",
        "wss://[::1",
        "KANARI-jwt-9Z",
        "",
    ],
)
async def test_other_addresses_are_refused_before_anything_is_sent(address: str) -> None:
    async with aioconvo.SessionPool() as pool:
        with pytest.raises(TransportFaultError) as failed:
            await _open(pool, address)
        assert pool.state_now() is None
    assert (failed.value.sent, failed.value.permanent) == (Sent.NO, True)
    assert CANARY not in str(failed.value)


async def test_tls_is_verified_and_goes_through_the_proxy() -> None:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)
    async with _server(_echo, server) as address, TunnelProxy() as proxy:
        async with aioconvo.SessionPool() as pool:
            with pytest.raises(TransportFaultError, match="TLS was refused") as refused:
                await _open(pool, f"{address}/?jwt={CANARY}")
            assert refused.value.permanent
        async with aioconvo.SessionPool(ssl=client, proxy=proxy.url) as pool:
            socket = await _open(pool, f"{address}/?jwt={CANARY}")
            await socket.send(b"through")
            assert await socket.receive() == b"through"
            await socket.close()
    assert len(proxy.heads) == 1
    assert CANARY.encode() not in proxy.heads[0]


async def test_the_proxy_of_the_variables_is_that_of_https(monkeypatch: pytest.MonkeyPatch) -> None:
    async with TunnelProxy(refuses="407 No") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        async with aioconvo.SessionPool(proxy="env") as pool:
            with pytest.raises(TransportFaultError, match="the proxy refused to connect with HTTP 407"):
                await _open(pool, f"wss://far.test/?jwt={CANARY}")
    assert proxy.heads[0].startswith(b"CONNECT far.test:443 ")


async def test_the_pools_end_ends_its_sockets_and_leaves_nothing() -> None:
    async with _server(_echo) as address:
        pool = aioconvo.SessionPool(size=1)
        socket = await _open(pool, address)
        assert pool.in_use() == 0
        waiting = asyncio.create_task(socket.receive())
        await asyncio.sleep(0)
        await pool.aclose()
        with pytest.raises(SocketClosedError) as closed:
            await waiting
        assert closed.value.code == CUT
        with pytest.raises(aioconvo.PoolClosedError):
            await _open(pool, address)
        del socket
        gc.collect()
        ours = {task for task in asyncio.all_tasks() if "RequestHandler" not in repr(task.get_coro())}
        assert ours == {asyncio.current_task()}


@in_virtual_time
async def test_a_peer_that_does_not_answer_a_close_is_left_in_a_second() -> None:
    over = asyncio.Event()

    async def serve(_: web.WebSocketResponse, __: web.BaseRequest) -> None:
        await over.wait()

    async with _server(serve) as address, aioconvo.SessionPool() as pool:
        socket = await _open(pool, address)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await socket.close()
        assert loop.time() - began <= 1.1
        assert repr(socket) == "<WebSocket closed>"
        over.set()
