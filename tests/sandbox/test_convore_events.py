"""The emulated list of Convore's events: what is in it, and every manner it can be asked to have."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from aioconvo.sandbox.convore.routes import ConvoreSandbox
from aioconvo.sandbox.event_list import EventList
from aioconvo.sandbox.exchange import Request, Settings

START = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)
KEY = {"authorization": "Bearer sandbox-key"}


class Account:
    """An account with a clock of its own."""

    def __init__(self, **settings: Any) -> None:
        self.now = START
        self.api = ConvoreSandbox(
            Settings(**({"conversations": 3, "messages": 4} | settings), now=START, clock=lambda: self.now)
        )
        self.conversations = list(self.api.state()["ids"])

    def ask(self, method: str, path: str, *query: tuple[str, str], body: Any = None, status: int = 200) -> Any:
        raw = b"" if body is None else msgspec.json.encode(body)
        answer = self.api.answer(Request(method, path, query, KEY, raw))
        assert answer.status == status, answer.body
        return answer.body

    def walk(self, *query: tuple[str, str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The events of all pages, and the pages."""
        pages = [self.ask("GET", "/v1/events", *query)]
        while cursor := pages[-1].get("next_cursor"):
            pages.append(self.ask("GET", "/v1/events", *query, ("cursor", cursor)))
        return [event for page in pages for event in page["data"]], pages

    def receive(self, text: str = "Hello", conversation: int = 0) -> str:
        self.now += dt.timedelta(seconds=1)
        return str(self.api.receive_message(self.conversations[conversation], text)["id"])


@pytest.fixture
def account() -> Account:
    return Account()


def test_events_of_what_was_there_before(account: Account) -> None:
    events, _ = account.walk()
    messages = {message for ids in account.api.state()["ids"].values() for message in ids}
    assert {event["message_id"] for event in events} == messages
    assert [event["created_at"] for event in events] == sorted((event["created_at"] for event in events), reverse=True)
    assert account.ask("GET", f"/v1/events/{events[3]['id']}") == events[3]
    account.ask("GET", "/v1/events/event_0", status=404)


def test_messages_that_come_and_go(account: Account) -> None:
    came = account.receive()
    sent = account.ask("POST", "/v1/messages", body={"body": "Hi", "reply_to_message_id": came})
    (out, inbound, *_), _ = account.walk()
    assert (inbound["type"], inbound["message_id"]) == ("message_inbound_received", came)
    assert (out["type"], out["message_id"], out["object_id"]) == ("message_outbound_sent", sent["id"], sent["id"])
    assert inbound["conversation_id"] == out["conversation_id"] == account.conversations[0]
    assert len(account.walk()[0]) == 14  # whether the list was asked for before the first of them or not


def test_conversations_that_are_filed(account: Account) -> None:
    path = f"/v1/conversations/{account.conversations[0]}"
    for status in ("open", "done", "done", "open", "trash", "open", "spam", "open"):
        account.ask("PATCH", path, body={"status": status})
    account.ask("PATCH", path, body={"is_unread": True})
    events, _ = account.walk(("object_type", "conversation"))
    found = [event["type"].removeprefix("conversation_") for event in events[::-1]][-7:]
    filed = ["done", "reopened", "moved_to_trash", "restored_from_trash", "marked_as_spam", "unmarked_as_spam"]
    assert found[-6:] == filed
    assert all("message_id" not in event for event in events)


def test_filters(account: Account) -> None:
    came = [account.receive(conversation=number) for number in (0, 1, 2)]
    times = {event["message_id"]: event["created_at"] for event in account.walk()[0]}
    assert [one["message_id"] for one in account.walk(("object_id", came[1]))[0]] == came[1:2]
    after = account.walk(("created_at_after", times[came[0]]))[0]
    assert [one["message_id"] for one in after] == [came[2], came[1]]  # neither bound is inclusive
    between = account.walk(("created_at_after", times[came[0]]), ("created_at_before", times[came[2]]))[0]
    assert [one["message_id"] for one in between] == [came[1]]
    both = {"message_inbound_received", "message_outbound_sent"}
    assert {one["type"] for one in account.walk(*(("types", kind) for kind in both))[0]} == both
    assert {one["type"] for one in account.walk(("type", "message_outbound_sent"))[0]} == {"message_outbound_sent"}


@pytest.mark.parametrize(
    "query",
    [
        *(("limit", limit) for limit in ("0", "501", "x", "-1", "\N{SUPERSCRIPT TWO}")),
        *(("cursor", cursor) for cursor in ("x", "W10=", "\N{SNOWMAN}")),
        *(("created_at_after", "yesterday"), ("type", "x"), ("object_type", "x")),
    ],
)
def test_bad_queries_are_a_400(account: Account, query: tuple[str, str]) -> None:
    account.ask("GET", "/v1/events", query, status=400)


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("limit", [1, 3, 5, 500])
def test_both_orders(oldest_first: bool, limit: int) -> None:
    account = Account(messages=5)
    account.api.events.manner = EventList(oldest_first=oldest_first)
    whole = account.walk()[0]
    events, pages = account.walk(("limit", str(limit)))
    assert events == whole
    assert len(pages) == -(-len(whole) // limit)
    assert "next_cursor" not in pages[-1]
    keys = [event["created_at"] for event in events]
    assert keys == sorted(keys, reverse=not oldest_first)


def test_the_last_page_may_say_null(account: Account) -> None:
    account.api.events.manner = EventList(null_cursor=True)
    _, pages = account.walk(("limit", "5"))
    assert [page["next_cursor"] is None for page in pages] == [False, False, True]


@pytest.mark.parametrize("oldest_first", [False, True])
def test_empty_pages_lead_on(account: Account, oldest_first: bool) -> None:
    whole = {event["id"] for event in account.walk()[0]}
    account.api.events.manner = EventList(empty_pages=0.5, oldest_first=oldest_first)
    events, pages = account.walk(("limit", "2"))
    assert sorted(event["id"] for event in events) == sorted(whole)
    empty = [page for page in pages if not page["data"]]
    assert len(empty) >= 2
    assert all(page["next_cursor"] for page in empty)
    assert len({page["next_cursor"] for page in pages[:-1]}) == len(pages) - 1


def test_times_may_be_equal(account: Account) -> None:
    account.api.events.manner = EventList(same_time=10_000)
    came = [account.receive() for _ in range(5)]
    events, _ = account.walk(("limit", "2"))
    assert [one["message_id"] for one in events[:5]] == came[::-1]
    assert len({one["created_at"] for one in events[:5]}) == 1


def test_events_may_appear_late(account: Account) -> None:
    account.api.events.manner = EventList(late=60, late_share=1.0)
    came = [account.receive() for _ in range(20)]
    shown = [len({one["message_id"] for one in account.walk()[0]} & set(came))]
    for _ in range(6):
        account.now += dt.timedelta(seconds=10)
        shown.append(len({one["message_id"] for one in account.walk()[0]} & set(came)))
    assert shown == sorted(shown)
    assert 0 < shown[1] < 20
    assert shown[-1] == 20
