"""Which neutral event each trigger is, what tells it apart, and with whom it stands in a lane."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from aioconvo import WebhookRefusedError, smooch, smscx, sunshine
from aioconvo.core.json.codec import decode
from aioconvo.core.json.model import kind_of
from aioconvo.events import (
    ControlChanged,
    ConversationEnded,
    ConversationRead,
    ConversationStarted,
    DeliveryStage,
    Event,
    Incoming,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    MessageSent,
    OtherEvent,
    ParticipantJoined,
    ParticipantLeft,
    Postback,
    Referral,
    Typing,
    UnknownEvent,
    UserChanged,
    neutral,
)
from aioconvo.events.keys import message_key
from aioconvo.inbox import Direction, ParticipantKind
from aioconvo.providers import Provider
from aioconvo.smooch.neutral import messages as smooch_messages
from aioconvo.smscx.events import contact_lane
from aioconvo.sunshine.neutral import messages as sunshine_messages
from tests.events.payloads import ROOT, payloads
from tests.events.requests import APP, SECRET

# What a file holds, in its order: native, neutral.
TABLE: dict[str, list[tuple[type, type[Event]]]] = {
    "sunshine/batch": [
        (sunshine.MessageEvent, MessageReceived),
        (sunshine.MessageEvent, MessageReceived),
        (sunshine.TypingEvent, Typing),
        (sunshine.MessageEvent, MessageReceived),
    ],
    "sunshine/client-add-4591": [(sunshine.ClientAddEvent, UserChanged)],
    "sunshine/client-remove": [(sunshine.ClientRemoveEvent, UserChanged)],
    "sunshine/client-update-c56c": [(sunshine.ClientUpdateEvent, UserChanged)],
    "sunshine/conversation-create": [(sunshine.ConversationCreateEvent, ConversationStarted)],
    "sunshine/conversation-join-33af": [(sunshine.ConversationJoinEvent, ParticipantJoined)],
    "sunshine/conversation-leave": [(sunshine.ConversationLeaveEvent, ParticipantLeft)],
    "sunshine/conversation-remove": [(sunshine.ConversationRemoveEvent, ConversationEnded)],
    "sunshine/conversation-message-6b3f": [(sunshine.MessageEvent, MessageReceived)],
    "sunshine/conversation-message-from-the-business": [(sunshine.MessageEvent, MessageSent)],
    "sunshine/conversation-message-delivery-channel": [(sunshine.DeliveryChannelEvent, MessageDelivered)],
    "sunshine/conversation-message-delivery-user": [(sunshine.DeliveryUserEvent, MessageDelivered)],
    "sunshine/conversation-message-delivery-failure-c190": [(sunshine.DeliveryFailureEvent, MessageFailed)],
    "sunshine/conversation-postback-02f9": [(sunshine.PostbackEvent, Postback)],
    "sunshine/conversation-read": [(sunshine.ConversationReadEvent, ConversationRead)],
    "sunshine/conversation-typing-97fb": [(sunshine.TypingEvent, Typing)],
    "sunshine/conversation-referral-ee53": [(sunshine.ReferralEvent, Referral)],
    "sunshine/switchboard-acceptcontrol": [(sunshine.AcceptControlEvent, ControlChanged)],
    "sunshine/switchboard-offercontrol": [(sunshine.OfferControlEvent, ControlChanged)],
    "sunshine/switchboard-passcontrol": [(sunshine.PassControlEvent, ControlChanged)],
    "sunshine/switchboard-releasecontrol": [(sunshine.ReleaseControlEvent, ControlChanged)],
    "sunshine/switchboard-acceptcontrol-failure-1dd4": [(sunshine.AcceptControlFailureEvent, ControlChanged)],
    "sunshine/switchboard-offercontrol-failure-056f": [(sunshine.OfferControlFailureEvent, ControlChanged)],
    "sunshine/switchboard-passcontrol-failure-182a": [(sunshine.PassControlFailureEvent, ControlChanged)],
    "sunshine/user-merge-d85d": [(sunshine.UserMergeEvent, UserChanged)],
    "sunshine/user-update-2c4c": [(sunshine.UserUpdateEvent, UserChanged)],
    "sunshine/user-remove": [(sunshine.UserRemoveEvent, UserChanged)],
    "sunshine/passthrough-messaging": [(UnknownEvent, OtherEvent)],
    "sunshine/unknown-event-type": [(UnknownEvent, OtherEvent), (sunshine.MessageEvent, MessageReceived)],
    "smooch/message-appuser-8baf": [(smooch.AppUserMessageEvent, MessageReceived)],
    "smooch/message-appuser-2520": [(smooch.AppUserMessageEvent, MessageReceived)],
    "smooch/message-appuser-95a7": [(smooch.AppUserMessageEvent, OtherEvent)],
    "smooch/message-appuser-two-messages": [(smooch.AppUserMessageEvent, MessageReceived)] * 2,
    "smooch/message-appmaker-717b": [(smooch.AppMakerMessageEvent, MessageSent)],
    "smooch/whisper-role": [(smooch.AppMakerMessageEvent, OtherEvent)],
    "smooch/message-delivery-channel-7893": [(smooch.DeliveryChannelEvent, MessageDelivered)],
    "smooch/message-delivery-user": [(smooch.DeliveryUserEvent, MessageDelivered)],
    "smooch/message-delivery-failure-830d": [(smooch.DeliveryFailureEvent, MessageFailed)],
    "smooch/delivery-failure-9ca2": [(smooch.OldDeliveryFailureEvent, MessageFailed)],
    "smooch/postback-several": [(smooch.PostbackEvent, Postback)] * 2,
    "smooch/conversation-start-3f13": [(smooch.ConversationStartEvent, ConversationStarted)],
    "smooch/conversation-read-317e": [(smooch.ConversationReadEvent, ConversationRead)],
    "smooch/typing-appuser-start": [(smooch.TypingEvent, Typing)],
    "smooch/payment-success-d550": [(smooch.PaymentEvent, OtherEvent)],
    "smooch/link-success-a1af": [(smooch.LinkSuccessEvent, UserChanged)],
    "smooch/link-failure-be1a": [(smooch.LinkFailureEvent, UserChanged)],
    "smooch/client-add": [(smooch.ClientAddEvent, UserChanged)],
    "smooch/client-remove": [(smooch.ClientRemoveEvent, UserChanged)],
    "smooch/appuser-delete": [(smooch.AppUserDeleteEvent, UserChanged)],
    "smooch/notification-delivery-channel": [(smooch.NotificationChannelEvent, OtherEvent)],
    "smooch/notification-delivery-user": [(smooch.NotificationUserEvent, OtherEvent)],
    "smooch/notification-delivery-failure": [(smooch.NotificationFailureEvent, OtherEvent)],
    "smooch/unknown-trigger": [(UnknownEvent, OtherEvent)],
    "smscx/dlr-update": [
        (smscx.DeliveryReportEvent, MessageDelivered),
        (smscx.DeliveryReportEvent, MessageDelivered),
        (smscx.DeliveryReportEvent, MessageFailed),
        (smscx.DeliveryReportEvent, MessageFailed),
    ],
    "smscx/receive-sms": [(smscx.ReceivedSmsEvent, MessageReceived)] * 2,
    "smscx/receive-viber": [(smscx.ReceivedViberEvent, MessageReceived)],
    "smscx/receive-whatsapp": [(smscx.ReceivedWhatsappEvent, MessageReceived)],
    "smscx/data-is-an-object": [(smscx.ReceivedSmsEvent, MessageReceived)],
    "smscx/shortlink-hit-d5df": [(smscx.ShortlinkHitEvent, OtherEvent)],
    "smscx/shortlink-hit-update": [(smscx.ShortlinkHitUpdateEvent, OtherEvent)],
    "smscx/attachment-hit-2c18": [(smscx.AttachmentHitEvent, OtherEvent)],
    "smscx/attachment-hit-update": [(smscx.AttachmentHitUpdateEvent, OtherEvent)],
    "smscx/new-optout-5490": [(smscx.OptoutEvent, UserChanged)],
    "smscx/otp-update-be75": [(smscx.OtpEvent, OtherEvent)],
    "smscx/number-lookup": [(smscx.NumberLookupEvent, OtherEvent)],
    "smscx/number-lookup-named-otp-update": [(smscx.NumberLookupEvent, OtherEvent)],
    "smscx/unknown-event": [(UnknownEvent, OtherEvent)],
}


def _read(provider: str, body: Any, account: str = "shop") -> list[Incoming]:
    raw = (ROOT / f"{body}.json").read_bytes() if isinstance(body, str) else json.dumps(body).encode()
    return list(Provider(provider).events.read(account, raw))


def _one(provider: str, body: Any) -> tuple[Incoming, Any]:
    (incoming,) = _read(provider, body)
    return incoming, neutral(incoming)


def _event(kind: str, payload: Any, **more: Any) -> Any:
    return {"webhook": {"id": "w1"}, "events": [{"id": "e1", "type": kind, "payload": payload, **more}]}


def _smooch(trigger: str, **more: Any) -> Any:
    return {"trigger": trigger, "appUser": {"_id": "u1"}, **more}


@pytest.mark.parametrize("name", TABLE)
def test_the_table_of_events(name: str) -> None:
    found = _read(name.partition("/")[0], name)
    assert [(kind_of(one.native), type(neutral(one))) for one in found] == TABLE[name]


def test_every_native_event_is_in_the_table() -> None:
    seen = {native for rows in TABLE.values() for native, _ in rows}
    made = {
        smooch.ReferralEvent,
        smooch.MergeEvent,
        smooch.LinkMatchEvent,
        smooch.OldDeliverySuccessEvent,
    }  # by the tests below
    for room in (sunshine, smooch, smscx):
        bases = {base for name in room.__all__ if isinstance(kind := getattr(room, name), type) for base in kind.__mro__[1:]}
        leaves = {getattr(room, name) for name in room.__all__ if name.endswith("Event")} - bases
        assert leaves - seen <= made, room


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (_smooch("conversation:referral", referral={"code": "promo"}), Referral),
        (_smooch("link:match", channel="sms"), UserChanged),
        (_smooch("delivery:success", messages=[{"_id": "m1"}]), MessageDelivered),
        (_smooch("conversation:start", referral={"code": "promo"}, conversation={"_id": "c1"}), ConversationStarted),
        (_smooch("typing:appUser", activity={"type": "typing:pause"}), OtherEvent),
        (_smooch("message:appUser", messages=[{"_id": "m1", "role": "appMaker"}]), OtherEvent),
        (_smooch("message:appMaker", messages=[{"_id": "m1", "role": "appUser"}]), OtherEvent),
        (_smooch("message:appMaker", messages=[{"_id": "m1"}]), MessageSent),
    ],
)
def test_events_of_smooch_without_a_payload_of_their_own(body: Any, kind: type[Event]) -> None:
    incoming, event = _one("smooch", body)
    assert (type(event), incoming.lanes, event.conversation_id, event.user_id) == (kind, ("shop:u1",), "u1", "u1")


def test_what_neutral_events_tell() -> None:
    def told(name: str) -> Any:
        return neutral(_read(name.partition("/")[0], name)[0])

    assert told("sunshine/conversation-message-delivery-user").stage is DeliveryStage.USER
    assert told("smooch/message-delivery-channel-7893").message_id == "af63f48118501843143b574f"
    failed = told("sunshine/conversation-message-delivery-failure-c190")
    assert (failed.message_id, failed.code) == ("5f74be6256be263abf0ffd5f", "uncategorized_error")
    assert failed.reason == "Unsupported message type `form`"
    assert (told("smooch/postback-several").payload, told("smooch/postback-several").title) == ("YES", "Yes")
    assert told("sunshine/conversation-postback-02f9").payload == "Greet"
    assert told("sunshine/conversation-typing-97fb").started is True
    assert told("smooch/typing-appuser-stop").started is False
    read = told("sunshine/conversation-read")
    assert (read.by.kind, read.by.id) == (ParticipantKind.USER, "006a10000000000000000002")
    assert told("sunshine/switchboard-passcontrol-failure-182a").failed is True
    assert told("sunshine/switchboard-passcontrol").failed is False
    assert told("sunshine/conversation-join-33af").participant.id == "26508c10541a4b0ff472e5e2"
    assert told("smscx/dlr-update").message_id == "00000000-0000-4000-8000-000000000010"
    stages = [getattr(neutral(one), "stage", None) for one in _read("smscx", "smscx/dlr-update")]
    assert stages == [DeliveryStage.CHANNEL, DeliveryStage.USER, None, None]
    codes = [getattr(neutral(one), "code", None) for one in _read("smscx", "smscx/dlr-update")]
    assert codes == [None, None, "17", None]
    for status in ("ACCEPTED", "SCHEDULED", "NEW"):
        body = {"event": "dlr_update", "data": [{"msgId": "m1", "status": status}]}
        assert type(neutral(_read("smscx", body)[0])) is OtherEvent


def test_messages_are_those_of_the_inbox() -> None:
    for name, noun, mapped in (
        ("sunshine/conversation-message-6b3f", sunshine.Message, sunshine_messages),
        ("smooch/message-appuser-8baf", smooch.Message, smooch_messages),
    ):
        incoming, event = _one(name.partition("/")[0], name)
        body = json.loads((ROOT / f"{name}.json").read_bytes())
        told = body["messages"][0] if "messages" in body else body["events"][0]["payload"]["message"]
        (listed,) = mapped([decode(json.dumps(told).encode(), noun)], event.conversation_id)
        assert event.message == listed
        assert (event.occurred_at, event.text) == (listed.sent_at, listed.text or "")
        assert incoming.key == message_key(incoming.provider, "shop", listed.id)


def test_a_text_of_smscx() -> None:
    incoming, _ = _read("smscx", "smscx/receive-sms")
    message = neutral(incoming).message  # type: ignore[attr-defined] # of another type
    assert (message.direction, message.channel, message.id) == (
        Direction.INBOUND,
        "sms",
        "00000000-0000-4000-8000-000000000021",
    )
    assert (message.author.kind, message.author.address) == (ParticipantKind.USER, "+33605550121")
    assert message.sent_at == dt.datetime(2026, 3, 1, 10, 0, 5, tzinfo=dt.UTC)
    assert message.text == "Oui, merci \N{THUMBS UP SIGN}"
    assert message.conversation_id.startswith("~")
    assert incoming.lanes == (contact_lane("shop", "+33605550121", "sms"),)
    assert "33605550121" not in str((incoming.key, incoming.lanes))


def test_two_webhooks_of_one_app_give_a_message_one_key() -> None:
    body = json.loads((ROOT / "sunshine/batch.json").read_bytes())
    first = _read("sunshine", body)
    second = _read("sunshine", body | {"webhook": {"id": "another", "version": "v2"}})
    same = [one.key == other.key for one, other in zip(first, second, strict=True)]
    assert same == [True, True, False, True]  # whether other events keep their id there is not documented
    assert [one.key for one in _read("sunshine", body)] == [one.key for one in first]
    assert len({one.key for one in first}) == 4
    repeated = _read("sunshine", "sunshine/batch-with-one-repeated-id")
    assert repeated[0].key == repeated[1].key


def test_events_of_one_id_and_two_types_are_two() -> None:
    user = {"user": {"id": "u1"}}
    keys = {_one("sunshine", _event(kind, user))[0].key for kind in ("user:update", "user:remove", "new:type")}
    assert len(keys) == 3


def test_which_keys_are_brief() -> None:
    brief = {one.name for one in payloads() for event in one.provider.events.read("a", one.raw) if event.brief}
    assert brief == {
        "smooch/link-failure-be1a.json",
        "smooch/link-success-a1af.json",
        "smooch/message-appuser-95a7.json",
        "smooch/unknown-trigger.json",
        "smooch/unsupported-trigger-0ad9.json",
        "smscx/unknown-event.json",
    }
    pressed = _smooch("postback", postbacks=[{"action": {"payload": "A"}, "message": {"_id": "m1"}}])
    assert _one("smooch", pressed)[0].brief
    assert not _one("smooch", pressed | {"timestamp": 1772359208.5})[0].brief
    assert _one("sunshine", {"events": [{"type": "user:remove", "payload": {"user": {"id": "u1"}}}]})[0].brief


def test_keys_of_smooch() -> None:
    def key(**more: Any) -> str:
        return _one("smooch", _smooch("message:delivery:channel", message={"_id": "m1"}) | more)[0].key

    one = key()
    assert key() == one
    assert key(timestamp=1.5, appUser={"_id": "u1", "conversationStarted": True}) == one
    others = [key(trigger="message:delivery:user"), key(message={"_id": "m2"}), key(destination={"type": "line"})]
    assert len({one, *others, key(isFinalEvent=True)}) == 5
    assert key(message="m1") == one
    pressed = {"trigger": "postback", "postbacks": [{"action": {"payload": "A"}}], "appUser": {"_id": "u1"}}
    keys = [pressed, pressed | {"timestamp": 1.5}, pressed | {"appUser": {"_id": "u2"}}, pressed | {"postbacks": [{}]}]
    assert len({_one("smooch", body)[0].key for body in keys}) == 4
    same = [
        pressed | {"appUser": {"_id": "u1", "email": "x"}},
        pressed | {"app": {"_id": "a"}},
        dict(reversed(pressed.items())),
    ]
    assert {_one("smooch", body)[0].key for body in same} == {_one("smooch", pressed)[0].key}


def test_keys_of_smscx() -> None:
    def key(event: str, **item: Any) -> str:
        return _one("smscx", {"event": event, "data": [item]})[0].key

    report = {"msgId": "m1", "status": "SENT", "datetime": "2026-03-01 10:00:00"}
    one = key("dlr_update", **report)
    assert key("dlr_update", **report, errorCode=5) == one
    assert len({one, key("dlr_update", **report | {"status": "FAILED"}), key("dlr_update", **report | {"msgId": "m2"})}) == 3
    assert key("receive_sms", msgId="m1", text="a", **{"from": "+1"}) == message_key(Provider.SMSCX, "shop", "m1")
    hit = {"hitId": 7, "datetime": "2026-03-01 10:00:00"}
    hits = {key(event, **hit) for event in ("shortlink_hit", "shortlink_hit_update", "attachment_hit", "attachment_hit_update")}
    assert len({*hits, key("shortlink_hit", **hit | {"hitId": 8})}) == 5
    assert key("new_optout", optoutId="o1", hitId=1) != key("new_optout", optoutId="o1", hitId=2)
    assert key("otp_update", otpId="p1", status="PENDING", attempts=0) != key(
        "otp_update", otpId="p1", status="PENDING", attempts=1
    )
    assert key("number_lookup", lookupId="l1") == key("otp_update", lookupId="l1", cost=5)
    for item in ({"new": 1}, {"msgId": None, "status": "SENT"}):
        event = "new_event" if "new" in item else "dlr_update"
        together = json.dumps({"data": [item, {"new": 2}], "event": event, "sent": 1}).encode()
        assert Provider.SMSCX.events.read("shop", together)[0].key == key(event, **item)


def test_lanes_of_merges_and_of_what_has_no_conversation() -> None:
    merge = {"trigger": "merge:appUser", "surviving": {"_id": "u1"}, "discarded": [{"_id": "u2"}, {"_id": "u3"}, {"_id": "u1"}]}
    incoming, event = _one("smooch", merge)
    assert (incoming.lanes, type(event), event.user_id) == (("shop:u1", "shop:u2", "shop:u3"), UserChanged, "u1")
    assert _one("smooch", {"trigger": "new", "conversation": {"_id": "c1"}, "appUser": None})[0].lanes == ("shop:c1",)
    incoming, _ = _one("sunshine", "sunshine/user-merge-d85d")
    assert incoming.lanes == ("shop:26508c10541a4b0ff472e5e2", "shop:1a64f7f75028fef55f815007")
    incoming, _ = _one("sunshine", _event("new:type", {}))
    assert incoming.lanes == (incoming.key,)
    report = _read("smscx", "smscx/dlr-update")[0]
    assert report.lanes == ("shop:00000000-0000-4000-8000-000000000010",)


def test_when_it_happened() -> None:
    kind, moment = "conversation:message", "2026-03-01T10:00:00.250Z"
    at = dt.datetime(2026, 3, 1, 10, 0, 0, 250_000, tzinfo=dt.UTC)
    message = {"id": "m1", "received": moment, "author": {"type": "user"}}
    assert _one("sunshine", _event(kind, {"message": message}, createdAt="2026-03-02T00:00:00Z"))[0].occurred_at == at
    assert _one("sunshine", _event(kind, {"message": message | {"received": "soon"}}, createdAt=moment))[0].occurred_at == at
    assert _one("sunshine", _event("new:type", {}, createdAt=moment))[0].occurred_at == at
    assert _one("sunshine", _event("user:remove", {}))[0].occurred_at is None
    for told in (1772359200.25, 1772359200250, "1772359200.25"):
        assert _one("smooch", _smooch("conversation:read", timestamp=told))[0].occurred_at == at
        assert _one("smooch", _smooch("message:appUser", messages=[{"_id": "m", "received": told}]))[0].occurred_at == at
    assert _one("smooch", _smooch("new", timestamp=1772359200))[0].occurred_at == at.replace(microsecond=0)
    assert _one("smooch", _smooch("postback"))[0].occurred_at is None


def test_an_app_is_compared_wherever_it_stands() -> None:
    good = json.dumps(_smooch("new", app={"_id": APP})).encode()
    other = json.dumps(_smooch("new", app={"_id": "another"})).encode()
    odd = json.dumps(_event("user:remove", {}) | {"app": {"id": "another"}, "webhook": 7}).encode()
    hook = smooch.SmoochWebhook(secrets=[SECRET], app_id=APP)
    assert len(hook.open_unverified(good).events) == 1
    for webhook, body in ((hook, other), (sunshine.SunshineWebhook(secrets=[SECRET], app_id=APP), odd)):
        with pytest.raises(WebhookRefusedError, match="401: the body is about another app"):
            webhook.open_unverified(body)
