"""Plain pages are read by columns, all others item by item: both roads lead to the same, and real pages are plain."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

import aioconvo.smooch.pages
import aioconvo.sunshine.pages
import aioconvo.ultracart.pages
from aioconvo import PaginationError
from aioconvo.core.json.model import Unknown
from aioconvo.core.paging import offset, timed
from aioconvo.core.paging.columns import Column, direction, identities, in_order, ties
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.core.paging.timed import in_time_order
from aioconvo.sandbox import Sandbox
from aioconvo.smooch import SmoochClient
from aioconvo.sunshine import SunshineClient
from aioconvo.ultracart import UltraCartClient
from tests.campaign import examples
from tests.paging.positions import stored

NOW = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)
ODD = Unknown(b"7")
ZONES = [dt.UTC, dt.timezone(dt.timedelta(hours=-5))]


def item_by_item(pager: Any) -> Any:
    pager._ids = pager._moments = None
    return pager


def what_came(pager: Any, pages: list[Any]) -> tuple[list[Any], list[Mark]]:
    """All that a walk over these pages tells of itself, and where it stood after every page."""
    told: list[Any] = []
    marks: list[Mark] = []
    try:
        for page in pages:
            ask = pager.ask()
            if ask is None:
                break
            taken = pager.take(page)
            marks.append(pager.mark())
            told.append((ask, [*map(id, taken.items)], taken.has_more, pager.mark_after(Mark(), taken.items[:-1])))
    except PaginationError as error:
        told.append(str(error))
    return told, marks


def agree(make: Callable[[Mark | None], Any], pages: list[Any], resumed_after: int) -> None:
    by_columns, by_items = what_came(make(None), pages), what_came(item_by_item(make(None)), pages)
    assert by_columns == by_items
    marks = by_items[1][:resumed_after]
    if marks:
        mark = stored(marks[-1])
        rest = pages[len(marks) :]
        assert what_came(make(mark), rest) == what_came(item_by_item(make(mark)), rest)


@st.composite
def chunks(draw: st.DrawFn, row: Callable[[int, int], Any], *, newest_first: bool) -> list[list[Any]]:
    """Pages of a sorted list of rows, a few of them with something odd about them. A row is made of its number and time."""
    size = draw(st.integers(1, 6))
    times = draw(st.lists(st.integers(0, 12), max_size=24))
    if draw(st.booleans()):
        times = [time * 100 for time in range(len(times))]
    rows = [row(number, time) for number, time in enumerate(sorted(times, reverse=newest_first))]
    for _ in range(draw(st.integers(0, 3)) if rows else 0):
        place, other = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(rows) - 1))
        odd = [ODD, rows[place - 1], rows[other], row(place, other), row(other, place), row(-1, other), row(other, -1)]
        rows[place] = draw(st.sampled_from(odd))
    pages = [rows[first : first + size] for first in range(0, len(rows), size)]
    repeated, turned = draw(st.booleans()), draw(st.booleans())
    if pages and repeated:
        pages.insert(draw(st.integers(0, len(pages))), draw(st.sampled_from(pages))[::-1])
    return [page[::-1] for page in pages] if turned else pages


def identity(number: int) -> str | None:
    return None if number < 0 else f"id-{number}"


def conversation(number: int, time: int) -> Any:
    # Two in three are aware, in different zones; the others are naive. Every thirteenth page has both.
    zone = None if number % 13 == 12 else ZONES[number % 2]
    last = None if time < 0 else (NOW + dt.timedelta(seconds=time)).astimezone(ZONES[number % 2]).replace(tzinfo=zone)
    return aioconvo.ultracart.ConversationSummary(conversation_uuid=identity(number), last_message_dts=last)


def ultracart_message(number: int, time: int) -> Any:
    epoch = None if time < 0 else 1_700_000_000_000 + time
    return aioconvo.ultracart.Message(conversation_message_uuid=identity(number), message_epoch=epoch)


def smooch_message(number: int, time: int) -> Any:
    unset: Any = msgspec.UNSET
    received = [-1.0, unset][number % 2] if time < 0 else 1_700_000_000 + time / 3_000
    kind: Any = aioconvo.smooch.MessageType.TEXT
    return aioconvo.smooch.Message(id=identity(number) or unset, role=unset, type=kind, received=received)


def sunshine_message(number: int, time: int) -> Any:
    unset: Any = msgspec.UNSET
    zone = None if number % 13 == 12 else ZONES[number % 2]
    received = unset if time < 0 else (NOW + dt.timedelta(seconds=time)).astimezone(ZONES[number % 2]).replace(tzinfo=zone)
    return aioconvo.sunshine.Message(id=identity(number) or unset, received=received, author=unset, content=unset, source=unset)


def later(number: int, time: int) -> Any:
    """Every other row is one that came or jumped meanwhile."""
    return conversation(number + 100 * (number % 2), time + 50 * (number % 2))


RESUMED = st.integers(0, 4)


@settings(max_examples=examples(150), deadline=None)
@given(
    pages=chunks(conversation, newest_first=True),
    more=st.one_of(chunks(conversation, newest_first=True), chunks(later, newest_first=True)),
    totals=st.one_of(st.just([40]), st.lists(st.sampled_from([None, 4, 5, 20, 40]), min_size=1, max_size=9)),
    oldest_first=st.booleans(),
    after=RESUMED,
)
def test_offset_lists(pages: list[Any], more: list[Any], totals: list[int | None], oldest_first: bool, after: int) -> None:
    told = itertools.cycle(totals)
    answers = [aioconvo.ultracart.pages.SearchPage(records=page, total=next(told)) for page in [*pages, *more]]
    make = aioconvo.ultracart.pages.search_pager(page_size=3, order_by_oldest=oldest_first)
    agree(make, answers, after)


def test_a_plain_page_shows_that_a_list_descends() -> None:
    # So a row that comes newer than the first jumped; a list that did not descend would be sorted otherwise.
    pages = [[conversation(1, 5), conversation(2, 4)], [conversation(3, 9)]]
    answers = [aioconvo.ultracart.pages.SearchPage(records=page, total=20) for page in pages]
    make = aioconvo.ultracart.pages.search_pager(page_size=2, order_by_oldest=False)
    agree(make, answers, 1)
    assert what_came(make(None), answers)[1][-1].moved


@settings(max_examples=examples(150), deadline=None)
@given(pages=chunks(smooch_message, newest_first=True), backward=st.booleans(), page_size=st.integers(1, 6), after=RESUMED)
def test_timestamp_lists(pages: list[Any], backward: bool, page_size: int, after: int) -> None:
    make = aioconvo.smooch.pages.message_pager(before=None, after=None if backward else 0, page_size=page_size)
    pages = pages if backward else pages[::-1]
    agree(make, [aioconvo.smooch.pages.MessagePage(messages=page) for page in pages], after)


@settings(max_examples=examples(150), deadline=None)
@given(pages=chunks(ultracart_message, newest_first=False), page_size=st.integers(1, 6), after=RESUMED)
def test_since_lists(pages: list[Any], page_size: int, after: int) -> None:
    make = aioconvo.ultracart.pages.message_pager(since=0, page_size=page_size)
    agree(make, [aioconvo.ultracart.pages.MessagePage(conversation_messages=page) for page in pages], after)


@settings(max_examples=examples(150), deadline=None)
@given(pages=chunks(sunshine_message, newest_first=True), newest_first=st.booleans())
def test_the_order_of_a_page(pages: list[Any], newest_first: bool) -> None:
    module: Any = aioconvo.sunshine.pages
    for page in pages:
        by_items = in_time_order(page, module._time, newest_first=newest_first)
        by_columns = in_time_order(page, module._time, newest_first=newest_first, moments=module._moments)
        assert [*map(id, by_columns)] == [*map(id, by_items)]


@pytest.fixture
def summer_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process in New York."""
    monkeypatch.setenv("TZ", "EST5EDT,M3.2.0,M11.1.0")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("summer_time")
def test_naive_times_count_as_local() -> None:
    # In the hour that is left out in March, an earlier time on the clock is a later moment.
    skipped, after = dt.datetime(2026, 3, 8, 2, 30), dt.datetime(2026, 3, 8, 3, 15)  # noqa: DTZ001 -- what it is about
    unset: Any = msgspec.UNSET
    first, middle, last = (
        aioconvo.sunshine.Message(id=f"{at}", received=at, author=unset, content=unset, source=unset)
        for at in (skipped, after, after.replace(hour=4))
    )
    page = aioconvo.sunshine.pages.MessagePage(messages=[first, middle, last])
    pager = aioconvo.sunshine.pages.message_pager(after="m0", before=None)(None)
    assert pager.take(page).items == [middle, first, last]


def test_columns() -> None:
    ids: Column[Any] = identities(lambda items: [item.conversation_uuid for item in items])
    first, second, nameless = conversation(1, 0), conversation(2, 0), conversation(-1, 0)
    assert ids([first, second]) == ["id-1", "id-2"]
    assert ids([]) == []
    assert ids([first, nameless]) is None
    assert ids([first, ODD]) is None
    assert in_order([3, 3, 1], descending=True)
    assert not in_order([3, 3, 1], descending=False)
    assert not in_order([NOW, NOW.replace(tzinfo=None)], descending=False)
    assert [ties([]), ties("a"), ties("aab"), ties("abb")] == [0, 1, 2, 1]


class Witness:
    """Sees what the columns of all providers gave and whether pages were in order, and is told of every odd page."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[bool] = []
        self.odd = 0
        columns: list[tuple[ModuleType, str]] = [
            (aioconvo.sunshine.pages, "_moments"),
            (aioconvo.smooch.pages, "_moments"),
            (aioconvo.ultracart.pages, "_conversation_ids"),
            (aioconvo.ultracart.pages, "_last_message_times"),
            (aioconvo.ultracart.pages, "_message_ids"),
            (aioconvo.ultracart.pages, "_message_epochs"),
            (timed, "direction"),
            (offset, "in_order"),
        ]
        for module, name in columns:
            monkeypatch.setattr(module, name, self._watched(getattr(module, name)))
        pager: Any = offset.OffsetPager
        monkeypatch.setattr(pager, "_take_odd", self._told(pager._take_odd))

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*values: Any, **options: Any) -> Any:
            result = function(*values, **options)
            self.seen.append(result is not None if function is direction else bool(result))
            return result

        return watched

    def _told(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def told(*values: Any) -> Any:
            self.odd += 1
            return function(*values)

        return told

    async def looks_at(self, walk: AsyncPaginator[Any], *, items: int, columns: int) -> None:
        """Each page of the walk is asked for at least so many columns, its order among them, and none is odd."""
        self.seen.clear()
        pages = [page async for page in walk.pages()]
        assert sum(map(len, pages)) == items
        assert len(pages) > 1
        assert all(self.seen)
        assert len(self.seen) >= columns * len(pages)
        assert self.odd == 0


async def test_the_pages_of_every_provider_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    witness = Witness(monkeypatch)
    async with Sandbox(conversations=23, messages=230) as sandbox:
        ids = {name: next(iter(state["ids"])) for name, state in sandbox.state().items()}
        async with SunshineClient(**sandbox.client_options("sunshine")) as sunshine:
            await witness.looks_at(sunshine.messages.list(ids["sunshine"]), items=230, columns=2)
        async with SmoochClient(**sandbox.client_options("smooch")) as smooch:
            await witness.looks_at(smooch.messages.list("user-1"), items=230, columns=2)
            await witness.looks_at(smooch.messages.list("user-1", after=0), items=230, columns=2)
        async with UltraCartClient(**sandbox.client_options("ultracart")) as ultracart:
            await witness.looks_at(ultracart.conversations.list(page_size=10), items=23, columns=3)
            await witness.looks_at(ultracart.conversations.search(page_size=10), items=23, columns=3)
            await witness.looks_at(ultracart.messages.list(ids["ultracart"], page_size=50), items=230, columns=2)


async def test_an_odd_page_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    witness = Witness(monkeypatch)
    pager = aioconvo.ultracart.pages.search_pager(page_size=2, order_by_oldest=False)(None)
    rows: list[Any] = [conversation(1, 5), ODD]
    pager.take(aioconvo.ultracart.pages.SearchPage(records=rows, total=2))
    assert witness.odd == 1
    assert witness.seen == [False]
