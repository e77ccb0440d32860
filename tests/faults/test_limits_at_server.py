"""R8 to R10, issue item 5: what a credential may send, counted where it counts: at the server.

The clock stands still while a request is under way and then jumps to the next sleeper; the server notes the clock's time of
each request. The rules by themselves are proved in `tests/core/test_gate.py` and `test_limits.py`.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence

import aioconvo
from aioconvo.core.retry.policy import RetryPolicy
from aioconvo.sunshine import SunshineClient
from aioconvo.ultracart import UltraCartClient
from tests.faults.server import Answer, FaultServer, Seen, Step

Record = Callable[[str, object], None]
GOOD = Answer(body=b'{"conversation": {"conversation_uuid": "c", "id": "c", "type": "personal"}, "success": true}')


class JumpingClock:
    """Time that stands still while the pool works, and then jumps to the earliest sleeper."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []
        self._sleeping: list[tuple[float, int, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        waker = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleeping, (self.now + seconds, len(self.slept), waker))
        await waker

    async def run(self, pool: aioconvo.SessionPool, calls: Sequence[Awaitable[object]]) -> list[object]:
        """Let the calls run to their end; their results or errors."""
        tasks = [asyncio.ensure_future(call) for call in calls]
        while not all(task.done() for task in tasks):
            for _ in range(5):
                await asyncio.sleep(0)
            if pool.in_use() == 0 and self._sleeping:
                until, _, waker = heapq.heappop(self._sleeping)
                self.now = max(self.now, until)
                if not waker.done():
                    waker.set_result(None)
        return await asyncio.gather(*tasks, return_exceptions=True)


class Times:
    """A script that notes when each credential's requests came, in seconds from the start."""

    def __init__(self, clock: JumpingClock, answer: Callable[[str, int], Step] = lambda _who, _number: GOOD) -> None:
        self._clock = clock
        self._began = clock.now
        self._answer = answer
        self.of: dict[str, list[float]] = {}

    def __call__(self, seen: Seen) -> Step:
        who = seen.headers["authorization"]
        times = self.of.setdefault(who, [])
        times.append(self._clock.now - self._began)
        return self._answer(who, len(times) - 1)


def _most_in_any_second(times: Sequence[float]) -> int:
    window: deque[float] = deque()
    most = 0
    for time in sorted(times):
        window.append(time)
        while window[0] <= time - 1.0:
            window.popleft()
        most = max(most, len(window))
    return most


def _show(record: Record, figure: str) -> None:
    record("figure", figure)
    print(figure)  # noqa: T201 -- the test's figure


def _client(server: FaultServer, pool: aioconvo.SessionPool, key: str, limits: aioconvo.Limits | None = None) -> SunshineClient:
    limits = aioconvo.Limits() if limits is None else limits
    return SunshineClient(app_id="a", key_id=key, secret="s", base_url=server.base_url, pool=pool, limits=limits)


async def test_a_429_holds_back_all_tasks_of_its_credential_and_no_other(record_property: Record) -> None:
    """Also those that have passed the credential's limits and wait for the pool."""
    clock = JumpingClock()
    first: list[str] = []

    def answer(who: str, number: int) -> Step:
        first.append(who)
        return Answer(429, headers=(("Retry-After", "30"),)) if who == first[0] and number == 0 else GOOD

    times = Times(clock, answer)
    async with FaultServer(times) as server, aioconvo.SessionPool(size=5, clock=clock) as pool:
        limited, other = _client(server, pool, "limited"), _client(server, pool, "other")
        calls = [limited.conversations.get("c") for _ in range(300)]
        calls += [other.conversations.get("c") for _ in range(300)]
        ends = await clock.run(pool, calls)
    assert not [end for end in ends if isinstance(end, BaseException)]
    paused, free = times.of.pop(first[0]), next(iter(times.of.values()))
    early = sum(time < 30.0 for time in paused)
    assert (len(paused), len(free)) == (301, 300)
    assert early <= 5  # those on the wire when the 429 came
    assert min(paused[early:]) == 30.0
    assert max(free) == 0.0
    _show(
        record_property,
        f"429 with Retry-After 30: of 300 tasks of its credential {early} went on the wire before (pool of 5), 0 during the"
        f" pause; 300 of 300 of the other credential at once",
    )


async def test_one_call_at_a_time_on_an_ultracart_key(record_property: Record) -> None:
    """Two requests at once need two connections, so the server counts connections."""
    opened: dict[str, int] = {}
    for name, limits in {"default limits": UltraCartClient.default_limits, "no limits": aioconvo.Limits()}.items():
        async with FaultServer(lambda _: GOOD) as server, aioconvo.SessionPool() as pool:
            clients = [UltraCartClient(simple_key="k", base_url=server.base_url, pool=pool, limits=limits) for _ in range(4)]
            await asyncio.gather(*(clients[number % 4].conversations.get("c") for number in range(20)))
            assert len(server.seen) == 20
            opened[name] = server.connections
    assert opened == {"default limits": 1, "no limits": 20}
    _show(record_property, f"20 tasks, 4 clients, one UltraCart key: connections opened {opened}")


async def test_a_thousand_tasks_at_fifty_a_second(record_property: Record) -> None:
    clock = JumpingClock()
    times = Times(clock)
    async with FaultServer(times) as server, aioconvo.SessionPool(size=20, clock=clock) as pool:
        client = _client(server, pool, "k", aioconvo.Limits(rates=[aioconvo.RateLimit(50, 1.0)]))
        await clock.run(pool, [client.conversations.get("c") for _ in range(1000)])
    (came,) = times.of.values()
    most = _most_in_any_second(came)
    assert (len(came), most, max(came)) == (1000, 50, 19.0)
    _show(record_property, f"1,000 tasks at 50/s: at most {most} in any second at the server, the last after {max(came):g} s")


async def test_a_busy_pool_does_not_bunch_what_the_limit_let_through(record_property: Record) -> None:
    clock = JumpingClock()
    times = Times(clock)
    async with FaultServer(times) as server, aioconvo.SessionPool(size=100, clock=clock) as pool:
        client = _client(server, pool, "k", aioconvo.Limits(rates=[aioconvo.RateLimit(50, 1.0)]))
        state = await pool.state()
        for _ in range(100):
            await state.gate.acquire("other")  # another client has the whole pool, for ten seconds
        calls = [asyncio.ensure_future(client.conversations.get("c")) for _ in range(500)]
        for _ in range(100):
            for _ in range(5):
                await asyncio.sleep(0)
            clock.now += 0.1
            while clock._sleeping and clock._sleeping[0][0] <= clock.now:
                heapq.heappop(clock._sleeping)[2].set_result(None)
        assert server.seen == []
        for _ in range(100):
            state.gate.release()
        await clock.run(pool, calls)
    (came,) = times.of.values()
    most = _most_in_any_second(came)
    _show(record_property, f"50/s behind a pool that was busy for 10 s: at most {most} in any second at the server")
    assert (len(came), most) == (500, 50)


# Backing off after an outage.


def _distance_from_uniform(values: Sequence[float], top: float) -> float:
    """The Kolmogorov-Smirnov statistic against the uniform distribution over 0..top."""
    count = len(values)
    ranks = [(rank, value / top) for rank, value in enumerate(sorted(values))]
    return max(max(value - rank / count, (rank + 1) / count - value) for rank, value in ranks)


def test_a_thousand_clients_spread_over_the_window(record_property: Record) -> None:
    policy = RetryPolicy()
    chance = random.Random(9)  # noqa: S311 -- seeded
    distances = {}
    for attempt in range(1, 7):
        waits = [policy.delay(attempt, chance.random()) for _ in range(1000)]
        distances[attempt] = _distance_from_uniform(waits, policy.delay(attempt, 1.0))
    assert max(distances.values()) < 1.628 / 1000**0.5  # the 1 % point
    _show(
        record_property,
        f"backoff of 1,000 clients, attempts 1 to 6: KS distance at most {max(distances.values()):.4f} < 0.0515",
    )


async def test_an_outage_is_not_amplified_beyond_the_policy(record_property: Record) -> None:
    """Each call makes at most 1 + max_retries requests, and the waits that the client really slept are spread, too."""
    clock = JumpingClock()
    async with FaultServer(lambda _: Answer(503)) as server, aioconvo.SessionPool(size=50, clock=clock) as pool:
        client = _client(server, pool, "k").with_options(retry=aioconvo.RetryPolicy(max_retries=1, budget=None))
        ends = await clock.run(pool, [client.conversations.get(f"c{number}") for number in range(1000)])
    assert all(isinstance(end, aioconvo.InternalServerError) for end in ends)
    each = Counter(seen.target for seen in server.seen)
    assert set(each.values()) == {2}
    distance = _distance_from_uniform(clock.slept, 0.5)
    assert distance < 2.694 / 1000**0.5  # the point of one in a million: these draws have no seed
    figure = (
        f"1,000 calls, max_retries 1, server down: {len(server.seen)} requests, at most 2 a call, KS distance {distance:.4f}"
    )
    _show(record_property, figure)


async def test_an_outage_gets_hardly_more_requests_than_calls(record_property: Record) -> None:
    """R9: at most 1.2 times as many requests as calls while the server is down, and all retries again when it is back."""
    clock = JumpingClock()
    down = True

    def script(seen: Seen) -> Answer:
        again = sum(other.target == seen.target for other in server.seen) > 1
        return Answer(200, b"{}") if not down and (again or "late" in seen.target) else Answer(503)

    async with FaultServer(script) as server, aioconvo.SessionPool(size=50, clock=clock) as pool:
        client = _client(server, pool, "k")
        ends = await clock.run(pool, [client.request("GET", f"/down{number}") for number in range(1000)])
        assert all(isinstance(end, aioconvo.InternalServerError) for end in ends)
        during, server.seen = len(server.seen), []
        down = False
        await clock.run(pool, [client.request("GET", f"/late{number}") for number in range(100)])
        earned, server.seen = len(server.seen), []
        ends = await clock.run(pool, [client.request("GET", f"/back{number}") for number in range(100)])
        assert not any(isinstance(end, BaseException) for end in ends)
        after = len(server.seen)
    assert (during, earned, after) == (1100, 100, 200)
    _show(
        record_property,
        f"1,000 calls while the server is down: {during} requests; after 100 good answers 100 calls had 100 retries",
    )
