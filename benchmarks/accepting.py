"""What it costs to accept an event: `python -m benchmarks.accepting`; the first table needs valgrind.

Instructions of one delivery, against the barest receivers that check anything: a compare of the secret in constant time, one
typed decode, a queue. There are two of them, since what a decode costs is decided by what it makes:

- `floor` makes structs of a bot author's own, with the members that a bot for texts needs; all others are skipped, and times
  stay texts. Nobody who checks anything pays less.
- `same structs` makes what a handler of ours is given: any kind of event, content and source, each checked, times as datetimes.

And whole receivers on aiohttp's server: instructions of a delivery, and in the same run, turn by turn, deliveries a second. The
floor throws events away. Ours, with the memory store, once keep them and no more; and twice handle each of them too, after the
answer and beside it: with no handler for it, and with one.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
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
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

import aioconvo
from aioconvo import Bot, SunshineWebhook
from aioconvo.bot import MemoryStore
from aioconvo.bot.adapters.aiohttp import listen
from aioconvo.bot.door import Door
from aioconvo.bot.intake import Intake
from aioconvo.core.clock import SYSTEM_CLOCK
from aioconvo.events import MessageReceived, Postback
from aioconvo.sunshine.events import natives

_SECRET = "the-secret-of-the-benchmark"  # noqa: S105 -- of nothing
_COUNTED = 500
_TURNS = 15
_A_TURN = 400  # deliveries
_CONNECTIONS = 8
_HANDLED_WITHIN = 3.0  # seconds, under valgrind


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


Accept = Callable[[CIMultiDictProxy[str], bytes], None]


def floor(kind: Any = _Delivery) -> Accept:
    """Compare, decode, queue."""
    secret, decode, queue = _SECRET.encode(), msgspec.json.Decoder(kind).decode, asyncio.Queue[Any]()

    def accept(headers: CIMultiDictProxy[str], raw: bytes) -> None:
        if not hmac.compare_digest(headers.get("X-API-Key", "").encode(), secret):
            raise PermissionError
        queue.put_nowait(decode(raw))

    return accept


def ours() -> Accept:
    """Verify, decode, keys and lanes, dedupe, kept in a `MemoryStore`."""
    hook = SunshineWebhook([_SECRET], app_id="app")
    intake = Intake(MemoryStore(max_waiting=1_000_000, max_waiting_in_lane=1_000_000))
    intake.start()

    def accept(headers: CIMultiDictProxy[str], raw: bytes) -> None:
        answer = intake.answer_at_once(hook.open(headers, raw))
        assert answer is not None
        assert answer.new == 1

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
        headers = CIMultiDictProxy(CIMultiDict({"Host": "bot.example", "X-API-Key": _SECRET}))  # as aiohttp's server gives them
        for number in range(_COUNTED):
            accept(headers, body(number))
        bodies = [body(_COUNTED + number) for number in range(_COUNTED)]
        gc.collect()
        gc.freeze()  # else a look at all that was imported falls to one of them
        resource.getrusage(resource.RUSAGE_SELF)
        for raw in bodies:
            accept(headers, raw)
        resource.getrusage(resource.RUSAGE_SELF)

    asyncio.run(main())


def instructions(name: str) -> int:
    """Of one delivery."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 -- our own program
            _counting(folder, "counted", name), capture_output=True, text=True, check=False, env=_environment()
        )
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        return _between_marks(folder) // _COUNTED


async def receiver_instructions(name: str) -> int:
    """Of one delivery to a whole receiver, with all that comes of it."""
    with tempfile.TemporaryDirectory() as folder:
        async with aiohttp.ClientSession() as session:
            process, url = await _start(_counting(folder, "served", name))
            for turn in range(2):  # the first warms up
                await cpu(process)
                await deliver(session, url, turn * _A_TURN)
                await asyncio.sleep(_HANDLED_WITHIN)
                await cpu(process)
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        return _between_marks(folder, 3) // _A_TURN


def _counting(folder: str, *words: str) -> list[str]:
    tool = ["valgrind", "--tool=callgrind", "--dump-before=getrusage", f"--callgrind-out-file={folder}/counts"]
    return [*tool, sys.executable, "-m", "benchmarks.accepting", *words]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONHASHSEED": "0"}


def _between_marks(folder: str, mark: int = 1) -> int:
    """What was counted from one call of `getrusage` to the next."""
    dumps = sorted(Path(folder).glob("counts.*"), key=lambda one: int(one.suffix[1:]))
    totals = [re.search(r"^(?:totals|summary): (\d+)", dump.read_text(encoding="utf-8"), re.MULTILINE) for dump in dumps]
    found = [int(total[1]) for total in totals if total]
    return found[mark]


async def _start(command: Sequence[str]) -> tuple[asyncio.subprocess.Process, str]:
    """A receiver in a process of its own, and its address."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(),
    )
    assert process.stdout is not None
    return process, (await process.stdout.readline()).decode().strip()


@contextlib.asynccontextmanager
async def naive_receiver() -> AsyncIterator[str]:
    """The barest receiver on aiohttp's server: compare, decode, queue, 200; a task empties the queue."""
    accept, queue = floor(), asyncio.Queue[bytes]()

    async def receive(request: web.Request) -> web.Response:
        accept(request.headers, await request.read())
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
async def keeping_receiver() -> AsyncIterator[str]:
    """What a bot receives with, and nothing that handles what is kept."""
    intake = Intake(MemoryStore(max_waiting=1_000_000, max_waiting_in_lane=1_000_000))
    intake.start()

    async def ready() -> bool:
        return True

    hook = SunshineWebhook([_SECRET], app_id="app")
    door = Door({"sunshine": hook}, intake, clock=SYSTEM_CLOCK, live=lambda: True, ready=ready, tell=None)
    async with listen(lambda: door, 10.0, host="127.0.0.1", port=0) as port:
        yield f"http://127.0.0.1:{port}/hooks/sunshine"


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
    "ours, keeping": keeping_receiver,
    "ours, no handler": lambda: our_receiver(Postback),
    "ours, one handler": lambda: our_receiver(MessageReceived),
}


async def served(name: str) -> None:
    """Serve, and tell the URL; then for each line on standard input the CPU seconds so far."""
    async with RECEIVERS[name]() as url:
        print(url, flush=True)
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            used = resource.getrusage(resource.RUSAGE_SELF)
            print(used.ru_utime + used.ru_stime, flush=True)


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
            receivers[name] = await _start([sys.executable, "-m", "benchmarks.accepting", "served", name])
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
    """Print the tables."""
    if shutil.which("valgrind") is not None:
        figures = {name: instructions(name) for name in CONTESTANTS}
        print("| to accept one delivery | instructions | of floor | of same structs |\n|---|---|---|---|")
        for name, figure in figures.items():
            print(f"| {name} | {figure:,} | {figure / figures['floor']:.2f} | {figure / figures['same structs']:.2f} |")
        figures = {name: asyncio.run(receiver_instructions(name)) for name in RECEIVERS}
        print("| whole receiver on aiohttp, one delivery | instructions | of floor |\n|---|---|---|")
        for name, figure in figures.items():
            print(f"| {name} | {figure:,} | {figure / figures['floor']:.3f} |")
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
