"""Positions of a poll: what they hold, what is refused, and that they stay small."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from aioconvo import InvalidRequestError
from aioconvo.core.paging.marks import short
from aioconvo.events.place import Feed, Place, Seen, parse_place

FEED = Feed("convore", "events", "shop", ("message_inbound_received",))
ENTRIES = st.lists(st.tuples(st.integers(0, 2**40), st.text(max_size=8).map(short)), max_size=30)


@given(newest=st.integers(0, 2**42), floor=st.integers(0, 2**40), seen=ENTRIES)
def test_a_position_reads_as_it_was_written(newest: int, floor: int, seen: list[tuple[int, bytes]]) -> None:
    place = Place(FEED, newest, floor, tuple(seen))
    again = parse_place(str(place), FEED)
    assert (again.newest, again.floor) == (newest, floor)
    assert [digest for _, digest in again.seen] == [digest for _, digest in sorted(seen)]
    assert str(parse_place(str(again), FEED)) == str(again)
    for (at, _), (kept, _) in zip(sorted(seen), again.seen, strict=True):
        assert kept == max(at, floor) or at - floor > 2**32 - 1


PLACE = str(Place(FEED, 1_000, 500, ((600, short("a")),)))


@pytest.mark.parametrize(
    ("text", "feed", "words"),
    [
        (PLACE, Feed("convore", "events", "other", FEED.types), "another account: 'shop'; this client's is 'other'"),
        (PLACE, Feed("convore", "events", None, FEED.types), "this client's has no name"),
        (PLACE, Feed("convore", "events", "shop"), "other types="),
        (PLACE, Feed("convore", "events", "shop", ("message_outbound_sent",)), "other types="),
        (PLACE.replace("[1,", "[2,"), FEED, "version 2, which a later aioconvo wrote"),
        ('[2,"convore","GET","/v1/events",null,"",{}]', FEED, "another list"),
        ('[1,"smscx","events",null,"",1,1,""]', FEED, "another list"),
        *((text, FEED, "no position of events") for text in ("", "x", "[]", "{}", "null", "[[[[", '[1,"convore"]')),
        ('[1,"convore","events","shop","x",1,1,"A"]', FEED, "no position of events"),
        (PLACE.replace("500", "-1"), FEED, "no position of events"),
        (PLACE.replace("1000", '"1000"'), FEED, "no position of events"),
        (7, FEED, "must be a text"),
    ],
)
def test_what_is_no_position_of_these_events_is_refused(text: object, feed: Feed, words: str) -> None:
    with pytest.raises(InvalidRequestError, match=words):
        parse_place(text, feed)


def test_the_order_of_types_makes_no_other_feed() -> None:
    twice, once, other = (Feed("convore", "events", None, types) for types in (("b", "a", "b"), ("a", "b"), ("a",)))
    assert twice.digest == once.digest != other.digest


def test_a_position_made_before_the_account_had_a_name_is_taken() -> None:
    assert parse_place(str(Place(Feed("convore", "events", None), 5, 3)), Feed("convore", "events", "shop")).newest == 5


def test_a_position_names_no_id() -> None:
    assert "event_1" not in str(Place(FEED, 1_000, 0, ((600, short("event_1")),)))


@given(st.lists(st.integers(0, 1_000), max_size=60), st.integers(0, 1_200), st.integers(5, 40))
def test_what_is_let_go_of_is_older_than_the_floor(times: list[int], before: int, most: int) -> None:
    seen = Seen(0, most=most)
    for number, at in enumerate(times):
        seen.add(at, short(str(number)))
    needed = max(before, 600)
    seen.forget(before, needed=needed)
    kept = {digest for _, digest in seen}
    for number, at in enumerate(times):
        if at >= seen.floor or at >= needed:
            assert short(str(number)) in seen
            assert short(str(number)) in kept
    assert seen.floor >= before
    assert len(seen) <= max(most, sum(at >= needed for at in times))
    assert [at for at, _ in seen] == sorted(at for at, _ in seen)


@given(st.lists(st.integers(0, 3_000), max_size=1_200), st.integers(0, 3_000))
def test_what_a_position_holds_is_all_since_its_floor(times: list[int], needed: int) -> None:
    seen = Seen(0, ((at, short(f"{number}")) for number, at in enumerate(times)))
    floor, kept = seen.newest_of(needed)
    assert floor <= needed or floor == 0
    names = {digest for _, digest in kept}
    assert all(short(f"{number}") in names for number, at in enumerate(times) if at >= floor)
    assert len(kept) <= 500 + sum(at >= needed for at in times)


def test_a_position_of_a_busy_hour_stays_small() -> None:
    hour = [(at * 1_000, short(str(at))) for at in range(3_600)]
    floor, kept = Seen(0, hour).newest_of(3_540_000)
    text = str(Place(FEED, 3_600_000, floor, kept))
    assert len(kept) == 560
    assert len(text) < 8_000
    assert json.loads(text)[:4] == [1, "convore", "events", "shop"]
