"""Walking a list that is asked for by offset and may move meanwhile: as pure as `pagers.py`, where the protocol is."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

import msgspec

from aioconvo.core.errors import PaginationError

from .columns import Column, in_order, ties
from .marks import MOST_NAMES, Mark, Name, Names, last_of, short
from .pagers import Ask, Taken

__all__ = ["OffsetPager", "ResultSet"]

P = TypeVar("P")
T = TypeVar("T")

_PASSES_AT_MOST = 25


class ResultSet(msgspec.Struct, frozen=True, gc=False):
    """What an answer of an offset list says of itself; `None` where it does not say."""

    offset: int | None = None
    next_offset: int | None = None
    limit: int | None = None
    total: int | None = None
    more: bool | None = None


class _Row(NamedTuple, Generic[T]):
    item: T
    identity: str | None
    key: int | None


class _Came(NamedTuple, Generic[T]):
    """A page, what its answer told, and where the pager stood when it asked for it."""

    items: list[T]
    told: ResultSet
    offset: int
    joining: bool
    to_drop: int


class OffsetPager(Generic[P, T]):
    """A list asked for by offset, which may move while it is walked.

    A row that was there at the start and stays is not left out, and no row comes twice:

    - Rows that come again are dropped.
    - When the total shrank, rows went away and those behind them moved up: the walk steps back by as many before it goes on.
    - When the list moved at all, rows of the unread part may have jumped to its front. So the front is read again at the
      end, down to the newest row of the pass before, until nothing moves meanwhile. Without `order` the whole list is
      read again, until nothing new comes.
    - Pages that were asked for ahead may be older than the move that an earlier page shows: then they are asked for again.

    `at` is how an offset is asked for. `order` is the number the list is sorted by, newest first, or `None` where a row has
    none; with it a walk that goes on in another process knows what it read before, however far that was pushed down, and
    only a row that jumped since is given again. A list that turns out to be sorted otherwise is walked as if without.
    Rows that go away unnoticed, because the API tells no total, can hide as many others. A stored position names the rows
    that their times alone do not tell from others, the last ones where they are more than some thousand. A walk that goes on
    inside such a tie looks first whether the row before its place is one of them; where it is not, it reads the tie from its
    beginning and drops what it gave, which takes the server's order in a tie for steady. A row that joins the newest tie
    later is taken for read. A list that is not sorted, and longer than that, may give what moves meanwhile again.

    `moments` and `ids` are `order` and `identity` of plain pages, for speed alone; moments sort and tie as the keys do.
    """

    def __init__(
        self,
        items: Callable[[P], list[T]],
        result_set: Callable[[P], ResultSet],
        identity: Callable[[T], str | None],
        at: Callable[[int], Ask],
        *,
        order: Callable[[T], int | None] | None = None,
        page_size: int | None = None,
        moments: Column[T] | None = None,
        ids: Column[T] | None = None,
        mark: Mark | None = None,
    ) -> None:
        self._items = items
        self._result_set = result_set
        self._identity = identity
        self._moments = moments
        self._ids = ids
        self._at = at
        self._page_size = page_size
        self._sorted_by = order
        self._begin(mark or Mark())

    def _begin(self, mark: Mark) -> None:
        self._step = self._page_size
        self._stuck: str | None = None
        self._resumed = mark != Mark()
        self._ended = mark.ended
        # Rows were read, and they had no times that sort them.
        self._order = None if mark.seen and mark.newest is None else self._sorted_by
        # The first pass walks the list, the others read again what moved during the one before.
        self._pass = 1 if mark.floor is None and not mark.confirming else 2
        self._offset = self._frontier = mark.offset
        self._total = mark.total
        self._moved, self._found = mark.moved, mark.found
        self._asked_ahead: set[int] = set()
        self._barren = 0
        seen, known = Names(mark.seen), Names((*mark.late, *mark.seen))
        self._knows_all = mark.newest is not None or mark.given == len(mark.seen) or mark.offset == 0
        # Rows of the processes before this one are known by digests until they are met.
        self._read, self._digests = known.ids, known.digests
        in_pass = known if self._pass == 1 else Names() if mark.confirming else seen
        self._read_in_pass, self._digests_in_pass = in_pass.ids, in_pass.digests
        self._trail: dict[Name, None] = dict.fromkeys(mark.seen)
        self._descends = False
        # More rows share the newest time than a mark names: there the time alone has to tell.
        self._nameless = len(mark.late) == MOST_NAMES
        self._floor = mark.floor
        self._top = mark.newest if mark.floor is None else mark.top
        self._newest = mark.newest
        # The first version of later passes kept the oldest row of the first one.
        self._oldest = self._boundary = None if mark.floor is not None and mark.top is None else mark.oldest
        self._edge: dict[Name, None] = dict.fromkeys(mark.seen)
        self._late: dict[Name, int | None] = dict.fromkeys(mark.late)
        # A tie of more rows than a mark names: how many of those given have no name here, and how many of them are to come.
        self._nameless_at_edge = 0 if mark.newest is None else max(0, mark.given - len(mark.seen))
        self._joining = self._nameless_at_edge > 0
        self._to_drop = 0
        self._came: _Came[T] = _Came([], ResultSet(), self._offset, self._joining, self._to_drop)

    def ask(self) -> Ask | None:
        """The next offset."""
        if self._stuck is not None:
            raise PaginationError(self._stuck)
        return None if self._ended else self._at(self._here())

    def take(self, answer: P) -> Taken[T]:
        """The rows that did not come before."""
        items, told = self._items(answer), self._result_set(answer)
        self._came = _Came(items, told, self._offset, self._joining, self._to_drop)
        return Taken(self._accept(items, told), has_more=not self._ended)

    def _here(self) -> int:
        """The offset to ask for: where a walk joins its last one, that of the last row it gave."""
        return max(0, self._offset - self._joining)

    def _accept(self, items: list[T], told: ResultSet) -> list[T]:
        here = self._here()
        self._asked_ahead.discard(here)
        gone = 0 if self._total is None or told.total is None else self._total - told.total
        self._total = self._total if told.total is None else told.total
        if gone > 0 and here > 0:
            # Rows moved up. Those before this page come first: what was read must have no hole.
            self._moved = True
            self._go_to(max(0, here - gone), here, moved=True)
            return []
        if self._joining and not self._joins(items):
            return []
        trusted = self._order is not None
        if self._take_plain(items):
            fresh, oldest, moved = items[:], None, gone > 0
        else:
            fresh, oldest, moved = self._take_odd(items, gone)
        self._found |= bool(fresh)
        self._moved |= moved
        if trusted and self._order is None and self._resumed and self._moved:
            self._go_to(0, here, moved=True)  # what was left for a second look by time has to be looked for everywhere
            return fresh
        following = here + len(items) if told.next_offset is None else told.next_offset
        self._go_on(following, self._has_more(told, len(items), oldest), moved=moved)
        self._barren = 0 if fresh or self._pass > 1 or self._resumed else self._barren + 1
        if self._barren > _PASSES_AT_MOST and not self._ended:
            self._stuck = f"{self._barren} pages in a row brought nothing new: the server does not heed the offset"
        return fresh

    def mark(self) -> Mark:
        """The offset, and what tells the rows read so far from the others."""
        if self._ended:
            return Mark(ended=True)
        known = Mark(offset=self._offset, total=self._total, moved=self._moved)
        if self._newest is None:
            return self._unsorted_mark(known)
        return msgspec.structs.replace(
            known,
            seen=last_of(self._edge),
            newest=self._newest,
            oldest=self._oldest,
            late=tuple(itertools.islice(self._late, MOST_NAMES)),
            floor=self._floor,
            top=self._top if self._pass > 1 else None,
            given=count if (count := self._nameless_at_edge + len(self._edge)) > MOST_NAMES else 0,
        )

    def _unsorted_mark(self, known: Mark) -> Mark:
        """Where no times tell which rows were read, their names do, as far as a mark holds them."""
        complete = self._knows_all and len(self._trail) <= MOST_NAMES
        again = self._pass > 1
        if again and not complete:
            return Mark(ended=True)
        seen = last_of(self._trail)
        given = len(seen) if complete else 0
        return msgspec.structs.replace(known, seen=seen, given=given, confirming=again, found=again and self._found)

    def mark_after(self, before: Mark, items: Sequence[T]) -> Mark | None:
        """As if the page had ended with the last row given."""
        if not items:
            return before
        came = self._came
        count = next((number for number, row in enumerate(came.items, 1) if row is items[-1]), None)
        if count is None:
            return None
        part = copy.copy(self)
        part._begin(before)  # noqa: SLF001 -- its own class
        part._again(came, count)  # noqa: SLF001 -- its own class
        return part.mark()

    def _again(self, came: _Came[T], count: int) -> None:
        """Take the first rows of a page that came."""
        self._offset, self._joining, self._to_drop = came.offset, came.joining, came.to_drop
        told = ResultSet(next_offset=self._here() + count, total=came.told.total, more=True)
        self._accept(came.items[:count], told)

    def ahead(self, count: int, wanted: int | None = None) -> Sequence[Ask]:
        """The offsets of the pages up to the known total."""
        if self._total is None or not self._step or self._pass > 1 or self._ended or self._offset < self._frontier:
            return ()
        end = self._total if wanted is None else min(self._total, self._offset + wanted)
        offsets = range(self._offset + self._step, end, self._step)[:count]
        self._asked_ahead.update(offsets)
        return [self._at(offset) for offset in offsets]

    # Where to go on.

    def _has_more(self, told: ResultSet, count: int, oldest: int | None) -> bool | None:
        if self._floor is not None and oldest is not None and oldest < self._floor:
            return False
        if told.more is not None:
            return told.more
        if told.next_offset is not None:
            return count > 0
        if told.total is not None:
            return self._offset + count < told.total
        return False if count < (self._page_size or 1) else None

    def _go_on(self, following: int, more: bool | None, *, moved: bool) -> None:
        here = self._offset
        if more is False:
            self._end_pass()
        elif following <= here:
            self._stuck = f"the server's next offset {following} does not advance beyond {here}"
        else:
            self._step = following - here
            self._go_to(following, following, moved=moved)
            if more is None:
                self._stuck = "the last page did not tell whether more pages follow; stopping here could lose items"

    def _go_to(self, offset: int, read_up_to: int, *, moved: bool) -> None:
        self._frontier = max(self._frontier, read_up_to)
        if moved:
            # Another offset than those under way, so that none of their answers is taken.
            while offset in self._asked_ahead:
                offset -= 1
            self._asked_ahead.clear()
        self._offset = offset

    def _end_pass(self) -> None:
        fruitless = self._pass > 1 and self._floor is None and not self._found
        if not self._moved or fruitless or (self._newest is None and not self._knows_all):
            self._ended = True
        elif self._pass == _PASSES_AT_MOST:
            self._stuck = "the list moves faster than it can be read; rows that moved meanwhile could be missing"
        else:
            self._pass += 1
            in_pass = Names()
            self._read_in_pass, self._digests_in_pass = in_pass.ids, in_pass.digests
            # What the last pass missed moved while it was under way, so it is no older than the newest row of then.
            if self._top is not None and self._newest is not None:
                self._late = {name: key for name, key in self._late.items() if key is None or key >= self._top}
                self._floor = self._newest = self._top
            self._top = self._total = None
            self._offset = self._frontier = 0
            self._moved = self._found = False
            self._boundary = None
            self._begin_edge(None)

    # What was read.

    def _joins(self, items: list[T]) -> bool:
        """Whether a page begins with a row that was given in the last walk; if not, go back to where its tie began."""
        here, self._joining = self._here(), False
        order = self._order
        if items and order is not None and order(items[0]) == self._oldest and self._is_named(self._identity(items[0])):
            self._offset = here
            return True
        self._to_drop = self._nameless_at_edge
        self._moved = True
        self._go_to(max(0, self._offset - self._nameless_at_edge - len(self._edge)), self._offset, moved=True)
        return False

    def _is_named(self, identity: str | None) -> bool:
        return identity is not None and self._name(identity, self._edge) in self._edge

    def _name(self, identity: str, known: Mapping[Name, object]) -> Name:
        """What a row is called among those known: by its digest, if they came from a mark."""
        if identity in known or not self._digests:
            return identity
        digest = short(identity)
        return digest if digest in known else identity

    def _begin_edge(self, key: int | None) -> None:
        self._oldest = key
        self._edge.clear()
        self._nameless_at_edge = self._to_drop = 0

    def _take_plain(self, items: list[T]) -> bool:
        """Whether this is a page as most are: in the first pass, sorted, all its rows new and behind those read.

        Then it is noted as `_take_odd` would note it.
        """
        ids = self._ids(items) if self._ids is not None and self._pass == 1 and not self._to_drop else None
        if not ids or not self._read.isdisjoint(ids) or (self._digests and any(short(one) in self._digests for one in ids)):
            return False
        count = len(self._read)
        self._read.update(ids)
        rows_differ = len(self._read) == count + len(ids)
        if rows_differ and self._order is None:
            self._trail.update(dict.fromkeys(ids))
            return True
        if rows_differ and self._order is not None and self._note_plain(items, ids, self._order):
            return True
        self._read.difference_update(ids)
        return False

    def _note_plain(self, items: list[T], ids: list[str], order: Callable[[T], int | None]) -> bool:
        moments = None if self._moments is None else self._moments(items)
        newest, oldest = order(items[0]), order(items[-1])
        if moments is None or newest is None or oldest is None or not in_order(moments, descending=True):
            return False
        if self._oldest is not None and newest > self._oldest:
            return False
        self._descends = self._descends or newest > oldest
        self._top = newest if self._top is None else self._top
        self._newest = newest if self._newest is None else self._newest
        if newest == self._newest:
            self._late.update(dict.fromkeys(ids[: ties(moments)], newest))
        if self._oldest is None or oldest < self._oldest:
            self._begin_edge(oldest)
        self._edge.update(dict.fromkeys(ids[-ties(reversed(moments)) :]))
        return True

    def _take_odd(self, items: list[T], gone: int) -> tuple[list[T], int | None, bool]:
        """The rows that did not come before, the key of the last row in a sorted page, and whether the list moved."""
        order = self._order
        rows = [_Row(item, self._identity(item), None if order is None else order(item)) for item in items]
        fresh, noted, repeated = self._sift(rows)
        keys = self._keys(rows)
        comes_again = repeated > 0 and self._offset + repeated > self._frontier
        moved = gone > 0 or comes_again or self._runs_ahead(keys, evident=repeated > 0 or gone != 0)
        self._note(noted, keys)
        if self._newest is None:
            self._trail.update((row.identity, None) for row in rows if row.identity)
        return fresh, keys[-1] if keys else None, moved

    def _sift(self, rows: list[_Row[T]]) -> tuple[list[T], list[tuple[str, int | None]], int]:
        """The rows that did not come before, those that a mark may name, and up to which one some came before in this pass."""
        fresh: list[T] = []
        noted: list[tuple[str, int | None]] = []
        here: set[str] = set()
        repeated = 0
        for number, row in enumerate(rows, 1):
            if row.identity is None:
                fresh.append(row.item)
                continue
            if self._is_for_a_later_pass(row.key) or self._drops(row):
                continue
            noted.append((row.identity, row.key))
            read, in_pass = self._was_read(row.identity)
            if not read:
                read, in_pass = self._was_read_before(row.key)
            if not read:
                fresh.append(row.item)
                self._check_place(row.key)
            if in_pass and row.identity not in here:
                repeated = number
            here.add(row.identity)
            self._read.add(row.identity)
            self._read_in_pass.add(row.identity)
        return fresh, noted, repeated

    def _is_for_a_later_pass(self, key: int | None) -> bool:
        """Whether a row is newer than all that a pass has read which other processes began; a mark could not name them all."""
        return self._resumed and key is not None and self._top is not None and key > self._top

    def _drops(self, row: _Row[T]) -> bool:
        """Whether a row is one of those at the edge that were given and have no name; they stand before those that have."""
        if not self._to_drop or row.key != self._oldest or row.identity is None or row.identity in self._read:
            return False
        if self._is_named(row.identity):
            self._to_drop = 0
            return False
        self._to_drop -= 1
        self._read.add(row.identity)
        self._read_in_pass.add(row.identity)
        return True

    def _was_read(self, identity: str) -> tuple[bool, bool]:
        """Whether the row was read, and whether in this pass."""
        if identity in self._read or not self._digests:
            return identity in self._read, identity in self._read_in_pass
        digest = short(identity)
        return digest in self._digests, digest in self._digests_in_pass

    def _was_read_before(self, key: int | None) -> tuple[bool, bool]:
        """Whether an earlier process read the row, and whether in this pass: it stands between the ends of what was read."""
        if not self._resumed or key is None or self._newest is None:
            return False, False
        in_pass = self._boundary is not None and self._boundary < key and self._is_within(key, self._top)
        return in_pass or (self._pass > 1 and self._is_within(key, self._newest)), in_pass

    def _is_within(self, key: int, newest: int | None) -> bool:
        return newest is not None and (key < newest or (key == newest and self._nameless))

    def _check_place(self, key: int | None) -> None:
        """A new row belongs behind those read, or before them if it jumped."""
        if self._pass > 1 or key is None or self._oldest is None or self._top is None:
            return
        if self._oldest < key < self._top:
            self._distrust_order()

    def _keys(self, rows: list[_Row[T]]) -> list[int]:
        keys = [row.key for row in rows if row.key is not None and self._order is not None]
        if any(one < other for one, other in itertools.pairwise(keys)):
            self._distrust_order()
            return []
        self._descends = self._descends or (bool(keys) and keys[0] > keys[-1])
        return keys

    def _runs_ahead(self, keys: list[int], *, evident: bool) -> bool:
        """Whether rows newer than the front of this pass came behind it: the list moved, or is not sorted after all."""
        if not keys or self._top is None or keys[0] <= self._top:
            return False
        if evident or self._descends or self._resumed or self._pass > 1:
            return True
        self._distrust_order()
        return False

    def _distrust_order(self) -> None:
        if self._order is not None:
            self._begin_edge(None)
            self._trail = dict.fromkeys((*sorted(self._digests), *sorted(self._read)))
            self._knows_all = self._knows_all and not self._resumed
        self._order = None
        self._floor = self._top = self._newest = None
        self._late.clear()

    def _note(self, rows: list[tuple[str, int | None]], keys: list[int]) -> None:
        """Keep what `mark` tells: the ends of what was read, and the rows that their keys alone do not tell from others."""
        if not keys or self._order is None:
            return
        self._top = keys[0] if self._top is None else self._top
        self._newest = keys[0] if self._newest is None else self._newest
        if self._oldest is None or keys[-1] < self._oldest:
            self._begin_edge(keys[-1])
        for identity, key in rows:
            if key is None or key == self._newest or key >= self._top:
                self._late.setdefault(self._name(identity, self._late), key)
            if key is None or key == self._oldest:
                self._edge.setdefault(self._name(identity, self._edge))
