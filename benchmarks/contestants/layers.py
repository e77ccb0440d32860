"""What aioconvo's cost without the wire consists of: `decode` alone, `pager` alone, the whole `client` over answers at hand.

For `instructions.py`.
"""

from __future__ import annotations

from typing import Any

import measured
from answers import answer_type
from measured import Job
from ours import Client
from walks import WALKS
from yarl import URL

import aioconvo
from aioconvo.core.codec import decode
from aioconvo.core.session import Answer, LoopState


class AtHand(aioconvo.SessionPool):
    """A pool that asks the server once for each answer, and has it at hand from then on."""

    def __init__(self) -> None:
        super().__init__()
        self._had: dict[URL, Answer] = {}

    async def exchange(self, state: LoopState, method: str, url: URL, *given: Any, **options: Any) -> Answer:
        """The answer to a request."""
        if url not in self._had:
            self._had[url] = await super().exchange(state, method, url, *given, **options)
        return self._had[url]


async def main(job: Job) -> dict[str, Any]:
    """Walk all pages once by the client, and then `repeat` times by the part of it that the job names."""
    walk, repeat = WALKS[job["provider"]], job["repeat"]
    list_ = Client(job["provider"], job["url"], AtHand()).walk("owner")
    seen = [page async for page in list_.pages()]
    kind = answer_type(walk.answer)
    if job["part"] == "decode":
        for _ in range(repeat):
            for page in seen:
                decode(page.response.body, kind)
    elif job["part"] == "pager":
        for _ in range(repeat):
            pager = list_._pager(None)  # noqa: SLF001 -- what is measured has no public form
            for page in seen:
                pager.ask()
                pager.take(page.response.data)
    else:
        for _ in range(repeat):
            async for _page in list_.pages():
                pass
    return {"requests": repeat * len(seen)}


if __name__ == "__main__":
    job = measured.read_job()
    measured.write(measured.run(job, main(job)))
