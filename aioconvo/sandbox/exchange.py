"""What every emulated API shares: requests and answers as plain values, and a route table.

The five APIs are pure functions from a `Request` to an `Answer` over their own state; only `server.py` knows sockets.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import unquote

import msgspec


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire.

    `path` is still percent-encoded and relative to the provider's base URL (`/v1/messages`); `query` is decoded and keeps
    order and repeats; `headers` have lower-case names.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    def parameters(self) -> dict[str, str]:
        """The query as a dict; the last of repeated keys wins."""
        return dict(self.query)


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """Status, JSON body (`None` for an empty one) and extra headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])

    def encoded(self) -> bytes:
        """The body as JSON bytes, empty when there is none."""
        return b"" if self.body is None else msgspec.json.encode(self.body)


Handler = Callable[[Request, Mapping[str, str]], Answer]
"""A route's function: it gets the request and the decoded path parameters."""


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """One operation of an emulated API: the specification's method, path template and operation name."""

    method: str
    template: str
    operation: str
    handler: Handler


class Provider(Protocol):
    """One emulated API."""

    name: str
    routes: Sequence[Route]

    def answer(self, request: Request) -> Answer:
        """Answer one request; never raises for what a client may send."""
        ...

    def error(self, status: int, headers: Mapping[str, str]) -> Answer:
        """An error in this API's own shape, for injected faults."""
        ...

    def state(self) -> dict[str, Any]:
        """Counts and ids of everything stored, for `GET /_sandbox/state`."""
        ...


class RouteTable:
    """Finds the route for a request; literal segments win over parameters."""

    def __init__(self, routes: Sequence[Route]) -> None:
        ordered = sorted(routes, key=lambda route: route.template.count("{"))
        self._routes = [(route, route.template.strip("/").split("/")) for route in ordered]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | Sequence[str]:
        """The route with its decoded parameters, else the methods the path allows (empty: no such path)."""
        segments = path.strip("/").split("/")
        allowed: list[str] = []
        for route, template in self._routes:
            parameters = _match(template, segments)
            if parameters is None:
                continue
            if route.method == method:
                return route, parameters
            allowed.append(route.method)
        return allowed


def _match(template: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    parameters: dict[str, str] = {}
    for wanted, got in zip(template, segments, strict=True):
        if wanted.startswith("{"):
            if not got:
                return None
            parameters[wanted[1:-1]] = unquote(got)
        elif wanted != got:
            return None
    return parameters
