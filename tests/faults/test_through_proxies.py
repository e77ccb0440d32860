"""Requests through a proxy: which ones go there, and that nobody else learns its password, or ours by a file of its own."""

from __future__ import annotations

import base64
import logging
import pickle
import ssl
import traceback
from pathlib import Path
from typing import Any

import pytest
import trustme

import aioconvo
from tests.faults.proxy import TunnelProxy
from tests.faults.server import Answer, Close, FaultServer

PASSWORD = "KANARI-of-proxy-7Q"
SHOWN_TO_PROXY = base64.b64encode(f"user:{PASSWORD}".encode())


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def contexts(authority: trustme.CA) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's and the client's."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)
    return server, client


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "request_method"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def _with_password(url: str) -> str:
    return url.replace("://", f"://user:{PASSWORD}@")


def _client(url: str, pool: aioconvo.SessionPool, **options: Any) -> aioconvo.ConvoreClient:
    return aioconvo.ConvoreClient(api_key="KANARI-key", base_url=url, pool=pool, **options)


@pytest.mark.parametrize("by", ["argument", "variable"])
@pytest.mark.parametrize("proxy_has_tls", [False, True])
async def test_tunnels_carry_the_password_of_the_proxy_to_it_alone(
    by: str, proxy_has_tls: bool, contexts: tuple[ssl.SSLContext, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = contexts
    async with (
        FaultServer(lambda _: Answer(), context=server) as far,
        TunnelProxy(context=server if proxy_has_tls else None) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", _with_password(proxy.url))
        async with aioconvo.SessionPool(proxy="env" if by == "variable" else _with_password(proxy.url), ssl=client) as pool:
            await _client(far.base_url, pool).request("GET", "/v1/a")
            await _client(far.base_url, pool).request("GET", "/v1/b")
            assert PASSWORD not in repr(pool)
    assert [seen.target for seen in far.seen] == ["/v1/a", "/v1/b"]
    assert len(proxy.heads) == 1
    assert SHOWN_TO_PROXY in proxy.heads[0]
    assert b"KANARI" not in proxy.heads[0]
    assert all(PASSWORD.encode() not in seen.head and SHOWN_TO_PROXY not in seen.head for seen in far.seen)


@pytest.mark.parametrize("by", ["argument", "variable"])
async def test_plain_requests_go_to_the_proxy_whole(by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer(lambda _: Answer()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", _with_password(proxy.base_url))
        async with aioconvo.SessionPool(proxy="env" if by == "variable" else _with_password(proxy.base_url)) as pool:
            await _client("http://api.test", pool, allow_http=True).request("GET", "/v1/a")
    (seen,) = proxy.seen
    assert seen.line == "GET http://api.test/v1/a HTTP/1.1"
    assert seen.headers["proxy-authorization"] == f"Basic {SHOWN_TO_PROXY.decode()}"


async def test_the_environment_is_read_only_on_demand_and_when_the_pool_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        FaultServer(lambda _: Answer(body=b'{"from": "proxy"}')) as proxy,
        FaultServer(lambda _: Answer()) as direct,
        aioconvo.SessionPool(proxy="env") as made_before,
    ):
        monkeypatch.setenv("ALL_PROXY", proxy.base_url)
        monkeypatch.setenv("NO_PROXY", f"127.0.0.1:{proxy.port}")
        async with aioconvo.SessionPool() as unasked, aioconvo.SessionPool(proxy="env") as asked:
            for pool in (made_before, unasked):
                assert (await _client(direct.base_url, pool).request("GET", "/v1/a")).data == {}
            assert (await _client(direct.base_url, asked).request("GET", "/v1/a")).data == {"from": "proxy"}
            await _client(proxy.base_url, asked).request("GET", "/v1/direct")
    assert [seen.target for seen in proxy.seen] == [f"{direct.base_url}/v1/a", "/v1/direct"]
    assert len(direct.seen) == 2


@pytest.fixture
def netrc(tmp_path: Path) -> Path:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login foreign password KANARI\ndefault login foreign password KANARI\n")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("through", ["nothing", "argument", "variable"])
async def test_no_credentials_of_a_netrc_file_are_added(through: str, monkeypatch: pytest.MonkeyPatch, netrc: Path) -> None:
    """What aiohttp's own `trust_env` would do, for the API's host and for the proxy's."""
    monkeypatch.setenv("NETRC", str(netrc))
    async with FaultServer(lambda _: Answer()) as server:
        monkeypatch.setenv("HTTP_PROXY", server.base_url)
        proxy = {"nothing": None, "argument": server.base_url, "variable": "env"}[through]
        async with aioconvo.SessionPool(proxy=proxy) as pool:
            await aioconvo.SmscxClient(api_key="k", base_url=server.base_url, pool=pool).request("GET", "/conversation")
    (seen,) = server.seen
    assert "authorization" not in seen.headers
    assert "proxy-authorization" not in seen.headers
    assert b"Zm9yZWlnb" not in seen.head  # "foreign:..." in Basic credentials


@pytest.mark.parametrize("failure", ["nobody listens", "refused", "refused for now", "broken", "speaks first", "not trusted"])
async def test_errors_do_not_show_the_password_of_the_proxy(
    failure: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server, client = contexts
    refuses = {"refused": "407 Proxy Authentication Required", "refused for now": "503 Later"}.get(failure)
    greeting = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n" if failure == "speaks first" else b""
    async with TunnelProxy(refuses=refuses, greeting=greeting) as proxy, FaultServer(lambda _: Close(), context=server) as far:
        url = "http://127.0.0.1:9" if failure == "nobody listens" else proxy.url
        async with aioconvo.SessionPool(proxy=_with_password(url), ssl=None if failure == "not trusted" else client) as pool:
            with pytest.raises(aioconvo.APIConnectionError) as caught:
                await _client(far.base_url, pool, max_retries=1, retry=_AT_ONCE).request("GET", "/v1/a")
    _shows_nothing(caught.value)
    assert "KANARI" not in caplog.text
    assert SHOWN_TO_PROXY.decode() not in caplog.text


_AT_ONCE = aioconvo.RetryPolicy(max_retries=1, backoff=0.0)


def _shows_nothing(error: BaseException) -> None:
    """Neither the error nor anything that hangs on it."""
    link: BaseException | None = error
    while link is not None:
        shown = [repr(link), str(link), repr(link.args), repr(getattr(link, "__dict__", {}))]
        with_attributes = [repr(getattr(link, name, None)) for name in dir(link) if not name.startswith("__")]
        for text in (*shown, *with_attributes):
            assert "KANARI" not in text
            assert SHOWN_TO_PROXY.decode() not in text
        link = link.__cause__ or link.__context__
    told = traceback.TracebackException.from_exception(error, capture_locals=False)
    assert "KANARI" not in "".join(told.format())
    assert b"KANARI" not in pickle.dumps(error)


@pytest.mark.parametrize(
    "make",
    [
        lambda **options: aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", **options),
        lambda **options: aioconvo.SmoochClient(app_id="a", key_id="k", secret="s", **options),
        lambda **options: aioconvo.SmscxClient(api_key="k", **options),
        lambda **options: aioconvo.ConvoreClient(api_key="k", **options),
        lambda **options: aioconvo.UltraCartClient(simple_key="k", **options),
    ],
)
@pytest.mark.parametrize("option", ["proxy", "ssl", "size", "keepalive", "connect_timeout", "max_body"])
def test_a_client_names_the_place_of_what_the_pool_is_given(make: Any, option: str) -> None:
    with pytest.raises(
        aioconvo.ConfigurationError, match=rf"{option} is an option of the pool.*SessionPool\({option}=\.\.\.\)"
    ):
        make(**{option: "http://user:KANARI@p.test"})
    with pytest.raises(aioconvo.ConfigurationError, match=rf"SessionPool\({option}=\.\.\.\)"):
        make().with_options(**{option: 1})
