"""aiohttp as it comes, and pydantic models with the fields of aioconvo's structs."""

from __future__ import annotations

import functools
from typing import Any

import aiohttp
import bare
import measured
import twins
from answers import answer_type
from walks import CREDENTIALS


@functools.cache
def decoder(answer: str) -> bare.Decode:
    """A decoder into a pydantic model."""
    return twins.pydantic_decoder(answer_type(answer))


async def main(job: measured.Job) -> dict[str, Any]:
    """One session for all that the job asks for."""
    async with aiohttp.ClientSession(headers=CREDENTIALS[job["provider"]]) as session:

        async def fetch(url: str, decode: bare.Decode) -> Any:
            async with session.get(url) as response:
                return decode(await response.read())

        async def send(url: str, body: dict[str, Any], decode: bare.Decode) -> Any:
            async with session.post(url, json=body) as response:
                return decode(await response.read())

        return await bare.figures(job, fetch, send, decoder)


if __name__ == "__main__":
    job = measured.read_job()
    known = job["workload"] in bare.KNOWN
    measured.write(measured.run(job, main(job)) if known else None, ["aiohttp", "pydantic"])
