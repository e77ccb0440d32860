"""How the token goes along with a new socket. Pure.

The vendor tells nobody, so it is a setting, and none is ever tried after another without being asked: a token that goes along
in the wrong way may end up in logs of others. `aioconvo ultracart socket-check` tries them, on order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec
from yarl import URL

from aioconvo.core.access.hidden import Headers
from aioconvo.core.access.settings import plain_function
from aioconvo.core.errors import ConfigurationError

__all__ = ["FORMS", "Attach", "Attached", "attach", "check_attach"]

FORMS = ("query:jwt", "query:token", "query:Authorization", "subprotocol", "header", "first_frame")
"""The forms that were thought of, the likeliest first. `query:` takes any name."""
_QUERY = "query:"
_NAME = r"[A-Za-z0-9_.~-]{1,100}"
_PROTOCOL = "jwt"


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """What a socket is opened with. `first_frame` is sent before anything else."""

    url: str
    headers: Mapping[str, str] = {}
    protocols: tuple[str, ...] = ()
    first_frame: bytes | None = None

    def __repr__(self) -> str:
        return "<Attached>"  # each of its parts may hold the token


Attach = str | Callable[[str, str], Attached]
"""One of `FORMS`, or a plain function that makes an `Attached` of URL and token."""


def check_attach(form: Attach) -> Attach:
    """The form, if it is one.

    Raises:
        ConfigurationError: It is not; the message names those there are.
    """
    if not isinstance(form, str):
        plain_function("attach", form)
        return form
    if form not in FORMS and not re.fullmatch(_QUERY + _NAME, form):
        raise ConfigurationError(f"attach must be one of {', '.join(FORMS)}, or a function of URL and token; got {form!r}")
    return form


def attach(form: Attach, url: str, token: str) -> Attached:
    """What to open a socket with; a token that the URL holds already is not put there again.

    Raises:
        ConfigurationError: A function of the caller's made something else.
    """
    if not isinstance(form, str):
        return _made(form(url, token))
    match form:
        case "subprotocol":
            return Attached(url=url, protocols=(_PROTOCOL, token))
        case "header":
            return Attached(url=url, headers=Headers(Authorization=f"Bearer {token}"))
        case "first_frame":
            return Attached(url=url, first_frame=msgspec.json.encode({"type": "auth", "jwt": token}))
        case _:
            return Attached(url=url if not token or token in url else _with(url, form.removeprefix(_QUERY), token))


def _made(attached: Attached) -> Attached:
    if not isinstance(attached, Attached):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
        raise ConfigurationError(f"the function of attach= must make an Attached; got {type(attached).__name__}")
    return attached


def _with(url: str, name: str, value: str) -> str:
    """The URL as it came, with one more pair in its query."""
    base, _, fragment = url.partition("#")
    pair = URL.build(query={name: value}).raw_query_string
    joint = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    return f"{base}{joint}{pair}" + (f"#{fragment}" if fragment else "")
