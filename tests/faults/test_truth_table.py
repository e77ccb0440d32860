"""R3, R4, issue item 1: what the pure retry policy says is what the server sees, row by row.

Each row is sent once over loopback; the server counts its requests, and the policy alone says how many there must have been,
how long the call slept and how it ended. The pure table itself is in `tests/core/test_retry.py`.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from multidict import CIMultiDict

from aioconvo.core import errors
from aioconvo.core.access.auth import HeaderAuth
from aioconvo.core.answers.response import Response
from aioconvo.core.calls.client import APIClient
from aioconvo.core.json.model import Envelope
from aioconvo.core.operations.operation import Effect, Operation, Request
from aioconvo.core.retry.headers import retry_after
from aioconvo.core.retry.policy import Outcome, RetryPolicy, Sent, Verdict
from aioconvo.core.wire.pool import SessionPool
from tests.faults.server import Answer, Close, FaultServer, Framing, Seen, Step

POLICY = RetryPolicy(max_retries=3, backoff=0.0, max_wait=60.0, budget=None)  # each row as if it were alone
EVER = 99
STATUSES = (302, 400, 401, 403, 404, 408, 409, 410, 413, 422, 423, 425, 429, 500, 501, 502, 503, 504, 505, 507, 522)
ASKS: tuple[Mapping[str, str], ...] = (
    {"Retry-After": "7"},
    {"Retry-After": "60"},
    {"Retry-After": "172800"},
    {"Retry-After": "x"},
)
GOOD = Answer(body=b'{"id": "7"}')
# How the connection or the body can fail once the server has the whole request, and what the client may know of it.
FAULTS: Mapping[str, tuple[Step, type[errors.CallError]]] = {
    "closed": (Close(), errors.APIConnectionError),
    "reset": (Close(reset=True), errors.APIConnectionError),
    "cut": (Answer(body=b'{"id": "7"}', cut=5), errors.APIConnectionError),
    "cut chunk": (Answer(body=b'{"id": "7"}', cut=8, framing=Framing.CHUNKED), errors.APIConnectionError),
    "cut 502": (Answer(502, b"<html>" * 9, cut=5), errors.InternalServerError),
}


class Thing(Envelope):
    id: str


class ThingClient(APIClient):
    provider: ClassVar[str] = "things"
    default_host: ClassVar[str] = "api.things.test"


class Row(NamedTuple):
    """`bad` answers of `step` come before a good one."""

    what: str
    step: Step
    error: type[errors.CallError]
    outcome: Callable[[float], Outcome]
    effect: Effect
    method: str
    key: str | None
    bad: int


class Told(NamedTuple):
    """What became of a row's call: the requests, the sleeps, and the error's class (`None`: it went well)."""

    requests: int
    slept: list[float]
    error: type[errors.CallError] | None


def _answered(status: int, headers: Mapping[str, str]) -> Callable[[float], Outcome]:
    def outcome(now: float) -> Outcome:
        return Outcome(Sent.YES, status, retry_after(CIMultiDict(headers), now, limited=status == 429))

    return outcome


def _lost(_now: float) -> Outcome:
    return Outcome(Sent.MAYBE)


def _kinds() -> Iterator[tuple[str, Step, type[errors.CallError], Callable[[float], Outcome]]]:
    for status in STATUSES:
        yield str(status), Answer(status), errors.status_error_type(status), _answered(status, {})
    for status, headers in itertools.product((404, 429, 500, 503), (*ASKS, {"X-Rate-Limit-Reset": "1700000020"})):
        answer = Answer(status, headers=tuple(headers.items()))
        yield f"{status} {headers}", answer, errors.status_error_type(status), _answered(status, headers)
    for name, (step, error) in FAULTS.items():
        yield name, step, error, _answered(502, {}) if name == "cut 502" else _lost


def _rows() -> Iterator[Row]:
    calls = [
        (Effect.READ, "GET", None),
        (Effect.IDEMPOTENT, "PUT", None),
        (Effect.IDEMPOTENT, "DELETE", None),
        (Effect.UNSAFE, "POST", None),
        (Effect.UNSAFE, "POST", "key-1"),
        (Effect.UNSAFE, "PUT", None),
        (Effect.UNSAFE, "DELETE", None),
        (Effect.PAID, "POST", None),
        (Effect.PAID, "POST", "key-1"),
    ]
    for kind, call, bad in itertools.product(_kinds(), calls, (1, 3, EVER)):
        yield Row(*kind, *call, bad)


ROWS = list(_rows())


def _foretold(row: Row, now: float) -> Told:
    """What the policy alone says."""
    slept: list[float] = []
    for attempt in itertools.count(1):
        if attempt > row.bad:
            return Told(attempt, slept, None)
        decision = POLICY.decide(row.outcome(now), effect=row.effect, attempt=attempt, jitter=0.5, has_key=row.key is not None)
        if decision.verdict is not Verdict.RETRY:
            return Told(attempt, slept, errors.MaybeSentError if decision.verdict is Verdict.UNSURE else row.error)
        slept.append(decision.wait)
        now += decision.wait
    raise AssertionError


async def _made(row: Row, number: int, server: FaultServer, pool: SessionPool, clock: Any) -> Told:
    """What the server and the caller saw."""
    operation = Operation("things.do", "do", row.method, "/rows/{row}", Thing, row.effect, idempotency_member="key")
    request = operation.request(number, body={"n": number} if row.method != "GET" else None, idempotency_key=row.key)
    client = ThingClient(base_url=server.base_url, auth=HeaderAuth("X-Key", f"k{number}"), pool=pool, retry=POLICY)
    clock.slept.clear()
    before = len(server.seen)
    end = await _end(client, request)
    seen = server.seen[before:]
    assert {one.target for one in seen} == {f"/rows/{number}"}
    assert end.attempts == len(seen), f"{row}: {end.attempts} attempts told, {len(seen)} requests at the server"
    if isinstance(end, Response):
        return Told(len(seen), list(clock.slept), None)
    assert (end.operation, end.call.idempotency_key) == ("things.do", row.key)
    return Told(len(seen), list(clock.slept), type(end))


async def _end(client: ThingClient, request: Request[Thing]) -> Response[Thing] | errors.CallError:
    try:
        return await client.send(request)
    except errors.CallError as error:
        return error


async def test_the_server_sees_what_the_policy_says(clock: Any, record_property: Callable[[str, object], None]) -> None:
    counts: Counter[str] = Counter()
    ends: Counter[str] = Counter()

    def script(seen: Seen) -> Step:
        counts[seen.target] += 1
        row = ROWS[int(seen.target.rpartition("/")[2])]
        return row.step if counts[seen.target] <= row.bad else GOOD

    async with FaultServer(script) as server, SessionPool(clock=clock) as pool:
        for number, row in enumerate(ROWS):
            foretold = _foretold(row, clock.now)
            made = await _made(row, number, server, pool, clock)
            assert (made.requests, made.slept) == (foretold.requests, foretold.slept), row
            assert (made.error is None) == (foretold.error is None), row
            if foretold.error is not None:
                assert made.error is not None
                assert issubclass(made.error, foretold.error), row
                assert issubclass(made.error, errors.MaybeSentError) == (foretold.error is errors.MaybeSentError), row
            ends["good" if foretold.error is None else foretold.error.__name__] += 1
    figure = f"{len(ROWS)} rows, {len(server.seen)} requests at the server, 0 differ from the policy ({dict(ends)})"
    record_property("figure", figure)
    print(figure)  # noqa: T201 -- the test's figure
