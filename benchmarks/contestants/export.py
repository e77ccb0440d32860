"""aioconvo's export of one account into one new target: lists, walks, files, and the state from which it would go on."""

from __future__ import annotations

import asyncio
import tempfile
from typing import Any

import measured
from measured import Counts, Job
from ours import Client

from aioconvo.export import Exporter, Source


def _users(job: Job) -> dict[str, Any]:
    """Whose conversations they are, where the API lists them by user only."""
    match job["provider"]:
        case "sunshine":
            return {"users": ["user"]}
        case "smooch":
            return {"users": [f"user-{number}" for number in range(1, job["conversations"] + 1)]}
        case _:
            return {}


async def main(job: Job) -> dict[str, Any]:
    """The figures of one export; `items` are the messages that its target did not hold before."""
    client = Client(job).client
    with tempfile.TemporaryDirectory() as directory:
        async with client:
            source = Source(client, "benchmark", **_users(job))
            exporter = Exporter(source, f"{job['kind']}:{directory}/out", concurrency=job["concurrency"])

            async def work() -> Counts:
                summary = await exporter.run()
                if not summary.complete:
                    raise RuntimeError(f"short: {summary.sources[0]}")
                return Counts(client.stats().requests, summary.sources[0].messages.new)

            return await measured.measure_async(asyncio.sleep(0), work())


if __name__ == "__main__":
    job = measured.read_job()
    measured.write(measured.run(job, main(job)) if job["workload"] == "fanout" else None, ["aiohttp", "msgspec"])
