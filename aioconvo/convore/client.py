"""The client of Convore: host, credentials, error words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self, Unpack

from aioconvo.core.access.auth import BearerAuth
from aioconvo.core.access.environment import Environment
from aioconvo.core.access.settings import secret
from aioconvo.core.answers.refusals import ErrorWords, usual_words
from aioconvo.core.calls.client import APIClient
from aioconvo.core.calls.options import ClientOptions
from aioconvo.core.operations.resource import Resource
from aioconvo.core.wire.pool import RawResponse, SessionPool

from .conversations import Conversations
from .events.operations import Events
from .messages import Messages
from .pages import empty_page

if TYPE_CHECKING:
    from .admin import Admin
    from .attachments import Attachments
    from .authorization_flows import AuthorizationFlows
    from .channels import Channels
    from .connect import Connect
    from .connectors import Connectors
    from .contacts import Contacts
    from .drafts import Drafts
    from .inbound_webhooks import InboundWebhooks
    from .inbox import ConvoreInbox
    from .labels import Labels

__all__ = ["ConvoreClient"]


class ConvoreClient(APIClient):
    """Convore.

    Args:
        api_key: The key, sent as a bearer token.
        base_url: Another server altogether.
        pool: A pool to share; without one the client makes its own.
        allow_http: Allow `http://` to a host that is not loopback.

    The other arguments are those of `ClientOptions`.

    Raises:
        ConfigurationError: A setting is missing or wrong; nothing was sent.
    """

    provider: ClassVar[str] = "convore"
    default_host: ClassVar[str] = "api.convore.dev"
    admin: Resource[Admin] = Resource()
    attachments: Resource[Attachments] = Resource()
    authorization_flows: Resource[AuthorizationFlows] = Resource()
    channels: Resource[Channels] = Resource()
    connect: Resource[Connect] = Resource()
    connectors: Resource[Connectors] = Resource()
    contacts: Resource[Contacts] = Resource()
    conversations = Resource(Conversations)
    drafts: Resource[Drafts] = Resource()
    events = Resource(Events)
    inbound_webhooks: Resource[InboundWebhooks] = Resource()
    inbox: Resource[ConvoreInbox] = Resource()
    labels: Resource[Labels] = Resource()
    messages = Resource(Messages)

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None = None,
        pool: SessionPool | None = None,
        allow_http: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        super().__init__(
            base_url=f"https://{self.default_host}" if base_url is None else base_url,
            auth=BearerAuth(secret("api_key", api_key, "your API key")),
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
        """A client from `AIOCONVO_CONVORE_API_KEY`; optional: `..._ACCOUNT`, `..._BASE_URL`.

        Raises:
            ConfigurationError: A variable is missing or wrong; the message names it.
        """
        env = Environment(cls.provider, environ)
        env.require(("API_KEY", "your API key"))
        options.setdefault("account", env.get("ACCOUNT"))
        return cls(pool=pool, **env.given("API_KEY", "BASE_URL"), **options)

    def _empty_page(self, kind: object, body: bytes) -> object:
        return empty_page(kind, body)

    def _error_words(self, answer: RawResponse) -> ErrorWords:
        return usual_words(answer.body)  # the shape of an error is documented nowhere
