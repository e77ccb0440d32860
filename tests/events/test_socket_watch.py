"""What keeps a cut from losing or doubling a message: ids that were seen, and counts that show what is missing."""

from __future__ import annotations

import collections
import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from aioconvo.core.errors import InvalidRequestError
from aioconvo.ultracart import ConversationSummary, Message
from aioconvo.ultracart.socket.watch import Delivered, Watch, id_of, is_recent, moment_of, summary_moment
from tests.campaign import examples

NOW = 1_772_359_205_000


def _message(name: str, at: int | None = NOW) -> Message:
    return Message(conversation_message_uuid=name, message_epoch=at)


def _summary(count: int | None, last: int = NOW) -> ConversationSummary:
    return ConversationSummary(
        conversation_uuid="c", message_count=count, last_message_dts=dt.datetime.fromtimestamp(last // 1000, dt.UTC)
    )


def _new_watch(to: int | None = NOW) -> Watch:
    return Watch(Delivered(60.0, to))


def test_a_message_is_new_once() -> None:
    watch = _new_watch()
    assert [watch.is_new("c", _message(name)) for name in ("a", "b", "a")] == [True, True, False]


def test_messages_without_an_id_or_a_time_are_told_by_what_they_are() -> None:
    watch = _new_watch()
    bare = [Message(body="x"), Message(body="y"), Message(body="x")]
    assert [watch.is_new("c", one) for one in bare] == [True, True, False]
    watch.reach(NOW + 10)
    assert id_of(bare[0]).startswith("~")
    assert moment_of(bare[0]) is None
    assert moment_of(Message(message_dts=dt.datetime(2026, 3, 1, 10, 0, 5))) == NOW  # noqa: DTZ001 -- without a zone
    assert summary_moment(ConversationSummary()) is None


def test_where_nothing_is_known_all_is_looked_at() -> None:
    watch = _new_watch(None)
    assert not watch.knows_where
    assert watch.floor == 0
    watch.reach(NOW)
    assert (watch.knows_where, watch.floor) == (True, NOW - 60_000)
    watch.reach(None)
    watch.reach(NOW - 5_000)  # it never goes back
    assert watch.floor == NOW - 60_000


@pytest.mark.parametrize(
    ("last", "recent"), [(NOW, True), (NOW - 60_000, True), (NOW - 61_000, False), (NOW - 3_600_000, False)]
)
def test_recent_conversations(last: int, recent: bool) -> None:
    assert is_recent(_summary(1, last), _new_watch().floor) is recent
    assert is_recent(ConversationSummary(), _new_watch().floor)


def test_what_came_is_known_for_an_hour_more_than_it_is_looked_for() -> None:
    watch = _new_watch()
    assert watch.is_new("c", _message("a"))
    watch.reach(NOW + 3_600_000)
    assert not watch.is_new("c", _message("a"))
    watch.reach(NOW + 3_700_000)
    assert watch.is_new("c", _message("a"))


def test_what_was_handed_over_is_the_position() -> None:
    delivered = Delivered.at(None, 60.0)
    delivered.reach(NOW)
    delivered.add("a", NOW + 5)
    delivered.add("old", NOW - 61_000)
    delivered.add("timeless", None)
    again = Delivered.at(delivered.position, 60.0)
    assert (again.to, again.ids) == (NOW, delivered.ids)
    watch = Watch(again)
    assert not watch.is_new("c", _message("a"))
    assert watch.is_new("c", _message("b"))
    delivered.reach(NOW + 60_000)
    assert set(delivered.ids) == {"a"}


@pytest.mark.parametrize("wrong", ["", "x", "{}", "[1]", "[2,null,{}]", '[1,"a",{}]', "[1,2,{},4]", "\ud800", "[" * 50_000])
def test_other_positions_are_refused(wrong: str) -> None:
    with pytest.raises(InvalidRequestError, match="position"):
        Delivered.at(wrong, 60.0)


def test_counts_show_what_is_missing() -> None:
    watch = _new_watch()
    assert watch.wants("c", _summary(3), watch.begin())  # never looked at
    assert not watch.wants("c", _summary(3), watch.begin())
    assert watch.is_new("c", _message("a"))
    assert not watch.wants("c", _summary(4), watch.begin())
    assert watch.wants("c", _summary(5, NOW + 1000), watch.begin())
    assert watch.wants("c", _summary(None), watch.begin())


def test_what_comes_while_the_list_is_asked_for_is_not_counted_on() -> None:
    watch = _new_watch()
    watch.wants("c", _summary(3), watch.begin())
    came = watch.begin()
    assert watch.is_new("c", _message("a"))
    assert watch.wants("c", _summary(4), came)


def test_a_later_last_message_than_came_is_missing_whatever_the_count() -> None:
    watch = _new_watch()
    watch.wants("c", _summary(3), watch.begin())
    watch.is_new("c", _message("a", NOW))
    assert watch.wants("c", _summary(4, NOW + 2000), watch.begin())  # one deleted, two written


def test_a_look_that_failed_is_made_again() -> None:
    watch = _new_watch()
    watch.wants("c", _summary(3), watch.begin())
    watch.failed("c")
    watch.failed("unknown")
    assert watch.wants("c", _summary(3), watch.begin())


def test_the_last_message_has_come_or_not() -> None:
    watch = _new_watch()
    assert not watch.has_last_of("c", _summary(1))
    watch.is_new("c", _message("a", NOW + 400))
    assert watch.has_last_of("c", _summary(1, NOW))
    assert not watch.has_last_of("c", _summary(1, NOW + 1000))
    assert not watch.has_last_of("c", ConversationSummary())


def test_what_is_remembered_of_conversations_is_bounded() -> None:
    watch = _new_watch()
    for number in range(10_050):
        name = f"c{number}"
        watch.is_new(name, _message(name))
        watch.wants(name, _summary(1), watch.begin() if number == 0 else collections.Counter({name: 1}))
    assert len(watch._counts) == len(watch._newest) == 10_000
    assert not watch._came


_EVENTS = st.lists(
    st.tuples(st.sampled_from(["live", "missed", "look", "late"]), st.integers(0, 2), st.integers(0, 40_000)), max_size=60
)


@settings(max_examples=examples(150))
@given(_EVENTS)
def test_every_message_is_delivered_once_whatever_the_socket_missed(happened: list[tuple[str, int, int]]) -> None:
    """A server of three conversations, a socket that tells of some messages, looks at moments of chance."""
    server: dict[str, list[Message]] = {str(one): [] for one in range(3)}
    watch, delivered = _new_watch(), collections.Counter[str]()
    now = NOW + 1
    looked_at = now

    def look() -> None:
        came = watch.begin()
        summaries = {one: _summary(len(all_), max(moment_of(m) or 0 for m in all_)) for one, all_ in server.items() if all_}
        for one, summary in summaries.items():
            if is_recent(summary, watch.floor) and watch.wants(one, summary, came):
                for message in server[one]:
                    if (moment_of(message) or 0) >= watch.floor and watch.is_new(one, message, fetched=True):
                        delivered[id_of(message)] += 1
        watch.reach(max((summary_moment(summary) or 0 for summary in summaries.values()), default=None))

    for number, (what, conversation, step) in enumerate([*happened, ("look", 0, 0)]):
        now += step
        if what == "look":
            look()
            looked_at = now
            continue
        # One that is late has a time before others that came already, but no more than a minute and not before the last look.
        at = max(now - 50_000, looked_at - 50_000) if what == "late" else now
        message: Any = _message(f"m{number}", at)
        server[str(conversation)].append(message)
        if what == "live" and watch.is_new(str(conversation), message):
            delivered[id_of(message)] += 1
    sent = [id_of(message) for all_ in server.values() for message in all_]
    assert delivered == collections.Counter(sent)
