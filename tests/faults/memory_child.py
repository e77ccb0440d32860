"""A process of its own that asks for bad answers and tells, for each, the error and the most memory it had since the start.

Arguments: base URL, then names of answers. It prints a line of JSON for each name.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import aioconvo
from aioconvo.convore import ConvoreClient


def _kibibytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


async def _outcome(url: str) -> dict[str, Any]:
    # One attempt: what is asked for again would only be refused again.
    async with ConvoreClient(base_url=url, api_key="k", max_retries=0, timeout=20.0) as client:
        try:
            return {"error": None, "items": len(await client.messages.list())}
        except aioconvo.CallError as error:
            return {"error": type(error).__name__, "words": str(error)}


def _main(url: str, *names: str) -> None:
    asyncio.run(_outcome(f"{url}/good"))  # imports and caches are no growth
    before = _kibibytes("VmRSS")
    for name in names:
        began = time.monotonic()
        outcome = asyncio.run(_outcome(f"{url}/{name}"))
        figures = {"seconds": round(time.monotonic() - began, 2), "growth": round((_kibibytes("VmHWM") - before) / 1024, 1)}
        print(json.dumps({"name": name} | outcome | figures), flush=True)  # noqa: T201 -- its only way out


if __name__ == "__main__":
    _main(*sys.argv[1:])
