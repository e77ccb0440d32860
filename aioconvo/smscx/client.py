"""The client of SMS.CX: credentials, access tokens, error words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import NoneType
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar, Unpack

import msgspec

from aioconvo.core.access.auth import Auth, BasicAuth, BearerAuth, HeaderAuth
from aioconvo.core.access.environment import Environment
from aioconvo.core.access.settings import kind, secret
from aioconvo.core.access.token import AccessToken, TokenAuth
from aioconvo.core.answers.refusals import ErrorWords
from aioconvo.core.calls.client import APIClient
from aioconvo.core.calls.options import ClientOptions
from aioconvo.core.errors import ConfigurationError
from aioconvo.core.json.codec import reader
from aioconvo.core.operations.operation import Operation
from aioconvo.core.operations.resource import Resource
from aioconvo.core.wire.pool import RawResponse, SessionPool

from .conversations import Conversations
from .pages import empty_page
from .sms import Sms

if TYPE_CHECKING:
    from .accounts import Accounts
    from .applications import Applications
    from .attachments import Attachments
    from .groups import Groups
    from .inbox import SmscxInbox
    from .multichannel import Multichannel
    from .numbers import Numbers
    from .oauth import OAuth
    from .optouts import Optouts
    from .originators import Originators
    from .otp import Otps
    from .reports import Reports
    from .shortlinks import Shortlinks
    from .templates import Templates
    from .viber import Viber
    from .whatsapp import Whatsapp

__all__ = ["SmscxClient"]

T = TypeVar("T")


class _Told(msgspec.Struct):
    type: str | None = None
    message: str | None = None
    code: int | str | None = None


class _ErrorBody(_Told):
    # The vendor's documents and its SDK disagree on whether the members stand in `error` or by themselves.
    error: _Told | None = None


_read_error = reader(_ErrorBody)


class SmscxClient(APIClient):
    """SMS.CX.

    Give exactly one of `api_key`, `token`, and `application_id` with `application_secret`.

    Args:
        api_key: The account's API key.
        token: A ready access token; it is not renewed.
        application_id: The id of an OAuth application; tokens are then fetched and renewed as they are needed.
        application_secret: The application's secret.
        scope: The scopes that fetched tokens ask for, as a list or a text with spaces between; without one, all.
        base_url: Another server.
        pool: A pool to share; without one the client makes its own.
        allow_http: Allow `http://` to a host that is not loopback.

    The other arguments are those of `ClientOptions`.

    Raises:
        ConfigurationError: A setting is missing or wrong; nothing was sent.
    """

    provider: ClassVar[str] = "smscx"
    default_host: ClassVar[str] = "api.sms.cx"
    accounts: Resource[Accounts] = Resource()
    applications: Resource[Applications] = Resource()
    attachments: Resource[Attachments] = Resource()
    conversations = Resource(Conversations)
    groups: Resource[Groups] = Resource()
    inbox: Resource[SmscxInbox] = Resource()
    multichannel: Resource[Multichannel] = Resource()
    numbers: Resource[Numbers] = Resource()
    oauth: Resource[OAuth] = Resource()
    optouts: Resource[Optouts] = Resource()
    originators: Resource[Originators] = Resource()
    otp: Resource[Otps] = Resource()
    reports: Resource[Reports] = Resource()
    shortlinks: Resource[Shortlinks] = Resource()
    sms = Resource(Sms)
    templates: Resource[Templates] = Resource()
    viber: Resource[Viber] = Resource()
    whatsapp: Resource[Whatsapp] = Resource()

    def __init__(
        self,
        *,
        api_key: str | None = None,
        token: str | None = None,
        application_id: str | None = None,
        application_secret: str | None = None,
        scope: Sequence[str] | str | None = None,
        base_url: str | None = None,
        pool: SessionPool | None = None,
        allow_http: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        auth, self._application = _credentials(api_key, token, application_id, application_secret)
        if scope is not None and self._application is None:
            raise ConfigurationError("scope goes with application_id and application_secret; leave it out")
        if not isinstance(scope, str | NoneType):
            kind("scope", scope, (list, tuple), "text or a list of texts")
            for one in scope:
                kind("each scope", one, str, "text")
        self._scope = scope
        super().__init__(
            base_url=f"https://{self.default_host}" if base_url is None else base_url,
            auth=auth,
            pool=pool,
            allow_http=allow_http,
            **options,
        )

    @classmethod
    def from_env(
        cls,
        *,
        pool: SessionPool | None = None,
        environ: Mapping[str, str] | None = None,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """A client from `AIOCONVO_SMSCX_API_KEY`, or `..._TOKEN`, or `..._APPLICATION_ID` with `..._APPLICATION_SECRET`.

        Optional: `..._SCOPE` (with an application), `..._ACCOUNT`, `..._BASE_URL`.

        Raises:
            ConfigurationError: A variable is missing, or there is more than one credential; the message names it.
        """
        env = Environment(cls.provider, environ)
        settings = env.given("API_KEY", "TOKEN", "APPLICATION_ID", "APPLICATION_SECRET", "SCOPE", "BASE_URL")
        if "application_id" in settings or "application_secret" in settings:
            env.require(("APPLICATION_ID", "your application's id"), ("APPLICATION_SECRET", "your application's secret"))
        elif "token" not in settings:
            others = f"{env.name('TOKEN')}, or {env.name('APPLICATION_ID')} and {env.name('APPLICATION_SECRET')}"
            env.require(("API_KEY", "your API key"), instead=f", or set {others}")
        options.setdefault("account", env.get("ACCOUNT"))
        return cls(pool=pool, **settings, **options)

    async def _fetch_token(self) -> AccessToken:
        token = await self.oauth.get_token(scope=self._scope)
        # What stands for "never" is unconfirmed: no number, and any that is no time to come, are taken for it.
        lifetime = token.expires_in if token.expires_in is not None and token.expires_in > 0 else None
        return AccessToken(token.access_token, lifetime)

    def _decode(self, operation: Operation[T], answer: RawResponse) -> T | None:
        # A 204 may come to operations that have a body as a rule, but it verifies no PIN.
        if answer.status == HTTPStatus.NO_CONTENT and operation.name != "verify_otp":
            return None
        return super()._decode(operation, answer)

    def _empty_page(self, kind: object, body: bytes) -> object:
        return empty_page(kind, body)

    def _error_words(self, answer: RawResponse) -> ErrorWords:
        body = _read_error(answer.body)
        if body is None:
            return ErrorWords()
        told = body.error or body
        words = ": ".join(word for word in (told.type, told.message) if word)
        return ErrorWords(None if told.code is None else str(told.code), words or None)


def _credentials(
    api_key: str | None, token: str | None, application_id: str | None, application_secret: str | None
) -> tuple[Auth, BasicAuth | None]:
    """How calls are signed, and what tokens are fetched with."""
    application = application_id is not None or application_secret is not None
    if (api_key is not None) + (token is not None) + application != 1:
        raise ConfigurationError("give exactly one of api_key, token, and application_id with application_secret")
    if api_key is not None:
        return HeaderAuth("X-API-KEY", secret("api_key", api_key, "your API key")), None
    if token is not None:
        return BearerAuth(secret("token", token, "an access token")), None
    name = secret("application_id", application_id, "your application's id")
    basic = BasicAuth(name, secret("application_secret", application_secret, "your application's secret"))
    return TokenAuth(basic.identity), basic
