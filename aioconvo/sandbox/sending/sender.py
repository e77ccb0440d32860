"""Sending what the plan says over HTTP, and telling it what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import threading
from collections.abc import Callable, Sequence
from typing import Final, Protocol
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from aioconvo.sandbox.changes import Change
from aioconvo.sandbox.data import hex_id

from . import envelopes
from .callbacks import MANNERS, Callback, shown
from .log import Delivery, DeliveryLog
from .plan import Fate, Letter, Plan, Sent, Unkindness

__all__ = ["Post", "Sender", "post"]

_CUT: Final = "connection cut on purpose"


class Post(Protocol):
    """Hands one delivery over and gives the status that was answered.

    Raises `OSError`, `aiohttp.ClientError` or `TimeoutError` where none was.
    """

    async def __call__(self, url: str, *, headers: dict[str, str], body: bytes, patience: float) -> int:
        """Once, within `patience` seconds."""
        ...


class Sender:
    """Sends the changes of the sandbox's APIs to callbacks, in a task of its own while it runs.

    `callbacks` is asked at every change; `now` is the time that events and the log are dated by.
    """

    def __init__(
        self,
        seed: int,
        unkindness: Unkindness,
        callbacks: Callable[[str], Sequence[Callback]],
        now: Callable[[], dt.datetime],
        deliver: Post | None = None,
    ) -> None:
        self.log = DeliveryLog()
        self._seed = seed
        self._unkindness = unkindness
        self._callbacks = callbacks
        self._now = now
        self._deliver: Post = deliver or post
        self._happened = 0
        self._plan = Plan(seed, unkindness, envelopes.together)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._running: asyncio.Task[None] | None = None
        self._tries: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._settled = asyncio.Event()
        self._before: list[Change] = []

    @property
    def waiting(self) -> int:
        """How many deliveries are neither arrived nor given up."""
        return self._plan.waiting + len(self._before)

    def start(self) -> None:
        """Begin to send, in the running loop."""
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._running = self._loop.create_task(self._run())
        before, self._before = self._before, []
        for change in before:
            self._happen(change)

    async def aclose(self) -> None:
        """Stop at once; what has not arrived is kept for the next start."""
        tasks = [*self._tries, *([self._running] if self._running else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._running = self._loop = None

    def reset(self) -> None:
        """Forget what has not arrived, and the log."""
        self._happened = 0
        self._before.clear()
        self._plan = Plan(self._seed, self._unkindness, envelopes.together)
        self._settled.set()
        self.log.clear()

    def changed(self, change: Change) -> None:
        """Something changed; from whatever thread."""
        if not change.event:
            return
        if self._loop is None:
            self._before.append(change)
        elif threading.get_ident() == self._thread:
            self._happen(change)
        else:
            self._loop.call_soon_threadsafe(self._happen, change)

    async def settled(self) -> None:
        """Return when every webhook has arrived or was given up; from whatever loop. Raises `RuntimeError` before `start`."""
        if self._loop is None:
            raise RuntimeError("the sandbox has not been started")
        if self._loop is asyncio.get_running_loop():
            await self._all_settled()
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._all_settled(), self._loop))

    async def _all_settled(self) -> None:
        while self.waiting:
            self._settled.clear()
            await self._settled.wait()

    def hurry(self) -> None:
        """Try everything that waits now: its receiver is back."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._hurry)

    def _hurry(self) -> None:
        self._plan.hurry(asyncio.get_running_loop().time())
        self._woken.set()

    def _happen(self, change: Change) -> None:
        self._happened += 1
        event = Sent(
            number=self._happened,
            id=hex_id(self._seed, "event", self._happened),
            event=change.event,
            at=change.at,
            conversation=change.conversation,
            payload=change.payload,
        )
        self._plan.post(event, self._callbacks(change.provider), asyncio.get_running_loop().time())
        self._woken.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._woken.clear()
            for letter in self._plan.take(loop.time()):
                task = loop.create_task(self._try(self._plan, letter))
                self._tries.add(task)
                task.add_done_callback(self._tries.discard)
            due = self._plan.next_at()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._woken.wait()

    async def _try(self, plan: Plan, letter: Letter) -> None:
        loop = asyncio.get_running_loop()
        began, at = loop.time(), self._now()
        status, note = await self._hand_over(letter)
        ended = loop.time()
        fate = plan.settle(letter, status, ended)
        self._woken.set()
        self._settled.set()
        if plan is not self._plan:  # reset meanwhile
            return
        self.log.add(
            Delivery(
                number=letter.number,
                provider=letter.callback.provider,
                events=tuple(event.event for event in letter.events),
                target=shown(letter.callback.target),
                attempt=letter.attempt,
                at=at.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
                fate=fate,
                seconds=round(ended - began, 3),
                status=status,
                again_in=round(letter.due - ended, 3) if fate is Fate.AGAIN else None,
                copy=letter.copy,
                note=note,
            )
        )

    async def _hand_over(self, letter: Letter) -> tuple[int | None, str]:
        """The status that was answered; else why none was, in words without the target."""
        if letter.body is None:
            letter.body = envelopes.body(letter)
        headers, target = envelopes.headers(letter), letter.callback.target
        if letter.wrong_secret and letter.callback.provider == "smscx":
            target = target.rstrip("/") + "-wrong"
        patience = self._unkindness.patience or MANNERS[letter.callback.provider].patience
        try:
            if letter.cut:
                await _cut(target, headers, letter.body)
                return None, _CUT
            return await self._deliver(target, headers=headers, body=letter.body, patience=patience), ""
        except TimeoutError:
            return None, f"no answer in {patience:g} s"
        except (OSError, aiohttp.ClientError, ValueError) as error:
            return None, _words(error)


def _words(error: Exception) -> str:
    """Why there was no answer; never the text of an error of aiohttp, which may hold the target."""
    if isinstance(error, ConnectionRefusedError | aiohttp.ClientConnectorError):
        return "nobody listens there"
    if isinstance(error, ConnectionError | aiohttp.ClientConnectionError):
        return "the connection was cut"
    return f"no answer: {type(error).__name__}"


async def post(url: str, *, headers: dict[str, str], body: bytes, patience: float) -> int:
    """One delivery on a connection of its own, as such senders do; a redirect is not followed."""
    timeout = aiohttp.ClientTimeout(total=patience)
    async with (
        aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.post(URL(url, encoded=True), data=body, headers=headers, allow_redirects=False) as answer,
    ):
        return answer.status


async def _cut(url: str, headers: dict[str, str], body: bytes) -> None:
    """Promise the whole body, send half of it, close."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    _, writer = await asyncio.open_connection(parts.hostname, parts.port or (443 if secure else 80), ssl=secure or None)
    told = {"Host": parts.netloc.rpartition("@")[2], "Content-Length": str(len(body)), **headers}
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body[: len(body) // 2])
    with contextlib.suppress(OSError):
        await writer.drain()
        writer.close()
        await writer.wait_closed()
