"""aiohttp as it comes and `response.json()`: plain dicts, times stay text."""

from __future__ import annotations

from typing import Any

import aiohttp
import bare
import measured
from walks import CREDENTIALS, WALKS


def _ultracart_following(page: Any) -> int | None:
    rows = page["metadata"]["result_set"]
    return rows["next_offset"] if rows["more"] else None


_DICT_WALKS = {
    "sunshine": WALKS["sunshine"]._replace(
        items=lambda page: page["conversations"],
        following=lambda page: page["meta"]["afterCursor"] if page["meta"]["hasMore"] else None,
    ),
    "sunshine_messages": WALKS["sunshine_messages"]._replace(
        items=lambda page: page["messages"],
        following=lambda page: page["meta"]["beforeCursor"] if page["meta"]["hasMore"] else None,
    ),
    "smooch": WALKS["smooch"]._replace(
        items=lambda page: page["messages"],
        following=lambda page: page["messages"][0]["received"] if len(page["messages"]) == 100 else None,  # noqa: PLR2004 -- full
    ),
    "ultracart": WALKS["ultracart"]._replace(items=lambda page: page["conversations"], following=_ultracart_following),
    "convore": WALKS["convore"]._replace(items=lambda page: page["data"], following=lambda page: page["next_cursor"]),
}


def _undecoded(_answer: str) -> bare.Decode:
    return lambda body: body


async def main(job: measured.Job) -> dict[str, Any]:
    """One session for all that the job asks for."""
    async with aiohttp.ClientSession(headers=CREDENTIALS[job["provider"]]) as session:

        async def fetch(url: str, _decode: bare.Decode) -> Any:
            async with session.get(url) as response:
                return await response.json()

        async def send(url: str, body: dict[str, Any], _decode: bare.Decode) -> Any:
            async with session.post(url, json=body) as response:
                return await response.json()

        return await bare.figures(job, fetch, send, _undecoded, _DICT_WALKS)


if __name__ == "__main__":
    job = measured.read_job()
    known = job["workload"] in bare.KNOWN
    measured.write(measured.run(job, main(job)) if known else None, ["aiohttp"])
