"""The pool's life over real loopback: loops, ownership, closing, what it refuses."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import warnings
from typing import Any

import aiohttp
import pytest
import trustme
from aiohttp import web

import aioconvo
from aioconvo.sandbox import Sandbox
from aioconvo.sunshine import SunshineClient
from tests.faults.server import Answer, FaultServer, Raw, Step, Wait
from tests.virtual_time import in_virtual_time


async def _list(client: SunshineClient) -> int:
    return len(await client.conversations.list(user_external_id="user-1").collect())


def _run_twice(make: Any) -> list[int]:
    async def once(client: SunshineClient) -> int:
        return await _list(client)

    with asyncio.Runner() as server:
        sandbox = Sandbox(conversations=3, messages=2)
        server.run(sandbox.start())
        client = make(sandbox)
        try:
            # The server's loop has to run while the client's does: each runs in turn in its own thread.
            return _in_threads(server, [lambda: asyncio.run(once(client))] * 2)
        finally:
            server.run(sandbox.aclose())


def _in_threads(server: asyncio.Runner, jobs: list[Any]) -> list[int]:
    async def work() -> list[int]:
        return [await asyncio.to_thread(job) for job in jobs]

    return server.run(work())


def test_two_runs_in_a_row_without_closing_leave_nothing_open() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = _run_twice(lambda sandbox: SunshineClient(**sandbox.client_options("sunshine")))
        gc.collect()
    assert found == [3, 3]
    assert [str(warning.message) for warning in caught if issubclass(warning.category, ResourceWarning)] == []


async def test_a_pool_that_was_given_is_never_closed_by_a_client() -> None:
    async with Sandbox(conversations=1) as sandbox, aioconvo.SessionPool() as pool:
        async with SunshineClient(**sandbox.client_options("sunshine"), pool=pool) as client:
            assert await _list(client) == 1
        await client.aclose()
        assert not pool.closed
        assert await _list(client) == 1
    assert pool.closed


async def test_a_pool_of_its_own_is_closed_with_the_client() -> None:
    async with Sandbox(conversations=1) as sandbox:
        client = SunshineClient(**sandbox.client_options("sunshine"))
        copy = client.with_options(timeout=5)
        assert await _list(copy) == 1
        await copy.aclose()
        assert await _list(client) == 1
        await client.aclose()
        await client.aclose()
        with pytest.raises(aioconvo.PoolClosedError, match="closed"):
            await _list(client)
        with pytest.raises(aioconvo.PoolClosedError, match="closed"):
            async with client:
                pass


@in_virtual_time
async def test_close_while_requests_are_under_way_ends_them_with_our_error() -> None:
    async with Sandbox(conversations=1, latency=5.0) as sandbox:
        client = SunshineClient(**sandbox.client_options("sunshine"), max_retries=3)
        calls = [asyncio.create_task(_list(client)) for _ in range(3)]
        await asyncio.sleep(0.1)
        assert client.pool.in_use() == 3
        await client.aclose()
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(result, aioconvo.AioconvoError) for result in results), results


@in_virtual_time
async def test_the_pool_bounds_requests_under_way_and_counts_them() -> None:
    most = 0
    now = 0

    async def handler(_request: web.BaseRequest) -> web.Response:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return web.json_response({"conversation": {"id": "c", "type": "personal"}})

    async with _Server(handler) as url, aioconvo.SessionPool(size=5) as pool:
        client = SunshineClient(app_id="a", key_id="k", secret="s", base_url=url, pool=pool, timeout=1.0)
        await asyncio.gather(*(client.conversations.get("c") for _ in range(60)))
        assert most == 5
        assert pool.in_use() == 0


@pytest.mark.parametrize("size", [2**20, 2**20 + 1, 5 * 2**20])
async def test_large_bodies_are_sent_whole_and_without_a_warning(size: int) -> None:
    seen: list[tuple[int | None, str, int]] = []

    async def handler(request: web.BaseRequest) -> web.Response:
        body = await request.content.read()
        seen.append((request.content_length, request.content_type, len(body)))
        return web.json_response({})

    async with _Server(handler) as url, aioconvo.ConvoreClient(api_key="k", base_url=url) as client:
        await client.request("POST", "/v1/messages", body={"body": "x" * (size - 11)})
    assert seen == [(size, "application/json", size)]


class _Resolver(aiohttp.abc.AbstractResolver):
    """Every name is this machine."""

    def __init__(self, **_options: Any) -> None: ...

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        found = aiohttp.abc.ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)
        return [found]

    async def close(self) -> None: ...


async def test_cookies_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a server with a name: of mere addresses aiohttp's own jar keeps none anyway."""
    monkeypatch.setattr(aiohttp.connector, "DefaultResolver", _Resolver)
    seen: list[tuple[str, str | None]] = []

    async def handler(request: web.BaseRequest) -> web.Response:
        seen.append((request.host.partition(":")[0], request.headers.get("Cookie")))
        answer = web.json_response({"conversation": {"id": "c", "type": "personal"}})
        answer.set_cookie("tenant", "a")
        answer.set_cookie("wide", "b", domain="api.test")
        return answer

    async with _Server(handler) as url, aioconvo.SessionPool() as pool:
        for host in ("api.test", "eu.api.test", "api.test"):
            named = url.replace("127.0.0.1", host)
            client = SunshineClient(app_id="a", key_id="k", secret="s", base_url=named, allow_http=True, pool=pool)
            await client.conversations.get("c")
    assert seen == [("api.test", None), ("eu.api.test", None), ("api.test", None)]


async def test_redirects_are_not_followed() -> None:
    seen: list[str] = []

    async def handler(request: web.BaseRequest) -> web.Response:
        seen.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    async with _Server(handler) as url, SunshineClient(app_id="a", key_id="k", secret="s", base_url=url) as client:
        with pytest.raises(aioconvo.UnexpectedRedirectError, match="302"):
            await client.conversations.get("moved")
    assert len(seen) == 1


@pytest.mark.parametrize("way", ["at once", "later", "chunked", "until the end"])
@pytest.mark.parametrize("size", [999, 1000, 1001, 5000])
async def test_a_body_may_have_as_many_bytes_as_the_pool_says(size: int, way: str) -> None:
    body = b'"%s"' % (b"x" * (size - 2))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    length = b"Content-Length: %d\r\n\r\n" % size
    steps: dict[str, list[Step]] = {
        "at once": [Raw(head + length + body, keep=True)],
        "later": [Raw(head + length, keep=True), Wait(0), Raw(body[:500], keep=True), Wait(0), Raw(body[500:], keep=True)],
        "chunked": [Raw(head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (size, body), keep=True)],
        "until the end": [Raw(head + b"\r\n" + body)],
    }
    async with FaultServer(lambda _: steps[way]) as server, aioconvo.SessionPool(max_body=1000) as pool:
        client = aioconvo.ConvoreClient(api_key="k", base_url=server.base_url, pool=pool)
        if size <= 1000:
            assert (await client.request("GET", "/v1/x")).data == "x" * (size - 2)
        else:
            with pytest.raises(aioconvo.ResponseDecodeError, match="more than 1000 bytes"):
                await client.request("GET", "/v1/x")
    assert len(server.seen) == 1


class _CountedSocket(socket.socket):
    """Counts those of this process that connect; what a server accepts is made of a number."""

    now = most = 0

    def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:  # noqa: A002 -- as there
        super().__init__(family, type, proto, fileno)
        self._counts = fileno is None
        if self._counts:
            _CountedSocket.now += 1
            _CountedSocket.most = max(_CountedSocket.most, _CountedSocket.now)

    def close(self) -> None:
        if self._counts:
            self._counts = False
            _CountedSocket.now -= 1
        super().close()


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(("size", "hosts"), [(1, 5), (5, 60)])
async def test_no_more_sockets_are_open_than_the_pool_may_have_whatever_the_hosts(
    size: int, hosts: int, tls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those kept for later are counted, too, and make room; each call is answered."""
    authority, of_server, of_client = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("*.example.test").configure_cert(of_server)
    authority.configure_trust(of_client)
    monkeypatch.setattr(aiohttp.connector, "DefaultResolver", _Resolver)
    async with FaultServer(lambda _: Answer(), context=of_server if tls else None) as server:
        monkeypatch.setattr(socket, "socket", _CountedSocket)
        monkeypatch.setattr(_CountedSocket, "now", 0)
        monkeypatch.setattr(_CountedSocket, "most", 0)
        async with aioconvo.SessionPool(size=size, ssl=of_client) as pool:

            async def call(number: int) -> None:
                base = server.base_url.replace("127.0.0.1", "localhost").replace(
                    "localhost", f"host-{number % hosts}.example.test"
                )
                client = aioconvo.ConvoreClient(api_key="k", base_url=base, allow_http=True, pool=pool, max_retries=0)
                await client.request("POST", "/v1/x", body={})

            await asyncio.gather(*(call(number) for number in range(2 * hosts)))
            await call(0)
            assert _CountedSocket.now == size
        assert _CountedSocket.most == size
    assert len(server.seen) == 2 * hosts + 1


async def test_the_connection_unused_for_longest_makes_room() -> None:
    async with FaultServer(lambda _: Answer(), host="0.0.0.0") as server, aioconvo.SessionPool(size=2) as pool:  # noqa: S104 -- loopback has many addresses

        async def call(host: int) -> int:
            base = f"http://127.0.0.{host}:{server.port}"
            await aioconvo.ConvoreClient(api_key="k", base_url=base, pool=pool).request("GET", "/v1/x")
            return server.seen[-1].connection

        assert [await call(host) for host in (1, 2, 1, 3, 1, 2)] == [0, 1, 0, 2, 0, 3]


async def test_an_unsafe_put_is_never_sent_again_by_the_transport() -> None:
    """aiohttp sends PUT and DELETE again by itself when a connection dies; an unsafe call must not be hit by that."""
    seen = 0

    async def handler(request: web.BaseRequest) -> web.Response:
        nonlocal seen
        seen += 1
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with _Server(handler) as url, SunshineClient(app_id="a", key_id="k", secret="s", base_url=url) as client:
        for number in range(1, 21):
            with pytest.raises(aioconvo.MaybeSentError):
                await client.request("PUT", "/v2/anything", body={"n": number})
            assert seen == number


async def test_tls_is_verified() -> None:
    authority = trustme.CA()
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server_side)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    async def handler(_request: web.BaseRequest) -> web.Response:
        return web.json_response({"conversation": {"id": "c", "type": "personal"}})

    async with _Server(handler, server_side) as url:
        async with (
            aioconvo.SessionPool(ssl=trusting) as pool,
            SunshineClient(app_id="a", key_id="k", secret="s", base_url=url, pool=pool) as client,
        ):
            assert (await client.conversations.get("c")).id == "c"
        async with SunshineClient(app_id="a", key_id="k", secret="s", base_url=url) as doubting:
            with pytest.raises(aioconvo.APIConnectionError, match="TLS was refused") as caught:
                await doubting.conversations.get("c")
            assert caught.value.attempts == 1


async def test_refused_connections_are_tried_again_even_for_unsafe_calls(clock: Any) -> None:
    pool = aioconvo.SessionPool(clock=clock)
    async with pool:
        client = SunshineClient(app_id="a", key_id="k", secret="s", base_url="http://127.0.0.1:9", pool=pool)
        with pytest.raises(aioconvo.APIConnectionError) as caught:
            await client.conversations.create(type="personal")
    assert caught.value.attempts == 4
    assert len(clock.slept) == 3


async def test_a_body_without_end_is_refused() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"[" * 65536)
        except ConnectionError:
            return response

    async with _Server(handler) as url, aioconvo.SessionPool(max_body=1_000_000) as pool:
        client = SunshineClient(app_id="a", key_id="k", secret="s", base_url=url, pool=pool)
        with pytest.raises(aioconvo.ResponseDecodeError, match="more than 1000000 bytes"):
            await client.conversations.get("c")


class _Server:
    """A loopback server around one handler; gives its base URL."""

    def __init__(self, handler: Any, context: ssl.SSLContext | None = None) -> None:
        self._runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)
        self._context = context

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._context).start()
        scheme, host = ("http", "127.0.0.1") if self._context is None else ("https", "localhost")
        return f"{scheme}://{host}:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


@pytest.mark.parametrize("proxy", ["socks5://localhost:1080", "localhost:8080", "http://"])
def test_a_proxy_that_cannot_be_used_is_refused_at_once(proxy: str) -> None:
    with pytest.raises(aioconvo.ConfigurationError, match="proxy must be a URL"):
        aioconvo.SessionPool(proxy=proxy)
    assert aioconvo.SessionPool(proxy="http://user:secret@proxy.example:8080").closed is False


@pytest.mark.parametrize("context", [False, True, "ca.pem"])
def test_verifying_is_not_switched_off(context: Any) -> None:
    """aiohttp's own `ssl=False` does so."""
    with pytest.raises(aioconvo.ConfigurationError, match="ssl must be an SSLContext"):
        aioconvo.SessionPool(ssl=context)


@pytest.mark.parametrize("seconds", [0, -1.0])
def test_no_time_to_connect_is_refused(seconds: float) -> None:
    """aiohttp takes it for no bound at all."""
    with pytest.raises(aioconvo.ConfigurationError, match="connect_timeout must be more than 0"):
        aioconvo.SessionPool(connect_timeout=seconds)
