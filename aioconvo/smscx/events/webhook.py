"""Webhooks of SMS.CX, which nothing in a request proves: a token of ours in their address does."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from aioconvo.core.access.environment import Environment
from aioconvo.core.errors import ConfigurationError, WebhookRefusedError
from aioconvo.events.headers import Headers
from aioconvo.events.incoming import Incoming
from aioconvo.events.secrets import Secrets
from aioconvo.events.webhook import MIB, Webhook, list_from
from aioconvo.providers import Provider

from .reading import read

__all__ = ["SmscxWebhook"]

_BYTES = 32
_LEAST = len(secrets.token_urlsafe(_BYTES))
_URL_SAFE = r"[A-Za-z0-9_-]*"
_TOKENS = "the token of the callback URL, made by SmscxWebhook.new_token()"


class SmscxWebhook(Webhook):
    """Requests to a callback URL of SMS.CX.

    No secret, signature or address list of this API was found. So the URL that you give it holds a token that nobody can guess,
    as the last part of its path or in its query, and `open` takes what came there: `hook.open(headers, body, token=...)`. Keep
    it out of logs, those of the server before you too. Only status 200 is a success to this API.

    Args:
        tokens: What was made by `new_token()`, and while that is changed also the next one.
        addresses: Networks that requests may come from, such as `192.0.2.0/24`; `open` takes the address then. None is known.
        account: The name that the keys and lanes of events begin with; `smscx` unless another is given.
        most_bytes: How large a body may be.

    Raises:
        ConfigurationError: A setting is missing or wrong: no token, a short one.
    """

    provider: ClassVar[Provider] = Provider.SMSCX

    def __init__(
        self,
        tokens: Sequence[str],
        *,
        addresses: Sequence[str] | None = None,
        account: str | None = None,
        most_bytes: int = MIB,
    ) -> None:
        super().__init__(Secrets("tokens", tokens, _TOKENS, least=_LEAST), account=account, most_bytes=most_bytes)
        if not all(re.fullmatch(_URL_SAFE, one) for one in tokens):
            raise ConfigurationError(f"tokens hold characters that a URL changes: give {_TOKENS}")
        self._networks = None if addresses is None else [_network(one) for one in addresses]

    @staticmethod
    def new_token() -> str:
        """A token for a callback URL: 32 random bytes, as text that a URL may hold."""
        return secrets.token_urlsafe(_BYTES)

    @classmethod
    def from_env(cls, *, environ: Mapping[str, str] | None = None, account: str | None = None) -> Self:
        """A webhook from `AIOCONVO_SMSCX_WEBHOOK_SECRETS`: tokens, with commas between. Optional: `..._WEBHOOK_ADDRESSES`.

        Raises:
            ConfigurationError: A variable is missing or wrong; the message names it.
        """
        env = Environment(str(cls.provider), environ)
        given = env.get("WEBHOOK_ADDRESSES")
        return cls(list_from(env, "WEBHOOK_SECRETS", _TOKENS), addresses=given and given.split(","), account=account)

    def verify(self, headers: Headers, *, token: str | bytes | None = None, address: str | None = None) -> None:  # noqa: ARG002 -- see Webhook
        """Look at the token, and at the address where only some are taken; see `Webhook.verify`.

        `address` is that of the peer, or of what a proxy of yours says surely: anybody can write `X-Forwarded-For`.
        """
        given = token.encode("utf-8", "surrogatepass") if isinstance(token, str) else token
        if given is None:
            raise WebhookRefusedError(401, "the address has no token")
        if not self._secrets.match(given):
            raise WebhookRefusedError(401, "the address holds none of this webhook's tokens")
        if self._networks is not None and not self._is_known(address):
            raise WebhookRefusedError(401, "the request comes from another address than is allowed")

    def _is_known(self, address: str | None) -> bool:
        try:
            peer = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        mapped = getattr(peer, "ipv4_mapped", None) or peer
        return any(mapped in network for network in self._networks or ())

    def _read(self, raw: bytes) -> tuple[Incoming, ...]:
        return read(self._account, raw)


def _network(given: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(given.strip(), strict=False)
    except (ValueError, AttributeError):
        raise ConfigurationError(f"addresses must be networks such as '192.0.2.0/24'; got {given!r}") from None
