"""Credentials as headers. Pure: time is an argument, and no credential shows in a `repr`."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Protocol

import msgspec

from aioconvo.core.errors import ConfigurationError

from .hidden import Headers, Secret

__all__ = ["Auth", "BasicAuth", "BearerAuth", "HeaderAuth", "JWTAuth", "NoAuth", "check_printable", "digest", "sign_jwt"]


class Auth(Protocol):
    """A way to prove who is calling."""

    def headers(self, now: float) -> Mapping[str, str] | None:
        """The headers to send at Unix time `now`; `None` when a token has to be fetched first."""
        ...

    @property
    def identity(self) -> str:
        """A digest that tells credentials apart, so that limits are kept for each; it gives nothing away."""
        ...


def digest(*parts: str) -> str:
    """What tells credentials apart without giving anything away."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def check_printable(name: str, value: str) -> str:
    """The value, refused when it is empty, no text, or would break out of its header line."""
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
        raise ConfigurationError(f"{name} must be text; got {type(value).__name__}")
    if not value:
        raise ConfigurationError(f"{name} is empty")
    if not (value.isascii() and value.isprintable()):
        raise ConfigurationError(f"{name} holds characters that no HTTP header may carry (a line break at its end?)")
    return value


class NoAuth(msgspec.Struct, frozen=True):
    """Sends no credentials."""

    @property
    def identity(self) -> str:
        """The same for all."""
        return "none"

    def headers(self, now: float) -> Mapping[str, str]:  # noqa: ARG002 -- the protocol's signature
        """No headers."""
        return {}


class HeaderAuth(Secret):
    """A fixed header, such as `X-API-KEY`."""

    __slots__ = ("_headers", "identity")

    def __init__(self, name: str, value: str) -> None:
        self._headers = Headers({name: check_printable(name, value)})
        self.identity = digest(name, value)

    def headers(self, now: float) -> Mapping[str, str]:  # noqa: ARG002 -- the protocol's signature
        """The header, whatever the time."""
        return self._headers

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {next(iter(self._headers))}>"


class BearerAuth(HeaderAuth):
    """A token that was issued beforehand."""

    __slots__ = ()

    def __init__(self, token: str) -> None:
        super().__init__("Authorization", f"Bearer {check_printable('token', token)}")


class BasicAuth(HeaderAuth):
    """A key id and its secret, or an application id and its secret."""

    __slots__ = ()

    def __init__(self, username: str, password: str) -> None:
        if ":" in username:
            raise ConfigurationError("the key id of Basic authentication must not hold a colon")
        pair = f"{check_printable('key id', username)}:{check_printable('secret', password)}"
        super().__init__("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())


class JWTAuth(Secret):
    """A token signed from a key id and its secret, kept until shortly before it expires.

    `scope` is `app`, `account` or `integration`; `lifetime` and `renew_before` are seconds. Sources: Sunshine Conversations and
    Smooch documents on authentication (HS256, header `kid`, claim `scope`, `exp` optional).
    """

    __slots__ = ("_cached", "_key_id", "_lifetime", "_renew_at", "_renew_before", "_scope", "_secret", "identity")

    def __init__(
        self, key_id: str, secret: str, *, scope: str = "app", lifetime: float = 3600.0, renew_before: float = 300.0
    ) -> None:
        if not 0 <= renew_before < lifetime:
            raise ConfigurationError("renew_before must be at least 0 and less than lifetime")
        self._key_id = check_printable("key id", key_id)
        self._secret = check_printable("secret", secret)
        self._scope = scope
        self._lifetime = lifetime
        self._renew_before = renew_before
        self._renew_at = float("-inf")
        self._cached: Mapping[str, str] = {}
        self.identity = digest("jwt", key_id, secret, scope)

    def headers(self, now: float) -> Mapping[str, str]:
        """The bearer header, signed anew when the last token is about to expire."""
        # A clock that was set back must not keep an old token for longer than its life.
        if not self._renew_at - self._lifetime <= now < self._renew_at:
            claims = {"scope": self._scope, "exp": int(now + self._lifetime)}
            token = sign_jwt(claims, key_id=self._key_id, secret=self._secret)
            self._cached = Headers({"Authorization": f"Bearer {token}"})
            self._renew_at = now + self._lifetime - self._renew_before
        return self._cached

    def __repr__(self) -> str:
        return f"<JWTAuth scope={self._scope!r}>"


def sign_jwt(claims: Mapping[str, object], *, key_id: str, secret: str) -> str:
    """An HS256 JSON Web Token with `kid` in its header (RFC 7519, RFC 7515)."""
    header = {"alg": "HS256", "typ": "JWT", "kid": key_id}
    signed = b".".join(_base64url(msgspec.json.encode(part)) for part in (header, dict(claims)))
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return b".".join((signed, _base64url(signature))).decode()


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
