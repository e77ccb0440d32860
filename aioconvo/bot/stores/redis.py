"""What bots of several processes share, in Redis. What is done there in one step stands in `store.lua`."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.resources
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeAlias

import msgspec

from aioconvo.bot.lanes import order_of
from aioconvo.core.access import settings
from aioconvo.core.errors import ConfigurationError, StoreError, StoreFullError
from aioconvo.core.log import logger
from aioconvo.core.redis import OLDEST, connected, failures, too_old

from .store import BRIEFLY, DEAD_KEPT, Again, Claim, Counts, Dead, DeadLetter, Entry, Outcome, Reply, filled_in

__all__ = ["RedisStore"]

_log = logger("bot")
_VERSION = 1
_SAFE = "`appendonly yes` and `appendfsync always`"
_LANES_KEPT = 30 * 86400  # seconds that a lane without a state is known
_LISTEN_AGAIN = 1.0  # seconds after the connection broke on which changes are heard
_STEP = 500

_SCRIPT = importlib.resources.files("aioconvo.bot.stores").joinpath("store.lua").read_text()
_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.Decoder(Entry).decode
_Hash: TypeAlias = dict[bytes, bytes]
_Arrival: TypeAlias = tuple[list[str | bytes | float], "asyncio.Future[list[int]]"]


class RedisStore:
    """Keeps the events, state and outbox of a bot that runs in several processes, on any number of machines.

    Each conversation is handled by one process at a time. What a process had that died goes to another when its lease runs out;
    one that was only stopped, and wakes after that, commits nothing. Redis 6.2 or later is needed. Events that were accepted
    outlive a crash of Redis only if it runs with `appendonly yes` and `appendfsync always`; a log line of `open` says what it
    does. When an event is due goes by the processes' own clocks, which should agree within less than the time to settle.

    Args:
        url: Such as `redis://localhost:6379/0`; `rediss://` with TLS.
        prefix: What all keys begin with, in braces: two bots need two. Redis Cluster keeps them on one node.
        max_waiting: Events that may wait in all; more are refused, and their sender tries again.
        max_waiting_in_lane: Events of one conversation that may wait.
        lease: Seconds after which the events go to others that a silent process had.
        time: Where the seconds come from that leases go by, in place of Redis's clock; for tests.

    Raises:
        ConfigurationError: From `open`: the package `redis` is missing, Redis is too old, or what is there is of a later
            version of aioconvo.
    """

    durable = True
    shared = True
    remembers = 24 * 3600.0

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "aioconvo",
        max_waiting: int = 10_000,
        max_waiting_in_lane: int = 1_000,
        lease: float = 15.0,
        time: Callable[[], float] | None = None,
    ) -> None:
        settings.kind("prefix", prefix, str, "a text")
        settings.count("max_waiting", max_waiting, least=1)
        settings.count("max_waiting_in_lane", max_waiting_in_lane, least=1)
        settings.seconds("lease", lease)
        self.lease = lease
        self.max_waiting = max_waiting
        self._url = url
        self._prefix = f"{{{prefix}}}:"
        self._bounds = (max_waiting, max_waiting_in_lane)
        self._time = time
        self._owner = os.urandom(8).hex()
        self._redis: Any = None  # its types are partly unknown
        self._failures: tuple[type[Exception], ...] = (OSError, TimeoutError)
        self._script: Any = None
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Future[Any]] = set()
        self._arrivals: list[_Arrival] = []  # not sent yet
        self._sending = False

    async def open(self, *, now: float) -> None:  # noqa: ARG002 -- others need it
        """See `Store`."""
        if self._redis is not None:
            return
        self._changed = asyncio.Event()  # a store may serve one event loop after the other
        self._redis = redis = connected("RedisStore", self._url)
        self._failures = failures()
        self._script = redis.register_script(_SCRIPT)
        try:
            await self._look(redis)
        except BaseException:
            await self.aclose()
            raise
        self._keep(self._listen(redis))

    async def _look(self, redis: Any) -> None:
        """See that this Redis can be used, and say what outlives its crash."""
        version = (await self._ask(redis.info("server")))["redis_version"]
        if too_old(version):
            raise ConfigurationError(f"RedisStore needs Redis {OLDEST} or later; this one is {version}")
        await self._ask(redis.set(f"{self._prefix}version", _VERSION, nx=True))
        found = int(await self._ask(redis.get(f"{self._prefix}version")))
        if found > _VERSION:
            raise ConfigurationError(
                f"what is in Redis is of a later version of aioconvo (store version {found}, not {_VERSION}); install that"
            )
        try:
            facts = {**await redis.config_get("append*"), **await redis.config_get("maxmemory*")}
        except self._failures:
            _log.warning("this Redis does not tell whether it keeps what was accepted: it should run with %s", _SAFE)
            return
        if (facts["appendonly"], facts["appendfsync"]) != ("yes", "always"):
            _log.warning("events that were accepted may be lost if Redis crashes: it does not run with %s", _SAFE)
        if facts["maxmemory"] != "0" and facts["maxmemory-policy"] != "noeviction":
            _log.warning("Redis may throw events away: it should run with maxmemory-policy noeviction")

    async def _ask(self, answer: Awaitable[Any]) -> Any:
        """The answer.

        Raises:
            StoreError: There is none.
        """
        try:
            return await answer
        except self._failures as error:
            raise StoreError(f"Redis gave no answer: {type(error).__name__}") from error

    async def _step(self, operation: str, *arguments: str | bytes | float) -> Any:
        """Have an operation of `store.lua` done."""
        self._client()
        return await self._ask(self._script(keys=[self._prefix], args=[operation, *arguments]))

    def _client(self) -> Any:
        if self._redis is None:
            raise StoreError("this RedisStore is not open")
        return self._redis

    def _leases(self) -> float | str:
        """The time that leases go by; nothing, where it is Redis's own."""
        return "" if self._time is None else self._time()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self, redis: Any) -> None:
        """Hear what other processes change."""
        while True:
            with contextlib.suppress(*self._failures):
                async with redis.pubsub(ignore_subscribe_messages=True) as heard:
                    await heard.subscribe(f"{self._prefix}changed")
                    self._changed.set()  # what was said meanwhile was not heard
                    async for _ in heard.listen():
                        self._changed.set()
            await asyncio.sleep(_LISTEN_AGAIN)

    async def aclose(self) -> None:
        """See `Store`."""
        redis, self._redis = self._redis, None
        while self._tasks:  # a cancel that comes while redis-py connects or reads may be lost there
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=0.1)
        arrivals, self._arrivals, self._sending = self._arrivals, [], False
        for _, answer in arrivals:
            _fail(answer, StoreError("this RedisStore was closed meanwhile"))
        if redis is not None:
            with contextlib.suppress(*self._failures):
                await redis.aclose(close_connection_pool=True)

    async def accept(self, entries: Sequence[Entry], *, now: float) -> int:
        """See `Store`."""
        facts: list[str | bytes | float] = []
        for entry in entries:
            facts += (
                entry.key,
                _encode(entry),
                msgspec.json.encode(entry.lanes),
                order_of(entry),
                entry.due,
                entry.accepted_at,
            )
        self._client()
        answer: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
        self._arrivals.append((["accept", now, *self._bounds, *facts], answer))
        if not self._sending:
            self._sending = True
            self._keep(self._send_arrivals())
        new, *full = await answer
        self._changed.set()
        self._refuse(full)
        return new

    async def _send_arrivals(self) -> None:
        """Send what came in the order in which it came, over one connection; what comes meanwhile goes together after that."""
        some: list[_Arrival] = []
        try:
            while self._arrivals:
                some, self._arrivals = self._arrivals, []
                async with self._client().pipeline(transaction=False) as pipe:
                    for arguments, _ in some:
                        await self._script(keys=[self._prefix], args=arguments, client=pipe)
                    answers = await self._ask(pipe.execute(raise_on_error=False))
                for (_, answer), found in zip(some, answers, strict=True):
                    if isinstance(found, Exception):
                        _fail(answer, StoreError(f"Redis gave no answer: {type(found).__name__}"))
                    elif not answer.done():
                        answer.set_result(found)
        except StoreError as error:
            for _, answer in some:
                _fail(answer, StoreError(str(error)))
        finally:
            self._sending = False
            for _, answer in some:
                _fail(answer, StoreError("this RedisStore was closed meanwhile"))
            if self._arrivals and self._redis is not None:
                self._sending = True
                self._keep(self._send_arrivals())

    def _refuse(self, full: Sequence[int]) -> None:
        for waiting in full:
            most, most_in_lane = self._bounds
            if waiting < 0:
                raise StoreFullError(f"{most_in_lane} events of one lane wait, and no more may")
            raise StoreFullError(f"{waiting} events wait, and {most} may")

    async def claim(self, most: int, *, now: float) -> Sequence[Claim]:
        """See `Store`."""
        self._changed.clear()
        claiming = asyncio.ensure_future(self._step("claim", self._leases(), self.lease, now, most))
        try:
            found = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            self._keep(self._give_back(claiming, now))
            raise
        return [_claim(*one) for one in found]

    async def _give_back(self, claiming: asyncio.Future[Any], now: float) -> None:
        """Let be claimed again what was claimed for somebody who is gone."""
        with contextlib.suppress(StoreError):
            for one in await claiming:
                await self.finish(_claim(*one), Again(due=now, counts=False), now=now)

    async def next_due(self, *, now: float) -> float | None:  # noqa: ARG002 -- others need it
        """See `Store`."""
        first = await self._ask(self._client().zrange(f"{self._prefix}ready", 0, 0, withscores=True))
        return first[0][1] if first else None

    async def changed(self) -> None:
        """See `Store`; also after a third of a lease, since a lease that runs out tells nobody."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), self.lease / 3)

    async def finish(self, claim: Claim, outcome: Outcome, *, now: float) -> bool:
        """See `Store`. Where the answer was lost, ask again: what was handled by this claim is true once more."""
        entry = claim.entry
        stands: tuple[str | float, ...] = (self._leases(), entry.key, claim.fence)
        occurred_at = "" if entry.occurred_at is None else entry.occurred_at
        if isinstance(outcome, Again):
            done = await self._step("again", *stands, outcome.due, int(outcome.counts))
        elif isinstance(outcome, Dead):
            done = await self._step("dead", *stands, now, _encode(entry), outcome.reason, occurred_at, _LANES_KEPT)
        else:
            seconds = BRIEFLY if entry.brief else self.remembers
            state = () if outcome.state is None else (outcome.state,)
            done = await self._step("handled", *stands, now, seconds, occurred_at, _LANES_KEPT, *state)
        self._changed.set()
        return bool(done)

    async def renew(self, claims: Sequence[Claim], *, now: float) -> Sequence[Claim]:  # noqa: ARG002 -- others need it
        """See `Store`."""
        facts = [fact for claim in claims for fact in (claim.entry.key, claim.fence)]
        lost = {int(fence) for fence in await self._step("renew", self._leases(), self.lease, *facts)}
        return [claim for claim in claims if claim.fence in lost]

    async def begin_reply(self, claim: Claim, number: int, *, now: float) -> bool:
        """See `Store`."""
        return bool(await self._step("begin_reply", self._leases(), claim.entry.key, claim.fence, number, now))

    async def end_reply(self, claim: Claim, number: int, message_id: str | None, *, now: float) -> None:
        """See `Store`."""
        sent = () if message_id is None else (message_id,)
        await self._step("end_reply", claim.entry.key, number, now, *sent)

    async def hold(self, name: str, *, now: float, seconds: float) -> bool:  # noqa: ARG002 -- others need it
        """See `Store`."""
        return bool(await self._step("hold", self._leases(), name, self._owner, seconds))

    async def let_go(self, name: str) -> None:
        """See `Store`."""
        await self._step("let_go", name, self._owner)

    async def position(self, name: str) -> str | None:
        """See `Store`."""
        found = await self._ask(self._client().hget(f"{self._prefix}positions", name))
        return None if found is None else found.decode()

    async def keep_position(self, name: str, position: str, *, now: float) -> None:  # noqa: ARG002 -- others need it
        """See `Store`."""
        await self._ask(self._client().hset(f"{self._prefix}positions", name, position))

    async def seen(self, account: str, *, since: float) -> AsyncIterator[str]:
        """See `Store`; lanes are known for 30 days."""
        told: set[bytes] = set()  # a lane may come twice while others are added
        pattern = re.sub(r"([\\*?\[\]^-])", r"\\\1", account) + ":*"
        at = 0
        while True:
            at, lanes = await self._ask(self._client().zscan(f"{self._prefix}seen", at, match=pattern, count=_STEP))
            for lane, seen_at in lanes:
                if seen_at > since and lane not in told:
                    told.add(lane)
                    yield lane.decode()
            if at == 0:
                return

    async def counts(self, *, now: float) -> Counts:  # noqa: ARG002 -- others need it
        """See `Store`."""
        unfinished, running, dead, lanes, oldest = await self._step("counts")
        at = None if oldest is None else float(oldest)
        return Counts(waiting=unfinished - running, running=running, dead=dead, lanes=lanes, oldest=at)

    async def dead(self, most: int = 100) -> Sequence[DeadLetter]:
        """See `Store`."""
        keys: list[bytes] = await self._ask(self._client().zrange(f"{self._prefix}dead", 0, most - 1)) if most else []
        letters = [await self._letter(key.decode()) for key in keys]
        return [letter for letter in letters if letter is not None]

    async def _letter(self, key: str) -> DeadLetter | None:
        event: _Hash = await self._ask(self._client().hgetall(f"{self._prefix}e:{key}"))
        if b"died_at" not in event:
            return None
        return DeadLetter(entry=_decode(event[b"entry"]), reason=event[b"reason"].decode(), died_at=float(event[b"died_at"]))

    async def replay(self, key: str, *, now: float) -> bool:
        """See `Store`."""
        letter = await self._letter(key)
        if letter is None:
            return False
        entry = msgspec.structs.replace(letter.entry, accepted_at=now, due=now, sequence=0, attempt=0, late=False)
        done, *full = await self._step("replay", key, _encode(entry), now, *self._bounds)
        self._changed.set()
        self._refuse(full)
        return bool(done)

    async def prune(self, *, now: float) -> None:
        """See `Store`; keys go by themselves."""
        while await self._step("prune", now, self.remembers, now - DEAD_KEPT, now - _LANES_KEPT, _STEP):
            pass

    async def forget(self, lane: str) -> int:
        """See `Store`."""
        count = await self._step("forget", lane, self.remembers)
        self._changed.set()
        return int(count)

    def __repr__(self) -> str:
        return f"<RedisStore {self._prefix}>"


def _fail(answer: asyncio.Future[Any], error: StoreError) -> None:
    if not answer.done():
        answer.set_exception(error)


def _claim(facts: Sequence[bytes], latest: Sequence[bytes], state: bytes | None) -> Claim:
    event: _Hash = dict(zip(facts[::2], facts[1::2], strict=True))
    before = max((float(at) for at in latest if at), default=None)
    entry = filled_in(_decode(event[b"entry"]), int(event[b"sequence"]), int(event[b"attempt"]), before)
    begun = sorted((int(name[1:]), float(at)) for name, at in event.items() if name[:1] == b"b")
    replies = tuple(_reply(number, at, event.get(b"m%d" % number)) for number, at in begun)
    return Claim(entry=entry, fence=int(event[b"fence"]), state=state, replies=replies)


def _reply(number: int, begun_at: float, message_id: bytes | None) -> Reply:
    return Reply(number=number, begun_at=begun_at, message_id=None if message_id is None else message_id.decode())
