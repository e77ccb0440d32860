"""What settings may be, checked before anything is sent. Pure."""

from __future__ import annotations

import functools
import inspect
import ipaddress
import math
import re
import sys
from collections.abc import Collection, Mapping

from yarl import URL

from aioconvo.core.errors import ConfigurationError
from aioconvo.core.numbers import is_number, shown

from .hidden import Headers

__all__ = [
    "base_url",
    "clock",
    "count",
    "headers",
    "is_key_header",
    "is_loopback",
    "kind",
    "merge_headers",
    "number",
    "one_of",
    "plain_function",
    "seconds",
    "secret",
    "text",
    "with_methods",
]

_KEY_HEADER = r"(?:authorization|x-(?:[a-z]+-)*key)"
_BEFORE_KEYS = rf"(?:{_KEY_HEADER}\s*:|bearer[\s:]|basic[\s:]|token[\s:])(?:\s*(?:bearer|basic)\s)?"
_QUOTES = "\"'`\N{ACUTE ACCENT}\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u00ab\u00bb\u300c\u300d\uff02\uff07"
_HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"


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
    if url.scheme == "http" and not (allow_http or is_loopback(host)):
        raise ConfigurationError(
            "base_url uses http://, which would send credentials in clear; use https://, or say allow_http=True"
        )
    return url.origin(), url.raw_path.rstrip("/")


def is_key_header(name: str) -> bool:
    """Whether keys go in the header of this name: `Authorization`, `X-API-Key`, and what providers call theirs after it."""
    return re.fullmatch(_KEY_HEADER, name, re.IGNORECASE) is not None


def headers(given: Mapping[str, str]) -> dict[str, str]:
    """Further headers, refused when one could break out of its line or takes the place of a credential."""
    for name, value in given.items():
        kind("the name of a header", name, str, "text")
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
            got = "None" if value is None else type(value).__name__  # the value itself may be secret
            raise ConfigurationError(f"the value of header {name} must be text; got {got}")
        if not re.fullmatch(_HEADER_NAME, name):
            raise ConfigurationError(f"{name!r} is no header name")
        if not (value.isascii() and value.isprintable()):
            raise ConfigurationError(f"the value of header {name} holds characters that no header may carry")
        if name.lower() in {"authorization", "host", "content-length", "transfer-encoding", "accept-encoding"}:
            raise ConfigurationError(f"header {name} is set by the client itself")
    return dict(given)


def merge_headers(first: Mapping[str, str], over: Mapping[str, str]) -> Headers:
    """Headers of which `over` takes the place of those with the same name, in any case."""
    taken = {name.lower() for name in over}
    return Headers({name: value for name, value in first.items() if name.lower() not in taken} | dict(over))


def seconds(name: str, value: object, *, zero: bool = False, none: str | None = None, endless: bool = False) -> None:
    """Refuse what is no number of seconds above 0.

    `zero` takes 0, too, `none` says what `None` stands for where it is taken, `endless` takes infinity.

    Raises:
        ConfigurationError: The message names the setting and what it takes.
    """
    if value is None and none is not None:
        return
    bound = math.inf if endless else sys.float_info.max
    if not is_number(value) or not (0 if zero else math.ulp(0.0)) <= value <= bound:
        least = "0 or more" if zero else "more than 0"
        raise ConfigurationError(f"{name} must be {least} seconds{_or_none(none)}; got {shown(value)}")


def count(name: str, value: object, *, least: int = 0, most: int | None = None, none: str | None = None) -> None:
    """Refuse what is no whole number from `least` on, or to `most`; `none` says what `None` stands for where it is taken.

    Raises:
        ConfigurationError: The message names the setting and what it takes.
    """
    if value is None and none is not None:
        return
    if not is_number(value) or not isinstance(value, int) or not least <= value <= (sys.maxsize if most is None else most):
        bounds = f"{least} or more" if most is None else f"{least} to {most:,}"
        raise ConfigurationError(f"{name} must be a whole number, {bounds}{_or_none(none)}; got {shown(value)}")


def number(name: str, value: object, low: float, high: float, *, none: str | None = None) -> None:
    """Refuse what is no number from `low` to `high`; `none` says what `None` stands for where it is taken.

    Raises:
        ConfigurationError: The message names the setting and what it takes.
    """
    if value is None and none is not None:
        return
    if not is_number(value) or not low <= value <= high:
        raise ConfigurationError(f"{name} must be a number from {low:g} to {high:g}{_or_none(none)}; got {shown(value)}")


def kind(name: str, value: object, kinds: type | tuple[type, ...], wanted: str) -> None:
    """Refuse a value of another type than those wanted.

    Raises:
        ConfigurationError: The message names the setting and what it takes.
    """
    if not isinstance(value, kinds):
        raise ConfigurationError(f"{name} must be {wanted}; got {shown(value)}")


def with_methods(name: str, value: object, methods: Collection[str], wanted: str) -> None:
    """Refuse an object that lacks one of the methods it is needed for.

    Raises:
        ConfigurationError: The message names the setting and what it takes.
    """
    if isinstance(value, type) or not all(callable(getattr(value, method, None)) for method in methods):
        raise ConfigurationError(f"{name} must be {wanted}; got {shown(value)}")


def clock(name: str, value: object) -> None:
    """Refuse what is no `Clock`.

    Raises:
        ConfigurationError: The message names the setting and what it takes.
    """
    with_methods(name, value, ("monotonic", "time", "sleep"), "an object with monotonic, time and sleep")


def _or_none(meaning: str | None) -> str:
    return "" if meaning is None else f", or None for {meaning}"


def one_of(name: str, value: str, words: Collection[str]) -> str:
    """A setting that must be one of some words, of which there are at least two.

    Raises:
        ConfigurationError: It is none of them; the message names them.
    """
    if value not in tuple(words):  # a tuple: whatever is asked for, it need not have a hash
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
        raise ConfigurationError(f"{name} must be a plain function, not a coroutine function; got {shown(value)}")


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


def secret(name: str, value: str | None, meaning: str) -> str:
    """A credential that must be there, as its header takes it: no more was copied than itself.

    Raises:
        ConfigurationError: It is missing, empty or no text, or something stands before or around it; the message names it.
    """
    given = text(name, value, meaning)
    before = re.match(_BEFORE_KEYS, given, re.IGNORECASE)
    if before is not None:
        raise ConfigurationError(
            f"{name} begins with {before[0].strip()!r}; give what comes after it, the client adds the rest"
        )
    if set(given) & set(_QUOTES):
        raise ConfigurationError(f"{name} holds quotation marks; give it without them")
    if any(character.isspace() for character in given):
        raise ConfigurationError(f"{name} holds a space or a line break; give it without, as it was issued")
    if not (given.isascii() and given.isprintable()):
        raise ConfigurationError(
            f"{name} holds characters that no HTTP header may carry, maybe one that is not seen; type it anew"
        )
    return given


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
