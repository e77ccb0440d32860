"""httpx as it comes, and pydantic models with the fields of aioconvo's structs."""

from __future__ import annotations

from typing import Any

import bare
import httpx
import measured
from aiohttp_pydantic import decoder
from walks import CREDENTIALS


async def main(job: measured.Job) -> dict[str, Any]:
    """One client for all that the job asks for."""
    async with httpx.AsyncClient(headers=CREDENTIALS[job["provider"]]) as client:

        async def fetch(url: str, decode: bare.Decode) -> Any:
            return decode((await client.get(url)).content)

        async def send(url: str, body: dict[str, Any], decode: bare.Decode) -> Any:
            return decode((await client.post(url, json=body)).content)

        return await bare.figures(job, fetch, send, decoder)


if __name__ == "__main__":
    job = measured.read_job()
    known = job["workload"] in bare.KNOWN
    measured.write(measured.run(job, main(job)) if known else None, ["httpx", "pydantic"])
