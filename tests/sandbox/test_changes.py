"""What customers and the business do at each API is told once, and sent where the API calls back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aioconvo.core.wire.pool import SessionPool
from aioconvo.providers import Provider
from aioconvo.sandbox import Change, Sandbox, Unkindness
from aioconvo.sandbox.sending.callbacks import MANNERS, SECRETS
from tests.sandbox.receiver import Receiver, receiver
from tests.virtual_time import LoopClock, in_virtual_time

ONE_BY_ONE = Unkindness(connections=1)
STAGES = {"smscx": 2, "sunshine": 2, "smooch": 2, "convore": 0, "ultracart": 0}
NEW = {"smscx": "+447700900999", "convore": "ada@example.org"}

# The members of each trigger beside app, version, appUser, conversation and trigger, as documents, SDK and programs have them.
SMOOCH: dict[str, set[str]] = {
    "message:appUser": {"messages"},
    "message:appMaker": {"messages"},
    "message:delivery:channel": {"message", "destination", "isFinalEvent", "externalMessages", "timestamp"},
    "message:delivery:user": {"message", "destination", "isFinalEvent", "externalMessages", "timestamp"},
    "message:delivery:failure": {"message", "destination", "isFinalEvent", "externalMessages", "timestamp", "error"},
    "delivery:success": {"messages", "destination", "timestamp"},
    "delivery:failure": {"messages", "destination", "timestamp", "error"},
    "postback": {"postbacks"},
    "conversation:start": {"source", "timestamp"},
    "conversation:read": {"source", "timestamp"},
    "conversation:referral": {"source", "timestamp", "referral"},
    "typing:appUser": {"activity", "source", "timestamp"},
    "merge:appUser": {"surviving", "discarded"},
    "payment:success": {"payments", "timestamp"},
    "link:match": {"channel", "criteria"},
    "link:success": {"channel", "criteria"},
    "link:failure": {"channel", "criteria", "error"},
    "client:add": {"reason", "source", "timestamp"},
    "client:remove": {"reason", "source", "timestamp"},
    "appUser:delete": {"timestamp"},
    "notification:delivery:channel": {"notification", "destination", "timestamp"},
    "notification:delivery:user": {"notification", "destination", "timestamp"},
    "notification:delivery:failure": {"notification", "destination", "timestamp", "error"},
}
HIT = {
    *("hitId", "shortlinkId", "url", "device", "browser", "browserVersion", "os", "osVersion", "brand", "model", "referrer"),
    *(
        "screenResolution",
        "acceptLanguage",
        "ipAddress",
        "countryIso",
        "city",
        "datetime",
        "phoneNumber",
        "campaignId",
        "groupId",
    ),
}
SMS = {"msgId", "from", "countryIso", "to", "text", "cost", "receivedAt"}
OTP = {
    *("otpId", "trackId", "phoneNumber", "countryIso", "status", "cost", "parts", "maxAttempts", "attempts", "ttl"),
    *("otpCallbackUrl", "dateCreated", "dateExpires"),
}
LOOKUP = {
    *("phoneNumber", "lookupBulkId", "lookupId", "cost", "mcc", "mccmnc", "countryIso", "countryName", "countryNameLocale"),
    *("status", "statusDescription", "ported", "roaming", "originalNetwork", "portedNetwork", "roamingNetwork", "datetime"),
}
SMSCX: dict[str, set[str]] = {
    "dlr_update": {"campaignId", "msgId", "statusCode", "status", "errorCode", "datetime", "trackData"},
    "receive_sms": SMS,
    "receive_viber": SMS,
    "receive_whatsapp": SMS,
    "shortlink_hit": HIT,
    "shortlink_hit_update": HIT,
    "attachment_hit": HIT,
    "attachment_hit_update": HIT,
    "new_optout": {
        *("hitId", "optoutId", "optoutUrl", "optoutType", "countryIso", "datetime", "phoneNumber", "campaignId", "groupId"),
    },
    "otp_update": OTP,
    "number_lookup": LOOKUP,
}
SUNSHINE: dict[str, set[str]] = {
    "client:add": {"conversation", "user", "client", "reason", "source"},
    "client:remove": {"conversation", "user", "client", "reason", "source", "error"},
    "client:update": {"conversation", "user", "client", "reason"},
    "conversation:create": {"conversation", "creationReason", "source", "user", "referral"},
    "conversation:join": {"conversation", "user"},
    "conversation:leave": {"conversation", "user"},
    "conversation:remove": {"conversation"},
    "conversation:message": {"conversation", "message"},
    "conversation:message:delivery:channel": {
        *("conversation", "user", "message", "destination", "externalMessages", "isFinalEvent"),
    },
    "conversation:message:delivery:user": {
        *("conversation", "user", "message", "destination", "externalMessages", "isFinalEvent"),
    },
    "conversation:message:delivery:failure": {
        *("conversation", "user", "message", "destination", "externalMessages", "isFinalEvent", "error"),
    },
    "conversation:postback": {"conversation", "user", "source", "postback"},
    "conversation:read": {"conversation", "activity"},
    "conversation:typing": {"conversation", "activity"},
    "conversation:referral": {"conversation", "user", "source", "referral"},
    "switchboard:acceptControl": {"conversation", "metadata"},
    "switchboard:acceptControl:failure": {"conversation", "metadata", "error"},
    "switchboard:offerControl": {"conversation", "metadata"},
    "switchboard:offerControl:failure": {"conversation", "metadata", "error"},
    "switchboard:passControl": {"conversation", "metadata", "reason"},
    "switchboard:passControl:failure": {"conversation", "metadata", "error"},
    "switchboard:releaseControl": {"conversation", "metadata", "reason"},
    "user:merge": {"mergedUsers", "mergedConversations", "mergedClients", "discardedMetadata", "reason"},
    "user:update": {"user", "reason", "source"},
    "user:remove": {"user"},
    "passthrough:messaging": {"conversation", "user", "anything"},
}


def sent_events(provider: str, hook: Receiver) -> list[str]:
    match provider:
        case "sunshine":
            return [event["type"] for event in hook.events]
        case "smooch":
            return [body["trigger"] for body in hook.bodies]
        case _:
            return [body["event"] for body in hook.bodies]


def members(provider: str, body: dict[str, Any]) -> set[str]:
    match provider:
        case "sunshine":
            return set(body["events"][0]["payload"])
        case "smooch":
            assert (body["app"], body["version"]) == ({"_id": "sandbox-app"}, "v1.1")
            assert ("appUser" in body) is (body["trigger"] != "merge:appUser")
            return set(body) - {"app", "version", "appUser", "conversation", "trigger"}
        case _:
            return set(body["data"][0])


@pytest.mark.parametrize(("provider", "known"), [("sunshine", SUNSHINE), ("smooch", SMOOCH), ("smscx", SMSCX)])
def test_every_event_can_be_sent_as_it_is_documented(provider: str, known: dict[str, set[str]]) -> None:
    assert set(Sandbox().providers[provider].changes.samples) == set(known)

    @in_virtual_time
    async def send() -> None:
        async with receiver() as hook, Sandbox(callbacks={provider: hook.url}, unkindness=ONE_BY_ONE) as sandbox:
            for event in known:
                sandbox.trigger(provider, event)
            await sandbox.delivered()
            assert sent_events(provider, hook) == [*known]
            assert [members(provider, body) for body in hook.bodies] == [*known.values()]
            for headers, _ in hook.came:
                assert headers.get("X-API-Key") == (None if provider == "smscx" else SECRETS[provider])
            with pytest.raises(LookupError):
                sandbox.trigger(provider, "no:such:event")

    send()


@pytest.mark.parametrize("provider", [str(one) for one in Provider])
@pytest.mark.parametrize("new", [False, True], ids=["known", "new"])
def test_a_customer_writes_and_the_business_answers(provider: str, new: bool) -> None:
    told: list[Change] = []

    @in_virtual_time
    async def talk() -> None:
        async with receiver() as hook:
            callbacks = {provider: hook.url} if provider in MANNERS else {}
            async with (
                Sandbox(callbacks=callbacks, unkindness=ONE_BY_ONE) as sandbox,
                SessionPool(clock=LoopClock()) as pool,
                Provider(provider).client(pool=pool, **sandbox.client_options(provider)) as client,
            ):
                user = NEW.get(provider, "somebody-new") if new else sandbox.customers(provider)[0].id
                sandbox.watch(told.append)
                sandbox.says(provider, user, "Where is <my> order & when?")
                message = next(each for each in told if each.kind == "message")
                if provider != "ultracart":  # it answers by its socket
                    await client.inbox.send_text(message.conversation, "On its way")
                if callbacks:
                    await sandbox.delivered()
                    expected = [each.event for each in told if each.event]
                    assert sent_events(provider, hook) == expected
                    assert len(expected) >= 1 + STAGES[provider]
                assert {user} <= {each.id for each in sandbox.customers(provider)}
                assert all(each.conversation == message.conversation for each in told)

    talk()
    messages = [(each.ours, each.text) for each in told if each.kind == "message"]
    assert messages[0] == (False, "Where is <my> order & when?")
    if provider != "ultracart":
        assert messages[1:] == [(True, "On its way")]
        assert len([each for each in told if each.kind == "delivered"]) == STAGES[provider]


@pytest.mark.parametrize("provider", [str(one) for one in Provider])
def test_customers_read_type_and_press_where_the_api_tells_of_it(provider: str) -> None:
    told: list[Change] = []
    sandbox = Sandbox()
    sandbox.watch(told.append)
    user = sandbox.customers(provider)[0].id
    sandbox.types(provider, user)
    sandbox.types(provider, user, started=False)
    sandbox.reads(provider, user)
    sandbox.presses(provider, user, "order:1")
    kinds = [(str(each.kind), each.started) for each in told]
    expected = [("typing", True), ("typing", False), ("read", True), ("other", True)]
    wanted = {"sunshine": expected, "smooch": expected, "ultracart": expected[:3]}
    assert kinds == wanted.get(provider, [])


@in_virtual_time
async def test_a_user_whose_conversation_was_deleted_writes_in_their_next_one() -> None:
    async with (
        Sandbox(conversations=3) as sandbox,
        SessionPool(clock=LoopClock()) as pool,
        Provider.SUNSHINE.client(pool=pool, **sandbox.client_options("sunshine")) as client,
    ):
        told: list[Change] = []
        sandbox.watch(told.append)
        talks = [each.conversation for each in sandbox.customers("sunshine")]
        for own in (talks[1], talks[2]):  # user-2 takes part in both
            await client.conversations.delete(own)
            sandbox.says("sunshine", "user-2", "Hello")
        wrote = [each.conversation for each in told if each.kind == "message"]
        assert wrote[0] == talks[2]
        assert wrote[1] not in talks
        assert [each.event for each in told if each.event != "conversation:message"] == [
            *("conversation:remove", "conversation:remove", "conversation:create"),
        ]


@pytest.mark.parametrize("provider", ["sunshine", "smooch"])
def test_what_the_business_types_and_reads_is_told_but_not_called_back(provider: str) -> None:
    told: list[Change] = []

    @in_virtual_time
    async def act() -> None:
        async with (
            receiver() as hook,
            Sandbox(callbacks={provider: hook.url}) as sandbox,
            SessionPool(clock=LoopClock()) as pool,
            Provider(provider).client(pool=pool, **sandbox.client_options(provider)) as client,
        ):
            sandbox.watch(told.append)
            await client.inbox.mark_read(sandbox.customers(provider)[1].conversation)
            await sandbox.delivered()
            assert not hook.came

    act()
    assert [(str(each.kind), each.ours, each.event) for each in told] == [("read", True, "")]


@pytest.mark.parametrize(("provider", "failed"), [("sunshine", "failure"), ("smooch", "failure"), ("smscx", "dlr_update")])
def test_messages_fail_on_demand(provider: str, failed: str) -> None:
    @in_virtual_time
    async def fail() -> None:
        async with (
            receiver() as hook,
            Sandbox(callbacks={provider: hook.url}, unkindness=ONE_BY_ONE) as sandbox,
            SessionPool(clock=LoopClock()) as pool,
            Provider(provider).client(pool=pool, **sandbox.client_options(provider)) as client,
        ):
            talk = sandbox.customers(provider)[1].conversation
            sandbox.fail_messages(provider)
            for text in ("lost", "arrives"):
                await client.inbox.send_text(talk, text)
            await sandbox.delivered()
            events = sent_events(provider, hook)
            assert sum(failed in event for event in events) == (4 if provider == "smscx" else 1)
            if provider == "smscx":
                assert [body["data"][0]["status"] for body in hook.bodies] == ["SENT", "FAILED", "SENT", "DELIVERED"]

    fail()


@in_virtual_time
async def test_smooch_batches_messages_and_sms_cx_items() -> None:
    unkind = Unkindness(batch=3, gather=1.0)
    async with (
        receiver() as smooch,
        receiver() as smscx,
        Sandbox(callbacks={"smooch": smooch.url, "smscx": smscx.url}, unkindness=unkind) as sandbox,
    ):
        phones = [each.id for each in sandbox.customers("smscx")[:1]]
        for number in range(5):
            sandbox.says("smooch", "user-1", f"message {number}")
            sandbox.says("smscx", phones[number % len(phones)], f"message {number}")
        await sandbox.delivered()
        assert [len(body["messages"]) for body in smooch.bodies] == [3, 2]
        assert [len(body["data"]) for body in smscx.bodies] == [3, 2]
        assert "profile" not in json.dumps(smooch.bodies)
        assert "client" not in smooch.bodies[0]
        assert set(smooch.bodies[0]["appUser"]) == {"_id", "userId", "conversationStarted"}


@in_virtual_time
async def test_sms_cx_wants_exactly_200() -> None:
    answers = iter([204, 202, 200])
    token = SECRETS["smscx"]
    async with receiver(lambda _: next(answers)) as hook:
        async with Sandbox(callbacks={"smscx": f"{hook.url}/{token}"}) as sandbox:
            sandbox.says("smscx", "+447700900555", "Hello")
            await sandbox.delivered()
            assert [each.status for each in sandbox.deliveries] == [204, 202, 200]
            assert token not in repr(sandbox.deliveries)
        assert hook.paths == [f"/hooks/x/{token}"] * 3


@in_virtual_time
async def test_a_wrong_token_of_sms_cx_is_in_the_path() -> None:
    async with (
        receiver() as hook,
        Sandbox(callbacks={"smscx": f"{hook.url}/{SECRETS['smscx']}"}, unkindness=Unkindness(wrong_secret=1.0)) as sandbox,
    ):
        sandbox.says("smscx", "+447700900555", "Hello")
        await sandbox.delivered()
        assert hook.paths[0].rpartition("/")[2] not in {"", SECRETS["smscx"]}
