"""What becomes of acknowledged events when a bot is told to end, side by side: `python -m benchmarks.told_to_end`.

Each contestant runs in a process of its own and gets the same: 50 events, each answered with 200, whose handlers take 2 s; then
SIGTERM. And, in a second process, one event that is delivered 51 times. What was begun and what was done is what their
handlers wrote to a file. A contestant whose package is not installed is said to be missing: `pip install aioconvo[bench]`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http
import importlib.metadata
import importlib.util
import json
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

_CONTESTANTS = Path(__file__).parent / "contestants"
_SECRET = "the-secret-of-the-benchmark"  # noqa: S105 -- of nothing
_EVENTS = 50
_REPEATS = 51
_SECONDS = 2.0
_PATIENCE = 60.0


class Contestant(NamedTuple):
    """A program, the package it needs, and how it is sent the event of a number: path, headers, body."""

    name: str
    program: str
    package: str
    request: Callable[[int], tuple[str, Mapping[str, str], bytes]]


class Result(NamedTuple):
    """How many events were acknowledged, begun and done, and how long the process took to end after SIGTERM."""

    acknowledged: int
    begun: int
    done: int
    seconds: float


def _ours(number: int) -> tuple[str, Mapping[str, str], bytes]:
    message = {
        "id": f"m{number}",
        "received": "2026-11-30T12:00:00.000Z",
        "author": {"type": "user", "userId": "u"},
        "content": {"type": "text", "text": str(number)},
        "source": {"type": "web"},
    }
    payload = {"conversation": {"id": f"c{number}", "type": "personal"}, "message": message}
    event = {"id": f"e{number}", "type": "conversation:message", "createdAt": "2026-11-30T12:00:00.000Z", "payload": payload}
    body = {"app": {"id": "app"}, "webhook": {"id": "w", "version": "v2"}, "events": [event]}
    return "/hooks/sunshine", {"X-API-Key": _SECRET}, json.dumps(body).encode()


def _aiogram(number: int) -> tuple[str, Mapping[str, str], bytes]:
    chat = {"id": number, "type": "private"}
    message = {"message_id": number, "date": 1_700_000_000, "chat": chat, "text": str(number)}
    body = json.dumps({"update_id": number, "message": message}).encode()
    return "/hook", {"X-Telegram-Bot-Api-Secret-Token": _SECRET, "Content-Type": "application/json"}, body


def _slack_bolt(number: int) -> tuple[str, Mapping[str, str], bytes]:
    event = {"type": "message", "channel": f"C{number}", "user": "U", "text": str(number), "ts": f"{number}.0"}
    told = {"type": "event_callback", "team_id": "T", "api_app_id": "A", "event_id": f"Ev{number}", "event": event}
    body = json.dumps(told)
    now = str(int(time.time()))
    signature = hmac.new(_SECRET.encode(), f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": f"v0={signature}", "Content-Type": "application/json"}
    return "/hook", headers, body.encode()


CONTESTANTS = (
    Contestant("aioconvo", "bot_ours.py", "aioconvo", _ours),
    Contestant("aiogram", "bot_aiogram.py", "aiogram", _aiogram),
    Contestant("slack_bolt", "bot_slack_bolt.py", "slack_bolt", _slack_bolt),
)


async def run(contestant: Contestant, numbers: list[int], python: str = sys.executable) -> Result:
    """Deliver the events of these numbers, tell the process to end when all are acknowledged, and see what was done."""
    with tempfile.TemporaryDirectory(prefix="aioconvo-told-to-end-") as folder, socket.create_server(("127.0.0.1", 0)) as free:
        log, port = Path(folder) / "log", free.getsockname()[1]
        free.close()
        arguments = (str(_CONTESTANTS / contestant.program), str(port), str(log), str(_SECONDS), _SECRET)
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(python, *arguments, stdout=quiet, stderr=quiet)
        try:
            async with asyncio.timeout(_PATIENCE), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
                await _until_it_listens(session)
                answers = await asyncio.gather(*(_deliver(session, contestant, number) for number in numbers))
                await asyncio.sleep(_SECONDS / 4)  # so that each handler had its chance to begin
                process.send_signal(signal.SIGTERM)
                told_at = time.monotonic()
                await process.wait()
                seconds = time.monotonic() - told_at
        finally:
            if process.returncode is None:
                process.kill()
        wrote = Counter(line.partition(" ")[0] for line in await asyncio.to_thread(_lines, log))
        return Result(answers.count(200), wrote["begun"], wrote["done"], seconds)


async def _until_it_listens(session: aiohttp.ClientSession) -> None:
    """Return when it answers; one that has an address for that says 503 until it is ready."""
    while True:
        try:
            async with session.get("/ready") as answer:
                if answer.status != http.HTTPStatus.SERVICE_UNAVAILABLE:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.05)


async def _deliver(session: aiohttp.ClientSession, contestant: Contestant, number: int) -> int:
    path, headers, body = contestant.request(number)
    async with session.post(path, data=body, headers=headers) as answer:
        return answer.status


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def _row(contestant: Contestant) -> str:
    if importlib.util.find_spec(contestant.package) is None:
        return f"| {contestant.name} | missing: not installed | | | |"
    version = importlib.metadata.version(contestant.package)
    ended = asyncio.run(run(contestant, list(range(1, _EVENTS + 1))))
    repeated = asyncio.run(run(contestant, [1] * _REPEATS))
    told: list[Any] = [
        f"{contestant.name} {version}",
        f"{ended.done} of {ended.acknowledged}",
        f"{ended.begun}",
        f"{ended.seconds:.1f} s",
        f"{repeated.begun} for {repeated.acknowledged}",
    ]
    return f"| {' | '.join(told)} |"


def main() -> None:
    """Print the table."""
    print(f"{_EVENTS} events, acknowledged; handlers of {_SECONDS:g} s; SIGTERM. Then one event {_REPEATS} times.\n")
    print("| | done | begun | ended after | handlers begun for one event |")
    print("|---|---|---|---|---|")
    for contestant in CONTESTANTS:
        print(_row(contestant), flush=True)


if __name__ == "__main__":
    main()
