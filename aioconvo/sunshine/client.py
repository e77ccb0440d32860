"""The client of Sunshine Conversations v2: hosts, credentials, error words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, Self, Unpack

import msgspec

from aioconvo.core.access.auth import NoAuth
from aioconvo.core.access.environment import Environment
from aioconvo.core.access.key import key_auth, key_from
from aioconvo.core.access.settings import one_of, secret as checked_secret, text
from aioconvo.core.answers.refusals import ErrorWords
from aioconvo.core.calls.client import APIClient
from aioconvo.core.calls.options import ClientOptions
from aioconvo.core.errors import ConfigurationError
from aioconvo.core.json.codec import reader
from aioconvo.core.operations.resource import Resource
from aioconvo.core.wire.pool import RawResponse, SessionPool

from .activities import Activities
from .conversations import Conversations
from .messages import Messages
from .oauth import OAuthClient
from .pages import empty_page
from .participants import Participants

if TYPE_CHECKING:
    from .app_keys import AppKeys
    from .apps import Apps
    from .attachments import Attachments
    from .clients import Clients
    from .devices import Devices
    from .inbox import SunshineInbox
    from .integration_keys import IntegrationKeys
    from .integrations import Integrations
    from .oauth import OAuth
    from .switchboard_integrations import SwitchboardIntegrations
    from .switchboards import Switchboards
    from .users import Users
    from .webhooks import Webhooks

__all__ = ["SunshineClient"]

_REGIONS = {"us": "https://api.smooch.io", "eu": "https://api.eu-1.smooch.io"}
_OAUTH = "https://oauth-bridge.zendesk.com/sc"
_SCOPES = ("app", "account", "integration")
_SUBDOMAIN = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"


class _Error(msgspec.Struct):
    code: str | None = None
    title: str | None = None


class _Errors(msgspec.Struct):
    errors: list[_Error]


_read_errors = reader(_Errors)


class SunshineClient(APIClient):
    """Sunshine Conversations v2.

    Args:
        app_id: The app whose conversations are meant. Only what is of no one app goes without: `oauth`, and with a key of the
            account `apps` and `app_keys`.
        key_id: A key's id (`app_...`), with its `secret`.
        secret: The key's secret.
        token: A ready JSON Web Token or OAuth token, in place of a key.
        auth: How the key is used: `basic` sends it, `jwt` signs short-lived tokens with it.
        scope: The scope that signed tokens claim: `app`, `account` or `integration`, as the key's own.
        subdomain: For accounts licensed through Zendesk: `acme` stands for `https://acme.zendesk.com/sc`.
        region: For legacy accounts: `us` (the default) or `eu`.
        base_url: Another server altogether.
        client_id: The id of your OAuth client, with its `client_secret`: for `oauth`, which needs no key and no token.
        client_secret: The OAuth client's secret.
        pool: A pool to share; without one the client makes its own.
        allow_http: Allow `http://` to a host that is not loopback.

    The other arguments are those of `ClientOptions`.

    Raises:
        ConfigurationError: A setting is missing or wrong; nothing was sent.
    """

    provider: ClassVar[str] = "sunshine"
    default_host: ClassVar[str] = "api.smooch.io"
    activities = Resource(Activities)
    app_keys: Resource[AppKeys] = Resource()
    apps: Resource[Apps] = Resource()
    attachments: Resource[Attachments] = Resource()
    clients: Resource[Clients] = Resource()
    conversations = Resource(Conversations)
    devices: Resource[Devices] = Resource()
    inbox: Resource[SunshineInbox] = Resource()
    integration_keys: Resource[IntegrationKeys] = Resource()
    integrations: Resource[Integrations] = Resource()
    messages = Resource(Messages)
    oauth: Resource[OAuth] = Resource()
    participants = Resource(Participants)
    switchboard_integrations: Resource[SwitchboardIntegrations] = Resource()
    switchboards: Resource[Switchboards] = Resource()
    users: Resource[Users] = Resource()
    webhooks: Resource[Webhooks] = Resource()

    def __init__(
        self,
        *,
        app_id: str | None = None,
        key_id: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        auth: Literal["basic", "jwt"] = "basic",
        scope: Literal["app", "account", "integration"] = "app",
        subdomain: str | None = None,
        region: Literal["us", "eu"] | None = None,
        base_url: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        pool: SessionPool | None = None,
        allow_http: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        self._app_id = None if app_id is None else text("app_id", app_id, "the id of your app")
        self._oauth_client = _oauth_client(client_id, client_secret)
        keyless = key_id is None and secret is None and token is None
        if app_id is None and keyless and self._oauth_client is None:
            raise ConfigurationError("app_id is missing: give the id of your app, and key_id with secret, or a token")
        of_oauth = app_id is None and key_id is None and subdomain is None and region is None
        usual = _OAUTH if of_oauth else _base_url(subdomain, "us" if region is None else region)
        super().__init__(
            base_url=usual if base_url is None else base_url,
            auth=NoAuth()
            if keyless and self._oauth_client is not None
            else key_auth(key_id, secret, token, auth, scope, scopes=_SCOPES),
            pool=pool,
            allow_http=allow_http,
            **options,
        )

    @property
    def app_id(self) -> str:
        """The app whose conversations are meant.

        Raises:
            ConfigurationError: The client was made without one.
        """
        if self._app_id is None:
            raise ConfigurationError("app_id is missing: make the client with app_id=, the id of your app")
        return self._app_id

    @property
    def account(self) -> str | None:
        """The app id, which stored positions say."""
        return self._app_id

    @classmethod
    def from_env(
        cls,
        *,
        pool: SessionPool | None = None,
        environ: Mapping[str, str] | None = None,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """A client from `AIOCONVO_SUNSHINE_APP_ID`, and `..._KEY_ID` with `..._SECRET`, or `..._TOKEN`.

        Optional: `..._AUTH` (`basic`, `jwt`), `..._SCOPE`, `..._SUBDOMAIN`, `..._REGION`, `..._BASE_URL`. With
        `..._CLIENT_ID` and `..._CLIENT_SECRET`, for `oauth`, the others are optional too.

        Raises:
            ConfigurationError: A variable is missing or wrong, or there is more than one credential; the message names it.
        """
        env = Environment(cls.provider, environ)
        settings = env.given("AUTH", "SCOPE", "SUBDOMAIN", "REGION", "BASE_URL", "CLIENT_ID", "CLIENT_SECRET")
        keys = ("APP_ID", "TOKEN", "KEY_ID", "SECRET")
        settings |= env.given(*keys) if "client_id" in settings else key_from(env)
        return cls(pool=pool, **settings, **options)

    def _empty_page(self, kind: object, body: bytes) -> object:
        return empty_page(kind, body)

    def _error_words(self, answer: RawResponse) -> ErrorWords:
        body = _read_errors(answer.body)
        if body is None or not body.errors:
            return ErrorWords()
        titles = "; ".join(error.title for error in body.errors if error.title)
        return ErrorWords(body.errors[0].code, titles or None)


def _base_url(subdomain: str | None, region: str) -> str:
    if subdomain is None:
        return _REGIONS[one_of("region", region, _REGIONS)]
    if not re.fullmatch(_SUBDOMAIN, text("subdomain", subdomain, "the first word of your Zendesk address")):
        raise ConfigurationError("subdomain is the first word of your Zendesk address: acme for acme.zendesk.com")
    return f"https://{subdomain}.zendesk.com/sc"


def _oauth_client(client_id: str | None, client_secret: str | None) -> OAuthClient | None:
    if client_id is None and client_secret is None:
        return None
    own = text("client_id", client_id, "the id of your OAuth client")
    return OAuthClient(own, checked_secret("client_secret", client_secret, "your OAuth client's secret"))
