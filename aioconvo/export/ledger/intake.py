"""What pages brought, noted in a ledger: which rows are new or different, and where the walks stand after them.

Every function is a few statements, however many pages and rows there are. They run inside a transaction of the caller's.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

from aioconvo.export import plan
from aioconvo.export.batch import Account, Batch, Committed, ConversationMark, Mark, Step
from aioconvo.export.schema import ConversationRow, digest, encode_row

from . import bulk, deletions
from .arrivals import Arrivals, Held, Look, arrived
from .ranks import Span
from .times import to_text

__all__ = ["Taken", "take_conversations", "take_lists", "take_messages"]

_FIND_LISTED = """WITH given (source, id) AS ({rows})
    SELECT json_group_array(json_array(c.id, number, round, due, walked, ended, messages - gone, told, hex(digest), deleted_at))
    FROM given CROSS JOIN _aioconvo_conversations AS c ON c.source = given.source AND c.id = given.id"""
_LIST = """INSERT INTO _aioconvo_conversations (source, id, round, listed, told, digest, row) {rows}
    ON CONFLICT (source, id) DO UPDATE SET round = excluded.round, listed = excluded.listed, told = excluded.told,
    digest = excluded.digest, row = excluded.row, deleted_at = NULL"""
_NAME = """INSERT INTO _aioconvo_conversations (source, id, round) {rows}
    ON CONFLICT (source, id) DO UPDATE SET round = excluded.round"""
_FORGET = "UPDATE _aioconvo_conversations SET whole_to = NULL WHERE number IN ({rows})"
_RESTART = """UPDATE _aioconvo_conversations SET due = 1, run = 0, walk = '', pages = 0, position = NULL
    WHERE number IN ({rows})"""

_FAIL_LIST = """WITH given (source, user, fault, words) AS ({rows}) UPDATE _aioconvo_lists AS l
    SET fault = given.fault, words = given.words FROM given WHERE l.source = given.source AND l.user = given.user"""
_MOVE_LIST = """WITH given (source, user, walk, pages, position, due, begun) AS ({rows}) UPDATE _aioconvo_lists AS l
    SET walk = given.walk, pages = given.pages, position = given.position, due = given.due, fault = NULL, words = NULL,
    begun = ifnull(given.begun, l.begun)
    FROM given WHERE l.source = given.source AND l.user = given.user"""

_FIND = """WITH given (source, id) AS ({rows})
    SELECT json_group_array(json_array(c.source, c.id, number, messages, walk, bottom, top, edge, seeing))
    FROM given CROSS JOIN _aioconvo_conversations AS c ON c.source = given.source AND c.id = given.id AND due"""
_KNOWN = """WITH given (conversation, id) AS ({rows})
    SELECT json_group_array(json_array(i.conversation, i.id, hex(digest), part, rank, deleted_at))
    FROM given CROSS JOIN _aioconvo_items AS i ON i.conversation = given.conversation AND i.id = given.id"""
_KEEP = "INSERT OR REPLACE INTO _aioconvo_items (conversation, id, digest, part, rank) {rows}"
_COUNT = """WITH given (number, added, back, oldest, newest, bottom, top, edge, seeing) AS ({rows})
    UPDATE _aioconvo_conversations AS c
    SET messages = messages + added, gone = gone - back, first = min(ifnull(first, oldest), ifnull(oldest, first)),
    last = max(ifnull(last, newest), ifnull(newest, last)), bottom = given.bottom, top = given.top, edge = given.edge,
    seeing = given.seeing FROM given WHERE c.number = given.number"""

# What the list told came with all messages: there is no change that they lack.
_CAME = "UPDATE _aioconvo_conversations SET walked = listed WHERE number IN ({rows})"

# A page belongs to the walk that the ledger has noted, or begins one: pages of a walk that another target asked for do not
# move one that was begun anew meanwhile, which would leave out what came before them.
_FITS = "c.number = given.number AND due AND (c.walk = given.walk OR first_page <= 1)"
_MOVE = f"""WITH given (number, walk, first_page, pages, position, since) AS ({{rows}}) UPDATE _aioconvo_conversations AS c
    SET walk = given.walk, pages = given.pages, position = given.position, since = given.since, fault = NULL, words = NULL
    FROM given WHERE {_FITS}"""  # noqa: S608 -- our words, here and below
# Where the list told of a change after the walk had begun, another walk is due, in this run too. A message that is dated in the
# future does not hide those that come until then.
_END = f"""WITH given (number, walk, first_page) AS ({{rows}}) UPDATE _aioconvo_conversations AS c
    SET walk = '', pages = 0, position = NULL, ended = 1, fault = NULL, words = NULL,
    whole_to = min(last, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
    due = walked IS NOT listed, run = iif(walked IS NOT listed, 0, run) FROM given WHERE {_FITS}"""  # noqa: S608
_FAIL = """WITH given (number, fault, words) AS ({rows}) UPDATE _aioconvo_conversations AS c
    SET fault = given.fault, words = given.words FROM given WHERE c.number = given.number AND due"""


class Taken(NamedTuple):
    """What some pages brought that the target does not hold as it is.

    `messages` are encoded rows; `older` are those of them of which the target holds an older one, each with the part that
    holds it; `counts` are of messages. `marks` are of messages whose deletion was noticed, or that are there again,
    `vanished` of conversations.
    """

    conversations: list[ConversationRow]
    messages: list[bytes]
    older: list[tuple[int, bytes]]
    counts: Committed
    marks: list[Mark]
    vanished: list[ConversationMark]


def take_conversations(
    db: sqlite3.Connection, source: int, batch: Batch, *, bounded: bool, keeps_rows: bool
) -> list[ConversationRow]:
    """Note conversations of a list, or that were named; those that are new or different.

    One that seems unchanged but holds fewer messages than the list tells is walked from its beginning, once a round, and so
    is one of which the list tells fewer than before, unless the export is `bounded`. One whose messages came along is due.
    """
    ((current,),) = db.execute("SELECT round FROM _aioconvo_sources WHERE number = ?", (source,)).fetchall()
    latest = {row.conversation_id: row for row in batch.conversations}
    known = {one: found for one, *found in bulk.find(db, _FIND_LISTED, [(source, one) for one in latest])}
    fresh: list[ConversationRow] = []
    restarts: list[bulk.Row] = []
    short: list[bulk.Row] = []
    named: list[bulk.Row] = []
    listed: list[bulk.Row] = []
    for one, row in latest.items():
        number, last_round, due, walked, ended, held, told, before, gone = known.get(
            one, (0, current, 1, None, 0, 0, None, "", None)
        )
        fingerprint = plan.fingerprint(row, tells_changes=batch.tells_changes)
        count = None if bounded else row.message_count
        lacks = count is not None and held < count and last_round < current
        fewer = count is not None and told is not None and count < told
        changed = plan.is_due(listed=fingerprint, walked=walked, ended=bool(ended), again=last_round < current)
        if not due and (fewer or (lacks and not changed)):
            short.append((number,))
        elif not due and (changed or one == batch.conversation):
            restarts.append((number,))
        if before and bytes(row.native) == b"null":  # an id alone tells nothing new
            named.append((source, one, current))
            continue
        encoded = encode_row(row)
        now = digest(encoded)
        listed.append((source, one, current, fingerprint, row.message_count, now, encoded if keeps_rows else None))
        if bytes.fromhex(before) != now or gone is not None:
            fresh.append(row)
    bulk.run(db, _FORGET, short)
    bulk.run(db, _RESTART, restarts + short)
    bulk.run(db, _NAME, named)
    bulk.run(db, _LIST, listed)
    return fresh


def take_lists(
    db: sqlite3.Connection, sources: Mapping[Account, int], batches: Sequence[Batch], look: Look
) -> list[ConversationMark]:
    """Note where the walks of lists stand; the conversations that a whole list does not hold any more."""
    moves: dict[tuple[int, str | None], bulk.Row] = {}
    faults: list[bulk.Row] = []
    begun: set[tuple[int, str | None]] = set()
    ended: list[Account] = []
    for batch in batches:
        step, where = batch.step, (sources[batch.account], batch.user)
        if step.fault is None:
            if step.pages <= 1:
                begun.add(where)
            moves[where] = (*where, step.walk, step.pages, step.position, not step.ended, look.run if where in begun else None)
            ended += [batch.account] if step.ended and not batch.user else ()
        else:
            faults.append((*where, step.fault.type, step.fault.words))
    bulk.run(db, _MOVE_LIST, list(moves.values()))
    bulk.run(db, _FAIL_LIST, faults)
    return [mark for account in ended for mark in deletions.vanished(db, account, sources[account], look)]


def take_messages(
    db: sqlite3.Connection, sources: Mapping[Account, int], batches: Sequence[Batch], part: int, look: Look
) -> Taken:
    """Note messages and where their walks stand; those that are new or different stand in this `part` from now on.

    What is of a conversation that is not due is left out: another target lacks it, or the list brought it once more.
    """
    pages: dict[tuple[int, str], list[Batch]] = {}
    for batch in batches:
        pages.setdefault((sources[batch.account], str(batch.conversation)), []).append(batch)
    held = {
        (source, one): Held(number, messages, walk, Span(bottom, top, edge), seeing)
        for source, one, number, messages, walk, bottom, top, edge, seeing in bulk.find(db, _FIND, list(pages))
    }
    looked = [
        (one.number, each) for key, one in held.items() if one.messages for page in pages[key] for each in page.messages.ids
    ]
    known: dict[int, dict[str, tuple[bytes, int, int, str | None]]] = {}
    for number, one, before, where, rank, deleted_at in bulk.find(db, _KNOWN, looked):
        known.setdefault(number, {})[one] = (bytes.fromhex(before), where, rank, deleted_at)
    came = [
        arrived(one, pages[key], known.get(one.number, {}), look, functools.partial(_near, db, one.number))
        for key, one in held.items()
    ]
    bulk.run(db, _KEEP, [item for one in came for item in _items(one, part)])
    deletions.unmark(db, came)
    deletions.see(db, came)
    bulk.run(db, _COUNT, [_counted(one) for one in came])
    bulk.run(db, _CAME, [(one.number,) for one in came if one.came])
    _step(db, [(one.number, batch.step) for key, one in held.items() for batch in pages[key]])
    rows = [row for one in came for row in one.rows()]
    older = [row for one in came for row in one.older]
    counts = Committed(len(rows) - len(older), len(older), sum(one.total for one in came) - len(rows))
    marks = [mark for one in came for mark in one.back] + deletions.missed(db, came, look)
    return Taken([], rows, older, counts, marks, [])


def _near(db: sqlite3.Connection, number: int, rank: int, upward: bool) -> int | None:
    find = (
        "min(rank) FROM _aioconvo_items WHERE conversation = ? AND rank >"
        if upward
        else ("max(rank) FROM _aioconvo_items WHERE conversation = ? AND rank <")
    )
    ((found,),) = db.execute(f"SELECT {find} ?", (number, rank))
    return None if found is None else int(found)


def _items(came: Arrivals, part: int) -> Iterable[bulk.Row]:
    return zip(repeat(came.number), came.lines.ids, came.lines.digests, repeat(part), came.ranks)


def _counted(came: Arrivals) -> bulk.Row:
    added = len(came.lines) - len(came.older)
    return (came.number, added, len(came.back), *came.period(), *came.span, came.seeing)


def _step(db: sqlite3.Connection, steps: Sequence[tuple[int, Step]]) -> None:
    """Move the walks; of one conversation's steps the last one counts, and a fault leaves the walk where it stood."""
    begun: dict[int, int] = {}
    moves: dict[int, bulk.Row] = {}
    ends: dict[int, bulk.Row] = {}
    faults: list[bulk.Row] = []
    for number, step in steps:
        if step.fault is not None:
            faults.append((number, step.fault.type, step.fault.words))
            continue
        first = begun.setdefault(number, step.pages)
        if step.ended:
            moves.pop(number, None)
            ends[number] = (number, step.walk, first)
        else:
            since = None if step.since is None else to_text(step.since)
            moves[number] = (number, step.walk, first, step.pages, step.position, since)
    bulk.run(db, _MOVE, list(moves.values()))
    bulk.run(db, _END, list(ends.values()))
    bulk.run(db, _FAIL, faults)
