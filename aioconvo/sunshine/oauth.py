"""How the owner of an app lets your program use it, by OAuth 2, in Sunshine Conversations v2."""

from __future__ import annotations

import urllib.parse
from typing import Any

from aioconvo.core.access.auth import NoAuth
from aioconvo.core.access.hidden import Secret
from aioconvo.core.answers.identity import names
from aioconvo.core.errors import ConfigurationError, InvalidRequestError
from aioconvo.core.operations.declaration import operation, performs
from aioconvo.core.operations.operation import Effect, Operation, Request

from .models.apps import App
from .models.oauth import Token
from .resource import Resource

AUTHORIZE = Operation(
    "sunshine.oauth.authorize_url", "Authorize", "GET", "/oauth/authorize", bytes, Effect.READ, accept="text/plain"
)
# A code works once, so that a second try with it can only fail.
GET_TOKEN = Operation("sunshine.oauth.get_token", "GetToken", "POST", "/oauth/token", Token, Effect.UNSAFE)

_named = names("token", "access_token")


class OAuthClient(Secret):
    """The id and secret under which the vendor knows a program that asks owners of apps for their consent."""

    __slots__ = ("client_id", "client_secret")

    def __init__(self, client_id: str, client_secret: str) -> None:
        self.client_id = client_id
        self.client_secret = client_secret

    def __repr__(self) -> str:
        return "<OAuthClient>"


class OAuth(Resource):
    """The consent of an app's owner, as an access token.

    1. Send the owner's browser to `authorize_url`; it comes back to your `redirect_uri` with a `code`.
    2. `get_token(code)` makes the token of it.
    3. `SunshineClient(token=...)` asks `get_token_info` for the app and the `subdomain` that it is good for.
    4. `SunshineClient(app_id=..., subdomain=..., token=...)` does the rest; `revoke` gives the consent back.

    A client without `app_id` asks the host that the vendor documents for this, `oauth-bridge.zendesk.com`.
    """

    __slots__ = ("_program",)

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self._program: OAuthClient | None = client._oauth_client  # noqa: SLF001 -- a secret, which only its client shares

    def _own(self, method: str) -> OAuthClient:
        if self._program is None:
            raise ConfigurationError(f"oauth.{method} needs a client made with client_id and client_secret")
        return self._program

    @performs(AUTHORIZE)
    def authorize_url(self, *, state: str | None = None, redirect_uri: str | None = None) -> str:
        """The address to send an owner's browser to; nothing is sent by this call.

        The browser comes back with `code` and your `state` in the query, or with `error`. A `state` that nobody can guess,
        kept in the session and compared there, proves that it is the same browser. `redirect_uri` is one of those that the
        vendor has of your program; without it, the first one.

        Raises:
            ConfigurationError: The client was made without `client_id` and `client_secret`.
        """
        query = {"client_id": self._own("authorize_url").client_id, "response_type": "code"}
        query |= {name: value for name, value in (("state", state), ("redirect_uri", redirect_uri)) if value is not None}
        return f"{self._client.base_url}{AUTHORIZE.path}?{urllib.parse.urlencode(query, quote_via=urllib.parse.quote)}"

    @performs(GET_TOKEN)
    async def get_token(self, *, code: str) -> Token:
        """Make an access token of the code that a browser came back with; each code works once.

        Raises:
            ConfigurationError: The client was made without `client_id` and `client_secret`; nothing was sent.
            InvalidRequestError: The code is empty; nothing was sent.
            BadRequestError: The code is wrong, too old, or was used before.
            MaybeSentError: It is unknown whether the code was used up.
        """
        request = self._with_code(code)
        del code  # tools print the locals of the frames of errors
        return (await self._client.send(request, auth=NoAuth())).data

    def _with_code(self, code: str) -> Request[Token]:
        own = self._own("get_token")
        if not code:
            raise InvalidRequestError("code is empty: it is the one in the query with which the browser came back")
        grant = {"code": code, "grant_type": "authorization_code"}
        body = grant | {"client_id": own.client_id, "client_secret": own.client_secret}
        return GET_TOKEN.request(body=body, check=_named)

    @operation("GET /v2/tokenInfo", Effect.READ, name="GetTokenInfo", unwrap="app", expect=names("app", "app.id"))
    async def get_token_info(self) -> App:
        """Fetch the app that this client's `token` is good for, with its `subdomain`.

        Raises:
            AuthenticationError: The token is wrong, or was revoked.
        """
        ...

    @operation("DELETE /oauth/authorization", Effect.IDEMPOTENT, name="RevokeAccess")
    async def revoke(self) -> None:
        """Give back the consent by which this client's `token` was made: that token, and all others of it, open nothing more.

        Raises:
            AuthenticationError: The token is wrong, or was revoked before.
        """
        ...
