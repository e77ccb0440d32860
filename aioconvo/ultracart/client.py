"""The client of UltraCart's conversation API: credentials, published quota, errors in envelopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, Unpack

import msgspec

from aioconvo.core.auth import Auth, BearerAuth, HeaderAuth, NoAuth, digest
from aioconvo.core.client import APIClient, ClientOptions, ErrorWords, Refusal
from aioconvo.core.errors import ConfigurationError
from aioconvo.core.limits import Limits, RateLimit
from aioconvo.core.operation import Effect, Operation
from aioconvo.core.session import Answer, SessionPool
from aioconvo.core.settings import Environment, text
from aioconvo.core.token import AccessToken, TokenAuth

from . import agents, conversations, messages, queues
from .pages import Envelope, ErrorAnswer, TokenAnswer

__all__ = ["OPERATIONS", "UltraCartClient"]

OPERATIONS = (*agents.OPERATIONS, *conversations.OPERATIONS, *messages.OPERATIONS, *queues.OPERATIONS)

# Not one of the users' operations: the client itself asks for tokens.
_REFRESH = Operation(
    "ultracart.oauth.refresh_token",
    "oauth_access_token",
    "POST",
    "/oauth/token",
    TokenAnswer,
    Effect.UNSAFE,
    form=True,
)
_API_VERSION = {"X-UltraCart-Api-Version": "2017-03-01"}

_decode_error = msgspec.json.Decoder(ErrorAnswer).decode


class UltraCartClient(APIClient):
    """UltraCart conversations.

    Give exactly one of `simple_key`, `token`, and `client_id` with `refresh_token`.

    Args:
        simple_key: A simple key of the account.
        token: A ready access token; it is not renewed.
        client_id: The id of an OAuth application; access tokens are then fetched and renewed as they are needed.
        refresh_token: The refresh token that was issued to the application.
        on_refresh_token: Called with the new refresh token when the API issues one in place of the old: store it.
        base_url: Another server.
        pool: A pool to share; without one the client makes its own.
        allow_http: Allow `http://` to a host that is not loopback.
        options: See `ClientOptions`. On UltraCart's own host the published quota is kept unless `limits` says otherwise:
            one call at a time, 1000 an hour, 10000 a day.

    Raises:
        ConfigurationError: A setting is missing or wrong; nothing was sent.
    """

    provider: ClassVar[str] = "ultracart"
    default_host: ClassVar[str] = "secure.ultracart.com"
    default_limits: ClassVar[Limits] = Limits(rates=(RateLimit(1000, 3600.0), RateLimit(10_000, 86_400.0)), concurrency=1)

    def __init__(
        self,
        *,
        simple_key: str | None = None,
        token: str | None = None,
        client_id: str | None = None,
        refresh_token: str | None = None,
        on_refresh_token: Callable[[str], object] | None = None,
        base_url: str | None = None,
        pool: SessionPool | None = None,
        allow_http: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        grant = _Grant(client_id, refresh_token, on_refresh_token)
        auth = _credentials(simple_key, token, grant)
        self._grant = grant
        super().__init__(
            base_url=base_url or f"https://{self.default_host}/rest/v2",
            auth=auth,
            pool=pool,
            allow_http=allow_http,
            **options,
        )
        self._headers = {**_API_VERSION, **self._headers}

    def _attach_resources(self) -> None:
        self.agents = agents.Agents(self)
        self.conversations = conversations.Conversations(self)
        self.messages = messages.Messages(self)
        self.queues = queues.Queues(self)

    @classmethod
    def from_env(
        cls,
        *,
        pool: SessionPool | None = None,
        environ: Mapping[str, str] | None = None,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """A client from `AIOCONVO_ULTRACART_SIMPLE_KEY`, or `..._TOKEN`, or `..._CLIENT_ID` with `..._REFRESH_TOKEN`.

        Optional: `..._BASE_URL`.

        Raises:
            ConfigurationError: A variable is missing, or there is more than one credential; the message names it.
        """
        env = Environment(cls.provider, environ)
        names = ("SIMPLE_KEY", "TOKEN", "CLIENT_ID", "REFRESH_TOKEN", "BASE_URL")
        settings: dict[str, Any] = {name.lower(): value for name in names if (value := env.get(name)) is not None}
        if "client_id" in settings or "refresh_token" in settings:
            env.require("CLIENT_ID", "your application's id")
            env.require("REFRESH_TOKEN", "the refresh token issued to your application")
        elif "token" not in settings:
            others = f"{env.name('TOKEN')}, or {env.name('CLIENT_ID')} and {env.name('REFRESH_TOKEN')}"
            env.require("SIMPLE_KEY", f"your simple key, or set {others}")
        return cls(pool=pool, **settings, **options)

    async def _fetch_token(self) -> AccessToken:
        response = await self.send(_REFRESH.request(body=self._grant.form()), auth=NoAuth())
        answer = response.data
        self._grant.renewed(answer.refresh_token)
        return AccessToken(answer.payload(), _seconds(answer.expires_in))

    def _refusal(self, data: Any) -> Refusal | None:
        if not isinstance(data, Envelope | TokenAnswer):
            return None
        refusal = data.refusal()
        if refusal is None:
            data.payload()
        return refusal

    def _error_words(self, answer: Answer) -> ErrorWords:
        header = answer.headers.get("UC-REST-ERROR")
        try:
            told = _decode_error(answer.body).error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            told = None
        if told is None:
            return ErrorWords(None, header)
        return ErrorWords(told.error_code, told.user_message or told.developer_message or header)


class _Grant:
    """What tokens are fetched with; shared by the copies of a client, because a refresh token may be good only once."""

    def __init__(
        self, client_id: str | None, refresh_token: str | None, on_refresh_token: Callable[[str], object] | None
    ) -> None:
        self.given = client_id is not None or refresh_token is not None
        self._client_id = client_id
        self._refresh_token = refresh_token
        self._on_refresh_token = on_refresh_token

    def identity(self) -> str:
        """A digest of what the account is known by."""
        name = text("client_id", self._client_id, "your application's id")
        return digest("ultracart", name, text("refresh_token", self._refresh_token, "the application's refresh token"))

    def form(self) -> Mapping[str, str]:
        """The form that asks for a token."""
        return {
            "grant_type": "refresh_token",
            "client_id": self._client_id or "",
            "refresh_token": self._refresh_token or "",
        }

    def renewed(self, refresh_token: str | None) -> None:
        """Keep the refresh token that took the place of the old one."""
        if refresh_token and refresh_token != self._refresh_token:
            self._refresh_token = refresh_token
            if self._on_refresh_token is not None:
                self._on_refresh_token(refresh_token)


def _credentials(simple_key: str | None, token: str | None, grant: _Grant) -> Auth:
    if (simple_key is not None) + (token is not None) + grant.given != 1:
        raise ConfigurationError("give exactly one of simple_key, token, and client_id with refresh_token")
    if simple_key is not None:
        return HeaderAuth("x-ultracart-simple-key", text("simple_key", simple_key, "your simple key"))
    if token is not None:
        return BearerAuth(text("token", token, "an access token"))
    return TokenAuth(grant.identity())


def _seconds(text_of_seconds: str | None) -> float | None:
    """The life of a token; `None`, for ever, when the answer does not say."""
    try:
        seconds = float(text_of_seconds or "")
    except ValueError:
        return None
    return seconds if seconds > 0 else None
