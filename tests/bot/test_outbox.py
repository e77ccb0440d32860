"""A handler that runs again sends nothing again, where the API lets us look; where it does not, nothing in doubt."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Collection
from typing import Any, ClassVar

import anyio
import pytest

from aioconvo.bot.context import Conversing
from aioconvo.bot.outbox import ClaimLostError, Outbox, Voice
from aioconvo.bot.retries import LoopGuard, LoopLimits, ReplyLoopError
from aioconvo.bot.runner import Finished, Runner
from aioconvo.bot.stores.store import Again, Claim, Dead, Handled, Outcome
from aioconvo.core.errors import CallFacts, MaybeSentError, RateLimitError, UnsupportedError
from aioconvo.events.models import Event, MessageReceived
from aioconvo.events.replies import Replies
from aioconvo.inbox.models import Message
from aioconvo.providers import Provider
from tests.bot.plain_store import PlainStore, entry
from tests.virtual_time import LoopClock, in_virtual_time

FACTS = CallFacts(provider="sunshine", operation="sunshine.messages.post", method="POST", path="/")


class Server(Replies):
    """An API that keeps what it is sent; `fails`: what happens to the next sends, before or after they arrive."""

    can_look: ClassVar[bool] = True

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []
        self.fails: list[tuple[str, BaseException]] = []
        self.looked = 0
        self.shown: list[object] = []

    async def send(self, event: Event, content: Any, mark: str, *, new_sms: bool = False) -> Message:
        assert not new_sms
        when, error = self.fails.pop(0) if self.fails else ("never", None)
        if when == "before":
            raise error or AssertionError
        self.kept.append((mark, content))
        if when == "after":
            raise error or AssertionError
        return self._message(event, len(self.kept))

    async def find(
        self, event: Event, content: Any, mark: str, *, since: dt.datetime, known: Collection[str] = ()
    ) -> Message | None:
        assert content
        assert since.tzinfo
        assert isinstance(known, list)
        self.looked += 1
        return next((self._message(event, place) for place, one in enumerate(self.kept, 1) if one[0] == mark), None)

    def facts(self) -> CallFacts:
        return FACTS

    async def typing(self, event: Event, started: bool) -> None:
        self.shown.append((event.key, started))

    async def mark_read(self, event: Event) -> None:
        self.shown.append(event.key)

    @staticmethod
    def _message(event: Event, number: int) -> Message:
        return Message(event.provider, event.conversation_id or "", f"m{number}", None)


class Paid(Server):
    can_look: ClassVar[bool] = False
    can_type: ClassVar[bool] = False
    can_mark_read: ClassVar[bool] = False


def maybe() -> MaybeSentError:
    return MaybeSentError("it may have arrived", FACTS)


def refused() -> RateLimitError:
    return RateLimitError("too many", FACTS, 429)


def event_of(claim: Claim) -> MessageReceived:
    return MessageReceived(
        provider=Provider.SUNSHINE,
        account="test",
        key=claim.entry.key,
        native=None,
        conversation_id="c",
        message=Message(Provider.SUNSHINE, "c", "in", None),
    )


Says = Callable[[Voice], Awaitable[object]]


async def handled_by(server: Server, says: Says, *, store: PlainStore | None = None) -> PlainStore:
    """One event, handled by what it says until it is done."""
    store, over = store or PlainStore(), asyncio.Event()
    outbox = Outbox(store, clock=LoopClock())

    async def handle(claim: Claim) -> Outcome:
        await says(outbox.voice(server, event_of(claim), claim))
        return Handled()

    def note(finished: Finished) -> None:
        if not isinstance(finished.outcome, Again):
            over.set()

    runner = Runner(store, outbox.guarded(handle), clock=LoopClock(), on_finished=note)
    await store.accept([entry("1")], now=LoopClock().time())
    async with anyio.create_task_group() as group:
        group.start_soon(runner.run)
        await over.wait()
        await runner.drain()
    return store


def texts(server: Server) -> list[str]:
    return [text for _, text in server.kept]


@in_virtual_time
async def test_replies_have_numbers_and_marks_of_their_own() -> None:
    server, got = Server(), list[str]()

    async def says(voice: Voice) -> None:
        got.extend([(await voice.reply("a")).id, (await voice.reply("b")).id])

    store = await handled_by(server, says)
    assert server.kept == [("1-0", "a"), ("1-1", "b")]
    assert got == ["m1", "m2"]
    assert [one.message_id for one in store.outbox.values()] == ["m1", "m2"]
    assert server.looked == 0


@in_virtual_time
async def test_what_was_sent_is_not_sent_again_by_the_next_attempt() -> None:
    server, got = Server(), list[tuple[str, str | None]]()

    async def says(voice: Voice) -> None:
        first = await voice.reply("a")
        if not got:
            got.append((first.id, first.text))
            raise ValueError
        got.append((first.id, first.text))
        await voice.reply("b")

    await handled_by(server, says)
    assert texts(server) == ["a", "b"]
    assert got == [("m1", None), ("m1", "a")], "the message of the first time"
    assert server.looked == 0


@pytest.mark.parametrize(("when", "sent", "looked"), [("after", ["a", "b"], 1), ("before", ["a", "b"], 1)])
def test_one_in_doubt_is_looked_for(when: str, sent: list[str], looked: int) -> None:
    server = Server()
    server.fails = [(when, maybe())]
    times = list[float]()

    @in_virtual_time
    async def run() -> None:
        async def says(voice: Voice) -> None:
            await voice.reply("a")
            times.append(asyncio.get_running_loop().time())
            await voice.reply("b")

        await handled_by(server, says)

    run()
    assert texts(server) == sent
    assert server.looked == looked
    assert times[0] >= 2, "what is on its way gets time to be listed"


@in_virtual_time
async def test_a_reply_that_was_refused_is_sent_at_the_next_attempt_without_a_look() -> None:
    for server in (Server(), Paid()):
        server.fails = [("before", refused())]

        async def says(voice: Voice) -> None:
            await voice.reply("a")

        store = await handled_by(server, says)
        assert texts(server) == ["a"]
        assert server.looked == 0
        assert store.handled


@in_virtual_time
async def test_a_paid_one_in_doubt_is_never_sent_again() -> None:
    server, errors = Paid(), list[BaseException]()
    server.fails = [("after", maybe())]

    async def says(voice: Voice) -> None:
        try:
            await voice.reply("a")
        except MaybeSentError as error:
            errors.append(error)
            raise

    store = await handled_by(server, says)
    assert texts(server) == ["a"]
    assert len(errors) == 4
    assert "does not let us look" in str(errors[1])
    assert [one.reason for one in store.dead_letters] == ["MaybeSentError"]


@in_virtual_time
async def test_a_cut_attempt_leaves_its_reply_in_doubt() -> None:
    server = Server()
    server.fails = [("after", asyncio.CancelledError())]

    async def says(voice: Voice) -> None:
        await voice.reply("a")

    await handled_by(server, says)
    assert (texts(server), server.looked) == (["a"], 1)


@in_virtual_time
async def test_where_the_store_cannot_note_it_the_next_attempt_looks() -> None:
    store, server = PlainStore(), Server()

    class Loose(Server):
        async def send(self, event: Event, content: Any, mark: str, *, new_sms: bool = False) -> Message:
            sent = await super().send(event, content, mark, new_sms=new_sms)
            store.down = True
            return sent

    server, attempts = Loose(), 0

    async def says(voice: Voice) -> None:
        nonlocal attempts
        attempts += 1
        await voice.reply("a")
        store.down = False
        if attempts == 1:
            raise ValueError

    await handled_by(server, says, store=store)
    assert (texts(server), server.looked, attempts) == (["a"], 1, 2)


@in_virtual_time
async def test_whose_claim_ran_out_sends_nothing() -> None:
    store, server = PlainStore(), Server()
    outbox = Outbox(store, clock=LoopClock())
    await store.accept([entry("1")], now=0.0)
    (claim,) = await store.claim(1, now=0.0)
    store.lost.add("test:1")
    with pytest.raises(ClaimLostError):
        await outbox.voice(server, event_of(claim), claim).reply("a")
    assert not server.kept


class TestLoops:
    @in_virtual_time
    async def test_a_conversation_with_twenty_replies_in_ten_seconds_is_stopped(self, caplog: pytest.LogCaptureFixture) -> None:
        server = Server()

        async def says(voice: Voice) -> None:
            for number in range(30):
                await voice.reply(f"my secret {number}")

        store = await handled_by(server, says)
        assert len(server.kept) == 20
        assert [(one.reason, one.entry.attempt) for one in store.dead_letters] == [("ReplyLoopError", 1)]
        assert "this conversation is stopped" in caplog.text
        assert "secret" not in caplog.text

    @in_virtual_time
    async def test_it_is_stopped_also_where_the_handler_goes_on(self) -> None:
        server = Server()

        async def says(voice: Voice) -> None:
            for _ in range(30):
                try:
                    await voice.reply("a")
                except ReplyLoopError:
                    continue

        store = await handled_by(server, says)
        assert len(server.kept) == 20
        assert [one.reason for one in store.dead_letters] == ["ReplyLoopError"]

    @in_virtual_time
    async def test_a_message_of_the_other_side_is_heard_at_its_first_attempt_only(self) -> None:
        outbox = Outbox(PlainStore(), clock=LoopClock(), guard=LoopGuard(LoopLimits(replies=1)))
        await outbox.store.accept([entry("1"), entry("2")], now=0.0)
        (claim,) = await outbox.store.claim(1, now=0.0)
        await outbox.voice(Server(), event_of(claim), claim).reply("a")
        await outbox.store.finish(claim, Again(due=0.0), now=0.0)
        (claim,) = await outbox.store.claim(1, now=0.0)
        voice = outbox.voice(Server(), event_of(claim), claim)
        assert (await voice.reply("a")).id == "m1", "it was sent before"
        with pytest.raises(ReplyLoopError):
            await voice.reply("b")
        await outbox.store.finish(claim, Dead(reason="x"), now=0.0)
        (claim,) = await outbox.store.claim(1, now=0.0)
        await outbox.voice(Server(), event_of(claim), claim).reply("a")


@in_virtual_time
async def test_typing_and_marks_of_reading_where_there_are_such() -> None:
    store = PlainStore()
    outbox = Outbox(store, clock=LoopClock())
    await store.accept([entry("1")], now=0.0)
    (claim,) = await store.claim(1, now=0.0)
    for server, shown in ((Server(), [("test:1", True), ("test:1", False), "test:1"]), (Paid(), [])):
        voice: Conversing = outbox.voice(server, event_of(claim), claim)
        assert (voice.supports.typing, voice.supports.mark_read) == (bool(shown), bool(shown))
        await voice.typing(True)
        await voice.typing(False)
        await voice.mark_read()
        assert server.shown == shown
    with pytest.raises(UnsupportedError):
        await Replies.typing(Server(), event_of(claim), True)
    with pytest.raises(UnsupportedError):
        await Replies.mark_read(Server(), event_of(claim))
