"""Memory over a walk of `pages` pages: what is held more at its end, or at its fullest, than after the first pages."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import measured
from floor import decoder
from measured import Job
from ours import Client
from walks import WALKS

_WARM_UP = 5  # pages, after which connection, decoder and buffers are there
_LOOK_EVERY = 16


async def _floor(job: Job) -> AsyncIterator[int]:
    walk = WALKS[job["provider"]]
    decode = decoder(walk.answer)
    async with aiohttp.ClientSession() as session:
        position = None
        while True:
            async with session.get(walk.url(job["url"], "owner", position)) as response:
                page = decode(await response.read())
            yield len(walk.items(page))
            position = walk.following(page)
            if position is None:
                return


async def _ours(job: Job) -> AsyncIterator[int]:
    mine = Client(job)
    async with mine.client:
        async for page in mine.walk("owner").pages():
            yield len(page.items)


async def main(job: Job) -> dict[str, Any]:
    """Bytes: `rss` at the fullest above the warm-up, or `traced` by tracemalloc at the end above the warm-up."""
    lengths = _ours(job) if job["who"] == "aioconvo" else _floor(job)
    requests = items = 0
    first = fullest = 0
    async for length in lengths:
        requests += 1
        items += length
        if requests == _WARM_UP:
            gc.collect()
            if job["traced"]:
                tracemalloc.start()
            first = fullest = measured.current_rss()
        elif requests % _LOOK_EVERY == 0:
            fullest = max(fullest, measured.current_rss())
    gc.collect()
    traced = tracemalloc.get_traced_memory()[0] if job["traced"] else 0
    return {"rss": fullest - first, "traced": traced, "requests": requests, "items": items}


if __name__ == "__main__":
    job = measured.read_job()
    measured.write(measured.run(job, main(job)), ["aiohttp", "msgspec"])
