"""Frames of UltraCart's agent websocket: every published kind, and whatever else may come."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from aioconvo import encode, raw_json
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.events import DeliveryStage, Incoming, MessageReceived, MessageSent
from aioconvo.inbox import Direction, ParticipantKind
from aioconvo.providers import Provider
from aioconvo.ultracart import events
from aioconvo.ultracart.events import natives
from aioconvo.ultracart.events.reading import OURS, enclose, of_message, receive
from tests.campaign import examples

_FILE = pathlib.Path(__file__).parent / "ultracart_frames.json"
FRAMES: dict[str, Any] = {name: told["frame"] for name, told in json.loads(_FILE.read_bytes())["frames"].items()}
AT = 1_772_359_300_123
LANE = "shop:conversation:00000000000000000000000000000001"
MESSAGE = "00000000000000000000000000000009"

TABLE = {
    "add-coupon": ("AddCoupon", "OtherEvent"),
    "check-queue-position": ("CheckQueuePosition", "OtherEvent"),
    "conversation-closed": ("ConversationClosed", "ConversationEnded"),
    "engage-customer": ("EngageCustomer", "OtherEvent"),
    "message-chat": ("ChatMessage", "MessageReceived"),
    "message-notice": ("ChatMessage", "OtherEvent"),
    "message-own-echo": ("ChatMessage", "MessageSent"),
    "message-sms-with-media": ("ChatMessage", "MessageReceived"),
    "new-conversation": ("NewConversation", "ConversationStarted"),
    "new-message": ("NewMessage", "OtherEvent"),
    "participant-join": ("ParticipantJoin", "ParticipantJoined"),
    "participant-left": ("ParticipantLeft", "ParticipantLeft"),
    "participant-update": ("ParticipantUpdate", "UserChanged"),
    "queue-new-member": ("QueueNewMember", "ConversationStarted"),
    "queue-position": ("QueuePosition", "OtherEvent"),
    "queue-status-update": ("QueueStatusUpdate", "OtherEvent"),
    "read-message": ("ReadMessage", "ConversationRead"),
    "rrweb-part-1-of-2": ("RecordingPart", "OtherEvent"),
    "send-a-chat-message": ("ChatMessage", "MessageSent"),
    "send-read": ("ReadMessage", "ConversationRead"),
    "send-typing": ("Typing", "Typing"),
    "typing": ("Typing", "Typing"),
    "unknown-event-type": ("UnknownEvent", "OtherEvent"),
    "updated-message": ("UpdatedMessage", "OtherEvent"),
    "webchat-context": ("WebchatContext", "OtherEvent"),
    "webchat-start-conversation": ("WebchatStartConversation", "OtherEvent"),
}
NOTHING = {"ping", "pong"}


def _json(frame: object) -> bytes:
    return json.dumps(frame).encode()


def _one(raw: bytes) -> Incoming:
    (event,) = events.read("shop", raw)
    return event


def _changed(name: str, **members: Any) -> bytes:
    return _json(FRAMES[name] | members)


def test_the_table_names_every_frame() -> None:
    assert TABLE.keys() | NOTHING == FRAMES.keys()
    told = {(frame.get("type"), frame.get("event_type", "")) for frame in FRAMES.values()}
    assert natives.FRAMES.keys() - told == {("event", "add item")}


@pytest.mark.parametrize("name", TABLE)
def test_frames_become_their_events(name: str) -> None:
    raw = _json(FRAMES[name])
    event = _one(raw)
    shared = events.neutral(event)
    assert (type(event.native).__name__, type(shared).__name__) == TABLE[name]
    assert raw_json(event.native) == raw
    assert encode(event.native) == raw
    assert (shared.provider, shared.account, shared.key) == (Provider.ULTRACART, "shop", event.key)
    assert shared.native is event.native
    assert event.key.startswith("shop:")
    assert all(lane.startswith("shop:") for lane in event.lanes)
    if "conversation_uuid" in FRAMES[name]:
        assert event.lanes == (LANE,)
        assert shared.conversation_id == LANE.rpartition(":")[2]


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("enclosed", [False, True])
def test_what_is_stored_reads_as_the_same_event_again(name: str, enclosed: bool) -> None:
    frame = _json(FRAMES[name])
    first = _one(enclose(frame, own=True, at=AT) if enclosed else frame)
    again = _one(first.raw)
    assert msgspec.structs.replace(again, native=None) == msgspec.structs.replace(first, native=None)
    assert raw_json(again.native) == raw_json(first.native) == frame
    assert events.neutral(again) == events.neutral(first)


@pytest.mark.parametrize(
    "frame",
    [
        b'{"type": "event", "event_type": "con\\ud800on"}',
        b'{"type":"\xff"}',
        b'{"frame":{"type":"ping"},"own":true,"at":1}',
        b'{"frame":1}',
        b'{"type":"a","x":1e999}',
    ],
)
def test_frames_that_no_decoder_takes_are_brought_back_as_well(frame: bytes) -> None:
    (first,) = receive("shop", frame, (), AT)
    again = _one(first.raw)
    assert isinstance(again.native, events.UnknownEvent)
    assert (again.key, again.native.raw, again.raw) == (first.key, frame, first.raw)


@pytest.mark.parametrize("name", sorted(NOTHING))
def test_signs_of_life_are_no_events(name: str) -> None:
    assert events.read("shop", _json(FRAMES[name])) == ()
    assert events.read("shop", enclose(_json(FRAMES[name]), own=False, at=AT)) == ()


def test_add_item_has_its_items() -> None:
    frame = {"type": "event", "event_type": "add item", "event_add_item": {"agent_arn": "a", "items": [{"item_id": "X"}]}}
    event = _one(_json(frame))
    assert isinstance(event.native, natives.AddItem)
    assert event.native.offer is not None
    assert event.native.offer.items == [{"item_id": "X"}]


def test_a_message_has_one_key_whatever_road_it_came_by() -> None:
    by_socket = _one(enclose(_json(FRAMES["message-chat"]), own=False, at=AT))
    by_rest = _one(
        enclose(of_message("00000000000000000000000000000001", _json(FRAMES["message-chat"]["message"])), own=False, at=1)
    )
    assert by_rest.key == by_socket.key
    assert by_rest.lanes == by_socket.lanes
    assert not by_socket.brief
    assert _one(_json(FRAMES["message-own-echo"])).key != by_socket.key
    (other,) = events.read("other", _json(FRAMES["message-chat"]))
    assert other.key.partition(":")[2] != by_socket.key.partition(":")[2] or other.key != by_socket.key


@pytest.mark.parametrize(
    "name", ["typing", "queue-status-update", "participant-join", "participant-left", "conversation-closed"]
)
def test_what_may_happen_again_in_the_same_words_is_told_apart_by_its_time(name: str) -> None:
    frame = _json(FRAMES[name])
    keys = {_one(enclose(frame, own=False, at=at)).key for at in (AT, AT, AT + 1)}
    assert len(keys) == 2
    assert _one(frame).brief


@pytest.mark.parametrize("name", ["updated-message", "read-message", "new-conversation"])
def test_what_happens_once_has_one_key(name: str) -> None:
    frame = _json(FRAMES[name])
    found = [_one(raw) for raw in (frame, enclose(frame, own=False, at=AT), enclose(frame, own=True, at=AT + 1))]
    assert len({one.key for one in found}) == 1
    assert not any(one.brief for one in found)


def test_who_wrote_is_kept_with_the_event() -> None:
    frame = _changed("message-own-echo", message=FRAMES["message-own-echo"]["message"] | {"client_message_id": "someone-1"})
    by_agent, by_customer = (events.neutral(_one(enclose(frame, own=own, at=AT))) for own in (True, False))
    assert isinstance(by_agent, MessageSent)
    assert isinstance(by_customer, MessageReceived)
    assert (by_agent.message.direction, by_customer.message.direction) == (Direction.OUTBOUND, Direction.INBOUND)
    assert by_agent.message.author is not None
    assert by_agent.message.author.kind is ParticipantKind.BUSINESS
    assert by_customer.user_id == "arn:ultracart:conversation:demo:agent/1"
    assert by_agent.text == "Yes, in 5 days."


def test_what_this_library_sent_is_its_own_whoever_reads_it() -> None:
    message = FRAMES["message-chat"]["message"] | {"client_message_id": OURS + "1"}
    native = _one(_changed("message-chat", message=message)).native
    assert native.own
    assert not _one(_changed("message-chat", aioconvo_own=True)).native.own  # whatever the other side says


@pytest.mark.parametrize(
    ("status", "own", "kind", "stage"),
    [
        ("sent", True, "MessageDelivered", DeliveryStage.CHANNEL),
        ("SENT_TO_TWILIO", True, "MessageDelivered", DeliveryStage.CHANNEL),
        ("SENT_TO_PINPOINT", True, "MessageDelivered", DeliveryStage.CHANNEL),
        ("read", True, "MessageDelivered", DeliveryStage.USER),
        ("TWILIO_ERROR", True, "MessageFailed", None),
        ("PINPOINT_ERROR", True, "MessageFailed", None),
        ("TWILIO_CREDENTIALS_MISSING", True, "MessageFailed", None),
        ("queued", True, "OtherEvent", None),
        ("something new", True, "OtherEvent", None),
        ("read", False, "OtherEvent", None),
    ],
)
def test_how_far_a_message_got(status: str, own: bool, kind: str, stage: DeliveryStage | None) -> None:
    message = FRAMES["updated-message"]["event_updated_message"] | {"transport_statuses": [{"status": status}, {}]}
    shared: Any = events.neutral(_one(enclose(_changed("updated-message", event_updated_message=message), own=own, at=AT)))
    assert type(shared).__name__ == kind
    assert getattr(shared, "stage", None) == stage
    if kind != "OtherEvent":
        assert shared.message_id == MESSAGE
    if kind == "MessageFailed":
        assert shared.code == status


@pytest.mark.parametrize(
    ("value", "started"),
    [
        ("true", True),
        ("on", True),
        ("Hel", True),
        (None, True),
        ("", False),
        ("false", False),
        (" OFF ", False),
        ("stop", False),
    ],
)
def test_typing(value: str | None, started: bool) -> None:
    state = FRAMES["typing"]["event_typing"] | {"value": value}
    shared: Any = events.neutral(_one(enclose(_changed("typing", event_typing=state), own=False, at=AT)))
    assert shared.started is started
    assert shared.by.name == "Jane Roe"
    assert shared.occurred_at == dt.datetime.fromtimestamp(AT / 1000, dt.UTC)


def test_moments() -> None:
    told = {
        name: _one(_json(FRAMES[name])).occurred_at
        for name in ("message-chat", "participant-left", "queue-new-member", "typing")
    }
    assert [when and when.isoformat() for when in told.values()] == [
        "2026-03-01T10:00:05+00:00",
        "2026-03-01T10:09:00+00:00",
        "2026-03-01T10:00:01+00:00",
        None,
    ]


def test_lanes_without_a_uuid() -> None:
    arn = "arn:ultracart:conversation:DEMO:conversation:U1"
    assert _one(_json({"type": "message", "message": {}, "conversation_arn": arn})).lanes == ("shop:conversation:U1",)
    summary = _changed("new-message")
    assert _one(_json({k: v for k, v in json.loads(summary).items() if not k.startswith("conversation_")})).lanes == (LANE,)
    assert _one(_json(FRAMES["queue-new-member"])).lanes == ("shop:queue:00000000000000000000000000000005",)
    nowhere = _one(b'{"type":"event","event_type":"typing"}')
    assert nowhere.lanes == (nowhere.key,)


def test_lists_of_frames_give_all_of_them() -> None:
    frames = [FRAMES["message-chat"], FRAMES["ping"], 7, FRAMES["typing"], [FRAMES["typing"]]]
    found = events.read("shop", _json(frames))
    assert [type(one.native).__name__ for one in found] == ["ChatMessage", "Typing"]
    assert [one.key for one in found] == [_one(_json(frame)).key for frame in (frames[0], frames[3])]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"null", b"1", b'"a"', b"[1]", b"[" * 100_000, b"\xff\xfe", b'{"type":"message"', b"NaN"]
)
def test_what_is_no_frame_is_told_as_such(raw: bytes) -> None:
    with pytest.raises(BrokenBodyError):
        events.read("shop", raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b'{"type":null}',
        b'{"type":7}',
        b'{"type":"error","message":"x"}',
        b'{"message":"Internal server error","connectionId":"c","requestId":"r"}',
        b'{"type":"event"}',
        b'{"type":"event","event_type":["typing"]}',
    ],
)
def test_other_objects_are_kept(raw: bytes) -> None:
    event = _one(raw)
    assert isinstance(event.native, events.UnknownEvent)
    assert event.native.raw == raw
    assert type(events.neutral(event)).__name__ == "OtherEvent"


@pytest.mark.parametrize("damage", [None, 7, "text", [], {}, [None], {"type": {}}, "gone"])
def test_no_member_costs_the_frame(damage: Any) -> None:
    for name, member in [(one, member) for one in TABLE for member in FRAMES[one]]:
        frame = {key: value for key, value in FRAMES[name].items() if key != member}
        if damage != "gone":
            frame[member] = damage
        event = _one(_json(frame)) if frame.get("type") not in (*NOTHING,) else None
        if event is not None:
            events.neutral(event)
            assert raw_json(event.native) == _json(frame)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@settings(max_examples=examples(60))
@given(name=st.sampled_from(sorted(TABLE)), data=st.data())
def test_no_inner_member_costs_the_frame(name: str, data: st.DataObject) -> None:
    frame = json.loads(_json(FRAMES[name]))
    nouns = [value for value in frame.values() if isinstance(value, dict)] or [frame]
    noun = data.draw(st.sampled_from(nouns))
    noun[data.draw(st.sampled_from(sorted(noun)))] = data.draw(_VALUES)
    for event in events.read("shop", _json(frame)):
        events.neutral(event)
        assert [one.key for one in events.read("shop", event.raw)] == [event.key]


def test_nothing_that_somebody_wrote_is_shown() -> None:
    for name in TABLE:
        event = _one(_json(FRAMES[name]))
        shown = repr(event.native) + repr(events.neutral(event)) + event.key + "".join(event.lanes)
        for canary in ("Malta", "Jane", "jane.roe", "in 5 days", "QUJD", "+1", "Shipping"):
            assert canary not in shown, (name, canary)


def test_reading_events_loads_no_aiohttp() -> None:
    program = (
        "import sys; from aioconvo.ultracart import events; "
        '(event,) = events.read(\'a\', b\'{"type":"message","message":{"body":"x"}}\'); events.neutral(event); '
        "sys.exit('aiohttp' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)  # noqa: S603 -- ours
