"""The client of Smooch v1.1: hosts, credentials, error words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, Unpack

import msgspec

from aioconvo.core.auth import Auth, BasicAuth, BearerAuth, JWTAuth
from aioconvo.core.client import APIClient, ClientOptions, ErrorWords
from aioconvo.core.errors import ConfigurationError
from aioconvo.core.session import Answer, SessionPool
from aioconvo.core.settings import Environment, text

from . import conversations, messages

if TYPE_CHECKING:
    from aioconvo.inbox.smooch import SmoochInbox

__all__ = ["OPERATIONS", "SmoochClient"]

OPERATIONS = (*conversations.OPERATIONS, *messages.OPERATIONS)

_REGIONS = {"us": "https://api.smooch.io", "eu": "https://api.eu-1.smooch.io"}


class _Told(msgspec.Struct):
    code: str | None = None
    description: str | None = None


class _Error(msgspec.Struct):
    error: _Told


_decode_error = msgspec.json.Decoder(_Error).decode


class SmoochClient(APIClient):
    """Smooch v1.1.

    Args:
        app_id: The app whose conversations are meant.
        key_id: A key's id (`app_...` or `act_...`), with its `secret`.
        secret: The key's secret.
        token: A ready JSON Web Token, in place of a key.
        auth: How the key is used: `basic` sends it, `jwt` signs short-lived tokens with it.
        scope: The scope that signed tokens claim: `app` or `account`, as the key's own.
        region: `us` or `eu`.
        base_url: Another server altogether.
        pool: A pool to share; without one the client makes its own.
        allow_http: Allow `http://` to a host that is not loopback.
        options: See `ClientOptions`.

    Raises:
        ConfigurationError: A setting is missing or wrong; nothing was sent.
    """

    provider: ClassVar[str] = "smooch"
    default_host: ClassVar[str] = "api.smooch.io"

    def __init__(
        self,
        *,
        app_id: str,
        key_id: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        auth: Literal["basic", "jwt"] = "basic",
        scope: Literal["app", "account"] = "app",
        region: Literal["us", "eu"] = "us",
        base_url: str | None = None,
        pool: SessionPool | None = None,
        allow_http: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        self.app_id = text("app_id", app_id, "the id of your app")
        super().__init__(
            base_url=base_url or _base_url(region),
            auth=_auth(key_id, secret, token, auth, scope),
            pool=pool,
            allow_http=allow_http,
            **options,
        )

    def _attach_resources(self) -> None:
        self.conversations = conversations.Conversations(self, self.app_id)
        self.messages = messages.Messages(self, self.app_id)

    @property
    def inbox(self) -> SmoochInbox:
        """Conversations and messages in the structs that all providers share."""
        from aioconvo.inbox.smooch import SmoochInbox  # noqa: PLC0415 -- the one import upward: who does not use it does not load it

        return SmoochInbox(self)

    @classmethod
    def from_env(
        cls,
        *,
        pool: SessionPool | None = None,
        environ: Mapping[str, str] | None = None,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """A client from `AIOCONVO_SMOOCH_APP_ID`, and `..._KEY_ID` with `..._SECRET`, or `..._TOKEN`.

        Optional: `..._AUTH` (`basic`, `jwt`), `..._SCOPE`, `..._REGION`, `..._BASE_URL`.

        Raises:
            ConfigurationError: A variable is missing or wrong, or there is more than one credential; the message names it.
        """
        env = Environment(cls.provider, environ)
        settings: dict[str, Any] = {"app_id": env.require("APP_ID", "the id of your app")}
        names = ("TOKEN", "KEY_ID", "SECRET", "AUTH", "SCOPE", "REGION", "BASE_URL")
        settings |= {name.lower(): value for name in names if (value := env.get(name)) is not None}
        if "token" not in settings:
            env.require("KEY_ID", f"your key's id (app_...), or {env.name('TOKEN')} to a token")
            env.require("SECRET", "your key's secret")
        return cls(pool=pool, **settings, **options)

    def _error_words(self, answer: Answer) -> ErrorWords:
        try:
            told = _decode_error(answer.body).error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return ErrorWords()
        return ErrorWords(told.code, told.description)


def _base_url(region: str) -> str:
    if region not in _REGIONS:
        raise ConfigurationError(f"region must be us or eu; got {region!r}")
    return _REGIONS[region]


def _auth(key_id: str | None, secret: str | None, token: str | None, kind: str, scope: str) -> Auth:
    if token is not None:
        if key_id is not None or secret is not None:
            raise ConfigurationError("give either token, or key_id and secret, not both")
        return BearerAuth(token)
    key = text("key_id", key_id, "your key's id (app_...), or a token")
    password = text("secret", secret, "your key's secret")
    if kind == "basic":
        return BasicAuth(key, password)
    if kind != "jwt":
        raise ConfigurationError(f"auth must be basic or jwt; got {kind!r}")
    if scope not in {"app", "account"}:
        raise ConfigurationError(f"scope must be app or account; got {scope!r}")
    return JWTAuth(key, password, scope=scope)
