"""The client of UltraCart conversations: credentials, access tokens, errors that come with a 200, error words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, Unpack, cast

import msgspec

from aioconvo.core.access.auth import Auth, BearerAuth, HeaderAuth
from aioconvo.core.access.environment import Environment
from aioconvo.core.access.settings import merge_headers, plain_function, secret
from aioconvo.core.access.token import AccessToken, TokenAuth
from aioconvo.core.answers.refusals import ErrorWords, told_in
from aioconvo.core.calls.client import APIClient
from aioconvo.core.calls.options import ClientOptions, check_options
from aioconvo.core.errors import ConfigurationError
from aioconvo.core.json.codec import reader
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.limits.rule import Limits, RateLimit
from aioconvo.core.operations.operation import Operation
from aioconvo.core.operations.resource import Resource
from aioconvo.core.wire.pool import RawResponse, SessionPool

from .agents import Agents
from .conversations import Conversations
from .messages import Messages
from .oauth import RefreshGrant
from .pages import ResolvedAnswer, empty_page

if TYPE_CHECKING:
    from .canned_messages import CannedMessages
    from .departments import Departments
    from .engagements import Engagements
    from .inbox import UltraCartInbox
    from .items import Items
    from .locations import Locations
    from .pbx import Pbx
    from .permissions import Permissions
    from .queues import Queues
    from .virtual_agents import VirtualAgents

__all__ = ["UltraCartClient"]

T = TypeVar("T")

_VERSION = {"X-UltraCart-Api-Version": "2017-03-01"}


class _Told(msgspec.Struct):
    error: Any = None
    error_description: Any = None


_read_told = reader(_Told)


class UltraCartClient(APIClient):
    """UltraCart conversations.

    Give exactly one of `simple_key`, `token`, and `client_id` with `refresh_token`. On the provider's own host the client
    keeps to the published quota: one request at a time, 1000 an hour and 10000 a day; `limits` sets others.

    Args:
        simple_key: A simple API key.
        token: A ready access token; it is not renewed.
        client_id: The id of an OAuth application; access tokens are then fetched and renewed as they are needed.
        refresh_token: The token that a merchant's consent gave the application. Each use may change it, so a fetch that has
            begun is seen through, also when the call that needed it is cancelled.
        on_refresh_token: A plain function that is called with each new refresh token, to store it in place of the old one.
            What it raises reaches the calls that waited for the token, which is kept all the same.
        base_url: Another server.
        pool: A pool to share; without one the client makes its own.
        allow_http: Allow `http://` to a host that is not loopback.

    The other arguments are those of `ClientOptions`.

    Raises:
        ConfigurationError: A setting is missing or wrong; nothing was sent.
    """

    provider: ClassVar[str] = "ultracart"
    default_host: ClassVar[str] = "secure.ultracart.com"
    enveloped: ClassVar[bool] = True
    default_limits: ClassVar[Limits] = Limits(rates=(RateLimit(1000, 3600.0), RateLimit(10000, 86400.0)), concurrency=1)
    agents = Resource(Agents)
    canned_messages: Resource[CannedMessages] = Resource()
    conversations = Resource(Conversations)
    departments: Resource[Departments] = Resource()
    engagements: Resource[Engagements] = Resource()
    inbox: Resource[UltraCartInbox] = Resource()
    items: Resource[Items] = Resource()
    locations: Resource[Locations] = Resource()
    messages = Resource(Messages)
    pbx: Resource[Pbx] = Resource()
    permissions: Resource[Permissions] = Resource()
    queues: Resource[Queues] = Resource()
    virtual_agents: Resource[VirtualAgents] = Resource()

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
        auth, self._grant = _credentials(simple_key, token, client_id, refresh_token, on_refresh_token)
        options["headers"] = merge_headers(_VERSION, check_options(options).get("headers", {}))
        super().__init__(
            base_url=f"https://{self.default_host}/rest/v2" if base_url is None else base_url,
            auth=auth,
            pool=pool,
            allow_http=allow_http,
            **options,
        )

    @classmethod
    def from_env(
        cls,
        *,
        on_refresh_token: Callable[[str], object] | None = None,
        pool: SessionPool | None = None,
        environ: Mapping[str, str] | None = None,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """A client from `AIOCONVO_ULTRACART_SIMPLE_KEY`, or `..._TOKEN`, or `..._CLIENT_ID` with `..._REFRESH_TOKEN`.

        Optional: `..._ACCOUNT`, `..._BASE_URL`.

        Raises:
            ConfigurationError: A variable is missing, or there is more than one credential; the message names it.
        """
        env = Environment(cls.provider, environ)
        settings = env.given("SIMPLE_KEY", "TOKEN", "CLIENT_ID", "REFRESH_TOKEN", "BASE_URL")
        if "client_id" in settings or "refresh_token" in settings:
            env.require(("CLIENT_ID", "your application's id"), ("REFRESH_TOKEN", "the refresh token of a merchant's consent"))
        elif "token" not in settings:
            others = f"{env.name('TOKEN')}, or {env.name('CLIENT_ID')} and {env.name('REFRESH_TOKEN')}"
            env.require(("SIMPLE_KEY", "your simple API key"), instead=f", or set {others}")
        options.setdefault("account", env.get("ACCOUNT"))
        return cls(on_refresh_token=on_refresh_token, pool=pool, **settings, **options)

    async def _fetch_token(self) -> AccessToken:
        if self._grant is None:
            raise ConfigurationError("only a client with client_id and refresh_token fetches tokens")
        return await self._grant.fetch(self)

    def _decode(self, operation: Operation[T], answer: RawResponse) -> T | None:
        if answer.status == HTTPStatus.NO_CONTENT and (operation.response is ResolvedAnswer or operation.method == "DELETE"):
            return None
        try:
            return super()._decode(operation, answer)
        except BrokenBodyError:
            # What a delete answers is not documented: it may only say that all went well.
            if operation.method == "DELETE" and (told := told_in(answer.body)) is not None and told.succeeded:
                return None
            raise

    def _empty_page(self, kind: object, body: bytes) -> object:
        return empty_page(kind, body)

    def _error_words(self, answer: RawResponse) -> ErrorWords:
        told = _read_told(answer.body) or _Told()
        words = _words(told.error, told.error_description)
        return words if words.words else ErrorWords(words.code, answer.headers.get("UC-REST-ERROR"))


def _words(error: object, description: object) -> ErrorWords:
    """What an error says: as the API writes it, or as OAuth does, in text with its description beside it."""
    if not isinstance(error, dict):
        return ErrorWords(_text(error), _text(description))
    told = cast("dict[str, object]", error)
    return ErrorWords(_text(told.get("error_code")), _text(told.get("user_message")) or _text(told.get("developer_message")))


def _text(value: object) -> str | None:
    return str(value) if value and type(value) in {str, int} else None


def _credentials(
    simple_key: str | None,
    token: str | None,
    client_id: str | None,
    refresh_token: str | None,
    on_refresh_token: Callable[[str], object] | None,
) -> tuple[Auth, RefreshGrant | None]:
    """How calls are signed, and what tokens are fetched with."""
    oauth = client_id is not None or refresh_token is not None
    if (simple_key is not None) + (token is not None) + oauth != 1:
        raise ConfigurationError("give exactly one of simple_key, token, and client_id with refresh_token")
    if not oauth and on_refresh_token is not None:
        raise ConfigurationError("on_refresh_token goes with client_id and refresh_token; leave it out")
    if on_refresh_token is not None:
        plain_function("on_refresh_token", on_refresh_token)
    if simple_key is not None:
        return HeaderAuth("x-ultracart-simple-key", secret("simple_key", simple_key, "your simple API key")), None
    if token is not None:
        return BearerAuth(secret("token", token, "an access token")), None
    name = secret("client_id", client_id, "your application's id")
    refresh = secret("refresh_token", refresh_token, "the refresh token of a merchant's consent")
    return TokenAuth(BearerAuth(refresh).identity, see_through=True), RefreshGrant(name, refresh, on_refresh_token)
