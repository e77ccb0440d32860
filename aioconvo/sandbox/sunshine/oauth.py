"""How the owner of the emulated app lets a program use it: they agree at once, and nobody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlencode

import msgspec

from aioconvo.core.access.auth import sign_jwt
from aioconvo.sandbox import keys
from aioconvo.sandbox.bodies import decode
from aioconvo.sandbox.data import hex_id
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OAuth"]

CLIENT_ID: Final = "sandbox-program"
_BACK: Final = "https://example.org/oauth"  # where the vendor would have the program be reached


class Grant(msgspec.Struct, kw_only=True):
    """The body of GetToken."""

    code: str
    grant_type: Literal["authorization_code"]
    client_id: str
    client_secret: str


class OAuth:
    """Codes, each of which works once, and the tokens made of them, as good as the app's key until they are revoked."""

    def __init__(self, settings: Settings) -> None:
        self._seed = settings.seed
        self._made = 0
        self._codes: set[str] = set()
        self._revoked: set[str] = set()
        self.routes = (
            Route("GET", "/oauth/authorize", "Authorize", self._authorize),
            Route("POST", "/oauth/token", "GetToken", self._get_token),
            Route("DELETE", "/oauth/authorization", "RevokeAccess", self._revoke),
            Route("GET", "/v2/tokenInfo", "GetTokenInfo", self._tell),
        )

    def refuse_revoked(self, request: Request) -> None:
        """Refuse what comes with a token that was revoked."""
        if request.headers.get("authorization", "") in self._revoked:
            raise Refusal(401, "unauthorized", "The token was revoked")

    def _authorize(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        asked = request.parameters()
        if asked.get("client_id") != CLIENT_ID:
            raise Refusal(400, "invalid_client", "Unknown client_id")
        if asked.get("response_type") != "code":
            raise Refusal(400, "unsupported_response_type", "response_type must be code")
        self._made += 1
        code = hex_id(self._seed, "sunshine", "code", self._made)
        self._codes.add(code)
        back = asked.get("redirect_uri") or _BACK
        told = {"code": code} | {name: asked[name] for name in ("state",) if name in asked}
        place = f"{back}{'&' if '?' in back else '?'}{urlencode(told)}"
        return Reply(302, f"Found. Redirecting to {place}".encode(), {"Location": place}, "text/plain")

    def _get_token(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        body = decode(request, Grant)
        if (body.client_id, body.client_secret) != (CLIENT_ID, keys.SECRET):
            raise Refusal(401, "invalid_client", "Unknown client")
        if body.code not in self._codes:
            raise Refusal(400, "invalid_grant", "The code is unknown, or was used before")
        self._codes.remove(body.code)
        token = sign_jwt({"scope": "app", "jti": body.code}, key_id=keys.KEY_ID, secret=keys.SECRET)
        return Reply(200, {"access_token": token, "token_type": "Bearer"})

    def _revoke(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        given = request.headers["authorization"]
        if given.startswith("Bearer "):  # a key is not a consent
            self._revoked.add(given)
        return Reply(200, {})

    def _tell(self, _request: Request, _parameters: Mapping[str, str]) -> Reply:
        app: dict[str, Any] = {"id": keys.APP_ID, "displayName": "Sandbox", "settings": {}, "metadata": {}}
        return Reply(200, {"app": app | {"subdomain": "sandbox"}})
