"""Limits that processes on any number of machines keep together, in Redis.

Redis only keeps: an account is read, `LimitAccount` decides, and what became of it is written if nobody wrote meanwhile; else
it is read again. The time of a start is Redis's own, of the moment at which it was written. Redis holds digests of credentials,
times, and tickets that mean nothing elsewhere.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeAlias, TypeVar

import msgspec

from aioconvo.core.access import settings
from aioconvo.core.errors import LimitStoreError, PoolClosedError
from aioconvo.core.redis import connected, failures

from .rule import LimitAccount, Limits, Quota

__all__ = ["RedisLimits"]

T = TypeVar("T")

_KEPT = 60.0  # seconds that an account is kept beyond what it counts
_TRIES = 1000  # of which one at least succeeds somewhere each time

# The clock goes by Redis's, but never back: where that is set back, time goes on from where it stood.
_CLOCK = """
local function clock(given, last, ahead)
  if given ~= '' then return tonumber(given), 0 end
  local time = redis.call('TIME')
  local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
  ahead = tonumber(ahead or 0)
  if last and now + ahead < tonumber(last) then ahead = tonumber(last) - now end
  return now + ahead, ahead
end
local function exact(number) return string.format('%.17g', number) end
local account, starts = KEYS[1], KEYS[1] .. ':starts'
local facts = redis.call('HMGET', account, 'version', 'kept', 'last', 'ahead')
"""
# The given time, and how many starts are asked about: the version, what is kept, now, and the last starts.
_READ = f"""{_CLOCK}
local now = clock(ARGV[1], facts[3], facts[4])
local latest = ARGV[2] == '0' and {{}} or redis.call('LRANGE', starts, '-' .. ARGV[2], -1)
return {{facts[1] or '', facts[2] or '', exact(now), latest}}
"""
# The given time, the version that was read, a new one, what is to be kept, for how many milliseconds, how many starts are
# kept, and whether one is made now. Whether it was written.
_WRITE = f"""{_CLOCK}
if (facts[1] or '') ~= ARGV[2] then return 0 end
local now, ahead = clock(ARGV[1], facts[3], facts[4])
redis.call('HSET', account, 'version', ARGV[3], 'kept', ARGV[4], 'last', exact(now), 'ahead', exact(ahead))
if ARGV[7] == '1' then
  redis.call('RPUSH', starts, exact(now))
  redis.call('LTRIM', starts, '-' .. ARGV[6], -1)
end
redis.call('PEXPIRE', account, ARGV[5])
redis.call('PEXPIRE', starts, ARGV[5])
return 1
"""


class RedisLimits:
    """Keeps limits for every process, on any machine, that names the same Redis: `SessionPool(limit_store=RedisLimits(url))`.

    Starts, requests under way and the pauses after a 429 then count for all of them, by Redis's clock. A process that is killed
    holds nothing for longer than its requests' timeout. Redis 6.2 or later; the package is an extra: `aioconvo[redis]`. It is
    connected to at the first request; close it with `aclose` or `async with`, in the event loop that used it.

    Args:
        url: Such as `redis://localhost:6379/0`; `rediss://` with TLS.
        prefix: What all keys begin with.
        time: Where the seconds come from in place of Redis's clock; for tests.

    Raises:
        ConfigurationError: The package is missing, or the URL is none of Redis.
        LimitStoreError: From a call, before it sends: Redis gave no answer.
    """

    def __init__(self, url: str, *, prefix: str = "aioconvo:limits", time: Callable[[], float] | None = None) -> None:
        settings.kind("prefix", prefix, str, "a text")
        if time is not None:
            settings.plain_function("time", time)
        self._url = url
        self._prefix = prefix
        self._time = time
        self._closed = False
        self._links: dict[asyncio.AbstractEventLoop, _Link] = {}
        _Link(url)  # so that a wrong URL is told at once

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, after the pools that use it; calling it again does nothing."""
        self._closed = True
        link = self._links.pop(asyncio.get_running_loop(), None)
        if link is not None:
            await link.redis.aclose(close_connection_pool=True)

    async def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
        """See `LimitStore`."""
        return await self._do(key, limits, lambda now, account: account.ask(now, limits, ticket, lease))

    async def end(self, key: str, ticket: str) -> None:
        """See `LimitStore`."""
        await self._do(key, None, lambda _now, account: account.end(ticket))

    async def pause(self, key: str, seconds: float) -> None:
        """See `LimitStore`."""
        await self._do(key, None, lambda now, account: account.pause(now + seconds))

    async def quota(self, key: str, limits: Limits) -> Quota:
        """See `LimitStore`."""
        return await self._do(key, limits, lambda now, account: account.quota(now, limits))

    async def _do(self, key: str, limits: Limits | None, work: _Work[T]) -> T:
        """Let `work` decide on the account of a key as it is when what became of it is written."""
        link = self._linked()
        most = max((rate.calls for rate in limits.rates), default=0) if limits else 0
        name = f"{{{self._prefix}:{key}}}"
        async with link.turns.setdefault(key, asyncio.Lock()):  # of one process, one at a time
            for _ in range(_TRIES):
                version, kept, now, latest = await self._ask(link, link.read, name, most)
                account = _account(kept, latest)
                answer = work(float(now), account)
                change = _kept(account)
                started = len(account.starts) > len(latest)
                if change == (kept or _kept(LimitAccount())) and not started:
                    return answer
                lasts = max(account.longest, *(until - float(now) for until in _ends(account)), 0.0) + _KEPT
                facts = (version, os.urandom(8), change, int(lasts * 1000), account.most, int(started))
                if await self._ask(link, link.write, name, *facts):
                    return answer
        raise LimitStoreError("limits in Redis cannot be asked for now: too many processes ask at once; nothing was sent")

    def _linked(self) -> _Link:
        if self._closed:
            raise PoolClosedError("this RedisLimits is closed; close it after the pools that use it")
        loop = asyncio.get_running_loop()
        found = self._links.get(loop)
        if found is None:
            self._links = {one: link for one, link in self._links.items() if not one.is_closed()}
            found = self._links[loop] = _Link(self._url)
        return found

    async def _ask(self, link: _Link, script: Any, name: str, *arguments: str | bytes | float) -> Any:
        given = "" if self._time is None else self._time()
        try:
            return await script(keys=[name], args=[given, *arguments])
        except link.failures as error:
            raise LimitStoreError(f"Redis gave no answer: {type(error).__name__}; nothing was sent") from error

    def __repr__(self) -> str:
        return f"<RedisLimits {self._prefix}>"


_Work: TypeAlias = Callable[[float, LimitAccount], T]


class _Link:
    """The connections of one event loop."""

    def __init__(self, url: str) -> None:
        self.redis = connected("RedisLimits", url)
        self.failures = failures()
        self.read = self.redis.register_script(_READ)
        self.write = self.redis.register_script(_WRITE)
        self.turns: dict[str, asyncio.Lock] = {}


class _Kept(NamedTuple):
    """What is kept of an account beside its starts."""

    held: dict[str, float]
    waiting: dict[str, float]
    paused_until: float
    longest: float
    most: int


def _account(kept: bytes, latest: list[bytes]) -> LimitAccount:
    starts = deque(map(float, latest))
    if not kept:
        return LimitAccount(starts)
    found = msgspec.msgpack.decode(kept, type=_Kept)
    account = LimitAccount(starts, found.held, found.waiting)
    account.paused_until, account.longest, account.most = found[2:]
    return account


def _kept(account: LimitAccount) -> bytes:
    kept = _Kept(account.held, account.waiting, account.paused_until, account.longest, account.most)
    return msgspec.msgpack.encode(kept)


def _ends(account: LimitAccount) -> list[float]:
    return [account.paused_until, *account.held.values(), *account.waiting.values()]
