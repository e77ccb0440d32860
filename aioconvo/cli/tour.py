"""One provider's part of the demo: every message of every conversation, then a reply and a read mark, all through its inbox."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from typing import Any

import anyio
import anyio.lowlevel
from anyio.streams.memory import MemoryObjectReceiveStream

from aioconvo.core.calls.hooks import Hooks, PageFacts, RequestFacts, RetryFacts
from aioconvo.core.errors import AioconvoError, MaybeSentError, UnsupportedError
from aioconvo.core.operations.operation import Operation
from aioconvo.inbox import Inbox

__all__ = ["Counts", "Tally", "Tour"]

_TEXT = "It is on its way."
_REPLIES = 5  # tries
_MOST_TOLD = 3
_MASK = (1 << 64) - 1


@dataclasses.dataclass
class Tally:
    """What is in a heap of conversations, in flat memory.

    It is the same for equal heaps in any order, and for no others but for a chance of one in 2**64.
    """

    conversations: int = 0
    messages: int = 0
    _sum: int = 0

    def add(self, conversation: str, messages: Sequence[str]) -> None:
        """Messages of a conversation, by their ids."""
        self.messages += len(messages)
        self._sum = (self._sum + sum(hash((conversation, one)) for one in messages)) & _MASK


@dataclasses.dataclass
class Counts:
    """What a client did, told by its hooks."""

    requests: int = 0
    pages: int = 0
    retries: int = 0

    def hooks(self) -> Hooks:
        """Hooks that count here."""

        def on_request(_: RequestFacts) -> None:
            self.requests += 1

        def on_page(_: PageFacts) -> None:
            self.pages += 1

        def on_retry(_: RetryFacts) -> None:
            self.retries += 1

        return Hooks(on_request=on_request, on_page=on_page, on_retry=on_retry)


@dataclasses.dataclass
class Tour:
    """Where one provider's part stands; what failed is `told` in words, and the rest goes on without it.

    `listed` gives the ids of all conversations, `stored` what the sandbox holds of them, `paging` says how the lists page.
    """

    provider: str
    inbox: Inbox
    counts: Counts
    listed: Callable[[], AsyncGenerator[str]]
    stored: Callable[[], Iterator[tuple[str, Sequence[str]]]]
    found: Tally = dataclasses.field(default_factory=Tally)
    failures: int = 0
    seconds: float = 0.0
    complete: bool = False
    told: list[str] = dataclasses.field(default_factory=list[str])
    _first: str | None = None

    @property
    def paging(self) -> str:
        """How the lists of conversations and of messages page, by the catalogue."""
        operations: Sequence[Operation[Any]] = importlib.import_module(f"aioconvo.{self.provider}").OPERATIONS
        lists = {f"{self.provider}.conversations.list", f"{self.provider}.messages.list"}
        kinds = [one.page_kind.value for one in operations if one.python in lists and one.page_kind is not None]
        return ", ".join(dict.fromkeys(kinds))

    async def run(self, concurrency: int) -> None:
        """Walk everything, `concurrency` conversations at a time, compare, then reply to one and mark it read."""
        began = time.perf_counter()
        give, take = anyio.create_memory_object_stream[str]()
        async with anyio.create_task_group() as group:
            for _ in range(concurrency):
                group.start_soon(self._read, take.clone())
            take.close()
            async with give, contextlib.aclosing(self.listed()) as listed:
                try:
                    async for conversation in listed:
                        self.found.conversations += 1
                        await give.send(conversation)
                except AioconvoError as error:
                    self._failed("the list of conversations", error)
        self.seconds = time.perf_counter() - began
        self.complete = self.found == await self._expected()
        if self._first is not None:
            await self._answer(self._first)

    async def _read(self, conversations: MemoryObjectReceiveStream[str]) -> None:
        async with conversations:
            async for conversation in conversations:
                try:
                    async for page in self.inbox.messages(conversation).pages():
                        self.found.add(conversation, [message.id for message in page.items])
                        if page.items and self._first is None:
                            self._first = conversation
                except AioconvoError as error:
                    self._failed("a conversation", error)

    async def _expected(self) -> Tally:
        tally = Tally()
        for conversation, messages in self.stored():
            tally.conversations += 1
            tally.add(conversation, messages)
            await anyio.lowlevel.checkpoint()
        return tally

    async def _answer(self, conversation: str) -> None:
        try:
            self.told.append(await self._reply(conversation))
        except UnsupportedError:
            self.told.append("has no replies over REST")
        except AioconvoError as error:
            self._failed("NOT replied", error)
        try:
            await self.inbox.mark_read(conversation)
        except UnsupportedError:
            self.told.append("has no read marks")
        except AioconvoError as error:
            self._failed("NOT marked as read", error)
        else:
            self.told.append("marked as read")

    async def _reply(self, conversation: str) -> str:
        """Reply once. Where a fault hides whether it was sent, look before sending again."""
        for _ in range(_REPLIES - 1):
            try:
                await self.inbox.send_text(conversation, _TEXT)
            except MaybeSentError:
                if await self._is_there(conversation):
                    return "replied, which a fault hid"
            else:
                return "replied"
        await self.inbox.send_text(conversation, _TEXT)
        return "replied"

    async def _is_there(self, conversation: str) -> bool:
        return any([_TEXT in (message.text or "") async for message in self.inbox.messages(conversation)])

    def _failed(self, what: str, error: AioconvoError) -> None:
        self.failures += 1
        if self.failures <= _MOST_TOLD:
            self.told.append(f"{what}: {type(error).__name__}: {error}")
