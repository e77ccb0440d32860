"""How much memory an export takes at 10,000 and at 1,000,000 messages: `python -m tests.export.memory [--messages N ...]`.

The inbox is made up, so that nothing but the export costs anything: conversations of one page of 100 messages.
Each size runs in a process of its own, which tells its peak and the seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any, ClassVar

import aioconvo
from aioconvo.core.json.moments import EPOCH
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Ask, Taken
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.export import Exporter, Source
from aioconvo.inbox import Capabilities, Conversation, Direction, Inbox, Kind, Message, Provider

_PAGE = 100
# MiB from the least peak to the most: buffers that fill up. Beside 10,000 messages, a million took 25 more at most in SQLite
# and JSON lines, 50 in Parquet (PyArrow's pools), 117 in DuckDB, which is given 128 MB; in memory they would take 900.
_GROWTH = 50
_BUFFERED = {"parquet": 100, "duckdb": 150}
_TEXT = "Order 20431 left our warehouse in Graz this morning. Your parcel will be with you on Friday."


class _Count:
    """Pages of numbers, by offset."""

    def __init__(self, total: int, make: Any, mark: Mark | None) -> None:
        self._total, self._make = total, make
        self._offset = 0 if mark is None else mark.offset

    def ask(self) -> Ask | None:
        return Ask(path=(self._offset,)) if self._offset < self._total else None

    def take(self, answer: Any) -> Taken[Any]:  # noqa: ARG002 -- a pager's signature
        first, self._offset = self._offset, min(self._offset + _PAGE, self._total)
        return Taken([self._make(number) for number in range(first, self._offset)], self._offset < self._total)

    def mark(self) -> Mark:
        return Mark(offset=self._offset)

    def mark_after(self, before: Mark, items: Sequence[Any]) -> Mark | None:
        return Mark(offset=before.offset + len(items))

    def ahead(self, count: int, wanted: int | None = None) -> Sequence[Ask]:  # noqa: ARG002 -- as above
        return ()


class _Answer:
    data = None


async def _fetch(_ask: Ask) -> _Answer:
    await asyncio.sleep(0)
    return _Answer()


class MadeUpInbox(Inbox):
    """Conversations and messages without a server."""

    provider: ClassVar[Provider] = Provider.CONVORE
    capabilities: ClassVar[Capabilities] = aioconvo.ConvoreClient(api_key="k").inbox.capabilities

    def __init__(self, messages: int) -> None:
        self._conversations = messages // _PAGE

    def conversations(self, *, start: str | None = None, **_: Any) -> Any:
        def make(number: int) -> Conversation:
            return Conversation(provider=Provider.CONVORE, id=f"conv_{number}", native={"n": number}, message_count=_PAGE)

        return AsyncPaginator(_fetch, lambda mark: _Count(self._conversations, make, mark), walk="c", start=start)

    def messages(self, conversation: Conversation | str, *, start: str | None = None, **_: Any) -> Any:
        def make(number: int) -> Message:
            sent = EPOCH + dt.timedelta(minutes=number)
            native = {"id": number, "date": sent, "direction": "inbound", "text_body": _TEXT, "recipients": []}
            return Message(
                provider=Provider.CONVORE,
                conversation_id=str(conversation),
                id=f"{conversation}_{number}",
                native=native,
                sent_at=sent,
                direction=Direction.INBOUND,
                kind=Kind.TEXT,
                text=_TEXT,
            )

        return AsyncPaginator(_fetch, lambda mark: _Count(_PAGE, make, mark), walk=str(conversation), start=start)

    async def send_text(self, conversation: Conversation | str, text: str) -> Message:
        raise NotImplementedError

    async def mark_read(self, conversation: Conversation | str) -> None:
        raise NotImplementedError


async def _export(messages: int, kind: str) -> str:
    client = aioconvo.ConvoreClient(api_key="k")
    source = Source(client, "made-up")
    source.inbox = MadeUpInbox(messages)
    with tempfile.TemporaryDirectory() as directory:
        began = time.perf_counter()
        summary = await Exporter(source, f"{kind}:{directory}/out.{kind}").run()
        seconds = time.perf_counter() - began
    await client.aclose()
    assert summary.complete, summary.targets[0][1].incomplete[:1] or summary.targets[0][1]
    assert summary.sources[0].messages.new == messages
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = f"{messages / seconds:7,.0f} messages/s"
    return f"{peak:.1f}\n{kind:8} {messages:9,} messages: peak {peak:6.1f} MiB, {seconds:6.1f} s, {rate}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--kinds", nargs="+", default=["sqlite", "jsonl", "jsonl.gz", "parquet", "duckdb"])
    parser.add_argument("--assert", dest="bound", action="store_true", help="fail where memory grows by more than buffers do")
    parser.add_argument("--child", action="store_true")
    given = parser.parse_args()
    if given.child:
        sys.stdout.write(asyncio.run(_export(given.messages[0], given.kinds[0])) + "\n")
        return
    grown: list[str] = []
    for kind in given.kinds:
        peaks: list[float] = []
        for messages in given.messages:
            command = [sys.executable, "-m", "tests.export.memory", "--child", "--kinds", kind, "--messages", str(messages)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 -- ourselves
            peak, _, line = told.partition("\n")
            sys.stdout.write(line)
            sys.stdout.flush()
            peaks.append(float(peak))
        if max(peaks) - min(peaks) > _BUFFERED.get(kind, _GROWTH):
            grown.append(f"{kind}: {min(peaks)} to {max(peaks)} MiB")
    if given.bound and grown:
        sys.exit(f"memory grows with the export: {', '.join(grown)}")


if __name__ == "__main__":
    main()
