"""How a bot answers an event at each API: what is sent, and how it is found again when it is in doubt."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo import smooch, sunshine, ultracart
from aioconvo.core.errors import InvalidRequestError, NotFoundError, UnsupportedError, WrongAnswerError
from aioconvo.events.models import ConversationStarted, Event, MessageReceived
from aioconvo.events.replies import Replies
from aioconvo.inbox.models import Direction, Kind, Message
from aioconvo.providers import Provider
from aioconvo.sandbox import Change, Sandbox
from tests.conftest import Wire

BATCH: dict[str, Any] = {
    "campaignId": "c1",
    "totalPhoneNumbers": 1,
    "totalValid": 1,
    "totalInvalid": 0,
    "totalCost": 0.1,
    "totalParts": 1,
    "scheduled": False,
}
SENT: dict[str, Any] = {
    "status": "ACCEPTED",
    "statusCode": 1,
    "createdAt": "2024-01-31 08:05:09",
    "inQuietHours": False,
    "cost": 0.1,
    "countryIso": "DE",
    "from": "+4412345",
    "text": "hello",
    "parts": 1,
}
MARK = "0123456789abcdef-0"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=4, messages=230) as sandbox:
        yield sandbox


class Case:
    """A customer who has just written to one of the APIs."""

    def __init__(self, sandbox: Sandbox, provider: Provider, pool: aioconvo.SessionPool) -> None:
        self.provider = provider
        self.api: Any = sandbox.providers[str(provider)]
        self.client = provider.client(**sandbox.client_options(str(provider)), pool=pool)
        self.replies: Replies = provider.replies(self.client)
        self.since = dt.datetime.now(dt.UTC)

    async def event(self, text: str = "hello") -> MessageReceived:
        users = ["user-1"] if self.provider is Provider.SMOOCH else None
        if self.provider is Provider.SUNSHINE:
            listed = await self.client.inbox.conversations(external_users="user-1").collect()
        else:
            listed = await self.client.inbox.conversations(users=users).collect()
        conversation = listed[0]
        native = self.api.receive_message(conversation.id, text)
        phone = getattr(conversation.native, "phone_number", None)
        name = next(native[key] for key in ("id", "_id", "msgId", "conversation_message_uuid") if key in native)
        return MessageReceived(
            provider=self.provider,
            account=str(self.provider),
            key=f"{self.provider}:1",
            native=None,
            occurred_at=self.since,
            conversation_id=None if phone else conversation.id,
            user_id=phone or conversation.id,
            message=Message(self.provider, conversation.id, name, None, direction=Direction.INBOUND, channel="sms"),
        )

    async def messages(self, event: Event) -> list[Message]:
        name = event.conversation_id or (await self.client.inbox.conversations().collect())[0].id
        listed = await self.client.inbox.messages(name).collect()
        return [one for one in listed if one.direction is Direction.OUTBOUND]


@pytest.fixture
async def case(sandbox: Sandbox, request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    async with aioconvo.SessionPool() as pool:
        yield Case(sandbox, request.param, pool)


def of(*providers: Provider) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", providers, indirect=True, ids=map(str, providers))


LOOKING = of(Provider.SUNSHINE, Provider.SMOOCH, Provider.CONVORE)


@of(Provider.SUNSHINE, Provider.SMOOCH, Provider.CONVORE, Provider.SMSCX)
async def test_a_text_goes_to_the_conversation_of_the_event(case: Case) -> None:
    event = await case.event()
    before = {one.id for one in await case.messages(event)}
    sent = await case.replies.send(event, "you said <hello> & so on", MARK)
    new = [one for one in await case.messages(event) if one.id not in before]
    assert [one.id for one in new] == [sent.id]
    assert "hello" in (new[0].text or new[0].html or "")
    assert sent.direction is Direction.OUTBOUND


@LOOKING
async def test_one_in_doubt_is_found_and_no_other(case: Case) -> None:
    event = await case.event()

    async def find(text: str, mark: str, *known: str) -> str | None:
        found = await case.replies.find(event, text, mark, since=case.since, known=known)
        return None if found is None else found.id

    assert await find("first & last", MARK) is None
    first = await case.replies.send(event, "first & last", MARK)
    second = await case.replies.send(event, "second\nline", "other-1")
    assert await find("first & last", MARK) == first.id
    assert await find("second\nline", "other-1", first.id) == second.id
    assert await find("third", "other-2", first.id, second.id) is None


@of(Provider.CONVORE)
async def test_the_same_text_is_told_apart_by_what_it_answers_and_when(case: Case) -> None:
    event, other = await case.event(), await case.event()
    earlier = await case.replies.send(other, "the same", MARK)
    assert await case.replies.find(event, "the same", MARK, since=case.since) is None, "it answers another message"
    first = await case.replies.send(event, "the same", MARK)
    second = await case.replies.send(event, "the same", MARK)
    found = await case.replies.find(event, "the same", MARK, since=case.since, known=[first.id])
    assert found is not None
    assert found.id == second.id != earlier.id
    late = msgspec.structs.replace(event, occurred_at=dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5))
    assert await case.replies.find(late, "the same", MARK, since=case.since) is None, "it was sent before the event"


@of(Provider.CONVORE)
async def test_an_event_without_a_message_is_answered_by_the_newest(case: Case) -> None:
    event = await case.event()
    started = ConversationStarted(
        provider=event.provider, account="convore", key="convore:2", native=None, conversation_id=event.conversation_id
    )
    sent = await case.replies.send(started, "welcome", MARK)
    found = await case.replies.find(started, "welcome", MARK, since=case.since)
    assert found is not None
    assert found.id == sent.id


@of(Provider.SUNSHINE, Provider.SMOOCH)
async def test_contents_of_the_apis_own_carry_the_mark_too(case: Case) -> None:
    event = await case.event()
    content: Any = sunshine.ImageContent(media_url="https://example.com/a.png")
    if case.provider is Provider.SMOOCH:
        content = smooch.TextMessage(role=smooch.Role.APP_MAKER, text="hi", metadata={"mine": 1})
    sent = await case.replies.send(event, content, MARK)
    assert sent.kind is (Kind.IMAGE if case.provider is Provider.SUNSHINE else Kind.TEXT)
    found = await case.replies.find(event, content, MARK, since=case.since)
    assert found is not None
    assert found.id == sent.id
    assert found.native.metadata == {"aioconvo": MARK} | ({"mine": 1} if case.provider is Provider.SMOOCH else {})


@of(*Provider)
async def test_what_cannot_be_sent_is_told_before_anything_is(case: Case) -> None:
    event = await case.event()
    before = await case.messages(event)
    nowhere = Event(provider=case.provider, account="a", key="a:1", native=None)
    for content in ("", 7):
        with pytest.raises((InvalidRequestError, UnsupportedError)):
            await case.replies.send(event, content, MARK)
    with pytest.raises(UnsupportedError):
        await case.replies.send(nowhere, "hello", MARK)
    assert len(await case.messages(event)) == len(before)
    assert case.replies.facts().provider == str(case.provider)


@of(*Provider)
async def test_typing_and_marks_of_reading(case: Case) -> None:
    event = await case.event()
    if case.replies.can_type:
        await case.replies.typing(event, True)
        await case.replies.typing(event, False)
    else:
        with pytest.raises(UnsupportedError):
            await case.replies.typing(event, True)
    await case.replies.mark_read(event)
    assert case.replies.can_type is (case.provider not in {Provider.SMSCX, Provider.CONVORE})


class Inbound(msgspec.Struct):
    to: str | None


class TestSmscx:
    @of(Provider.SMSCX)
    async def test_the_conversation_is_found_by_the_phone_and_remembered(self, case: Case) -> None:
        event = await case.event()
        await case.replies.send(event, "one", MARK)
        spelled = msgspec.structs.replace(event, user_id=(event.user_id or "").lstrip("+"))
        before = case.client.stats().requests
        await case.replies.send(spelled, "two", MARK)
        assert case.client.stats().requests == before + 1
        with pytest.raises(NotImplementedError):
            await case.replies.find(event, "one", MARK, since=case.since)

    @of(Provider.SMSCX)
    async def test_a_phone_without_a_conversation_needs_a_word(self, case: Case) -> None:
        event = msgspec.structs.replace(await case.event(), user_id="+4900000")
        with pytest.raises(UnsupportedError, match="new_sms=True"):
            await case.replies.send(event, "hello", MARK)
        await case.replies.mark_read(event)

    async def test_a_new_sms_goes_from_the_number_that_was_written_to(self, wire: Wire) -> None:
        event = MessageReceived(
            provider=Provider.SMSCX,
            account="smscx",
            key="smscx:1",
            native=Inbound("+4412345"),
            user_id="+4900000",
            message=Message(Provider.SMSCX, "", "1", None),
        )
        async with aioconvo.SmscxClient(api_key="k", base_url=wire.base_url) as client:
            replies = Provider.SMSCX.replies(client)
            wire.answers("GET", {"data": []})
            wire.answers("POST", {"info": BATCH, "data": [SENT | {"msgId": "m1", "to": "+4900000"}]})
            sent = await replies.send(event, "hello", MARK, new_sms=True)
            assert (sent.id, sent.text, sent.channel, sent.direction) == ("m1", "hello", "sms", Direction.OUTBOUND)
            assert wire.last.path == "/sms"
            body = wire.last.json()
            key = body.pop("idempotencyId")
            assert body == {"to": ["+4900000"], "from": "+4412345", "text": "hello"}
            wire.answers("GET", {"data": []})
            wire.answers("POST", {"info": BATCH, "data": []})
            with pytest.raises((aioconvo.MaybeSentError, WrongAnswerError)):
                await replies.send(event, "hello", MARK, new_sms=True)
            assert wire.last.json()["idempotencyId"] == key, "the same reply has the same id"
            nowhere = msgspec.structs.replace(event, native=Inbound(None))
            wire.answers("GET", {"data": []})
            with pytest.raises(UnsupportedError, match="none to send from"):
                await replies.send(nowhere, "hello", MARK, new_sms=True)

    async def test_a_new_sms_in_the_sandbox_tells_how_far_it_got(self, sandbox: Sandbox) -> None:
        event = MessageReceived(
            provider=Provider.SMSCX,
            account="smscx",
            key="smscx:1",
            native=Inbound("+447700900000"),
            user_id="+447700900888",
            message=Message(Provider.SMSCX, "", "1", None),
        )
        changes: list[Change] = []
        sandbox.watch(changes.append)
        async with aioconvo.SmscxClient(**sandbox.client_options("smscx")) as client:
            sent = await Provider.SMSCX.replies(client).send(event, "hello", MARK, new_sms=True)
            again = await Provider.SMSCX.replies(client).send(event, "hello", MARK, new_sms=True)
        told = [(one.event, one.payload["status"], one.message_id) for one in changes]
        assert told == [("dlr_update", status, sent.id) for status in ("ACCEPTED", "SENT", "DELIVERED")]
        assert again.id == sent.id, "the same reply has the same id, and the sandbox keeps to it"


class TestUltraCart:
    @of(Provider.ULTRACART)
    async def test_it_speaks_over_the_socket_and_is_found_by_its_id(self, case: Case) -> None:
        event, said = await case.event(), list[tuple[object, ...]]()

        class Agent:
            async def send(self, conversation_uuid: str, body: str, *, client_message_id: str) -> ultracart.Message:
                said.append((conversation_uuid, body, client_message_id))
                return ultracart.Message(conversation_message_uuid="u1", client_message_id=client_message_id, body=body)

            async def typing(self, conversation_uuid: str, *, started: bool = True) -> None:
                said.append((conversation_uuid, started))

        class Source:
            agent = Agent()

        replies: Any = case.replies
        with pytest.raises(UnsupportedError, match="AgentSocket"):
            await replies.send(event, "hello", MARK)
        await replies.typing(event, True)
        replies.over(Source())
        assert (await replies.send(event, "hello", MARK)).id == "u1"
        await replies.typing(event, False)
        assert said == [(event.conversation_id, "hello", f"aioconvo-{MARK}"), (event.conversation_id, False)]
        assert await replies.find(event, "hello", MARK, since=case.since) is None


@of(Provider.SUNSHINE, Provider.SMOOCH)
async def test_a_conversation_that_is_gone_is_told(case: Case) -> None:
    event = await case.event()
    gone = msgspec.structs.replace(event, conversation_id="0" * 24, user_id="0" * 24)
    with pytest.raises(NotFoundError):
        await case.replies.send(gone, "hello", MARK)
