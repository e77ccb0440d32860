"""What aioconvo's cost without the wire consists of: `decode` alone, `pager` alone, the whole `client` over answers at hand.

For `instructions.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import measured
from answers import answer_type
from measured import Counts, Job
from ours import Client
from walks import GETS, POSTS, WALKS, Get, Post, Walk
from yarl import URL

import aioconvo
from aioconvo.core.json.codec import decode
from aioconvo.core.wire.pool import LoopState, RawResponse


class AtHand(aioconvo.SessionPool):
    """A pool that asks the server once for each answer, and has it at hand from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.had: dict[URL, RawResponse] = {}

    async def exchange(self, state: LoopState, method: str, url: URL, *given: Any, **options: Any) -> RawResponse:
        """The answer to a request."""
        if url not in self.had:
            self.had[url] = await super().exchange(state, method, url, *given, **options)
        return self.had[url]


async def main(job: Job) -> dict[str, Any]:
    """Have all answers sent once; then measure each part at work on them again, one after the other, in the order above."""
    pool, workload = AtHand(), job["workload"]
    is_get = workload == "get"
    kinds: dict[str, Mapping[str, Get | Post | Walk]] = {"get": GETS, "post": POSTS}
    client = Client(job, pool)
    calls = _singles(client, job) if workload in {"get", "post"} else _walk(client, job)
    await calls()
    answers, kind = list(pool.had.values()), answer_type(kinds.get(workload, WALKS)[job["provider"]].answer)
    decoded = [decode(answer.body, kind) for answer in answers]
    paged = workload != "post" and (not is_get or job["provider"] == "smooch")
    make_pager = client.walk("owner")._pager if paged else None  # noqa: SLF001 -- what is measured has no public form
    done = Counts(len(answers))

    def decode_all() -> Counts:
        for answer in answers:
            decode(answer.body, kind)
        return done

    def take_all() -> Counts:
        if make_pager is None:
            return done
        pager = None
        for one in decoded:
            if pager is None or is_get:  # a GET of a list looks at its first page only
                pager = make_pager(None)
            pager.ask()
            pager.take(one)
        return done

    async def call_all() -> Counts:
        await calls()
        return done

    for part in (decode_all, take_all):
        measured.measure(part, part)
    return await measured.measure_async(calls(), call_all())


def _singles(client: Client, job: Job) -> Callable[[], Awaitable[object]]:
    ids = list(measured.fresh_ids(job["provider"], job["count"]))
    send = client.get if job["workload"] == "get" else client.post
    return lambda: measured.spread(send, iter(ids), job["concurrency"])


def _walk(client: Client, job: Job) -> Callable[[], Awaitable[object]]:
    async def walk() -> None:
        list_ = client.walk("owner")
        async for _ in list_ if job["workload"] == "items" else list_.pages():
            pass

    return walk


if __name__ == "__main__":
    job = measured.read_job()
    measured.write(measured.run(job, main(job)))
