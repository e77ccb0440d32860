"""A key, which is sent itself or signs tokens, or a ready token in its place: what more than one provider takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .auth import Auth, BasicAuth, BearerAuth, JWTAuth
from .errors import ConfigurationError
from .settings import Environment, one_of, text

__all__ = ["key_auth", "key_from"]


def key_auth(
    key_id: str | None, secret: str | None, token: str | None, kind: str, scope: str, *, scopes: Sequence[str]
) -> Auth:
    """How calls are signed: `kind` is `basic` or `jwt`, `scope` one of the `scopes` that signed tokens may claim.

    Raises:
        ConfigurationError: A setting is missing or wrong, or there are both a key and a token.
    """
    if token is not None:
        if key_id is not None or secret is not None:
            raise ConfigurationError("give either token, or key_id and secret, not both")
        return BearerAuth(token)
    key = text("key_id", key_id, "your key's id (app_...), or a token")
    password = text("secret", secret, "your key's secret")
    if one_of("auth", kind, ("basic", "jwt")) == "basic":
        return BasicAuth(key, password)
    return JWTAuth(key, password, scope=one_of("scope", scope, scopes))


def key_from(env: Environment) -> dict[str, Any]:
    """Those of `token`, `key_id` and `secret` that the variables hold.

    Raises:
        ConfigurationError: There is no token, and a variable is missing; the message names it.
    """
    found = env.given("TOKEN", "KEY_ID", "SECRET")
    if "token" not in found:
        env.require("KEY_ID", f"your key's id (app_...), or {env.name('TOKEN')} to a token")
        env.require("SECRET", "your key's secret")
    return found
