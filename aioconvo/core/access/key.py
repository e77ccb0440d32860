"""A key, which is sent itself or signs tokens, or a ready token in its place: what more than one provider takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aioconvo.core.errors import ConfigurationError

from .auth import Auth, BasicAuth, BearerAuth, JWTAuth
from .environment import Environment
from .settings import one_of, secret as checked_secret

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
        return BearerAuth(checked_secret("token", token, "a token"))
    if key_id is None and secret is None:
        raise ConfigurationError("key_id and secret are missing: give your key's id (app_...) and secret, or a token")
    key = checked_secret("key_id", key_id, "your key's id (app_...), or a token")
    password = checked_secret("secret", secret, "your key's secret")
    scope = one_of("scope", scope, scopes)
    if one_of("auth", kind, ("basic", "jwt")) == "basic":
        return BasicAuth(key, password)
    return JWTAuth(key, password, scope=scope)


def key_from(env: Environment) -> dict[str, Any]:
    """The `app_id`, and those of `token`, `key_id` and `secret` that the variables hold.

    Raises:
        ConfigurationError: Variables are missing; the message names every one.
    """
    found = env.given("APP_ID", "TOKEN", "KEY_ID", "SECRET")
    needed = [("APP_ID", "the id of your app")]
    instead = ""
    if "token" not in found:
        needed += [("KEY_ID", "your key's id (app_...)"), ("SECRET", "your key's secret")]
        instead = f", or {env.name('TOKEN')} to a token in place of the key"
    env.require(*needed, instead=instead)
    return found
