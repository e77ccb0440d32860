"""The client of Smooch v1.1: hosts, credentials, error words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, Self, Unpack

import msgspec

from aioconvo.core.access.environment import Environment
from aioconvo.core.access.key import key_auth, key_from
from aioconvo.core.access.settings import one_of, text
from aioconvo.core.answers.refusals import ErrorWords
from aioconvo.core.calls.client import APIClient
from aioconvo.core.calls.options import ClientOptions
from aioconvo.core.errors import ConfigurationError
from aioconvo.core.json.codec import reader
from aioconvo.core.operations.resource import Resource
from aioconvo.core.wire.pool import RawResponse, SessionPool

from .conversations import Conversations
from .messages import Messages
from .pages import empty_page

if TYPE_CHECKING:
    from .app_keys import AppKeys
    from .app_users import AppUsers
    from .apps import Apps
    from .attachments import Attachments
    from .deployments import Deployments
    from .inbox import SmoochInbox
    from .integration_menus import IntegrationMenus
    from .integrations import Integrations
    from .menu import AppMenu
    from .notifications import Notifications
    from .service_account_keys import ServiceAccountKeys
    from .service_accounts import ServiceAccounts
    from .templates import Templates
    from .webhooks import Webhooks

__all__ = ["SmoochClient"]

_REGIONS = {"us": "https://api.smooch.io", "eu": "https://api.eu-1.smooch.io"}
_SCOPES = ("app", "account")


class _Told(msgspec.Struct):
    code: str | None = None
    description: str | None = None


class _Error(msgspec.Struct):
    error: _Told


_read_error = reader(_Error)


class SmoochClient(APIClient):
    """Smooch v1.1.

    Args:
        app_id: The app whose conversations are meant. Only what is of no one app goes without, with a key of the account:
            `apps`, `app_keys`, `deployments`, `service_accounts` and their keys.
        key_id: A key's id (`app_...` or `act_...`), with its `secret`.
        secret: The key's secret.
        token: A ready JSON Web Token, in place of a key.
        auth: How the key is used: `basic` sends it, `jwt` signs short-lived tokens with it.
        scope: The scope that signed tokens claim: `app` or `account`, as the key's own.
        region: `us` or `eu`.
        base_url: Another server altogether.
        pool: A pool to share; without one the client makes its own.
        allow_http: Allow `http://` to a host that is not loopback.

    The other arguments are those of `ClientOptions`.

    Raises:
        ConfigurationError: A setting is missing or wrong; nothing was sent.
    """

    provider: ClassVar[str] = "smooch"
    default_host: ClassVar[str] = "api.smooch.io"
    app_keys: Resource[AppKeys] = Resource()
    app_users: Resource[AppUsers] = Resource()
    apps: Resource[Apps] = Resource()
    attachments: Resource[Attachments] = Resource()
    conversations = Resource(Conversations)
    deployments: Resource[Deployments] = Resource()
    inbox: Resource[SmoochInbox] = Resource()
    integration_menus: Resource[IntegrationMenus] = Resource()
    integrations: Resource[Integrations] = Resource()
    menu: Resource[AppMenu] = Resource()
    messages = Resource(Messages)
    notifications: Resource[Notifications] = Resource()
    service_account_keys: Resource[ServiceAccountKeys] = Resource()
    service_accounts: Resource[ServiceAccounts] = Resource()
    templates: Resource[Templates] = Resource()
    webhooks: Resource[Webhooks] = Resource()

    def __init__(
        self,
        *,
        app_id: str | None = None,
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
        self._app_id = None if app_id is None else text("app_id", app_id, "the id of your app")
        super().__init__(
            base_url=_REGIONS[one_of("region", region, _REGIONS)] if base_url is None else base_url,
            auth=key_auth(key_id, secret, token, auth, scope, scopes=_SCOPES),
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
        """A client from `AIOCONVO_SMOOCH_APP_ID`, and `..._KEY_ID` with `..._SECRET`, or `..._TOKEN`.

        Optional: `..._AUTH` (`basic`, `jwt`), `..._SCOPE`, `..._REGION`, `..._BASE_URL`.

        Raises:
            ConfigurationError: A variable is missing or wrong, or there is more than one credential; the message names it.
        """
        env = Environment(cls.provider, environ)
        settings = key_from(env) | env.given("AUTH", "SCOPE", "REGION", "BASE_URL")
        return cls(pool=pool, **settings, **options)

    def _empty_page(self, kind: object, body: bytes) -> object:
        return empty_page(kind, body)

    def _error_words(self, answer: RawResponse) -> ErrorWords:
        body = _read_error(answer.body)
        return ErrorWords() if body is None else ErrorWords(body.error.code, body.error.description)
