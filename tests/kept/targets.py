"""A target of each kind whose export was stopped half-way, of the sandbox's accounts, which are always the same.

Run as a program it writes them, as the code does that it runs with, into zip files beside this one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import pathlib
import shutil
import tempfile

import aioconvo
from aioconvo.export import Exporter
from aioconvo.sandbox import Sandbox
from tests.export.accounts import PROVIDERS, source, target

HERE = pathlib.Path(__file__).parent
KEPT_KINDS = ("sqlite", "jsonl", "parquet", "duckdb")
CONVERSATIONS, MESSAGES = 2, 110  # more than a page of each API holds
NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)


def sandbox() -> Sandbox:
    """The accounts, which are always the same."""
    return Sandbox(conversations=CONVERSATIONS, messages=MESSAGES, now=NOW)


async def run(out: str, *, stop_at: int | None = None) -> bool:
    """Export all five accounts, or stop at that request; whether it came to the end."""
    requests = itertools.count(1)

    def asked(_: int) -> None:
        if next(requests) == stop_at:
            exporter.stop()

    async with sandbox() as accounts, aioconvo.SessionPool() as pool:
        sources = [source(name, accounts, pool, on_request=asked) for name in PROVIDERS]
        exporter = Exporter(sources, out, concurrency=1)
        return (await exporter.run()).complete


def main() -> None:
    """Write the targets."""
    for kind in KEPT_KINDS:
        with tempfile.TemporaryDirectory() as folder:
            complete = asyncio.run(run(target(kind, pathlib.Path(folder)), stop_at=14))
            assert not complete, "it is to be stopped half-way"
            shutil.make_archive(str(HERE / f"target_{kind}"), "zip", folder)


if __name__ == "__main__":
    main()
