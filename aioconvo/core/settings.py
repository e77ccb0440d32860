"""Settings from arguments and environment variables, checked before anything is sent."""

from __future__ import annotations

import functools
import inspect
import ipaddress
import os
import re
from collections.abc import Collection, Mapping
from typing import Any

from yarl import URL

from .errors import ConfigurationError
from .hidden import Headers

__all__ = ["Environment", "base_url", "headers", "merged", "one_of", "plain_function", "positive", "text"]

_HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"


class Environment:
    """The variables of one provider: `AIOCONVO_<PROVIDER>_<NAME>`."""

    def __init__(self, provider: str, variables: Mapping[str, str] | None = None) -> None:
        self._prefix = f"AIOCONVO_{provider.upper()}_"
        self._variables = os.environ if variables is None else variables

    def name(self, name: str) -> str:
        """The full name of a variable."""
        return self._prefix + name

    def get(self, name: str) -> str | None:
        """A variable's value; `None` when it is not set or empty."""
        return self._variables.get(self.name(name), "").strip() or None

    def require(self, name: str, meaning: str) -> str:
        """A variable's value.

        Raises:
            ConfigurationError: It is not set or empty; the message names it.
        """
        value = self.get(name)
        if value is None:
            raise ConfigurationError(f"set {self.name(name)} to {meaning}")
        return value

    def given(self, *names: str) -> dict[str, Any]:
        """The variables that are set, by the names of the arguments that they stand for: `BASE_URL` for `base_url`."""
        return {name.lower(): value for name in names if (value := self.get(name)) is not None}


def base_url(value: str, *, allow_http: bool) -> tuple[URL, str]:
    """The origin of a base URL and its path without the last slash.

    Raises:
        ConfigurationError: It is no https URL (http passes for loopback or with `allow_http`), or carries more than a path.
    """
    try:
        url = URL(value)
        host = url.host
        (url.raw_host or "").encode("idna")  # as it is done to look it up: fails for empty labels and too long ones
    except (ValueError, TypeError, IndexError):  # the last one is yarl's, for brackets without an address
        raise ConfigurationError("base_url is no URL; write it like https://api.example.com") from None
    if url.scheme not in {"http", "https"} or not host:
        raise ConfigurationError("base_url must begin with https:// and name a host")
    if url.user is not None or url.password is not None or url.raw_query_string or url.raw_fragment:
        raise ConfigurationError("base_url must hold only scheme, host, port and path; credentials are arguments of the client")
    if url.scheme == "http" and not (allow_http or _is_loopback(host)):
        raise ConfigurationError(
            "base_url uses http://, which would send credentials in clear; use https://, or say allow_http=True"
        )
    return url.origin(), url.raw_path.rstrip("/")


def headers(given: Mapping[str, str]) -> dict[str, str]:
    """Further headers, refused when one could break out of its line or takes the place of a credential."""
    for name, value in given.items():
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
            raise ConfigurationError(f"the value of header {name} must be text; got {type(value).__name__}")
        if not re.fullmatch(_HEADER_NAME, name):
            raise ConfigurationError(f"{name!r} is no header name")
        if not (value.isascii() and value.isprintable()):
            raise ConfigurationError(f"the value of header {name} holds characters that no header may carry")
        if name.lower() in {"authorization", "host", "content-length", "transfer-encoding", "accept-encoding"}:
            raise ConfigurationError(f"header {name} is set by the client itself")
    return dict(given)


def merged(first: Mapping[str, str], over: Mapping[str, str]) -> Headers:
    """Headers of which `over` takes the place of those with the same name, in any case."""
    taken = {name.lower() for name in over}
    return Headers({name: value for name, value in first.items() if name.lower() not in taken} | dict(over))


def positive(name: str, value: float | None) -> float | None:
    """A number of seconds above 0, or `None` for no bound."""
    if value is not None and not value > 0:
        raise ConfigurationError(f"{name} must be more than 0 seconds, or None for no bound")
    return value


def one_of(name: str, value: str, words: Collection[str]) -> str:
    """A setting that must be one of some words, of which there are at least two.

    Raises:
        ConfigurationError: It is none of them; the message names them.
    """
    if value not in words:
        *most, last = words
        raise ConfigurationError(f"{name} must be {', '.join(most)} or {last}; got {value!r}")
    return value


def plain_function(name: str, value: object) -> None:
    """Refuse what cannot be called, and what only makes a coroutine when it is called: nobody would await it.

    Raises:
        ConfigurationError: It is none; the message names it.
    """
    called = value
    while isinstance(called, functools.partial):
        called = called.func
    asynchronous = (inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    if not callable(called) or any(is_(called) or is_(getattr(called, "__call__", None)) for is_ in asynchronous):  # noqa: B004
        raise ConfigurationError(f"{name} must be a plain function, not a coroutine function; got {type(value).__name__}")


def text(name: str, value: str | None, meaning: str) -> str:
    """A setting that must be there.

    Raises:
        ConfigurationError: It is missing, empty or no text; the message names it.
    """
    if value is not None and not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] -- as above
        raise ConfigurationError(f"{name} must be text; got {type(value).__name__}")
    if not value or not value.strip():
        raise ConfigurationError(f"{name} is missing: give {meaning}")
    return value


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
