"""What every store does, told the time."""

from __future__ import annotations

import asyncio

import pytest

from aioconvo.bot import MemoryStore
from aioconvo.bot.stores.store import Again, Dead, Handled, Outcome, Store
from aioconvo.core.errors import StoreFullError
from tests.bot.conftest import NewStore
from tests.bot.model import entry

HOUR = 3600.0


async def keys(store: Store, now: float = 0.0, most: int = 100) -> list[str]:
    return [claim.entry.key for claim in await store.claim(most, now=now)]


async def handle(store: Store, now: float = 0.0) -> list[str]:
    """Handle all that may be, one after the other."""
    done: list[str] = []
    while claims := await store.claim(1, now=now):
        assert await store.finish(claims[0], Handled(), now=now)
        done.append(claims[0].entry.key)
    return done


async def test_an_event_is_handled_once(new_store: NewStore) -> None:
    store = await new_store()
    assert await store.accept([entry("1"), entry("2"), entry("1")], now=0.0) == 2
    assert await store.accept([entry("2")], now=0.0) == 0
    (claim,) = await store.claim(10, now=0.0)
    assert (claim.entry.key, claim.entry.attempt, claim.entry.late, claim.state, claim.replies) == ("1", 1, False, None, ())
    assert await store.accept([entry("1")], now=1.0) == 0
    assert await store.finish(claim, Handled(), now=1.0)
    # Where its answer may be lost, who asks again is told so again; it changes nothing.
    assert await store.finish(claim, Handled(state=b"never"), now=1.0) == store.shared
    (claim,) = await store.claim(9, now=1.0)
    assert (claim.entry.key, claim.state) == ("2", None)
    assert await store.finish(claim, Handled(), now=1.0)
    assert await store.accept([entry("1"), entry("2")], now=2.0) == 0
    assert await keys(store, 2.0) == []


async def test_an_event_keeps_all_that_it_came_with(new_store: NewStore) -> None:
    store = await new_store()
    came = entry("1", "a:x", "a:y", at=1.5, settle=3.0, occurred=0.25, brief=True)
    await store.accept([came], now=1.5)
    (claim,) = await store.claim(1, now=4.5)
    assert claim.entry == entry(
        "1", "a:x", "a:y", at=1.5, settle=3.0, occurred=0.25, brief=True, sequence=claim.entry.sequence, attempt=1
    )


async def test_a_lane_is_handled_in_order_and_others_beside_it(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry("1", "a:x"), entry("2", "a:x"), entry("3", "a:y"), entry("4", "a:y")], now=0.0)
    first, other = await store.claim(10, now=0.0)
    assert [first.entry.key, other.entry.key] == ["1", "3"]
    assert await keys(store) == []
    assert await store.finish(first, Handled(), now=0.0)
    assert await keys(store) == ["2"]


async def test_no_more_are_claimed_than_asked_for(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry(str(number), f"a:{number}") for number in range(5)], now=0.0)
    assert await keys(store, most=2) == ["0", "1"]
    assert await keys(store, most=0) == []
    assert await keys(store, most=9) == ["2", "3", "4"]


async def test_an_event_of_two_lanes_waits_for_both_and_both_wait_for_it(new_store: NewStore) -> None:
    store = await new_store()
    batch = [entry("1", "a:x"), entry("2", "a:y"), entry("merge", "a:x", "a:y"), entry("3", "a:x"), entry("4", "a:y")]
    await store.accept(batch, now=0.0)
    first, second = await store.claim(10, now=0.0)
    await store.finish(first, Handled(), now=0.0)
    assert await keys(store) == []
    await store.finish(second, Handled(), now=0.0)
    (merge,) = await store.claim(10, now=0.0)
    assert merge.entry.key == "merge"
    assert await keys(store) == []
    await store.finish(merge, Handled(), now=0.0)
    assert await keys(store) == ["3", "4"]


async def test_one_lane_that_is_named_twice_is_one(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry("1", "a:x", "a:x"), entry("2", "a:x")], now=0.0)
    assert await handle(store) == ["1", "2"]


async def test_given_time_to_settle_a_lane_goes_by_when_its_events_occurred(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry("second", at=0.0, settle=3.0, occurred=-1.0)], now=0.0)
    await store.accept([entry("first", at=2.0, settle=3.0, occurred=-2.0)], now=2.0)
    await store.accept([entry("third", at=2.5, settle=3.0, occurred=-0.5)], now=2.5)
    assert await store.next_due(now=2.5) == 3.0
    assert await handle(store, 2.9) == []
    assert await handle(store, 3.0) == ["first", "second"]
    assert await store.next_due(now=3.0) == 5.5
    await store.accept([entry("too late", at=6.0, settle=3.0, occurred=-3.0)], now=6.0)
    assert [(claim.entry.key, claim.entry.late) for claim in await store.claim(1, now=6.0)] == [("too late", True)]


async def test_without_time_to_settle_order_is_of_arrival_and_late_ones_are_marked(new_store: NewStore) -> None:
    store = await new_store()
    times = [5.0, 4.0, 6.0, None, 5.5]
    await store.accept([entry(str(place), occurred=at) for place, at in enumerate(times)], now=0.0)
    late = []
    for key in "01234":
        (claim,) = await store.claim(9, now=0.0)
        assert claim.entry.key == key
        late.append(claim.entry.late)
        await store.finish(claim, Handled(), now=0.0)
    assert late == [False, True, False, False, True]


async def test_a_lane_waits_for_one_that_failed(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry("1", occurred=5.0, settle=1.0), entry("other", "a:y")], now=0.0)
    (claim,) = [one for one in await store.claim(2, now=1.0) if one.entry.key == "1"]
    assert await store.finish(claim, Again(due=30.0), now=1.0)
    assert not await store.finish(claim, Handled(), now=1.0)
    await store.accept(
        [entry("2", at=2.0, settle=1.0, occurred=1.0)], now=2.0
    )  # it occurred before, and must wait all the same
    assert await keys(store, 29.9) == []
    assert await store.next_due(now=5.0) == 30.0
    (second,) = await store.claim(9, now=30.0)
    assert (second.entry.key, second.entry.attempt) == ("1", 2)
    assert second.fence != claim.fence
    await store.finish(second, Handled(), now=30.0)
    assert await keys(store, 30.0) == ["2"]


async def test_a_handler_that_a_drain_stopped_was_no_attempt(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry("1")], now=0.0)
    for _ in range(3):
        (claim,) = await store.claim(1, now=0.0)
        assert claim.entry.attempt == 1
        await store.finish(claim, Again(due=0.0, counts=False), now=0.0)


async def test_state_is_committed_with_the_outcome(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry(str(number), "a:x") for number in range(5)] + [entry("other", "a:y")], now=0.0)
    outcomes: list[Outcome] = [Handled(state=b"one"), Handled(), Dead(reason="ValueError"), Handled(state=b"two"), Handled()]
    states = []
    for outcome in outcomes:
        (claim,) = [one for one in await store.claim(9, now=0.0) if one.entry.lanes == ("a:x",)]
        states.append(claim.state)
        await store.finish(claim, outcome, now=0.0)
    assert states == [None, b"one", b"one", b"one", b"two"]


async def test_what_was_sent_is_known_at_the_next_attempt(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry("1"), entry("2")], now=0.0)
    (claim,) = await store.claim(1, now=0.0)
    assert await store.begin_reply(claim, 0, now=1.0)
    await store.end_reply(claim, 0, "message", now=2.0)
    assert await store.begin_reply(claim, 1, now=3.0)
    assert await store.begin_reply(claim, 2, now=3.0)
    await store.end_reply(claim, 2, None, now=3.0)  # surely not sent
    await store.finish(claim, Again(due=4.0), now=3.0)
    assert not await store.begin_reply(claim, 3, now=3.0)
    (claim,) = await store.claim(1, now=4.0)
    assert [(reply.number, reply.begun_at, reply.message_id) for reply in claim.replies] == [
        (0, 1.0, "message"),
        (1, 3.0, None),
    ]
    assert await store.begin_reply(claim, 1, now=5.0)
    await store.finish(claim, Again(due=6.0), now=5.0)
    (claim,) = await store.claim(1, now=6.0)
    assert claim.replies[1].begun_at == 5.0, "one that was begun again may be on its way since then"
    await store.finish(claim, Handled(), now=6.0)
    (claim,) = await store.claim(1, now=6.0)
    assert claim.replies == ()


async def test_too_much_is_refused_whole(new_store: NewStore) -> None:
    store = await new_store(max_waiting=5, max_waiting_in_lane=2)
    await store.accept([entry("1", "a:x"), entry("2", "a:x")], now=0.0)
    with pytest.raises(StoreFullError, match="2 events of one lane"):
        await store.accept([entry("3", "a:x")], now=0.0)
    assert await store.accept([entry("1", "a:x"), entry("3", "a:y")], now=0.0) == 1
    with pytest.raises(StoreFullError, match="2 events of one lane"):
        await store.accept([entry("4", "a:y"), entry("5", "a:y")], now=0.0)
    with pytest.raises(StoreFullError, match="3 events wait, and 5 may"):
        await store.accept([entry("4", "a:z"), entry("5", "a:w"), entry("6", "a:v")], now=0.0)
    assert await store.accept([entry("4", "a:z"), entry("5", "a:w")], now=0.0) == 2
    assert await store.accept([entry("4", "a:z"), entry("1", "a:x")], now=0.0) == 0  # accepted before: nothing to refuse
    with pytest.raises(StoreFullError, match="5 events wait"):
        await store.accept([entry("6", "a:u")], now=0.0)
    await handle(store)
    assert await store.accept([entry("6", "a:u")], now=0.0) == 1


async def test_a_delivery_that_is_larger_than_the_bounds_comes_in_where_nothing_waits(new_store: NewStore) -> None:
    store = await new_store(max_waiting=5, max_waiting_in_lane=2)
    assert await store.accept([entry(str(number), "a:x") for number in range(6)], now=0.0) == 6
    with pytest.raises(StoreFullError, match="6 events wait, and 5 may"):
        await store.accept([entry("6", "a:y")], now=0.0)
    assert len(await handle(store)) == 6
    assert await store.accept([entry("6", "a:y")], now=0.0) == 1
    assert await store.accept([entry(str(number), "a:x") for number in range(7, 10)], now=0.0) == 3


async def test_keys_are_known_for_their_time(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry("long"), entry("brief", brief=True), entry("waits", "a:y")], now=0.0)
    claims = [claim for claim in await store.claim(9, now=10.0) if claim.entry.key == "long"]
    await store.finish(claims[0], Handled(), now=10.0)
    (brief,) = await store.claim(9, now=10.0)
    await store.finish(brief, Handled(), now=10.0)
    for now, new in [(909.0, 0), (911.0, 1)]:
        await store.prune(now=now)
        assert await store.accept([entry("brief", brief=True)], now=now) == new
    for now, new in [(10.0 + store.remembers - 1.0, 0), (10.0 + store.remembers + 1.0, 1)]:
        await store.prune(now=now)
        assert await store.accept([entry("long")], now=now) == new
    assert await store.accept([entry("waits", "a:y")], now=99 * HOUR) == 0  # as long as it is not handled


async def test_a_key_whose_time_is_over_is_new_without_a_prune(new_store: NewStore) -> None:
    store = await new_store()
    for now in (0.0, store.remembers + 1.0, 2 * store.remembers + 2.0):
        assert await store.accept([entry("1"), entry("2", brief=True)], now=now) == 2
        assert await store.accept([entry("1")], now=now) == 0
        assert await handle(store, now) == ["1", "2"]
        assert await store.accept([entry("1")], now=now) == 0
        assert await store.accept([entry("2", brief=True)], now=now) == 0


async def test_dead_letters_are_kept_shown_and_replayed(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry("1"), entry("2"), entry("3")], now=0.0)
    for reason in ("ValueError", "TimeoutError"):
        (claim,) = await store.claim(1, now=5.0)
        await store.begin_reply(claim, 0, now=5.0)
        await store.finish(claim, Dead(reason=reason), now=6.0)
    assert await handle(store) == ["3"]  # the lane went on
    letters = await store.dead()
    assert [
        (letter.entry.key, letter.entry.attempt, letter.entry.raw, letter.reason, letter.died_at) for letter in letters
    ] == [
        ("1", 1, b"{}", "ValueError", 6.0),
        ("2", 1, b"{}", "TimeoutError", 6.0),
    ]
    assert [letter.entry.key for letter in await store.dead(most=1)] == ["1"]
    assert await store.accept([entry("1")], now=7.0) == 0
    assert (await store.counts(now=7.0)).dead == 2
    assert await store.replay("1", now=8.0)
    assert not await store.replay("1", now=8.0)
    assert not await store.replay("nobody", now=8.0)
    (claim,) = await store.claim(9, now=8.0)
    assert (claim.entry.key, claim.entry.attempt, len(claim.replies)) == ("1", 1, 1)
    await store.finish(claim, Handled(), now=8.0)
    assert [letter.entry.key for letter in await store.dead()] == ["2"]
    await store.prune(now=6.0 + 29 * 24 * HOUR)
    assert [letter.entry.key for letter in await store.dead()] == ["2"]
    await store.prune(now=6.0 + 31 * 24 * HOUR)
    assert await store.dead() == []


async def test_counts(new_store: NewStore) -> None:
    store = await new_store()
    counts = await store.counts(now=0.0)
    assert (counts.waiting, counts.running, counts.dead, counts.lanes, counts.oldest) == (0, 0, 0, 0, None)
    await store.accept([entry("1", "a:x", at=3.0), entry("2", "a:x", at=3.0), entry("3", "a:y", at=3.0)], now=3.0)
    (claim,) = await store.claim(1, now=3.0)
    counts = await store.counts(now=4.0)
    assert (counts.waiting, counts.running, counts.dead, counts.lanes, counts.oldest) == (2, 1, 0, 2, 3.0)
    await store.finish(claim, Handled(), now=4.0)
    await handle(store, 4.0)
    counts = await store.counts(now=4.0)
    assert (counts.waiting, counts.running, counts.lanes, counts.oldest) == (0, 0, 0, None)


async def test_seen_lanes_are_those_of_an_account_since_a_time(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry("1", "a:x", at=1.0), entry("2", "a:y", "a:z", at=1.0), entry("3", "b:x", at=1.0)], now=1.0)
    await handle(store, 1.0)
    await store.accept([entry("4", "a:x", at=5.0), entry("5", "a:w", at=5.0)], now=5.0)
    assert sorted([lane async for lane in store.seen("a", since=0.0)]) == ["a:w", "a:x", "a:y", "a:z"]
    assert sorted([lane async for lane in store.seen("a", since=2.0)]) == ["a:w", "a:x"]
    assert [lane async for lane in store.seen("b", since=0.0)] == ["b:x"]
    assert [lane async for lane in store.seen("c", since=0.0)] == []


async def test_positions_and_holds(new_store: NewStore) -> None:
    store = await new_store()
    assert await store.position("convore") is None
    await store.keep_position("convore", "one", now=0.0)
    await store.keep_position("convore", "two", now=0.0)
    assert await store.position("convore") == "two"
    assert await store.hold("convore", now=0.0, seconds=15.0)
    assert await store.hold("convore", now=1.0, seconds=15.0)
    await store.let_go("convore")
    assert await store.hold("convore", now=2.0, seconds=15.0)


async def test_a_lane_is_forgotten(new_store: NewStore) -> None:
    store = await new_store()
    batch = [entry("0", "a:x"), entry("1", "a:x"), entry("2", "a:x", "a:y"), entry("3", "a:y"), entry("4", "a:x")]
    await store.accept(batch, now=0.0)
    (claim,) = await store.claim(1, now=0.0)
    await store.finish(claim, Handled(state=b"s"), now=0.0)
    (claim,) = await store.claim(1, now=0.0)
    await store.finish(claim, Dead(reason="E"), now=0.0)
    (running,) = await store.claim(1, now=0.0)
    assert (running.entry.key, running.state) == ("2", b"s")
    assert await store.forget("a:x") == 3
    assert not await store.finish(running, Handled(state=b"t"), now=0.0)
    assert await store.renew([running], now=0.0) == [running]
    assert await store.dead() == []
    assert [lane async for lane in store.seen("a", since=-1.0)] == ["a:y"]
    assert await store.accept([entry(key, "a:x") for key in "0124"], now=0.0) == 0
    await store.accept([entry("5", "a:x")], now=0.0)
    claims = await store.claim(9, now=0.0)
    assert sorted((claim.entry.key, claim.state) for claim in claims) == [("3", None), ("5", None)]


async def test_waiting_for_a_change_ends_with_it(new_store: NewStore) -> None:
    store = await new_store()
    assert await store.claim(1, now=0.0) == []
    waits = asyncio.ensure_future(store.changed())
    await asyncio.sleep(0)
    if waits.done():  # one wake for nothing is allowed, as Redis's when it begins to listen: who is woken looks again
        assert await store.claim(1, now=0.0) == []
        waits = asyncio.ensure_future(store.changed())
        await asyncio.sleep(0)
    assert not waits.done()
    await store.accept([entry("1"), entry("2")], now=0.0)
    await waits
    (claim,) = await store.claim(1, now=0.0)
    await store.finish(claim, Handled(), now=0.0)  # before anybody waits
    await store.changed()
    assert await keys(store) == ["2"]


async def test_claims_are_renewed(new_store: NewStore) -> None:
    store = await new_store()
    await store.accept([entry("1"), entry("2", "a:y")], now=0.0)
    first, second = await store.claim(2, now=0.0)
    await store.finish(second, Handled(), now=0.0)
    assert await store.renew([first, second], now=1.0) == [second]


async def test_in_memory_so_many_keys_are_known_at_most() -> None:
    store = MemoryStore(max_keys=100)
    await store.open(now=0.0)
    for number in range(1_000):
        await store.accept([entry(str(number), f"a:{number}"), entry("waits", "b:x")], now=0.0)
        for claim in await store.claim(9, now=0.0):
            if claim.entry.key != "waits":
                await store.finish(claim, Handled(), now=0.0)
        assert len(store._recent) + len(store._older) <= 100
    assert await store.accept([entry("waits", "b:x"), *(entry(str(number)) for number in range(950, 1_000))], now=1.0) == 0
    assert await store.accept([entry("0")], now=1.0) == 1
    await store.prune(now=2 * HOUR)
    assert not store._recent
    assert not store._older


async def test_in_memory_so_many_states_are_kept_at_most(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore(max_states=2)
    await store.open(now=0.0)

    async def says(lane: str, number: int) -> bytes | None:
        await store.accept([entry(f"{lane}{number}", lane)], now=0.0)
        (claim,) = await store.claim(9, now=0.0)
        await store.finish(claim, Handled(state=lane.encode() if claim.state is None else None), now=0.0)
        return claim.state

    found = [await says(lane, number) for number, lane in enumerate(["a:x", "a:y", "a:x", "a:z", "a:x", "a:y", "a:z"])]
    assert found == [None, None, b"a:x", None, b"a:x", None, None]  # "a:y" is the first to go, then "a:z"
    assert [record.getMessage() for record in caplog.records] == [
        "more than 2 conversations have a state: the oldest are forgotten"
    ]
