"""What it costs to accept an event: `python -m benchmarks.accepting`; the first table needs valgrind.

Instructions of one delivery, against the barest receivers that check anything: a compare of the secret in constant time, one
typed decode, a queue. There are two of them, since what a decode costs is decided by what it makes:

- `floor` makes structs of a bot author's own, with the members that a bot for texts needs; all others are skipped, and times
  stay texts. Nobody who checks anything pays less.
- `same structs` makes what a handler of ours is given: any kind of event, content and source, each checked, times as datetimes.

And deliveries a second of whole receivers on aiohttp's server, one against the other in the same run, turn by turn. Ours also
handle each event, after the answer and beside it: once with no handler for it, once with one. The floor throws events away.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

import aioconvo
from aioconvo import Bot, SunshineWebhook
from aioconvo.bot import MemoryStore
from aioconvo.bot.adapters.aiohttp import listen
from aioconvo.bot.intake import Intake
from aioconvo.events import MessageReceived, Postback
from aioconvo.sunshine.events import natives

_SECRET = "the-secret-of-the-benchmark"  # noqa: S105 -- of nothing
_COUNTED = 500
_TURNS = 15
_A_TURN = 400  # deliveries
_CONNECTIONS = 8


def body(number: int) -> bytes:
    """A delivery of one message, as the API sends it."""
    conversation = {"id": f"5f7d2a{number % 50:018d}", "type": "personal"}
    author = {
        "userId": "c616a583e4c240a871818541",
        "displayName": "Steve",
        "type": "user",
        "user": {"id": "c616a583e4c240a871818541", "authenticated": False},
    }
    message = {
        "id": f"60db41{number:018d}",
        "received": "2026-11-30T12:00:00.000Z",
        "author": author,
        "content": {"type": "text", "text": "Could you tell me when my order arrives?"},
        "source": {"type": "web", "integrationId": "5e4af71a81966cfff3ef6550"},
    }
    event = {
        "id": f"60db42{number:018d}",
        "createdAt": "2026-11-30T12:00:00.000Z",
        "type": "conversation:message",
        "payload": {"conversation": conversation, "message": message},
    }
    told = {"app": {"id": "app"}, "webhook": {"id": "5fd3c87ad3b1c", "version": "v2"}, "events": [event]}
    return json.dumps(told, separators=(",", ":")).encode()


class _Id(msgspec.Struct):
    id: str


class _Author(msgspec.Struct, rename="camel"):
    type: str
    user_id: str = ""
    display_name: str = ""


class _Content(msgspec.Struct):
    type: str
    text: str = ""


class _Message(msgspec.Struct):
    id: str
    received: str
    author: _Author
    content: _Content


class _Payload(msgspec.Struct):
    conversation: _Id
    message: _Message | None = None


class _Event(msgspec.Struct, rename="camel"):
    id: str
    type: str
    created_at: str
    payload: _Payload


class _Delivery(msgspec.Struct):
    app: _Id
    events: list[_Event]


Accept = Callable[[str, bytes], None]


def floor(kind: Any = _Delivery) -> Accept:
    """Compare, decode, queue."""
    secret, decode, queue = _SECRET.encode(), msgspec.json.Decoder(kind).decode, asyncio.Queue[Any]()

    def accept(key: str, raw: bytes) -> None:
        if not hmac.compare_digest(key.encode(), secret):
            raise PermissionError
        queue.put_nowait(decode(raw))

    return accept


def ours() -> Accept:
    """Verify, decode, keys and lanes, dedupe, kept in a `MemoryStore`."""
    hook = SunshineWebhook([_SECRET], app_id="app")
    intake = Intake(MemoryStore(max_waiting=1_000_000, max_waiting_in_lane=1_000_000))
    intake.start()

    def accept(key: str, raw: bytes) -> None:
        taking: Coroutine[Any, Any, Any] = intake.answer(hook.open({"X-API-Key": key}, raw))
        try:
            taking.send(None)
        except StopIteration:
            return
        raise AssertionError("it waited")

    return accept


CONTESTANTS: dict[str, Callable[[], Accept]] = {
    "floor": floor,
    "same structs": lambda: floor(natives.Delivery),
    "ours": ours,
}


def counted(name: str) -> None:
    """Accept deliveries between two marks that valgrind sees."""

    async def main() -> None:  # an intake has an event loop's queue
        accept = CONTESTANTS[name]()
        for number in range(_COUNTED):
            accept(_SECRET, body(number))
        bodies = [body(_COUNTED + number) for number in range(_COUNTED)]
        resource.getrusage(resource.RUSAGE_SELF)
        for raw in bodies:
            accept(_SECRET, raw)
        resource.getrusage(resource.RUSAGE_SELF)

    asyncio.run(main())


def instructions(name: str) -> int:
    """Of one delivery."""
    with tempfile.TemporaryDirectory() as folder:
        tool = ["valgrind", "--tool=callgrind", "--dump-before=getrusage", f"--callgrind-out-file={folder}/counts"]
        command = [*tool, sys.executable, "-m", "benchmarks.accepting", "counted", name]
        done = subprocess.run(  # noqa: S603 -- our own program
            command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONHASHSEED": "0"}
        )
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        totals = [
            int(found[1])
            for dump in sorted(Path(folder).glob("counts.*"), key=lambda one: int(one.suffix[1:]))
            if (found := re.search(r"^(?:totals|summary): (\d+)", dump.read_text(encoding="utf-8"), re.MULTILINE))
        ]
    return totals[1] // _COUNTED


@contextlib.asynccontextmanager
async def naive_receiver() -> AsyncIterator[str]:
    """The barest receiver on aiohttp's server: compare, decode, queue, 200; a task empties the queue."""
    accept, queue = floor(), asyncio.Queue[bytes]()

    async def receive(request: web.Request) -> web.Response:
        accept(request.headers.get("X-API-Key", ""), await request.read())
        await queue.put(b"")
        return web.Response()

    async def work() -> None:
        while True:
            await queue.get()

    app = web.Application()
    app.router.add_post("/hooks/sunshine", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    working = asyncio.create_task(work())
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/sunshine"
    finally:
        working.cancel()
        await runner.cleanup()


@contextlib.asynccontextmanager
async def our_receiver(kind: type[MessageReceived | Postback]) -> AsyncIterator[str]:
    """A bot with the memory store, and a handler of events of one kind that does nothing."""
    bot = Bot(MemoryStore(max_waiting=1_000_000, max_waiting_in_lane=1_000_000))
    client = aioconvo.SunshineClient(app_id="app", key_id="key", secret="unused", pool=bot.pool)  # noqa: S106 -- it asks for nothing
    bot.add(client, webhook=SunshineWebhook([_SECRET]))

    @bot.on(kind)
    async def nothing() -> None: ...

    async with listen(bot._door, 10.0, host="127.0.0.1", port=0) as port, bot:  # noqa: SLF001 -- as bot.run() does it
        yield f"http://127.0.0.1:{port}/hooks/sunshine"


RECEIVERS: dict[str, Callable[[], contextlib.AbstractAsyncContextManager[str]]] = {
    "floor": naive_receiver,
    "ours, no handler": lambda: our_receiver(Postback),
    "ours, one handler": lambda: our_receiver(MessageReceived),
}


async def served(name: str) -> None:
    """Serve, and tell the URL; then for each line on standard input the CPU seconds so far."""
    async with RECEIVERS[name]() as url:
        print(url, flush=True)
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            print(time.process_time(), flush=True)


async def deliver(session: aiohttp.ClientSession, url: str, first: int) -> None:
    """A turn of deliveries, over some connections."""
    numbers = iter(range(first, first + _A_TURN))

    async def send() -> None:
        for number in numbers:
            async with session.post(url, data=body(number), headers={"X-API-Key": _SECRET}) as answer:
                assert answer.ok

    async with asyncio.TaskGroup() as group:
        for _ in range(_CONNECTIONS):
            group.create_task(send())


async def cpu(process: asyncio.subprocess.Process) -> float:
    """The CPU seconds that a receiver has used."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    return float(await process.stdout.readline())


async def compare() -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Microseconds of CPU that each receiver takes for a delivery, turn by turn, and how many it takes a second."""
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        receivers = {}
        for name in RECEIVERS:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "benchmarks.accepting", "served", name),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            assert process.stdout is not None
            receivers[name] = process, (await process.stdout.readline()).decode().strip()
        taken: dict[str, list[float]] = {name: [] for name in RECEIVERS}
        speed: dict[str, list[float]] = {name: [] for name in RECEIVERS}
        for turn in range(_TURNS + 1):
            for name, (process, url) in receivers.items():
                before, began = await cpu(process), time.perf_counter()
                await deliver(session, url, turn * _A_TURN)
                elapsed = time.perf_counter() - began
                if turn:  # the first warms up
                    taken[name].append((await cpu(process) - before) / _A_TURN * 1e6)
                    speed[name].append(_A_TURN / elapsed)
        for process, _ in receivers.values():
            process.terminate()
            await process.wait()
    return taken, speed


def main() -> None:
    """Print both tables."""
    if shutil.which("valgrind") is not None:
        figures = {name: instructions(name) for name in CONTESTANTS}
        print("| to accept one delivery | instructions | of floor | of same structs |\n|---|---|---|---|")
        for name, figure in figures.items():
            print(f"| {name} | {figure:,} | {figure / figures['floor']:.2f} | {figure / figures['same structs']:.2f} |")
    for what, measured in zip(("CPU for one delivery, us", "deliveries a second"), asyncio.run(compare()), strict=True):
        least = statistics.median(measured["floor"])
        print(f"| whole receiver on aiohttp: {what} | |\n|---|---|")
        for name, one in measured.items():
            print(f"| {name} | {statistics.median(one):.0f} ({statistics.median(one) / least:.3f}) |")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["counted", name]:
            counted(name)
        case ["served", name]:
            asyncio.run(served(name))
        case _:
            main()
