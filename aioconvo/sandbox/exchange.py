"""What every emulated API shares: settings, requests and answers as plain values, and a route table.

The five APIs are pure functions from a `Request` to an `Answer` over their own state; only `server.py` knows sockets.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import unquote

import msgspec

from .changes import Change, Customer, Watched
from .event_list import EventList
from .quota import QuotaForm


def utc_now() -> dt.datetime:
    """The wall clock, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """What a sandbox is filled with: `conversations` per API, `messages` per conversation.

    Everything follows from `seed`, but times, which are relative to `now`; what arrives later is dated by `clock`.
    """

    conversations: int = 10
    messages: int = 25
    seed: int = 0
    now: dt.datetime = dataclasses.field(default_factory=utc_now)
    clock: Callable[[], dt.datetime] = utc_now
    event_list: EventList = dataclasses.field(default_factory=EventList)


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire.

    `path` is still percent-encoded and relative to the base URL (`/v1/messages`); `query` is decoded and keeps
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
class Reply:
    """Status, body (JSON unless it is bytes, `None` for an empty one) and extra headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        """The body as bytes, empty when there is none."""
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else msgspec.json.encode(self.body)


class Refusal(Exception):  # noqa: N818 - an answer on its way, no failure of the sandbox
    """What a handler raises to refuse a request; its API puts `code` and `reason` into its own shape."""

    def __init__(self, status: int, code: str, reason: str) -> None:
        super().__init__(status, code, reason)
        self.status = status
        self.code = code
        self.reason = reason


FORM = "application/x-www-form-urlencoded"

Handler = Callable[[Request, Mapping[str, str]], Reply]
"""A route's function: it gets the request and the decoded path parameters."""


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """One operation of an emulated API: the specification's method, path template and operation name.

    `content_type` is the media type that the API documents for its body; `None`: any.
    """

    method: str
    template: str
    operation: str
    handler: Handler
    content_type: str | None = "application/json"

    def takes(self, request: Request) -> bool:
        """Whether the request says of its body what the API documents; of no body it need not say anything."""
        told = request.headers.get("content-type")
        if self.content_type is None:
            return True
        if told is None:
            return not request.body
        return told.partition(";")[0].strip().lower() == self.content_type


class Emulated(Protocol):
    """One emulated API."""

    @property
    def name(self) -> str:
        """The first path segment: `smscx`, `sunshine`, ..."""
        ...

    @property
    def credentials(self) -> Mapping[str, str]:
        """What is accepted, as keyword arguments of the client class."""
        ...

    @property
    def quota(self) -> QuotaForm:
        """How it tells quotas."""
        ...

    @property
    def routes(self) -> Sequence[Route]:
        """The operations it emulates by hand."""
        ...

    @property
    def table(self) -> RouteTable:
        """These, and every other that its clients declare."""
        ...

    @property
    def changes(self) -> Watched:
        """Tells what changes in its state."""
        ...

    def customers(self) -> Iterator[Customer]:
        """Who may write to the business; `says`, `reads`, `types` and `presses` take their ids, or those of somebody new."""
        ...

    def says(self, user: str, text: str) -> dict[str, Any]:
        """A customer writes; answers the message as the API shows it."""
        ...

    def reads(self, user: str) -> None:
        """A customer reads what was written to them."""
        ...

    def types(self, user: str, *, started: bool = True) -> None:
        """A customer types, or stops."""
        ...

    def presses(self, user: str, payload: str) -> None:
        """A customer presses a button that was given `payload`."""
        ...

    def sample(self, event: str) -> Change:
        """An event by its own name. Raises `LookupError` where the API calls nothing back for it."""
        ...

    def answer(self, request: Request) -> Reply:
        """Answer one request; never raises for what a client may send."""
        ...

    def error(self, status: int, headers: Mapping[str, str]) -> Reply:
        """An error in this API's own shape, for injected faults and the rate limit.

        `headers` holds `Retry-After` in seconds on 429 and 503; the API keeps, renames or adds to them.
        """
        ...

    def message_ids(self) -> Iterator[tuple[str, list[str]]]:
        """Each conversation's id, as the API is asked for it, and its messages' ids, one conversation at a time."""
        ...

    def state(self) -> dict[str, Any]:
        """What is stored, for `GET /_sandbox/state`.

        `{"conversations": count, "messages": count, "ids": {conversation id: [message ids, oldest first]}}`, and more
        where an API has more.
        """
        ...


class RouteTable:
    """Finds the route for a request; literal segments win over parameters. `more` makes further routes when none is found."""

    def __init__(self, routes: Sequence[Route], more: Callable[[], Sequence[Route]] | None = None) -> None:
        self._routes = _ordered(routes)
        self._more = more

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | list[str]:
        """The route with its decoded parameters, else the methods the path allows (empty: no such path)."""
        found = self._find(method, path)
        if self._more is not None and isinstance(found, list):
            self._routes += _ordered(self._more())
            self._more = None
            found = self._find(method, path)
        return found

    def _find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | list[str]:
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


def _ordered(routes: Sequence[Route]) -> list[tuple[Route, list[str]]]:
    ordered = sorted(routes, key=lambda route: route.template.count("{"))
    return [(route, route.template.strip("/").split("/")) for route in ordered]


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
