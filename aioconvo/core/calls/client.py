"""What the clients of all providers share: their options, and the ways to ask."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from types import NoneType, TracebackType
from typing import Any, ClassVar, Literal, Self, TypeVar, Unpack

import msgspec
from anyio import to_thread

from aioconvo.core import errors
from aioconvo.core.access import settings
from aioconvo.core.access.auth import Auth, digest
from aioconvo.core.access.token import AccessToken, TokenAuth
from aioconvo.core.answers.identity import Check
from aioconvo.core.answers.refusals import Telling
from aioconvo.core.answers.response import Response
from aioconvo.core.encoding.url import Query, QueryValue
from aioconvo.core.json.model import Envelope
from aioconvo.core.limits.rule import Limits, Quota
from aioconvo.core.operations.operation import Effect, Operation, Request, raw_request
from aioconvo.core.operations.resource import Group, load
from aioconvo.core.paging.asking import Asking
from aioconvo.core.paging.pagers import Ask, Listing, PagerFactory, listing_of
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.core.retry.policy import RetryPolicy
from aioconvo.core.wire.pool import SessionPool

from .call import Call
from .destination import Destination
from .failures import without_token
from .loop import CallLoop
from .observer import Observer
from .options import ClientOptions, PortableOptions, check_options
from .stats import Counts, Stats

__all__ = ["APIClient", "APIResource"]

T = TypeVar("T")
P = TypeVar("P")
ItemT = TypeVar("ItemT")

_TOKEN_LANE = "aioconvo tokens"  # noqa: S105 -- the name of a lane


class APIClient(CallLoop):
    """What the five clients share; use one of those.

    A client that is given a `pool` never closes it; one that is not makes its own and closes it with `aclose`.
    """

    default_host: ClassVar[str]
    default_limits: ClassVar[Limits] = Limits()

    def __init__(
        self,
        *,
        base_url: str,
        auth: Auth,
        pool: SessionPool | None = None,
        allow_http: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        self._destination = Destination(*settings.base_url(base_url, allow_http=allow_http), {})
        self._origin = self._destination.origin
        self._auth = auth
        settings.kind("pool", pool, (SessionPool, NoneType), "a SessionPool")
        settings.kind("allow_http", allow_http, bool, "True or False")
        self._owns_pool = pool is None
        self._pool = pool if pool is not None else SessionPool()
        self._clock = self._pool.clock
        self._timeout = 30.0
        self._deadline = None
        self._retry = RetryPolicy()
        # A published quota holds for the provider's own hosts; another server starts without.
        self._limits = self.default_limits if self._origin.host == self.default_host else Limits()
        self._lane = object()
        self._account = None
        self._counts = Counts()
        self._hooks = None
        self._observer = Observer(self._counts, None, self._origin, self.request_id_headers)
        self._turnstile = {}
        self._credential = digest(self.provider, str(self._origin), auth.identity)
        self._apply(options)

    def _apply(self, options: ClientOptions) -> None:
        """Take those options that are given. All else, also what was made ready for requests, stays as it is."""
        check_options(options)
        self._timeout = options.get("timeout", self._timeout)
        self._deadline = options.get("deadline", self._deadline)
        self._retry = options.get("retry", self._retry)
        if "max_retries" in options:
            self._retry = msgspec.structs.replace(self._retry, max_retries=options["max_retries"])
        self._lane = options.get("lane", self._lane)
        self._account = options.get("account", self._account)
        if "limits" in options:
            self._limits, self._turnstile = options["limits"], {}
        if "hooks" in options:
            self._hooks = options["hooks"]
            self._observer = Observer(self._counts, self._hooks, self._origin, self.request_id_headers)
        if "headers" in options:
            self._destination = self._destination.with_headers(options["headers"])

    @property
    def base_url(self) -> str:
        """Where requests go to."""
        return str(self._destination)

    @property
    def pool(self) -> SessionPool:
        """The pool this client sends through."""
        return self._pool

    @property
    def account(self) -> str | None:
        """Whose conversations these are, as stored positions say it: the app id, or the `account` that was given."""
        return self._account

    @property
    def limits(self) -> Limits:
        """What this client's credential may do."""
        return self._limits

    @property
    def portable_options(self) -> PortableOptions:
        """What `with_options` needs to make an equal client in another process; hooks, headers and lane do not travel."""
        limits: PortableOptions = {"retry": self._retry, "limits": self._limits, "account": self._account}
        return {"timeout": self._timeout, "deadline": self._deadline, **limits}

    @property
    def identity(self) -> str:
        """A digest that tells this client's credential from others; it gives nothing away."""
        return self._auth.identity

    def stats(self) -> Stats:
        """What this client and its `with_options` copies did so far."""
        pool = self._pool
        now = self._clock.monotonic()
        return self._counts.snapshot(now, pool_in_use=pool.in_use(), pool_waiting=pool.waiting(), pool_size=pool.size)

    async def quota(self) -> Quota:
        """What this client's credential may still send by its limits; all that used it lately counts.

        Raises:
            LimitStoreError: The pool's `limit_store` cannot answer.
        """
        return await self._pool.quota(self._credential, self._limits)

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """A cheap copy with other options, on the same pool and credentials; closing it closes nothing."""
        clone = object.__new__(type(self))
        clone.__dict__.update(self.__dict__)
        clone._owns_pool = False
        clone._apply(options)
        return clone

    async def load(self, *names: str) -> None:
        """Load groups of operations before they are first touched: `await client.load("pbx", "agents.knowledge_base")`.

        Without names all that the client has. It happens in a thread, so that other tasks run on; a first touch inside of a
        running loop holds them up for the time of the import, which is told in the README.

        Raises:
            InvalidRequestError: There is no group of that name.
        """
        await to_thread.run_sync(load, type(self), names)

    async def __aenter__(self) -> Self:
        if self._pool.closed:
            raise errors.PoolClosedError("this client is closed; make a new one")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the pool if this client made it; calling it again does nothing."""
        if self._owns_pool:
            await self._pool.aclose()

    async def call(self, request: Request[T]) -> T:
        """Send a request; what its answer decodes to. Raises the kinds of `CallError`."""
        return (await self.send(request)).data

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | Mapping[str, QueryValue] = (),
        body: object = None,
        effect: Effect | Literal["read", "idempotent", "unsafe", "paid"] | None = None,
    ) -> Response[Any]:
        """Any request to this API, with the same credentials, retries and limits; `data` is plain Python values.

        `path` is relative to the base URL and percent-encoded already (`/v2/apps/...`). Unless `effect` says otherwise, a
        GET may be tried again after a fault and nothing else may.
        """
        given = raw_request(self.provider, method, path, query=query, body=body, effect=effect)
        return await self.send(given)

    def paginate(
        self,
        operation: Operation[P],
        values: Sequence[str | int],
        pager: Listing[P, ItemT] | PagerFactory[P, ItemT],
        *,
        query: Query = (),
        body: Mapping[str, object] | None = None,
        check: Check | None = None,
        page_size: tuple[str, int | None] | None = None,
        direction: str = "",
        limit: int | None = None,
        start: str | int | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ItemT]:
        """A list as an `AsyncPaginator`; bad path values and queries are refused here, before anything is awaited.

        `query` holds filters: walks with others are other lists. `page_size` is the query pair that says how many items a page
        holds, `check` looks at every page, `direction` tells walks over one list apart whose positions must not be mixed.
        """
        listing = listing_of(pager)
        asking = Asking(operation, values, filters=query, body=body, page_size=page_size, check=check)

        # No coroutine, so that no frame of an error holds what is searched for.
        def fetch(ask: Ask) -> Awaitable[Response[P]]:
            return self.send(asking(ask))

        identity = asking.identity(direction or listing.direction, self.account)
        listener = self._observer.page_listener()
        return AsyncPaginator(fetch, listing, walk=identity, limit=limit, start=start, prefetch=prefetch, on_page=listener)

    async def _credentials(self, call: Call) -> Mapping[str, str]:
        clock, auth = self._clock, call.auth
        headers = auth.headers(clock.time())
        if headers is None and isinstance(auth, TokenAuth):
            # Others wait for this token too: the deadline of the call that fetches it must not end it for them, and it must
            # not queue behind calls that would all go out in vain without it.
            fetcher = self.with_options(deadline=None, lane=_TOKEN_LANE)
            try:
                headers = await auth.renew(fetcher._fetch_token, clock.time)  # noqa: SLF001 -- its own class
            except errors.CallError as error:
                raise without_token(error, call.facts(clock.monotonic(), error.request_id)) from error
        return headers or {}

    async def _fetch_token(self) -> AccessToken:
        """Ask the provider for a token; only for clients that use `TokenAuth`."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._origin.host}, {self._auth!r}>"


class APIResource(Group):
    """A group of operations of one client."""

    __slots__ = ()
    envelope: ClassVar[type[Envelope]] = Telling
    _client: APIClient
