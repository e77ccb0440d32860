"""The workloads over a bare HTTP session: a GET, a loop over pages, a POST, as a program writes them without a library.

A contestant gives the three ways to send and decode; the loops are the same for all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import measured
from measured import Counts, Job
from walks import FAN_OUTS, GETS, POSTS, WALKS, FanOut, Post, Walk

__all__ = ["KNOWN", "Decode", "Fetch", "Send", "figures"]

Decode = Callable[[bytes], Any]
Fetch = Callable[[str, Decode], Awaitable[Any]]
"""GET a URL and decode its body."""

Send = Callable[[str, dict[str, Any], Decode], Awaitable[Any]]
"""POST a body and decode the answer."""

KNOWN = frozenset({"get", "post", "pages", "items", "latency", "fanout"})


async def figures(
    job: Job, fetch: Fetch, send: Send, decoder: Callable[[str], Decode], walks: Mapping[str, Walk] = WALKS
) -> dict[str, Any]:
    """The figures of one job; `decoder` makes a decoder by the name of an answer (`sunshine.MessagePage`)."""
    provider, url, count, concurrency = job["provider"], job["url"], job.get("count", 0), job.get("concurrency", 1)
    match job["workload"]:
        case "get":
            one = GETS[provider]
            decode = decoder(one.answer)

            async def get(id_: str) -> None:
                await fetch(one.url(url, id_), decode)

            return await _each(get, provider, count, concurrency)
        case "post":
            posting = POSTS[provider]
            return await _each(_poster(posting, url, send, decoder(posting.answer)), provider, count, concurrency)
        case "fanout":
            lists = FAN_OUTS[provider]
            ids = await _ids(lists, url, fetch, decoder, job["conversations"])
            inner = decoder(lists.messages.answer)
            work = _fan_out(lists.messages, url, fetch, inner, ids=ids, concurrency=concurrency)
            return await measured.measure_async(asyncio.sleep(0), work)
        case kind:
            walk = walks[provider]
            decode = decoder(walk.answer)
            warm_up = _walk(walk, url, fetch, decode, kind=kind, stop=3)

            async def walk_again() -> Counts:
                walked = [
                    await _walk(walk, url, fetch, decode, kind=kind, work_ms=job.get("work_ms", 0.0))
                    for _ in range(job.get("repeat", 1))
                ]
                return Counts(sum(one.requests for one in walked), sum(one.items for one in walked))

            return await measured.measure_async(warm_up, walk_again())


def _poster(posting: Post, url: str, send: Send, decode: Decode) -> Callable[[str], Awaitable[None]]:
    async def post(id_: str) -> None:
        await send(posting.url(url, id_), posting.body, decode)

    return post


async def _each(send: Callable[[str], Awaitable[None]], provider: str, count: int, concurrency: int) -> dict[str, Any]:
    async def work(number: int) -> Counts:
        await measured.spread(send, measured.fresh_ids(provider, number), concurrency)
        return Counts(number, number)

    return await measured.measure_async(work(max(concurrency, count // 10)), work(count))


async def _pages(walk: Walk, url: str, fetch: Fetch, decode: Decode, owner: str = "owner") -> AsyncIterator[Any]:
    position = None
    while True:
        page = await fetch(walk.url(url, owner, position), decode)
        yield page
        position = walk.following(page)
        if position is None:
            return


async def _walk(
    walk: Walk, url: str, fetch: Fetch, decode: Decode, *, kind: str, work_ms: float = 0.0, stop: int | None = None
) -> Counts:
    requests = items = 0
    position = None
    while True:
        page = await fetch(walk.url(url, "owner", position), decode)
        requests += 1
        if kind == "items":
            for _ in walk.items(page):
                items += 1
        else:
            items += len(walk.items(page))
        if work_ms:
            await asyncio.sleep(work_ms / 1000)
        position = walk.following(page)
        if position is None or requests == stop:
            return Counts(requests, items)


async def _ids(lists: FanOut, url: str, fetch: Fetch, decoder: Callable[[str], Decode], count: int) -> list[str]:
    if lists.conversations is None:
        return [f"user-{number}" for number in range(1, count + 1)]
    decode = decoder(lists.conversations.answer)
    pages = _pages(lists.conversations, url, fetch, decode)
    return [lists.identity(one) async for page in pages for one in lists.conversations.items(page)][:count]


async def _fan_out(walk: Walk, url: str, fetch: Fetch, decode: Decode, *, ids: list[str], concurrency: int) -> Counts:
    requests = items = 0

    async def all_of(owner: str) -> None:
        nonlocal requests, items
        async for page in _pages(walk, url, fetch, decode, owner):
            requests += 1
            items += len(walk.items(page))

    await measured.spread(all_of, iter(ids), concurrency)
    return Counts(requests, items)
