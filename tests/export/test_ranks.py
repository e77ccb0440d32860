"""The order of messages of one time: as the API's list has them, over pages, runs, breaks and all kinds of target."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from aioconvo.export import rows
from aioconvo.export.ledger.ranks import STRIDE, Span, placed
from aioconvo.export.ordering import Ordering
from aioconvo.export.report import page as report
from aioconvo.inbox import Message, Provider
from tests.campaign import examples
from tests.export.targets import EVERY_KIND, NOON, again, due, listed, message, opened, page, target


class Ranked:
    """The ranks of one conversation, kept as a ledger keeps them."""

    def __init__(self) -> None:
        self.ranks: dict[int, int] = {}
        self.span = Span()

    def near(self, rank: int, upward: bool) -> int | None:
        some = [one for one in self.ranks.values() if (one > rank if upward else one < rank)]
        return None if not some else min(some) if upward else max(some)

    def walk(self, items: Sequence[int], size: int, *, downward: bool, pages: int | None = None) -> None:
        """One walk over the items, which stand oldest first; it may break off after so many pages."""
        self.span = self.span._replace(edge=None)
        turned = list(items)[::-1] if downward else list(items)
        for first in list(range(0, len(turned), size))[:pages]:
            some = turned[first : first + size]
            came = some[::-1] if downward else some
            alone = first == 0 and first + size >= len(turned)
            known = [self.ranks.get(one) for one in came]
            ranks, self.span = placed(known, self.span, downward=downward and not alone, first=first == 0, near=self.near)
            for one, rank in zip(came, ranks, strict=True):
                assert self.ranks.setdefault(one, rank) == rank  # a rank that was given stays

    def order(self) -> list[int]:
        return sorted(self.ranks, key=lambda one: self.ranks[one])


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_ranks_are_in_the_order_of_the_list_whatever_walks_there_were(data: st.DataObject) -> None:
    """Messages come at the end and, now and then, in between; walks break off, and begin anew at their first page."""
    downward = data.draw(st.booleans())
    ledger, items, name = Ranked(), list[int](), 0
    for _ in range(data.draw(st.integers(1, 5))):
        for _ in range(data.draw(st.integers(0, 12))):
            place = len(items) if data.draw(st.integers(0, 3)) else data.draw(st.integers(0, len(items)))
            name += 1
            items.insert(place, name)
        pages = data.draw(st.none() | st.integers(0, 3))
        ledger.walk(items, data.draw(st.integers(1, 6)), downward=downward, pages=pages)
    ledger.walk(items, data.draw(st.integers(1, 6)), downward=downward)
    assert ledger.order() == items


def test_one_page_has_small_ranks_and_a_longer_walk_leaves_room_for_what_is_older() -> None:
    ledger = Ranked()
    ledger.walk(range(3), 5, downward=True)
    assert list(ledger.ranks.values()) == [1024, 2048, 3072]
    longer = Ranked()
    longer.walk(range(10), 4, downward=True)
    assert longer.order() == list(range(10))
    assert max(longer.ranks.values()) == STRIDE - 1024
    assert len(set(longer.ranks.values())) == 10


def test_many_runs_keep_numbers_that_every_reader_of_json_takes() -> None:
    ledger, items = Ranked(), list(range(100))
    for run in range(1_000):
        items.append(1_000 + run)
        ledger.walk(items, 50, downward=True)
    assert ledger.order() == items
    assert max(ledger.ranks.values()) < 2**53


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("downward", [False, True])
def test_messages_of_one_time_stay_in_order_in_every_target(kind: str, downward: bool, tmp_path: Path) -> None:
    """Ids are drawn so that they sort otherwise; three runs bring more, the second one breaks off."""
    ids = [f"{random.Random(number).getrandbits(40):010x}" for number in range(90)]  # noqa: S311 -- repeatable ids
    for run, (count, broken) in enumerate([(40, False), (65, True), (90, False)]):
        sink = again(kind, tmp_path) if run else opened(kind, tmp_path)
        there = ids[:count]
        pages = [there[first : first + 7] for first in range(0, count, 7)]
        walk = [
            page(*some, walk=f"w{run}", pages=number, downward=downward, ended=number == len(pages))
            for number, some in enumerate(reversed(pages) if downward else pages, 1)
        ]
        sink.commit([listed("c")])
        due(sink)
        for number in range(0, len(walk), 2)[: 1 if broken else None]:
            sink.commit(walk[number : number + 2])
        sink.close()
    name = target(kind, tmp_path)
    assert [row["message_id"] for row in rows(name)] == ids
    if kind == "sqlite":
        with contextlib.closing(sqlite3.connect(tmp_path / "out")) as db:
            told = db.execute("SELECT m.message_id FROM transcript AS t JOIN messages AS m ON m.id = t.id").fetchall()
        assert [one for (one,) in told] == ids
    out = tmp_path / "page.html"
    report.write(name, out)
    shown = out.read_text()
    places = [shown.index(f"Text of {one}") for one in ids]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", [kind for kind in EVERY_KIND if kind != "sqlite"])
@pytest.mark.parametrize("downward", [False, True])
def test_a_walk_goes_on_where_it_stood_when_the_data_is_a_commit_ahead_of_its_ledger(
    kind: str, downward: bool, tmp_path: Path
) -> None:
    """As a kill between the two leaves them: what was committed of another conversation moves this one's walk nowhere."""
    ids = [f"{random.Random(number).getrandbits(40):010x}" for number in range(9)]  # noqa: S311 -- repeatable ids
    parts = [ids[first : first + 3] for first in range(0, 9, 3)]
    walk = [
        page(*some, pages=number, downward=downward, ended=number == len(parts))
        for number, some in enumerate(reversed(parts) if downward else parts, 1)
    ]
    sink = opened(kind, tmp_path)
    sink.commit([listed("c", "d")])
    sink.commit(walk[:1])
    sink.close()
    old = sink.ledger.path.read_bytes()
    sink = again(kind, tmp_path)
    sink.commit([page("d1", "d2", of="d", ended=True)])
    sink.close()
    sink.ledger.path.write_bytes(old)
    sink = again(kind, tmp_path)
    for one in walk[1:]:
        sink.commit([one])
    sink.close()
    assert [row["message_id"] for row in rows(target(kind, tmp_path)) if row["conversation_id"] == "c"] == ids


def test_times_count_before_ranks(tmp_path: Path) -> None:
    sink = opened("sqlite", tmp_path)
    late, early = message("late", sent_at=NOON + dt.timedelta(1)), message("early")
    sink.commit([listed("c"), page(late, early, ended=True)])
    sink.close()
    assert [row["message_id"] for row in rows(target("sqlite", tmp_path))] == ["early", "late"]


def test_an_order_that_is_not_documented_is_told_by_times() -> None:
    def some(*minutes: int | None) -> list[Message]:
        times = [None if one is None else NOON + dt.timedelta(minutes=one) for one in minutes]
        return [Message(Provider.CONVORE, "c", str(number), None, when) for number, when in enumerate(times)]

    order = Ordering()
    tied = some(1, 1, 1)
    assert order.oldest_first(tied) == tied
    assert order.newest_first is None
    falling = some(None, 3, 2, 2)
    assert order.oldest_first(falling) == falling[::-1]
    assert order.oldest_first(tied) == tied[::-1]
