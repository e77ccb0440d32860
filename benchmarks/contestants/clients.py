"""Memory of one more client: `count` clients with credentials of their own on one pool, idle, and after a request of each."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import measured
from measured import Job

import aioconvo

_CONVERSATION = "0" * 24


def _client(number: int, url: str, pool: aioconvo.SessionPool) -> aioconvo.SunshineClient:
    return aioconvo.SunshineClient(
        app_id=f"app{number}", key_id=f"app_{number}", secret=f"secret{number}", base_url=url, pool=pool
    )


async def main(job: Job) -> dict[str, Any]:
    """Bytes a client: `idle` and after a request, `rss` or `traced` (the same figure, by how it was found)."""
    count, url = job["count"], job["url"]
    async with aioconvo.SessionPool() as pool:
        await _client(0, url, pool).conversations.get(_CONVERSATION)
        gc.collect()
        if job["traced"]:
            tracemalloc.start()
        held: Callable[[], int] = (lambda: tracemalloc.get_traced_memory()[0]) if job["traced"] else measured.current_rss
        before = held()
        clients = [_client(number, url, pool) for number in range(1, count + 1)]
        gc.collect()
        idle = held() - before
        for client in clients:
            await client.conversations.get(_CONVERSATION)
        gc.collect()
        used = held() - before
        del clients
        name = "traced" if job["traced"] else "rss"
        return {name: used / count, "idle": idle / count, "requests": count, "items": count}


if __name__ == "__main__":
    job = measured.read_job()
    measured.write(measured.run(job, main(job)), ["aiohttp", "msgspec"])
