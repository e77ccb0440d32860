"""OAuth tokens: fetched once for all tasks that wait, renewed before they expire and once after a 401."""

from __future__ import annotations

import asyncio
import copy
import functools
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from .auth import check_printable
from .hidden import Headers, Secret

__all__ = ["AccessToken", "TokenAuth"]


class AccessToken(Secret):
    """A token and the seconds it lives; `lifetime=None`: it never expires. `then` is called once the token is in use."""

    __slots__ = ("lifetime", "then", "value")

    def __init__(self, value: str, lifetime: float | None, then: Callable[[], object] | None = None) -> None:
        self.value = value
        self.lifetime = lifetime
        self.then = then


class _Fetching(msgspec.Struct):
    """A fetch under way, and the tasks that wait for it, each by a future of its own: who waits no more is not searched for."""

    task: asyncio.Task[Mapping[str, str]]
    waiters: dict[asyncio.Future[Mapping[str, str]], None]  # in order of arrival


class TokenAuth(Secret):
    """A bearer token that the client fetches when it is needed.

    `renew_before` is in seconds; a token that lives for less than twice that is renewed after half its life. With
    `see_through` a fetch goes on when nobody waits for it any more: where each answer brings what the next fetch needs, one
    that is thrown away would be the last.
    """

    __slots__ = ("_fetching", "_headers", "_renew_at", "_renew_before", "_see_through", "identity")

    def __init__(self, identity: str, *, renew_before: float = 60.0, see_through: bool = False) -> None:
        self.identity = identity
        self._see_through = see_through
        self._renew_before = renew_before
        self._headers: Mapping[str, str] | None = None
        self._renew_at = float("-inf")
        self._fetching: _Fetching | None = None

    def headers(self, now: float) -> Mapping[str, str] | None:
        """The bearer header, or `None` when a token has to be fetched."""
        return self._headers if now < self._renew_at else None

    def accept(self, token: AccessToken, now: float) -> Mapping[str, str]:
        """Use this token from Unix time `now` on; its bearer header."""
        self._headers = Headers({"Authorization": f"Bearer {check_printable('the issued token', token.value)}"})
        if token.lifetime is None:
            self._renew_at = float("inf")
        else:
            self._renew_at = now + max(token.lifetime - self._renew_before, token.lifetime / 2)
        return self._headers

    def discard(self, refused: Mapping[str, str]) -> None:
        """Forget the token that a 401 refused, unless another task has renewed it already."""
        if self._headers == refused:
            self._headers = None
            self._renew_at = float("-inf")

    async def renew(self, fetch: Callable[[], Awaitable[AccessToken]], now: Callable[[], float]) -> Mapping[str, str]:
        """Fetch a token and give its bearer header, however short the token lives.

        Tasks that come while a fetch is under way wait for that one. Raises what `fetch` raises, to each task an error of its
        own. What a token's `then` raises comes the same way, but the token is kept.
        """
        loop = asyncio.get_running_loop()
        if self._fetching is None or self._fetching.task.get_loop() is not loop:
            self._fetching = _Fetching(loop.create_task(self._fetch(fetch, now)), {})
            self._fetching.task.add_done_callback(functools.partial(self._done, self._fetching))
        fetching = self._fetching
        waiter: asyncio.Future[Mapping[str, str]] = loop.create_future()
        fetching.waiters[waiter] = None
        try:
            return await waiter
        finally:
            fetching.waiters.pop(waiter, None)
            if not waiter.cancelled() and waiter.done():
                waiter.exception()  # the task may have been cancelled at that moment; then nobody else looks at it
            if not fetching.waiters and not self._see_through:
                fetching.task.cancel()  # nobody is left to wait for it; does nothing when it is done
                self._forget(fetching.task)  # who comes before it has ended must not be cancelled with it

    async def _fetch(self, fetch: Callable[[], Awaitable[AccessToken]], now: Callable[[], float]) -> Mapping[str, str]:
        token = await fetch()
        try:
            return self.accept(token, now())
        finally:
            if token.then is not None:
                token.then()

    def _forget(self, task: asyncio.Task[Mapping[str, str]]) -> None:
        if self._fetching is not None and self._fetching.task is task:
            self._fetching = None

    def _done(self, fetching: _Fetching, task: asyncio.Task[Mapping[str, str]]) -> None:
        self._forget(task)
        error = None if task.cancelled() else task.exception()
        for waiter in [waiter for waiter in fetching.waiters if not waiter.done()]:
            if task.cancelled():
                waiter.cancel()
            elif error is None:
                waiter.set_result(task.result())
            else:
                waiter.set_exception(_copy(error))

    def __repr__(self) -> str:
        return f"<TokenAuth {'ready' if self._headers else 'without token'}>"


def _copy(error: BaseException) -> BaseException:
    """Another error like this one and caused by it, or the same where its class does not know how to make one."""
    try:
        own = copy.copy(error)
    except Exception:  # noqa: BLE001 -- a class of the user's, whose copying may fail in any way
        return error
    own.__cause__ = error
    return own
