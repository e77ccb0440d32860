"""Access tokens of SMS.CX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aioconvo.core.access.auth import BasicAuth
from aioconvo.core.answers.identity import names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.errors import ConfigurationError
from aioconvo.core.operations.declaration import performs
from aioconvo.core.operations.operation import Effect, Operation

from .models.oauth import Token

# A second token harms nothing, so asking again is safe.
GET_TOKEN = Operation("smscx.oauth.get_token", "get_access_token", "POST", "/oauth/token", Token, Effect.IDEMPOTENT, form=True)

_named = names("token", "access_token")


class OAuth(APIResource):
    """Access tokens."""

    __slots__ = ("_application",)

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self._application: BasicAuth | None = client._application  # noqa: SLF001 -- a secret, which only its client shares

    @performs(GET_TOKEN)
    async def get_token(self, *, scope: Sequence[str] | str | None = None) -> Token:
        """Ask for an access token for the client's application; the client itself does so whenever it needs one.

        `scope` is a list, or a text with spaces between; without one the token has every scope of the application. The
        token lives for a day, a week or for ever, as set for the application; there is no refresh token.

        Raises:
            ConfigurationError: The client was made without `application_id` and `application_secret`; nothing was sent.
            AuthenticationError: The application's id or secret is wrong (code 1600).
            BadRequestError: The scope is unknown (code 1600).
        """
        if self._application is None:
            raise ConfigurationError("oauth.get_token needs a client made with application_id and application_secret")
        form = {"grant_type": "client_credentials"}
        if scope:
            form["scope"] = scope if isinstance(scope, str) else " ".join(scope)
        return (await self._client.send(GET_TOKEN.request(body=form, check=_named), auth=self._application)).data
