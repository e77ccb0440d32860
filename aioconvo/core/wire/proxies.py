"""Which proxy a request goes through, and what the usual environment variables say of that."""

from __future__ import annotations

import contextlib
import ipaddress
import re
from collections.abc import Mapping

from yarl import URL

from aioconvo.core.errors import ConfigurationError

__all__ = ["Proxies", "check_proxy", "proxies_of"]

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SCHEMES = ("http", "https")
_KEPT_AT_MOST = 10_000


class Proxies:
    """The proxy of each URL, by what the environment says.

    `http_proxy` and `https_proxy` are those for URLs of that scheme, `all_proxy` is the one for both where these are not set,
    and `no_proxy` names the hosts that are reached without.
    """

    __slots__ = ("_by_scheme", "_known", "_without")

    def __init__(self, by_scheme: Mapping[str, URL], without: str) -> None:
        self._by_scheme = by_scheme
        self._without = [_Exception(one) for one in re.split(r"[,\s]+", without) if one]
        self._known: dict[tuple[str, str | None, int | None], URL | None] = {}

    def of(self, url: URL) -> URL | None:
        """The proxy for this URL; `None` for none."""
        origin = (url.scheme, url.raw_host, url.port)
        if origin not in self._known:
            if len(self._known) >= _KEPT_AT_MOST:
                self._known.clear()
            self._known[origin] = self._find(*origin)
        return self._known[origin]

    def _find(self, scheme: str, host: str | None, port: int | None) -> URL | None:
        proxy = self._by_scheme.get(scheme)
        if proxy is None or host is None:
            return None
        name = host.rstrip(".").lower()
        return None if any(one.matches(name, port) for one in self._without) else proxy

    def __repr__(self) -> str:
        return f"<Proxies for {' and '.join(sorted(self._by_scheme)) or 'nothing'}, {len(self._without)} exceptions>"


class _Exception:
    """One entry of `no_proxy`: a host with its subdomains, a pattern with stars, an address or a network; maybe one port."""

    __slots__ = ("_name", "_network", "_pattern", "_port")

    def __init__(self, entry: str) -> None:
        self._port: int | None = None
        self._network = _network(entry)
        if self._network is None and (told := re.fullmatch(r"(.*):(\d{1,5})", entry)):
            entry, port = told.groups()
            self._port = int(port)
            self._network = _network(entry)
        self._name = _wire_name(entry.removeprefix("."))
        stars = "*" in self._name
        self._pattern = re.compile(re.escape(self._name).replace(r"\*", ".*"), re.DOTALL) if stars else None

    def matches(self, host: str, port: int | None) -> bool:
        """Whether this host, in lower case and without a dot at its end, is reached without a proxy."""
        if self._port is not None and port != self._port:
            return False
        if self._pattern is not None:
            return self._pattern.fullmatch(host) is not None
        address = _address(host)
        if address is not None or self._network is not None:
            return address is not None and self._network is not None and address in self._network
        return host == self._name or host.endswith(f".{self._name}")


def proxies_of(variables: Mapping[str, str]) -> Proxies:
    """The proxies that the environment variables name, as other tools read them.

    Names in lower case go before those in upper case, also when they are empty, which means none. Where a program serves CGI
    requests (`REQUEST_METHOD` is set), `HTTP_PROXY` is what some client sent as its header `Proxy`, and is not read.

    Raises:
        ConfigurationError: A variable that is read holds no URL of an HTTP proxy; the message names it.
    """
    by_scheme: dict[str, URL] = {}
    common = _variable(variables, "all_proxy")
    for scheme in _SCHEMES:
        of_cgi = scheme == "http" and "REQUEST_METHOD" in variables
        told = _variable(variables, f"{scheme}_proxy", upper=not of_cgi) or common
        if told is not None:
            name, value = told
            by_scheme[scheme] = check_proxy(value if "://" in value else f"http://{value}", f"the variable {name}")
    without = _variable(variables, "no_proxy")
    return Proxies(by_scheme, "" if without is None else without[1])


def check_proxy(value: str, name: str) -> URL:
    """The URL of a proxy, called `name` in the error.

    Raises:
        ConfigurationError: It is none of an HTTP proxy. The message does not hold it, since it may hold a password.
    """
    if re.fullmatch(r"https?://[^/\s?#]+/?", str(value), re.IGNORECASE):
        with contextlib.suppress(ValueError):  # a port that is none
            url = URL(value)
            if url.host and url.port:
                return url
    raise ConfigurationError(f"{name} must be a URL like http://proxy.example:8080; other kinds of proxies are not supported")


def _variable(variables: Mapping[str, str], name: str, *, upper: bool = True) -> tuple[str, str] | None:
    """The name and value of a variable that is set, and not to nothing."""
    for spelled in (name, name.upper()) if upper else (name,):
        if spelled in variables:
            value = variables[spelled].strip()
            return (spelled, value) if value else None
    return None


def _wire_name(name: str) -> str:
    """A host's name as it stands in URLs on the wire."""
    return ".".join(label if label.isascii() else _wire_label(label) for label in name.rstrip(".").lower().split("."))


def _wire_label(label: str) -> str:
    try:
        return URL.build(scheme="http", host=label).raw_host or label
    except ValueError:
        return label


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _network(text: str) -> _Network | None:
    """An address or a network, also in brackets."""
    if bracketed := re.fullmatch(r"\[([^]]*)\](/\d+)?", text):
        text = bracketed[1] + (bracketed[2] or "")
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
