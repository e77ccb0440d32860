"""The key of the emulated app, and what Sunshine and Smooch accept as proof of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NoReturn

import msgspec

from .exchange import Refusal, Request, Route, RouteTable

if TYPE_CHECKING:
    from collections.abc import Mapping

APP_ID: Final = "sandbox-app"
KEY_ID: Final = "app_sandbox"
SECRET: Final = "sandbox-secret"  # noqa: S105 - published, opens nothing but the sandbox
CREDENTIALS: Final = MappingProxyType({"app_id": APP_ID, "key_id": KEY_ID, "secret": SECRET})
_OPEN: Final = frozenset({"Authorize", "GetToken"})  # a browser asks, and who has no key yet
_ABOUT_APPS: Final = re.compile(r"/v[\d.]+/apps/\{appId\}(/keys.*|/sdks)?")  # there may be others


def admit(request: Request, table: RouteTable, now: float) -> tuple[Route, Mapping[str, str]]:
    """The operation of an authenticated request to the emulated app, and its path parameters. Raises `Refusal`."""
    found = table.find(request.method, request.path)
    if not isinstance(found, tuple) or found[0].operation not in _OPEN:
        authenticate(request.headers.get("authorization"), now)
    if isinstance(found, list):
        raise (Refusal(405, "method_not_allowed", "Method not allowed") if found else Refusal(404, "not_found", "Not found"))
    route, parameters = found
    if parameters.get("appId", APP_ID) != APP_ID and not _ABOUT_APPS.fullmatch(route.template):
        raise Refusal(404, "app_not_found", "App not found")
    return route, parameters


def authenticate(authorization: str | None, now: float) -> None:
    """Accept HTTP Basic or a bearer JWT of the app key; `now` in Unix seconds. Raises `Refusal` with 401."""
    scheme, _, value = (authorization or "").partition(" ")
    match scheme.lower():
        case "basic":
            _check_basic(value.strip())
        case "bearer":
            _check_jwt(value.strip(), now)
        case _:
            raise Refusal(401, "unauthorized", "Authorization is required")


def service_error(status: int) -> tuple[str, str]:
    """Code and reason of an error that is not about one operation."""
    phrase = http.HTTPStatus(status).phrase
    return phrase.lower().replace(" ", "_"), phrase


def _check_basic(value: str) -> None:
    try:
        given = base64.b64decode(value, validate=True)
    except ValueError:
        given = b""
    if not hmac.compare_digest(given, f"{KEY_ID}:{SECRET}".encode()):
        raise Refusal(401, "unauthorized", "Authorization is required")


def _check_jwt(token: str, now: float) -> None:
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        _refuse("Malformed token")
    header, payload = _claims(parts[0]), _claims(parts[1])
    if "kid" not in header:
        _refuse("Missing kid in JWT header")
    signature = hmac.digest(SECRET.encode(), f"{parts[0]}.{parts[1]}".encode(errors="replace"), hashlib.sha256)
    if header.get("alg") != "HS256" or not hmac.compare_digest(_decode_unpadded(parts[2]), signature):
        _refuse("Invalid signature")
    if header["kid"] != KEY_ID:
        _refuse("Unknown key")
    expires = payload.get("exp", now + 1)
    if not isinstance(expires, int | float) or expires <= now:
        _refuse("Token expired")
    if payload.get("scope") != "app":
        _refuse("Token scope does not match the scope of its key")


def _claims(part: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(_decode_unpadded(part), type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}


def _decode_unpadded(part: str) -> bytes:
    try:
        return base64.b64decode(part.encode() + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""


def _refuse(reason: str) -> NoReturn:
    raise Refusal(401, "invalid_auth", reason)
