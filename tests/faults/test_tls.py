"""TLS with a private authority: whatever cannot be verified is refused, once, and nothing is sent (R28)."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import socket
import ssl
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import aioconvo
from aioconvo.core.wire.pool import SessionPool
from tests.faults.foreign import KINDS, SECRET
from tests.faults.server import Answer, FaultServer

AUTHORITY = trustme.CA()
DAY = dt.timedelta(days=1)


def _server_side(certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate is not None:
        certificate.configure_cert(context)
    return context


def _good(_folder: Path) -> ssl.SSLContext:
    return _server_side(AUTHORITY.issue_cert("localhost"))


def _wrong_host(_folder: Path) -> ssl.SSLContext:
    return _server_side(AUTHORITY.issue_cert("localhost.evil.test", "api.smooch.io", "127.0.0.1"))


def _expired(_folder: Path) -> ssl.SSLContext:
    now = dt.datetime.now(dt.UTC)
    return _server_side(AUTHORITY.issue_cert("localhost", not_before=now - 9 * DAY, not_after=now - DAY))


def _not_yet_valid(_folder: Path) -> ssl.SSLContext:
    now = dt.datetime.now(dt.UTC)
    return _server_side(AUTHORITY.issue_cert("localhost", not_before=now + DAY, not_after=now + 9 * DAY))


def _unknown_authority(_folder: Path) -> ssl.SSLContext:
    return _server_side(trustme.CA().issue_cert("localhost"))


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "self.pem").write_bytes(private + certificate.public_bytes(pem))
    context = _server_side()
    context.load_cert_chain(folder / "self.pem")
    return context


def _old_version(_folder: Path) -> ssl.SSLContext:
    context = _good(_folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that TLS 1.1 is old is the point
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


BAD: dict[str, Callable[[Path], ssl.SSLContext]] = {
    "wrong host": _wrong_host,
    "expired": _expired,
    "not yet valid": _not_yet_valid,
    "unknown authority": _unknown_authority,
    "self-signed": _self_signed,
}


@pytest.fixture
def context(request: Any, tmp_path: Path) -> ssl.SSLContext:
    made: ssl.SSLContext = request.param(tmp_path)
    return made


@pytest.fixture(scope="module")
def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


@pytest.mark.parametrize("context", BAD.values(), ids=BAD, indirect=True)
async def test_what_cannot_be_verified_is_refused(
    context: ssl.SSLContext, trusting: ssl.SSLContext, clock: Any, record_property: Any
) -> None:
    """R28: one attempt, a typed error that says why, no request: for reads, unsafe calls and token calls alike."""
    refused = 0
    async with FaultServer(lambda _seen: Answer(), context=context) as server, SessionPool(ssl=trusting, clock=clock) as pool:
        for kind in KINDS.values():
            for call in (kind.call, kind.effects):
                with pytest.raises(aioconvo.APIConnectionError, match="TLS was refused") as caught:
                    await call(kind.make(server.base_url, pool))
                assert caught.value.attempts == 1
                assert not isinstance(caught.value, aioconvo.MaybeSentError)
                assert SECRET not in str(caught.value)
                refused += 1
        assert (server.seen, clock.slept) == ([], [])
    record_property("figure", f"{refused} calls refused in 1 attempt each, 0 requests seen")
    print(f"{refused} calls refused in 1 attempt each, 0 requests seen")  # noqa: T201 -- the figure


class _OldServer:
    """Speaks TLS 1.1 on a socket of its own: asyncio's TLS would close the connection before its alert is out."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self.spoken_to = 0

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        await asyncio.to_thread(self._thread.join, 5)

    def _serve(self) -> None:
        with contextlib.suppress(OSError), self._listener:
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                with contextlib.suppress(OSError), connection, self._context.wrap_socket(connection, True) as wrapped:
                    self.spoken_to += len(wrapped.recv(100))


@pytest.mark.parametrize("context", [_old_version], ids=["TLS 1.1 only"], indirect=True)
async def test_old_tls_is_refused(context: ssl.SSLContext, trusting: ssl.SSLContext, clock: Any, record_property: Any) -> None:
    """R28: a server that knows no newer TLS than 1.1 gets one connection for each call, and not a byte in it."""
    kinds = KINDS.values()
    async with _OldServer(context) as server, SessionPool(ssl=trusting, clock=clock) as pool:
        for kind in kinds:
            with pytest.raises(aioconvo.APIConnectionError, match="TLS was refused") as caught:
                await kind.call(kind.make(f"https://localhost:{server.port}", pool))
            assert caught.value.attempts == 1
    assert (server.connections, server.spoken_to) == (len(kinds), 0)
    record_property("figure", f"{len(kinds)} calls, 1 connection each, 0 bytes sent")
    print(f"{len(kinds)} calls refused in 1 connection each, 0 bytes sent")  # noqa: T201 -- the figure


@pytest.mark.parametrize("context", [_good], ids=["good"], indirect=True)
async def test_what_can_be_verified_is_spoken_to(context: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    """R28: the same server with a good certificate gets the calls, so the refusals above mean something."""
    async with FaultServer(lambda _seen: Answer(body=b"[]"), context=context) as server, SessionPool(ssl=trusting) as pool:
        with pytest.raises(aioconvo.ResponseDecodeError):
            await KINDS["sunshine basic"].call(KINDS["sunshine basic"].make(server.base_url, pool))
        assert len(server.seen) == 1


IN_CLEAR = (
    "http://api.test",
    "HTTP://api.test",
    "http://localhost.evil.test",
    "http://127.0.0.1.evil.test",
    "http://127.0.0.1@evil.test",
    "http://localhost:80@evil.test",
    "http://localhost\\@evil.test",
    "http://evil.test#localhost",
    "http://evil.test?localhost",
    "http://2130706433",
    "http://0.0.0.0",
    "http://192.168.0.1",
    "http://[::2]",
    "ftp://127.0.0.1",
    "ws://127.0.0.1",
    "file:///etc/passwd",
    "//127.0.0.1",
    "127.0.0.1",
    "",
)


@pytest.mark.parametrize("name", KINDS)
async def test_no_credential_goes_in_clear_to_another_host(name: str, record_property: Any) -> None:
    """R28: `http://` needs loopback or consent; nothing else than http and https is spoken."""
    async with SessionPool() as pool:
        for url in filter(None, IN_CLEAR):
            with pytest.raises(aioconvo.ConfigurationError, match="base_url"):
                KINDS[name].make(url, pool)
        for url in ("http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"):
            assert KINDS[name].make(url, pool).base_url.startswith(url)
    with pytest.raises(aioconvo.ConfigurationError, match="http://"):
        aioconvo.SunshineClient(app_id="a", token="t", base_url="http://api.test")
    consenting = aioconvo.SunshineClient(app_id="a", token="t", base_url="http://api.test", allow_http=True)
    assert consenting.base_url == "http://api.test"
    record_property("figure", f"{len(IN_CLEAR) - 1} base URLs refused")
