"""What pages brought, noted in a ledger: which rows are new or different, and where the walks stand after them.

Every function is a few statements, however many pages and rows there are. They run inside a transaction of the caller's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple, TypeAlias

import msgspec

from . import bulk, plan
from .batch import Account, Batch, Committed, Step
from .schema import ConversationRow, MessageLines, digest, encode_row
from .times import to_text

__all__ = ["Taken", "take_conversations", "take_lists", "take_messages"]

_Known: TypeAlias = dict[int, dict[str, tuple[bytes, int]]]  # by a conversation's number and a message's id: digest and part

_FIND_LISTED = """WITH given (source, id) AS ({rows})
    SELECT json_group_array(json_array(c.id, number, round, due, walked, ended, messages, hex(digest)))
    FROM given CROSS JOIN _aioconvo_conversations AS c ON c.source = given.source AND c.id = given.id"""
_LIST = """INSERT INTO _aioconvo_conversations (source, id, round, listed, told, digest, row) {rows}
    ON CONFLICT (source, id) DO UPDATE SET round = excluded.round, listed = excluded.listed, told = excluded.told,
    digest = excluded.digest, row = excluded.row"""
_NAME = """INSERT INTO _aioconvo_conversations (source, id, round) {rows}
    ON CONFLICT (source, id) DO UPDATE SET round = excluded.round"""
_FORGET = "UPDATE _aioconvo_conversations SET whole_to = NULL WHERE number IN ({rows})"
_RESTART = """UPDATE _aioconvo_conversations SET due = 1, run = 0, walk = '', pages = 0, position = NULL
    WHERE number IN ({rows})"""

_FAIL_LIST = """WITH given (source, user, fault, words) AS ({rows}) UPDATE _aioconvo_lists AS l
    SET fault = given.fault, words = given.words FROM given WHERE l.source = given.source AND l.user = given.user"""
_MOVE_LIST = """WITH given (source, user, walk, pages, position, due) AS ({rows}) UPDATE _aioconvo_lists AS l
    SET walk = given.walk, pages = given.pages, position = given.position, due = given.due, fault = NULL, words = NULL
    FROM given WHERE l.source = given.source AND l.user = given.user"""

_FIND = """WITH given (source, id) AS ({rows}) SELECT json_group_array(json_array(c.source, c.id, number, messages))
    FROM given CROSS JOIN _aioconvo_conversations AS c ON c.source = given.source AND c.id = given.id AND due"""
_KNOWN = """WITH given (conversation, id) AS ({rows})
    SELECT json_group_array(json_array(i.conversation, i.id, hex(digest), part))
    FROM given CROSS JOIN _aioconvo_items AS i ON i.conversation = given.conversation AND i.id = given.id"""
_KEEP = "INSERT OR REPLACE INTO _aioconvo_items (conversation, id, digest, part) {rows}"
_COUNT = """WITH given (number, added, oldest, newest) AS ({rows}) UPDATE _aioconvo_conversations AS c
    SET messages = messages + added, first = min(ifnull(first, oldest), ifnull(oldest, first)),
    last = max(ifnull(last, newest), ifnull(newest, last)) FROM given WHERE c.number = given.number"""

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
    holds it; `counts` are of messages.
    """

    conversations: list[ConversationRow]
    messages: list[msgspec.Raw]
    older: list[tuple[int, msgspec.Raw]]
    counts: Committed


def take_conversations(
    db: sqlite3.Connection, source: int, rows: Sequence[ConversationRow], *, bounded: bool, keeps_rows: bool
) -> list[ConversationRow]:
    """Note conversations of a list, or that were named; those that are new or different.

    One that seems unchanged but holds fewer messages than the list tells is walked from its beginning, once a round, unless
    the export is `bounded`.
    """
    ((current,),) = db.execute("SELECT round FROM _aioconvo_sources WHERE number = ?", (source,)).fetchall()
    latest = {row.conversation_id: row for row in rows}
    known = {one: found for one, *found in bulk.find(db, _FIND_LISTED, [(source, one) for one in latest])}
    fresh: list[ConversationRow] = []
    restarts: list[bulk.Row] = []
    short: list[bulk.Row] = []
    named: list[bulk.Row] = []
    listed: list[bulk.Row] = []
    for one, row in latest.items():
        number, last_round, due, walked, ended, held, before = known.get(one, (0, current, 1, None, 0, 0, ""))
        fingerprint = plan.fingerprint(row)
        if not due and plan.is_due(listed=fingerprint, walked=walked, ended=bool(ended), again=last_round < current):
            restarts.append((number,))
        elif not due and not bounded and last_round < current and held < (row.message_count or 0):
            short.append((number,))
        if number and bytes(row.native) == b"null":  # an id alone tells nothing new
            named.append((source, one, current))
            continue
        encoded = encode_row(row)
        now = digest(encoded)
        listed.append((source, one, current, fingerprint, row.message_count, now, encoded if keeps_rows else None))
        if bytes.fromhex(before) != now:
            fresh.append(row)
    bulk.run(db, _FORGET, short)
    bulk.run(db, _RESTART, restarts + short)
    bulk.run(db, _NAME, named)
    bulk.run(db, _LIST, listed)
    return fresh


def take_lists(db: sqlite3.Connection, sources: Mapping[Account, int], batches: Sequence[Batch]) -> None:
    """Note where the walks of lists stand."""
    moves: dict[tuple[int, str | None], bulk.Row] = {}
    faults: list[bulk.Row] = []
    for batch in batches:
        step, where = batch.step, (sources[batch.account], batch.user)
        if step.fault is None:
            moves[where] = (*where, step.walk, step.pages, step.position, not step.ended)
        else:
            faults.append((*where, step.fault.type, step.fault.words))
    bulk.run(db, _MOVE_LIST, list(moves.values()))
    bulk.run(db, _FAIL_LIST, faults)


def take_messages(db: sqlite3.Connection, sources: Mapping[Account, int], batches: Sequence[Batch], part: int) -> Taken:
    """Note messages and where their walks stand; those that are new or different stand in this `part` from now on.

    What is of a conversation that is not due is left out: another target lacks it, or the list brought it once more.
    """
    asked = {(sources[batch.account], batch.conversation) for batch in batches}
    found = {(source, one): (number, held) for source, one, number, held in bulk.find(db, _FIND, list(asked))}
    pages: dict[int, list[MessageLines]] = {}
    looked: list[bulk.Row] = []
    steps: list[tuple[int, Step]] = []
    came: list[bulk.Row] = []
    for batch in batches:
        number, held = found.get((sources[batch.account], batch.conversation), (0, 0))
        if not number:
            continue
        pages.setdefault(number, []).append(batch.messages)
        looked += [(number, one) for one in batch.messages.ids] if held else ()
        steps.append((number, batch.step))
        came += [(number,)] if batch.user is not None else ()
    known: _Known = {}
    for number, one, before, where in bulk.find(db, _KNOWN, looked):
        known.setdefault(number, {})[one] = (bytes.fromhex(before), where)
    news = [_new(number, MessageLines.joined(some), known.get(number, {})) for number, some in pages.items()]
    items = chain.from_iterable(zip(repeat(new.number), new.lines.ids, new.lines.digests, repeat(part)) for new in news)
    bulk.run(db, _KEEP, list(items))
    bulk.run(db, _COUNT, [_span(new) for new in news if new.lines])
    bulk.run(db, _CAME, came)
    _step(db, steps)
    rows = list(chain.from_iterable(new.lines.rows for new in news))
    older = list(chain.from_iterable(new.older for new in news))
    total = sum(len(lines) for some in pages.values() for lines in some)
    return Taken([], rows, older, Committed(len(rows) - len(older), len(older), total - len(rows)))


class _New(NamedTuple):
    """What of one conversation is new or different; see `Taken`."""

    number: int
    lines: MessageLines
    older: list[tuple[int, msgspec.Raw]]


def _new(number: int, lines: MessageLines, known: Mapping[str, tuple[bytes, int]]) -> _New:
    if not known:
        return _New(number, lines, [])
    nothing = (b"", 0)
    told = enumerate(zip(lines.ids, lines.digests, strict=True))
    changed = lines.at([place for place, (one, now) in told if known.get(one, nothing)[0] != now])
    older = [(known[one][1], row) for one, row in zip(changed.ids, changed.rows, strict=True) if one in known]
    return _New(number, changed, older)


def _span(new: _New) -> bulk.Row:
    """How many messages of a conversation are new, and when the oldest and the newest of what came were sent."""
    sent = [when for when in new.lines.sent_at if when is not None]
    times = (to_text(min(sent)), to_text(max(sent))) if sent else (None, None)
    return (new.number, len(new.lines) - len(new.older), *times)


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
