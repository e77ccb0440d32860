"""What a whole walk or a whole list did not hold any more, noted in a ledger. Inside a transaction of the caller's.

Only a walk that began without a lower bound, and went from its first page to its last in one run, tells: what moves while
nobody looks can be missed by one that is gone on with. An item whose id could not be read may be any of those that are missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from aioconvo.export.batch import Account, ConversationMark, Mark

from . import bulk
from .arrivals import Arrivals, Look

__all__ = ["missed", "see", "unmark", "vanished"]

_SEE = "INSERT OR IGNORE INTO _aioconvo_seen (conversation, id) {rows}"
_UNSEE = "DELETE FROM _aioconvo_seen WHERE conversation IN ({rows})"
_MISSED = """WITH given (number) AS ({rows}) SELECT json_group_array(json_array(i.conversation, i.id, i.part)) FROM given
    CROSS JOIN _aioconvo_items AS i ON i.conversation = given.number AND i.deleted_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM _aioconvo_seen AS s WHERE s.conversation = i.conversation AND s.id = i.id)
    AND NOT EXISTS (SELECT 1 FROM _aioconvo_seen AS s WHERE s.conversation = given.number AND s.id GLOB '~*')"""
_MARK = """WITH given (conversation, id, at) AS ({rows}) UPDATE _aioconvo_items AS i SET deleted_at = given.at
    FROM given WHERE i.conversation = given.conversation AND i.id = given.id"""
_GONE = """WITH given (number, count) AS ({rows}) UPDATE _aioconvo_conversations AS c SET gone = gone + given.count
    FROM given WHERE c.number = given.number"""
_VANISHED = """UPDATE _aioconvo_conversations SET deleted_at = :now WHERE source = :source AND deleted_at IS NULL
    AND digest IS NOT NULL AND id NOT GLOB '~*' AND round < (SELECT round FROM _aioconvo_sources WHERE number = :source)
    AND EXISTS (SELECT 1 FROM _aioconvo_sources WHERE number = :source AND selection = 'all')
    AND EXISTS (SELECT 1 FROM _aioconvo_lists WHERE source = :source AND user = '' AND begun = :run)
    AND NOT EXISTS (SELECT 1 FROM _aioconvo_conversations AS c WHERE c.source = :source AND c.id GLOB '~*'
        AND c.round = (SELECT round FROM _aioconvo_sources WHERE number = :source)) RETURNING id"""


def see(db: sqlite3.Connection, arrivals: Sequence[Arrivals]) -> None:
    """Note what walks that tell deletions have seen."""
    bulk.run(db, _UNSEE, [(one.number,) for one in arrivals if one.anew])
    bulk.run(db, _SEE, [(one.number, each) for one in arrivals for each in one.seen])


def missed(db: sqlite3.Connection, arrivals: Sequence[Arrivals], look: Look) -> list[Mark]:
    """Mark what those of these walks that ended did not see."""
    ended = {one.number: one for one in arrivals if one.ended}
    found = bulk.find(db, _MISSED, [(number,) for number in ended])
    bulk.run(db, _UNSEE, [(number,) for number in ended])
    counts: dict[int, int] = {}
    marks: list[Mark] = []
    for number, one, part in found:
        counts[number] = counts.get(number, 0) + 1
        marks.append(Mark(part, *ended[number].account, ended[number].conversation, one, look.now))
    bulk.run(db, _MARK, [(number, one, look.now) for number, one, _ in found])
    bulk.run(db, _GONE, list(counts.items()))
    return marks


def unmark(db: sqlite3.Connection, arrivals: Sequence[Arrivals]) -> None:
    """Who is there again was not deleted."""
    bulk.run(db, _MARK, [(one.number, mark.id, None) for one in arrivals for mark in one.back])


def vanished(db: sqlite3.Connection, account: Account, source: int, look: Look) -> list[ConversationMark]:
    """Mark the conversations that the list of the whole account, which has just ended, does not hold any more."""
    if look.bounded:
        return []
    found = db.execute(_VANISHED, {"now": look.now, "source": source, "run": look.run}).fetchall()
    return [ConversationMark(*account, one, look.now) for (one,) in found]
