from __future__ import annotations

import datetime as dt
import uuid

import pytest

from aioconvo.sandbox import contents, data
from aioconvo.sandbox.exchange import Settings
from aioconvo.sandbox.thread import Thread

NOW = dt.datetime(2026, 5, 4, 12, 30, 15, 250_000, tzinfo=dt.UTC)


def test_the_same_seed_gives_the_same_data() -> None:
    assert data.hex_id(3, "user", 1) == data.hex_id(3, "user", 1) != data.hex_id(4, "user", 1)
    assert data.person(3, 9) == data.person(3, 9)
    assert data.line(3, 1, 2, inbound=True) == data.line(3, 1, 2, inbound=True)
    assert data.arrivals(Settings(now=NOW), 2) == data.arrivals(Settings(now=NOW), 2)


def test_ids_have_their_shapes_and_do_not_repeat() -> None:
    ids = {data.hex_id(0, "user", index) for index in range(2000)}
    assert len(ids) == 2000
    assert all(len(key) == 24 and int(key, 16) for key in ids)
    assert uuid.UUID(data.uuid_id(0, "x")).version == 4
    assert data.uuid_id(0, "x") == data.uuid_id(0, "x").lower()


def test_people_do_not_share_an_email() -> None:
    assert len({data.person(0, index).email for index in range(500)}) == 500


def test_times_are_written_in_milliseconds() -> None:
    at = data.milliseconds(NOW)
    assert data.iso(at) == "2026-05-04T12:30:15.250Z"
    assert data.moment(at) == NOW
    assert data.iso(at + 9) == "2026-05-04T12:30:15.259Z"


@pytest.mark.parametrize("count", [0, 1, 2, 25, 250])
def test_messages_come_in_order_and_end_with_the_conversation(count: int) -> None:
    settings = Settings(messages=count, now=NOW)
    times = list(data.arrivals(settings, 4))
    assert len(times) == count
    assert times == sorted(times)
    assert not times or (times[0] > data.started(settings, 4) and times[-1] == data.ended(settings, 4))


def test_about_a_third_of_the_messages_are_tied_and_a_tie_lies_on_every_page_edge() -> None:
    settings = Settings(messages=950, now=NOW)
    times = data.arrivals(settings, 1)
    tied = sum(times.count(at) > 1 for at in times)
    assert 0.25 < tied / len(times) < 0.36
    assert all(times[-edge] == times[-edge - 1] for edge in range(100, 950, 100))


def test_conversations_follow_each_other_and_half_are_of_the_last_day() -> None:
    settings = Settings(now=NOW)
    ends = [data.ended(settings, number) for number in range(1, 11)]
    day_ago = data.milliseconds(NOW) - 24 * 3_600_000
    assert ends == sorted(ends)
    assert 3 <= sum(end > day_ago for end in ends) <= 7
    assert ends[-1] < data.milliseconds(NOW)


def test_a_day_later_everything_is_a_day_later() -> None:
    later = Settings(now=NOW + dt.timedelta(days=1))
    shifted = [at - 86_400_000 for at in data.arrivals(later, 3)]
    assert shifted == list(data.arrivals(Settings(now=NOW), 3))


def test_every_kind_of_content_is_in_a_conversation_of_25() -> None:
    seen = {contents.seeded(0, 5, index).content["type"] for index in range(25)}
    assert seen == {"text", *contents.RICH_KINDS}


def test_a_thread_makes_its_messages_when_looked_at_and_knows_its_ids() -> None:
    settings = Settings(messages=3, now=NOW, clock=lambda: NOW)
    thread = Thread(settings, "a" * 24, 1)
    assert (len(thread), thread.last) == (3, data.ended(settings, 1))
    first, second = thread.append({}), thread.append({})
    assert [stored.id for stored in thread.messages] == sorted(stored.id for stored in thread.messages)
    assert thread.last == second.at == first.at + 1
    assert thread.remove(first.id)
    assert not thread.remove(first.id)
    assert thread.position(first.id) == 3
    assert [thread.position(key) for key in ("a" * 24, "b" * 24, "a" * 16 + "0000000f", "")] == [None] * 4
    thread.clear()
    assert len(thread) == 0
    assert thread.append({}).index == 5
