"""Events of Convore as a bot reads them: keys, lanes, neutral forms, and that what was stored reads the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

import aioconvo
from aioconvo.convore import PolledEvent, UnknownEvent
from aioconvo.convore.events import neutral, read
from aioconvo.convore.events.reading import enclose
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.events import (
    ConversationEnded,
    Event,
    Incoming,
    MessageReceived,
    MessageSent,
    OtherEvent,
    neutral as any_neutral,
)
from aioconvo.inbox import Direction
from tests.inbox import natives

MESSAGE: dict[str, Any] = natives.CONVORE_MESSAGE
EVENT: dict[str, Any] = {
    "id": "event_01hrak3j000000000000000000",
    "type": "message_inbound_received",
    "object_id": "msg_1",
    "object_type": "message",
    "created_at": "2026-03-01T12:00:00.250+02:00",
    "conversation_id": "conv_1",
    "message_id": "msg_1",
}
KINDS: dict[str, type[Event]] = {
    "message_inbound_received": MessageReceived,
    "message_outbound_sent": MessageSent,
    "conversation_done": ConversationEnded,
    "conversation_moved_to_trash": ConversationEnded,
    "conversation_reopened": OtherEvent,
    "conversation_restored_from_trash": OtherEvent,
    "conversation_marked_as_spam": OtherEvent,
    "conversation_unmarked_as_spam": OtherEvent,
    "label_added_to_conversation": OtherEvent,
    "label_removed_from_conversation": OtherEvent,
    "conversation_snoozed": OtherEvent,
}


def one(event: Any, message: Any = None, account: str = "shop") -> Incoming:
    body = None if message is None else json.dumps(message).encode()
    (found,) = read(account, enclose(json.dumps(event).encode(), body))
    (again,) = read(account, found.raw)
    assert again == found
    assert any_neutral(again) == neutral(found)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_type(kind: str) -> None:
    found = one(EVENT | {"type": kind})
    event = neutral(found)
    assert type(event) is KINDS[kind]
    assert isinstance(found.native, UnknownEvent if kind == "conversation_snoozed" else PolledEvent)
    assert found.native.type == kind
    assert (event.conversation_id, event.account, event.key) == ("conv_1", "shop", found.key)
    assert event.occurred_at is not None
    assert event.occurred_at.isoformat() == "2026-03-01T10:00:00.250000+00:00"
    assert found.lanes == ("shop:conv_1",)
    assert found.key.startswith("shop:")
    assert not found.brief
    assert "event_01" not in found.key


def test_a_message_that_was_fetched_is_the_message() -> None:
    event = neutral(one(EVENT, MESSAGE))
    assert isinstance(event, MessageReceived)
    assert event.text == MESSAGE["text_body"]
    assert event.message.id == MESSAGE["id"]
    assert event.native.message.subject == MESSAGE["subject"]
    assert MESSAGE["text_body"] not in repr(event) + repr(event.native) + repr(one(EVENT, MESSAGE))


@pytest.mark.parametrize("text", [r"\ud83d hi", r"hi \ud83d\ude00", "\xff"])
def test_text_of_a_message_may_be_damaged(text: str) -> None:
    body = json.dumps(MESSAGE | {"text_body": "TEXT"}).replace("TEXT", text).encode("latin-1")
    (found,) = read("shop", enclose(json.dumps(EVENT).encode(), body))
    event = neutral(found)
    assert isinstance(event, MessageReceived)
    assert event.text
    (again,) = read("shop", found.raw)
    assert (again.key, neutral(again)) == (found.key, event)


def test_a_message_that_is_gone_is_one_without_text() -> None:
    event = neutral(one(EVENT))
    assert isinstance(event, MessageReceived)
    assert (event.text, event.message.id, event.message.conversation_id) == ("", "msg_1", "conv_1")
    assert event.message.direction is Direction.INBOUND
    assert event.native.message is None


@pytest.mark.parametrize(
    ("changes", "lane"),
    [
        ({"conversation_id": None, "object_type": "conversation", "object_id": "conv_2"}, "conv_2"),
        ({"conversation_id": "", "object_type": "conversation", "object_id": "conv_2"}, "conv_2"),
        ({"conversation_id": None}, "msg_1"),
        ({"conversation_id": None, "message_id": "", "object_id": "label_1", "object_type": "label"}, "label_1"),
    ],
)
def test_the_lane_is_the_conversation_or_what_there_is(changes: dict[str, Any], lane: str) -> None:
    assert one(EVENT | changes).lanes == (f"shop:{lane}",)


def test_messages_have_the_key_of_their_id_whatever_the_event() -> None:
    key = one(EVENT).key
    assert one(EVENT | {"id": "event_other"}).key == key
    assert one(EVENT | {"message_id": "", "object_type": "message"}).key == key
    assert one(EVENT, MESSAGE).key == key
    assert one(EVENT | {"message_id": "msg_2"}).key != key
    assert one(EVENT, account="other").key.removeprefix("other:") == key.removeprefix("shop:")
    filed = EVENT | {"type": "conversation_done"}
    assert one(filed).key != one(filed | {"id": "event_other"}).key


def test_an_empty_id_is_no_id() -> None:
    found = one(EVENT | {"id": "", "message_id": "", "object_id": "", "type": "conversation_done"})
    assert found.brief
    assert found.key != one(EVENT | {"id": "", "message_id": "", "object_id": "", "type": "conversation_reopened"}).key


def test_a_page_holds_several_and_an_event_may_come_alone() -> None:
    page = json.dumps({"data": [EVENT, EVENT | {"id": "event_2", "type": "conversation_done"}, 7], "next_cursor": "c"})
    first, second, third = read("shop", page.encode())
    assert read("shop", json.dumps(EVENT).encode()) == (first,)
    assert neutral(second).conversation_id == "conv_1"
    assert isinstance(third.native, UnknownEvent)
    assert type(neutral(third)) is OtherEvent
    assert read("shop", b'{"data": [], "next_cursor": "c3"}') == ()


@pytest.mark.parametrize("raw", [b"", b"x", b"7", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000, b'{"data": 7', b"{" * 9_000])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BrokenBodyError):
        read("shop", raw)


PAGES = {
    "empty-page-with-a-cursor": [],
    "newest-first-page": [MessageReceived, MessageReceived],
    "overlap-page-look-back-repeats-and-one-late-event": [MessageReceived] * 3,
    "page-1-of-2-all-types": [
        *(MessageReceived, MessageSent, ConversationEnded, OtherEvent, ConversationEnded),
        *(OtherEvent, OtherEvent, OtherEvent, OtherEvent, OtherEvent),
    ],
    "page-2-of-2-three-events-in-one-millisecond": [MessageReceived] * 3,
    "unknown-type": [OtherEvent],
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_composed_after_the_vendors_models(name: str) -> None:
    """`payloads/` was composed after the documents and models of the vendor's generated client 1.0.0; nobody published any."""
    raw = (Path(__file__).parent / "payloads" / f"{name}.json").read_bytes()
    found = read("shop", raw)
    assert [type(neutral(one)) for one in found] == PAGES[name]
    told = json.loads(raw)["data"]
    assert [json.loads(aioconvo.raw_json(one.native) or b"") for one in found] == told
    assert [json.loads(one.raw)["event"] for one in found] == told
    assert len({one.key for one in found}) == len(found)
    assert [read("shop", one.raw) for one in found] == [(one,) for one in found]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*EVENT, "label_id", "event", "message", "data", "more"]), VALUES, max_size=6), VALUES)
def test_whatever_members_are_it_is_read_and_shared(changes: dict[str, Any], message: Any) -> None:
    found = one(EVENT | changes, message)
    assert found.lanes
    assert all(lane.startswith("shop:") for lane in (found.key, *found.lanes))
    assert neutral(found).provider == "convore"


def test_events_load_no_aiohttp() -> None:
    words = "import sys; from aioconvo.convore.events import read, neutral; print('aiohttp' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)  # noqa: S603 -- our own
    assert told.stdout.strip() == "False"
