"""Access tokens of UltraCart, fetched with a refresh token."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from aioconvo.core.access.auth import NoAuth
from aioconvo.core.access.hidden import Secret
from aioconvo.core.access.token import AccessToken
from aioconvo.core.answers.identity import names
from aioconvo.core.calls.client import APIClient
from aioconvo.core.errors import AuthenticationError, BadRequestError, ConfigurationError
from aioconvo.core.operations.operation import Effect, Operation

from .pages import TokenAnswer

__all__ = ["REFRESH_TOKEN", "RefreshGrant"]

# A second token harms nothing, so asking again is safe.
REFRESH_TOKEN = Operation(
    "ultracart.oauth.refresh_token",
    "oauth_access_token",
    "POST",
    "/oauth/token",
    TokenAnswer,
    Effect.IDEMPOTENT,
    form=True,
)


_named = names("token", "access_token")


class RefreshGrant(Secret):
    """A merchant's consent, as a refresh token that the server may change each time it is used.

    What `on_refresh_token` raises reaches the calls that waited for the token. The token is kept all the same, so that the
    calls after them go on without another one.
    """

    def __init__(self, client_id: str, refresh_token: str, on_refresh_token: Callable[[str], object] | None) -> None:
        self._client_id = client_id
        self._refresh_token = refresh_token
        self._on_refresh_token = on_refresh_token

    async def fetch(self, client: APIClient) -> AccessToken:
        """Ask for an access token; a new refresh token is kept and handed on.

        Raises:
            AuthenticationError: The consent was withdrawn, or the client id or refresh token is wrong.

        Source: operation oauth_access_token.
        """
        request = REFRESH_TOKEN.request(
            body={"grant_type": "refresh_token", "client_id": self._client_id, "refresh_token": self._refresh_token},
            check=_named,
        )
        try:
            token = (await client.send(request, auth=NoAuth())).data
        except BadRequestError as error:
            # OAuth refuses a grant with 400 (RFC 6749, 5.2); to callers it is what a 401 is.
            raise AuthenticationError(
                error.reason, error.call, error.status, code=error.code, headers=error.headers, body=error.body
            ) from None
        then = None
        if token.refresh_token and token.refresh_token != self._refresh_token:
            self._refresh_token = token.refresh_token
            then = self._hand_on
        return AccessToken(token.access_token, _seconds(token.expires_in), then)

    def _hand_on(self) -> None:
        if self._on_refresh_token is not None and inspect.iscoroutine(made := self._on_refresh_token(self._refresh_token)):
            made.close()
            raise ConfigurationError("on_refresh_token must be a plain function; it returned a coroutine")


def _seconds(expires_in: str | int | None) -> float | None:
    try:
        seconds = float(expires_in or 0)
    except ValueError:
        return None
    # Without a time to live that makes sense, a token is used until it is refused.
    return seconds if 0 < seconds < float("inf") else None
