"""All five inboxes against the sandbox: every message in both directions, bounds, positions, what is sent and marked."""

from __future__ import annotations

import datetime as dt
import importlib
import pickle
from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo.core.json.moments import EPOCH
from aioconvo.inbox import Conversation, Direction, Inbox, InboxOptions, Kind, Message, Order, Provider
from aioconvo.sandbox import Sandbox
from tests.inbox import natives
from tests.inbox.conftest import CLIENTS
from tests.inbox.tables import rows

PROVIDERS = [str(provider) for provider in Provider]
BY_USER = {"sunshine": "external_users", "smooch": "users"}
SECOND = dt.timedelta(seconds=1)


def tells(name: str, *fields: str) -> bool:
    """Whether an API tells any of these fields of a message, as the table of its inbox has it."""
    table = importlib.import_module(f"aioconvo.{name}.inbox").__doc__ or ""
    return any(row.field in fields and row.source != "not told" for row in rows(table) if row.struct == "Message")


async def conversations(inbox: Inbox, **options: Any) -> list[Conversation]:
    """Every conversation that the sandbox's first three users can show."""
    by = BY_USER.get(inbox.provider)
    users = {} if by is None else {by: ["user-1", "user-2", "user-3", "user-4"]}
    asked: Any = inbox.conversations
    found: list[Conversation] = await asked(**users, **options).collect()
    return found


def stored(sandbox: Sandbox, conversation: Conversation) -> list[str]:
    """Ids of a conversation's messages, oldest first."""
    state = sandbox.state()[conversation.provider]
    key = state["users"][conversation.id] if conversation.provider == "smooch" else conversation.id
    if conversation.provider == "smscx":
        return [message.id for message in sandbox.providers["smscx"]._by_id[key].messages()]
    ids: list[str] = state["ids"][key]
    return ids


def oldest_first(inbox: Inbox, messages: list[Message]) -> list[str]:
    """Ids as they stand in a conversation; the sandbox's Convore gives its newest first."""
    ids = [message.id for message in messages]
    orders = inbox.capabilities.message_orders
    return ids if orders and orders[0] is Order.OLDEST_FIRST else ids[::-1]


@pytest.mark.parametrize("name", PROVIDERS)
async def test_every_conversation_and_message_comes_once(sandbox: Sandbox, clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    listed = await conversations(inbox, prefetch=2)
    assert len({conversation.id for conversation in listed}) == len(listed) == 4
    for conversation in listed:
        messages = await inbox.messages(conversation, prefetch=1).collect()
        assert oldest_first(inbox, messages) == stored(sandbox, conversation)
        assert {(message.provider, message.conversation_id) for message in messages} == {(name, conversation.id)}
        for message in messages:
            assert message.sent_at is not None
            assert message.sent_at.tzinfo is dt.UTC
            assert message.text or message.kind not in {Kind.TEXT, Kind.EMAIL, Kind.OTHER}
        by_id = await inbox.messages(conversation.id, limit=3).collect()
        assert by_id == messages[:3]


@pytest.mark.parametrize("name", PROVIDERS)
async def test_nothing_is_lost_or_doubled_when_the_server_fails(clock: Any, name: str) -> None:
    async with Sandbox(conversations=4, messages=230, faults=0.2, seed=7) as faulty, aioconvo.SessionPool(clock=clock) as pool:
        inbox: Inbox = CLIENTS[name](**faulty.client_options(name), pool=pool, max_retries=20).inbox
        for conversation in await conversations(inbox, prefetch=1):
            messages = await inbox.messages(conversation, prefetch=1).collect()
            assert oldest_first(inbox, messages) == stored(faulty, conversation)
        assert faulty.faults[name] or name == "smscx"  # which is asked five times only


@pytest.mark.parametrize("name", PROVIDERS)
async def test_neutral_items_travel_to_other_processes(clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    listed = await conversations(inbox)
    messages = await inbox.messages(listed[0], limit=50).collect()
    assert pickle.loads(pickle.dumps((listed, messages))) == (listed, messages)  # noqa: S301 -- our own
    assert aioconvo.encode(messages)


@pytest.mark.parametrize("name", PROVIDERS)
async def test_five_messages_are_the_newest_wherever_the_api_can(sandbox: Sandbox, clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    for conversation in await conversations(inbox):
        five = [message.id for message in await inbox.messages(conversation, limit=5).collect()]
        whole = stored(sandbox, conversation)
        oldest_only = inbox.capabilities.message_orders == (Order.OLDEST_FIRST,)
        assert five == (whole[:5] if oldest_only else whole[::-1][:5])


async def test_a_user_by_the_wrong_kind_of_id_is_told_of_the_other(clients: dict[str, Any]) -> None:
    inbox = clients["sunshine"].inbox
    with pytest.raises(aioconvo.NotFoundError, match="external_users=") as caught:
        await inbox.conversations(users="user-1")
    assert (caught.value.status, caught.value.code) == (404, "user_not_found")
    with pytest.raises(aioconvo.NotFoundError) as caught:
        await inbox.conversations(users="0" * 24)
    assert "external_users" not in str(caught.value)
    with pytest.raises(aioconvo.NotFoundError) as caught:
        await inbox.conversations(external_users="nobody")
    assert "external_users" not in str(caught.value)


@pytest.mark.parametrize("name", PROVIDERS)
async def test_orders_are_what_the_capabilities_say(clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    conversation = (await conversations(inbox))[0]
    for order in Order:
        if order in inbox.capabilities.message_orders:
            times = [message.sent_at or EPOCH async for message in inbox.messages(conversation, order=order)]
            assert times == sorted(times, reverse=order is Order.NEWEST_FIRST)
            assert len(times) == 230
        else:
            with pytest.raises(aioconvo.UnsupportedError, match=r"collect\(\) gives"):
                inbox.messages(conversation, order=order)
    with pytest.raises(aioconvo.InvalidRequestError, match="order must be oldest_first or newest_first"):
        inbox.messages(conversation, order="sideways")


@pytest.mark.parametrize("name", PROVIDERS)
async def test_bounds_hold_the_same_messages_everywhere(clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    conversation = (await conversations(inbox))[1]
    everything = await inbox.messages(conversation).collect()
    times = sorted(message.sent_at for message in everything if message.sent_at is not None)
    since, until = times[60], times[170]
    for order in (None, *inbox.capabilities.message_orders):
        whole = await inbox.messages(conversation, order=order).collect()
        for low, high in ((since, until), (since, None), (None, until), (since + SECOND / 1000, until + SECOND / 1000)):
            found = await inbox.messages(conversation, order=order, since=low, until=high).collect()
            wanted = [one for one in whole if (low or EPOCH) <= (one.sent_at or EPOCH) < (high or times[-1] + SECOND)]
            assert found == wanted
    assert await inbox.messages(conversation, until=EPOCH + SECOND).collect() == []


@pytest.mark.parametrize("name", PROVIDERS)
async def test_only_what_is_new_is_read_where_the_api_can(sandbox: Sandbox, clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    conversation = (await conversations(inbox))[0]
    newest = max(message.sent_at or EPOCH for message in await inbox.messages(conversation).collect())
    asked = sum(sandbox.requests[name].values())
    assert [one.sent_at async for one in inbox.messages(conversation, since=newest)] == [newest]
    cost = sum(sandbox.requests[name].values()) - asked
    # SMS.CX gives a conversation whole, in one answer.
    assert cost == 1 or not inbox.capabilities.reads_new_messages
    assert inbox.capabilities.reads_new_messages or name == "smscx" or cost == 3


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_walk_goes_on_from_every_page(clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    conversation = (await conversations(inbox))[0]
    for order in (None, *inbox.capabilities.message_orders):
        whole = await inbox.messages(conversation, order=order).collect()
        found: list[Message] = []
        async for page in inbox.messages(conversation, order=order, limit=150).pages():
            found += page.items
            rest = await inbox.messages(conversation, order=order, start=page.position).collect()
            assert found + rest == whole
        assert found == whole[:150]


@pytest.mark.parametrize("name", PROVIDERS)
async def test_lists_of_conversations_go_on_and_are_bounded(clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    whole = await conversations(inbox)
    asked: Any = inbox.conversations
    users = {BY_USER[name]: ["user-1", "user-2", "user-3", "user-4"]} if name in BY_USER else {}
    page = await asked(**users, limit=2)
    rest = await asked(**users, start=page.position).collect()
    ids = [conversation.id for conversation in whole]
    seen = [conversation.id for conversation in (*page.items, *rest)]
    # The users of one conversation may bring it again after a position.
    assert list(dict.fromkeys(seen)) == ids
    assert name == "sunshine" or len(seen) == len(ids)
    moments = {one.id: one.updated_at or one.last_message_at for one in whole}  # what has none is within all bounds
    middle = sorted(moment or EPOCH for moment in moments.values())[1]
    recent = await conversations(inbox, since=middle)
    assert [one.id for one in recent] == [one for one in ids if (moments[one] or middle) >= middle]
    older = await conversations(inbox, until=middle)
    assert [one.id for one in older] == [one for one in ids if (moments[one] or EPOCH - SECOND) < middle]


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_text_is_sent_or_refused_before_anything_is(sandbox: Sandbox, clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    conversation = (await conversations(inbox))[0]
    before = sum(sandbox.requests[name].values())
    if not inbox.capabilities.sends_text:
        with pytest.raises(aioconvo.UnsupportedError, match="authorize_websocket"):
            await inbox.send_text(conversation, "Hello")
        assert sum(sandbox.requests[name].values()) == before
        return
    with pytest.raises(aioconvo.InvalidRequestError):
        await inbox.send_text(conversation, "")
    assert sum(sandbox.requests[name].values()) == before
    text = "1 < 2 & so on,\nsee you"
    sent = await inbox.send_text(conversation, text)
    assert (sent.direction, sent.conversation_id) == (Direction.OUTBOUND, conversation.id)
    assert sent.author is not None
    assert sent.author.kind == "business"
    newest = max(await inbox.messages(conversation.id).collect(), key=lambda one: one.sent_at or EPOCH)
    assert (newest.id, newest.text, newest.direction) == (sent.id, text, Direction.OUTBOUND)
    assert sent.text == text


@pytest.mark.parametrize("name", PROVIDERS)
async def test_reading_is_marked(clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    listed = await conversations(inbox)
    conversation = next((one for one in listed if one.unread), listed[0])
    if not inbox.capabilities.marks_read:
        with pytest.raises(aioconvo.UnsupportedError):
            await inbox.mark_read(conversation)
        return
    await inbox.mark_read(conversation)
    again = next(one for one in await conversations(inbox) if one.id == conversation.id)
    assert not again.unread
    if name == "sunshine":
        assert again.native.business_last_read is not None
    if name == "smooch":
        assert again.native.app_maker_last_read is not None
    with pytest.raises(aioconvo.NotFoundError):
        await inbox.mark_read("0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b")


async def test_lists_by_user_need_users_and_others_take_none(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    for name in PROVIDERS:
        inbox: Inbox = clients[name].inbox
        assert inbox.capabilities.lists_all is (name not in BY_USER)
        assert inbox.capabilities.lists_by_user is (name in BY_USER)
        if name in BY_USER:
            with pytest.raises(aioconvo.UnsupportedError, match=r"give users=\[\.\.\.\]"):
                inbox.conversations()
            wrongs: list[Any] = [[], [""], "", [5], 5, ["user-1", None]]
            for wrong in wrongs:
                with pytest.raises(aioconvo.InvalidRequestError, match="users"):
                    inbox.conversations(users=wrong)
        else:
            with pytest.raises(aioconvo.UnsupportedError, match="leave users out"):
                inbox.conversations(users=["user-1"])
    assert not any(sandbox.requests.values())


async def test_users_without_a_conversation_and_unknown_ones(clients: dict[str, Any]) -> None:
    smooch: Inbox = clients["smooch"].inbox
    for prefetch in (0, 3):
        found = await smooch.conversations(users=["user-3", "user-0", "user-1"], prefetch=prefetch).collect()
        assert [conversation.id for conversation in found] == ["user-3", "user-1"]
    assert await smooch.conversations(users="user-0").collect() == []
    with pytest.raises(aioconvo.NotFoundError):
        await smooch.conversations(users=["user-1", "nobody"]).collect()
    with pytest.raises(aioconvo.NotFoundError):
        await clients["sunshine"].inbox.conversations(external_users=["user-1", "nobody"]).collect()
    with pytest.raises(aioconvo.InvalidRequestError, match="exactly one of users or external_users"):
        clients["sunshine"].inbox.conversations(users="a", external_users="b")


UNKNOWN = "0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b"


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_conversation_that_does_not_exist_is_not_an_empty_one(clients: dict[str, Any], name: str) -> None:
    inbox: Inbox = clients[name].inbox
    with pytest.raises(aioconvo.NotFoundError):
        await inbox.messages(UNKNOWN)
    for prefetch in (0, 2):
        with pytest.raises(aioconvo.NotFoundError):
            await inbox.messages(UNKNOWN, prefetch=prefetch).collect()


async def test_only_a_conversation_without_messages_is_asked_for_itself(wire: Any) -> None:
    found = {"id": "conv_1"}, {"conversation": {"conversation_uuid": "u-1"}, "success": True}
    clients: list[Any] = [
        aioconvo.ConvoreClient(api_key="k", base_url=wire.base_url),
        aioconvo.UltraCartClient(simple_key="k", base_url=wire.base_url),
    ]
    for client, member, one, itself in zip(clients, ("data", "conversation_messages"), found, ("conv_1", "u-1"), strict=True):
        async with client:
            known = Conversation(provider=client.provider, id=itself, native=None, channels=("sms",))
            for messages, asked in (([], 2), ([{"id": "msg_1", **natives.ULTRACART_MESSAGE}], 1)):
                wire.sent.clear()
                wire.answers("GET", {member: messages, "metadata": {"result_set": {"more": False}}})
                if asked == 2:
                    wire.answers("GET", one)
                assert len(await client.inbox.messages(known).collect()) == len(messages)
                assert len(wire.sent) == asked
            wire.answers("GET", {member: []})
            wire.answers("GET", status=404)
            with pytest.raises(aioconvo.NotFoundError):
                await client.inbox.messages(itself)
            assert wire.last.path.endswith(f"/conversations/{itself}")
    # What is not new is nothing that is missing.
    wire.answers("GET", {"conversation_messages": []})
    async with aioconvo.UltraCartClient(simple_key="k", base_url=wire.base_url) as ultracart:
        assert await ultracart.inbox.messages("u-1", since=EPOCH + SECOND).collect() == []


async def test_every_author_is_among_the_participants_and_every_channel_known(clients: dict[str, Any]) -> None:
    for name in PROVIDERS:
        inbox = clients[name].inbox.with_participants() if name == "sunshine" else clients[name].inbox
        listed = await conversations(inbox)
        for one in listed:
            ids = {person.id for person in one.participants} - {None}
            addresses = {person.address for person in one.participants} - {None}
            for messages in (await inbox.messages(one.id).collect(), one.messages or ()):
                for message in messages:
                    assert message.author is not None
                    assert message.author.id is None or message.author.id in ids, name
                    assert message.author.address is None or message.author.address in addresses, name
                    assert message.channel is not None or not tells(name, "channel"), name
                    inbound = message.direction is Direction.INBOUND and tells(name, "author.id", "author.address")
                    assert not inbound or message.author.id or message.author.address, "nobody can be joined to no one"


async def test_what_messages_of_ultracart_travelled_by(wire: Any) -> None:
    def page(*messages: Any) -> dict[str, Any]:
        return {"conversation_messages": list(messages), "metadata": {"result_set": {"more": False}}}

    async with aioconvo.UltraCartClient(simple_key="k", base_url=wire.base_url) as ultracart:
        inbox = ultracart.inbox
        uuid = natives.ULTRACART_CONVERSATION["conversation_uuid"]
        wire.answers(
            "GET", {"success": True, "conversations": [natives.ULTRACART_CONVERSATION], "metadata": {"result_set": {}}}
        )
        listed = (await inbox.conversations()).items
        for given in (listed[0].id, listed[0]):
            wire.answers("GET", page(natives.ULTRACART_MESSAGE))
            assert [one.channel for one in await inbox.messages(given).collect()] == ["sms"]
        assert len(wire.sent) == 3  # the list told
        other = "11111111-2222-4333-8444-555555555555"
        wire.answers("GET", page(natives.ULTRACART_MESSAGE, natives.ULTRACART_NOTICE))
        wire.answers("GET", {"conversation": {"conversation_uuid": other, "medium": "websocket"}})
        wire.answers("GET", page(natives.ULTRACART_MESSAGE))
        assert [one.channel for one in await inbox.messages(other).collect()] == ["websocket"] * 2
        assert [one.channel for one in await inbox.messages(other).collect()] == ["websocket"]
        assert len(wire.sent) == 6
        assert uuid in wire.sent[1].path
        assert dict(wire.sent[4].query) == {"limit": "1"}  # what it travelled by is asked for, not its messages


async def test_smooch_calls_a_user_as_they_were_asked_for(wire: Any) -> None:
    wire.answers("GET", natives.SMOOCH_ANSWER)
    async with aioconvo.SmoochClient(app_id="a", key_id="k", secret="s", base_url=wire.base_url) as smooch:
        (found,) = await smooch.inbox.conversations(users="user-1").collect()
    assert [(one.kind, one.id, one.name, one.address) for one in found.participants] == [
        ("user", "user-1", "Ada", "ada@example.org"),
        ("business", "b-1", "Jane Roe", None),
    ]
    assert [one.author.id for one in found.messages or () if one.author] == ["user-1", "b-1"]


async def test_hooks_are_told_of_the_pages_of_every_inbox(clients: dict[str, Any]) -> None:
    for name in PROVIDERS:
        told: list[Any] = []
        inbox = clients[name].with_options(hooks=aioconvo.Hooks(on_page=told.append)).inbox
        listed = await conversations(inbox)
        assert sum(facts.items for facts in told) == len(listed) == 4
        assert [facts.has_more for facts in told] == [True] * (len(told) - 1) + [False]
        messages = await inbox.messages(listed[0]).collect()
        assert sum(facts.items for facts in told) == 4 + len(messages)
        assert {facts.operation.partition(".")[0] for facts in told} == {name}


async def test_sunshine_tells_participants_where_they_are_asked_for(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    inbox = clients["sunshine"].inbox
    plain = await inbox.conversations(external_users="user-1").collect()
    assert {one.participants for one in plain} == {()}
    peopled = await inbox.with_participants().conversations(external_users="user-1").collect()
    assert [msgspec.structs.replace(one, participants=()) for one in peopled] == plain
    assert sandbox.requests["sunshine"]["ListParticipants"] == 4
    for one in peopled:
        members = await clients["sunshine"].participants.list(one.id).collect()
        assert [(person.kind, person.id) for person in one.participants] == [("user", each.user_id) for each in members]
    page = await inbox.with_participants().conversations(external_users="user-1", limit=2)
    rest = inbox.with_participants().conversations(external_users="user-1", start=page.position)
    assert [*page.items, *await rest.collect()] == peopled


async def test_participants_of_what_was_deleted_meanwhile_or_has_no_id_are_none(wire: Any) -> None:
    async with aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", base_url=wire.base_url) as sunshine:
        inbox = sunshine.inbox.with_participants()
        wire.answers("GET", {"conversations": [{"id": None}, 7, {"id": "c" * 24}], "meta": {"hasMore": False}})
        wire.answers("GET", status=404)
        found = await inbox.conversations(users="u" * 24).collect()
        assert [(one.id[0], one.participants) for one in found] == [("~", ()), ("~", ()), ("c", ())]
        wire.answers("GET", {"conversations": [{"id": "c" * 24}], "meta": {"hasMore": False}})
        wire.answers("GET", status=403)
        with pytest.raises(aioconvo.PermissionDeniedError):
            await inbox.conversations(users="u" * 24)


async def test_an_author_is_one_object_in_a_page(clients: dict[str, Any]) -> None:
    for name in PROVIDERS:
        inbox: Inbox = clients[name].inbox
        page = await inbox.messages((await conversations(inbox))[0])
        authors = [one.author for one in page.items if one.author is not None]
        assert len({id(author) for author in authors}) == len(set(authors)) < len(authors)


async def test_sunshine_lists_by_its_own_ids_too(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    user = next(iter(sandbox.providers["sunshine"].app.users))
    by_own = await clients["sunshine"].inbox.conversations(users=user).collect()
    by_external = await clients["sunshine"].inbox.conversations(external_users="user-1").collect()
    assert by_own == by_external
    assert len(by_own) == 4


async def test_conversations_of_others_and_damaged_ones_are_refused(clients: dict[str, Any]) -> None:
    ours = await clients["convore"].inbox.conversations()
    with pytest.raises(aioconvo.InvalidRequestError, match="one of convore, not of ultracart"):
        clients["ultracart"].inbox.messages(ours.items[0])
    damaged = msgspec.structs.replace(ours.items[0], id="~0123")
    with pytest.raises(aioconvo.InvalidRequestError, match="no usable id"):
        await clients["convore"].inbox.mark_read(damaged)
    with pytest.raises(aioconvo.InvalidRequestError, match="must be a UUID"):
        clients["smscx"].inbox.messages("7")
    nothings: list[Any] = [None, 5, b"c"]
    for nothing in nothings:
        with pytest.raises(aioconvo.InvalidRequestError, match=f"its id, which is a text; got {type(nothing).__name__}"):
            clients["convore"].inbox.messages(nothing)


async def test_smscx_replies_by_the_channel_that_is_named(clients: dict[str, Any]) -> None:
    inbox = clients["smscx"].inbox
    conversation = (await inbox.conversations(limit=1)).items[0]
    for channel in ("sms", "viber", "whatsapp"):
        assert (await inbox.send_text(conversation, "Hello", channel=channel)).channel == channel
    with pytest.raises(aioconvo.InvalidRequestError, match="channel must be sms, viber or whatsapp"):
        await inbox.send_text(conversation, "Hello", channel="fax")


async def test_convore_answers_who_wrote_or_was_written_to(sandbox: Sandbox, clients: dict[str, Any]) -> None:
    client = clients["convore"]
    channel = sandbox.state()["convore"]["channels"][0]
    begun = await client.messages.send(body="Hi", channel_id=channel, to=["ada@example.org"])
    again = await client.inbox.send_text(begun.conversation_id, "Still there?")
    assert again.reply_to_id == begun.id
    assert [person.handle.value for person in again.native.recipients] == ["ada@example.org"]
    came = sandbox.providers["convore"].receive_message(begun.conversation_id, "Yes")
    await client.messages.send(body="Good", reply_to_message_id=came["id"])
    assert (await client.inbox.send_text(begun.conversation_id, "Great")).reply_to_id == came["id"]
    asked = dict(sandbox.requests["convore"])
    with pytest.raises(aioconvo.InvalidRequestError, match="no message to answer"):
        await client.inbox.send_text("conv_unknown", "Hello")
    assert sandbox.requests["convore"]["send_message"] == asked["send_message"]


async def test_an_inbox_that_knows_the_agents_knows_directions(clients: dict[str, Any]) -> None:
    inbox = clients["ultracart"].inbox
    conversation = (await inbox.conversations(limit=1)).items[0]
    known = await inbox.with_agents()
    messages = await known.messages(conversation).collect()
    assert {message.direction for message in messages} == {Direction.INBOUND, Direction.OUTBOUND, Direction.SYSTEM}
    for message in messages:
        side = message.native.author_conversation_participant_arn.split(":")[-2]
        assert message.author.kind == {"customer": "user", "agent": "business"}[side]
    people = (await known.conversations(limit=1)).items[0].participants
    assert {person.kind for person in people} == {"user", "business"}
    named = await inbox.with_agents({messages[0].author.id})
    assert (await named.messages(conversation)).items[0].direction is Direction.OUTBOUND


async def test_what_an_inbox_knows_goes_elsewhere(clients: dict[str, Any]) -> None:
    knowing: list[Inbox] = [
        await clients["ultracart"].inbox.with_agents(["b", "a"]),
        clients["sunshine"].inbox.with_participants(),
    ]
    assert [one.portable_options for one in knowing] == [{"agents": ("a", "b")}, {"participants": True}]
    for inbox in knowing:
        told = msgspec.json.decode(msgspec.json.encode(inbox.portable_options), type=InboxOptions)
        there = clients[inbox.provider].inbox.with_options(**told)
        assert there.portable_options == there.with_options().portable_options == inbox.portable_options
    for name in PROVIDERS:
        inbox = clients[name].inbox
        assert inbox.with_options(**inbox.portable_options).portable_options == inbox.portable_options == {}
        wrong: InboxOptions = {"agents": ()} if name == "sunshine" else {"participants": True}
        with pytest.raises(aioconvo.InvalidRequestError, match=f"the inbox of {name} takes no {next(iter(wrong))}"):
            inbox.with_options(**wrong)


async def test_a_204_to_a_reply_is_told_as_sent(wire: Any) -> None:
    async with aioconvo.SmscxClient(api_key="k", base_url=wire.base_url) as client:
        wire.answers("POST", status=204)
        sent = await client.inbox.send_text("0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b", "Hello")
    assert sent.id.startswith("~")
    assert isinstance(sent.native, aioconvo.Unknown)


async def test_damaged_answers_are_walked_too(wire: Any) -> None:
    async with aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", base_url=wire.base_url) as sunshine:
        wire.answers("GET", {"conversations": [{"id": None}, 7, {"id": "c" * 24}], "meta": {"hasMore": False}})
        found = await sunshine.inbox.conversations(users="u" * 24).collect()
        assert [one.id[0] for one in found] == ["~", "~", "c"]
        assert wire.last.query == [("filter[userId]", "u" * 24), ("page[size]", "100")]
    async with aioconvo.ConvoreClient(api_key="k", base_url=wire.base_url) as convore:
        wire.answers("GET", {"data": [7, {"id": "msg_1", "direction": "outbound", "recipients": "nobody"}]})
        wire.answers("POST", {"id": "msg_2"})
        assert (await convore.inbox.send_text("conv_1", "a\n<b>")).id == "msg_2"
        body = "a<br>\n&lt;b&gt;"
        assert wire.last.json() == {"body": body, "reply_to_message_id": "msg_1", "reply_type": "reply"}
    async with aioconvo.SmscxClient(api_key="k", base_url=wire.base_url) as smscx:
        wire.answers("GET", status=204)
        assert await smscx.inbox.messages("0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b").collect() == []
        assert repr(smscx.inbox) == "<SmscxInbox>"


async def test_what_marks_as_read_is_sent_as_documented(wire: Any, caplog: pytest.LogCaptureFixture) -> None:
    async with aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", base_url=wire.base_url) as sunshine:
        wire.answers("POST", {})
        await sunshine.inbox.mark_read("c/1")
        assert wire.last.path == "/v2/apps/a/conversations/c%2F1/activity"
        assert wire.last.json() == {"author": {"type": "business"}, "type": "conversation:read"}
    async with aioconvo.ConvoreClient(api_key="k", base_url=wire.base_url) as convore:
        wire.answers("PATCH", natives.CONVORE_CONVERSATION | {"id": "conv_1"})
        await convore.inbox.mark_read("conv_1")
        assert (wire.last.path, wire.last.json()) == ("/v1/conversations/conv_1", {"is_unread": False})
    assert caplog.text == "", "no member of the answer is unknown"


async def test_bounds_go_to_the_api_with_room_to_spare(wire: Any) -> None:
    day = dt.datetime(2024, 1, 31, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    async with aioconvo.ConvoreClient(api_key="k", base_url=wire.base_url) as convore:
        wire.answers("GET", {"data": []})
        await convore.inbox.conversations(since=day, until=day + SECOND)
        assert dict(wire.last.query) == {
            "last_message_date_after": "2024-01-30T21:59:59Z",
            "last_message_date_before": "2024-01-30T22:00:02Z",
        }
    async with aioconvo.UltraCartClient(simple_key="k", base_url=wire.base_url) as ultracart:
        for since, bound in ((day, "1706651999999"), (EPOCH, "0"), (None, "0")):
            wire.answers("GET", {"conversation_messages": [{"conversation_message_uuid": "m-1"}]})
            known = Conversation(provider=Provider.ULTRACART, id="u-1", native=None, channels=("sms",))
            await ultracart.inbox.messages(known, since=since)
            assert wire.last.path.rpartition("/")[2] == bound
    async with aioconvo.SmoochClient(app_id="a", key_id="k", secret="s", base_url=wire.base_url) as smooch:
        asked = [(Order.OLDEST_FIRST, "after", "1706651999.999"), (Order.NEWEST_FIRST, "before", "1706652001.000")]
        for order, name, bound in asked:
            wire.answers("GET", {"messages": []})
            await smooch.inbox.messages("user-1", since=day, until=day + SECOND, order=order)
            assert wire.last.query == [(name, bound)]
