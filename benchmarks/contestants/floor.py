"""The naive floor: one shared aiohttp session, an f-string URL, `msgspec.json.decode` into the structs of aioconvo."""

from __future__ import annotations

import functools
from typing import Any

import aiohttp
import bare
import measured
import msgspec
from answers import answer_type
from walks import CREDENTIALS


@functools.cache
def decoder(answer: str) -> bare.Decode:
    """A decoder of one of aioconvo's answers, by provider and name."""
    return functools.partial(msgspec.json.decode, type=answer_type(answer))


async def main(job: measured.Job) -> dict[str, Any]:
    """One session for all that the job asks for."""
    async with aiohttp.ClientSession(headers=CREDENTIALS[job["provider"]]) as session:

        async def fetch(url: str, decode: bare.Decode) -> Any:
            async with session.get(url) as response:
                return decode(await response.read())

        async def send(url: str, body: dict[str, Any], decode: bare.Decode) -> Any:
            data = msgspec.json.encode(body)
            async with session.post(url, data=data, headers={"Content-Type": "application/json"}) as response:
                return decode(await response.read())

        return await bare.figures(job, fetch, send, decoder)


if __name__ == "__main__":
    job = measured.read_job()
    known = job["workload"] in bare.KNOWN
    measured.write(measured.run(job, main(job)) if known else None, ["aiohttp", "msgspec", "yarl", "multidict"])
