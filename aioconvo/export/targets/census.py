"""What the data of a target holds, compared with what its ledger says it holds.

Nothing is written but temporary tables, unless `settle` is asked to make the ledger true again: then what is missing is due,
and what the ledger did not know (it is older than the data: it came out of a backup) is known.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from aioconvo.export.ledger import bulk
from aioconvo.export.ledger.ledger import Ledger
from aioconvo.export.ledger.times import to_text
from aioconvo.export.schema import ConversationRow, MessageRow, as_fetched, digest, encode_row

__all__ = ["Census", "Damage", "Key", "stub"]

Key: TypeAlias = tuple[str, str, str]  # provider, account, conversation
_AT_ONCE = 1_000
_TEMPORARY = (
    "DROP TABLE IF EXISTS temp.counted",
    "DROP TABLE IF EXISTS temp.found",
    "DROP TABLE IF EXISTS temp.scope",
    "CREATE TEMP TABLE scope (number INTEGER PRIMARY KEY)",
    """CREATE TEMP TABLE counted (provider TEXT NOT NULL, account TEXT NOT NULL, conversation TEXT NOT NULL,
        held INTEGER NOT NULL, PRIMARY KEY (provider, account, conversation)) WITHOUT ROWID""",
    """CREATE TEMP TABLE found (conversation INTEGER NOT NULL, id TEXT NOT NULL, digest BLOB NOT NULL, part INTEGER NOT NULL,
        rank INTEGER NOT NULL, deleted_at TEXT, PRIMARY KEY (conversation, id)) WITHOUT ROWID""",
)
_COUNT = "INSERT INTO temp.counted (provider, account, conversation, held) {rows}"
_KNOWN = """FROM _aioconvo_conversations AS c JOIN _aioconvo_sources AS s ON s.number = c.source"""
_DIFFERING = f"""SELECT s.provider, s.account, c.id, c.number, c.messages, ifnull(t.held, 0) {_KNOWN}
    LEFT JOIN temp.counted AS t ON t.provider = s.provider AND t.account = s.account AND t.conversation = c.id
    WHERE c.messages != ifnull(t.held, 0)"""
_STRANGE = f"""SELECT provider, account, conversation, 0, 0, held FROM temp.counted AS t WHERE NOT EXISTS (SELECT 1 {_KNOWN}
    WHERE t.provider = s.provider AND t.account = s.account AND t.conversation = c.id)"""  # noqa: S608
_UNLISTED = f"""SELECT s.provider, s.account, c.id, c.number {_KNOWN}
    LEFT JOIN temp.counted AS t ON t.provider = s.provider AND t.account = s.account AND t.conversation = c.id
    WHERE c.digest IS NOT NULL AND t.held IS NULL"""
_NUMBERS = f"""WITH given (provider, account, id) AS ({{rows}})
    SELECT json_group_array(json_array(s.provider, s.account, c.id, c.number)) {_KNOWN}
    JOIN given ON given.provider = s.provider AND given.account = s.account AND given.id = c.id"""
_ITEMS = """WITH given (conversation, id) AS ({rows})
    SELECT json_group_array(json_array(i.conversation, i.id, hex(digest), part, deleted_at))
    FROM given CROSS JOIN _aioconvo_items AS i ON i.conversation = given.conversation AND i.id = given.id"""
_FIND = "INSERT OR IGNORE INTO temp.found (conversation, id, digest, part, rank, deleted_at) VALUES (?, ?, ?, ?, ?, ?)"
_SCOPE = "INSERT OR IGNORE INTO temp.scope (number) {rows}"
_ADOPT_SOURCE = "INSERT OR IGNORE INTO _aioconvo_sources (provider, account, selection) {rows}"
_ADOPT = """WITH given (provider, account, id) AS ({rows}) INSERT OR IGNORE INTO _aioconvo_conversations (source, id, round)
    SELECT s.number, given.id, 0 FROM given JOIN _aioconvo_sources AS s USING (provider, account) WHERE true"""
_ADOPT_CONVERSATION = """INSERT INTO _aioconvo_conversations (source, id, round, digest, row) SELECT number, ?, 0, ?, ?
    FROM _aioconvo_sources WHERE provider = ? AND account = ? ON CONFLICT (source, id) DO UPDATE SET digest = excluded.digest
    WHERE excluded.row IS NULL"""
_KEEP = """INSERT OR REPLACE INTO _aioconvo_items (conversation, id, digest, part, rank, deleted_at)
    SELECT conversation, id, digest, part, rank, deleted_at FROM temp.found"""
# What is missing is due from the beginning; where there is only more than was known, a walk goes on where it stood.
_RECOUNT = """WITH given (number, lost) AS ({rows}), held AS (SELECT given.number, given.lost, count(i.id) AS messages,
        count(i.deleted_at) AS gone, ifnull(min(i.rank), 0) AS bottom, ifnull(max(i.rank), 0) AS top
        FROM given LEFT JOIN _aioconvo_items AS i ON i.conversation = given.number GROUP BY given.number)
    UPDATE _aioconvo_conversations AS c SET messages = held.messages, gone = held.gone, bottom = held.bottom, top = held.top,
    edge = iif(held.lost, NULL, edge), seeing = 0, due = due OR held.lost, run = iif(held.lost, 0, run),
    walk = iif(held.lost, '', walk), pages = iif(held.lost, 0, pages), position = iif(held.lost, NULL, position),
    whole_to = iif(held.lost, NULL, whole_to), ended = iif(held.lost, 0, ended), walked = iif(held.lost, NULL, walked)
    FROM held WHERE c.number = held.number"""


class Damage(NamedTuple):
    """What is wrong with a target's data, in `words`, and how many messages of which conversations (by number) are `lost`."""

    words: Sequence[str] = ()
    lost: Mapping[int, int] = {}

    def __bool__(self) -> bool:
        return bool(self.words)


class Census:
    """What was found in the data of a target whose ledger is open; one at a time."""

    def __init__(self, ledger: Ledger) -> None:
        self._db = ledger.db
        for statement in _TEMPORARY:
            self._db.execute(statement)

    def count(self, held: Iterable[tuple[str, str, str, int]]) -> None:
        """How many rows there are of each conversation."""
        left = iter(held)
        while some := list(itertools.islice(left, _AT_ONCE)):
            bulk.run(self._db, _COUNT, some)

    def differing(self) -> tuple[list[Key], Damage]:
        """The conversations of whose messages the ledger tells another number, and what that means."""
        found = [*self._db.execute(_DIFFERING), *self._db.execute(_STRANGE)]
        lost = {number: told - held for _, _, _, number, told, held in found if held < told}
        more = sum(held - told for *_, told, held in found if held > told)
        words = [f"{sum(lost.values())} messages of {len(lost)} conversations are missing"] if lost else []
        words += [f"{more} messages are there that its ledger does not know"] if more else []
        return [(provider, account, one) for provider, account, one, *_ in found], Damage(words, lost)

    def every(self) -> list[Key]:
        """After `count`, every conversation that the ledger or the data holds messages of."""
        known = self._db.execute(f"SELECT s.provider, s.account, c.id {_KNOWN} WHERE c.messages")
        return list({*known, *self._db.execute("SELECT provider, account, conversation FROM temp.counted")})

    def unlisted(self) -> list[tuple[str, str, str, int]]:
        """After `count`, of conversations: those that the ledger has as written and that are not there, with their numbers."""
        return self._db.execute(_UNLISTED).fetchall()

    def differences(self, rows: Iterable[MessageRow]) -> Damage:
        """Read every message, and compare it with what the ledger says was written."""
        good: Counter[int] = Counter()
        strange = 0
        for some in _some(rows):
            for row, number, held in self._held(some):
                if held is not None and held.digest == digest(encode_row(as_fetched(row))):
                    good[number] += 1
                else:
                    strange += 1
        told = self._db.execute("SELECT number, messages FROM _aioconvo_conversations WHERE messages")
        lost = {number: messages - good[number] for number, messages in told if messages > good[number]}
        words = [f"{sum(lost.values())} messages of {len(lost)} conversations are missing or damaged"] if lost else []
        words += [f"{strange} messages are not what was written"] if strange else []
        return Damage(words, lost)

    def changed(self, rows: Iterable[ConversationRow]) -> list[str]:
        """Read every conversation, and compare it with what the ledger says was written."""
        wrong = 0
        find = f"SELECT c.digest {_KNOWN} WHERE s.provider = ? AND s.account = ? AND c.id = ?"
        for row in rows:
            told = self._db.execute(find, (row.provider, row.account, row.conversation_id)).fetchone()
            wrong += told is None or told[0] != digest(encode_row(as_fetched(row)))
        return [f"{wrong} conversations are not what was written"] if wrong else []

    def adopt(self, rows: Iterable[ConversationRow], *, keep: bool = False) -> None:
        """Know conversations as they are in the data, where they are of an account that is known; `keep` their rows."""
        for row in rows:
            line = encode_row(as_fetched(row))
            values = (row.conversation_id, digest(line), line if keep else None, row.provider, row.account)
            self._db.execute(_ADOPT_CONVERSATION, values)

    def find(self, rows: Iterable[MessageRow], part: int = 0, parts: frozenset[int] | None = None) -> Iterator[MessageRow]:
        """Note these rows as there, in this part; those that count, where others of `parts` came before or belong elsewhere."""
        for some in _some(rows):
            self._adopt(some)
            kept: list[tuple[MessageRow, bulk.Row]] = []
            for row, number, held in self._held(some):
                if parts is not None and held is not None and held.part not in parts:
                    continue  # an older line of a message that another part holds
                deleted_at = (
                    held.deleted_at if held is not None else None if row.deleted_at is None else to_text(row.deleted_at)
                )
                now = digest(encode_row(as_fetched(row)))
                kept.append((row, (number, row.message_id, now, part, row.rank or 0, deleted_at)))
            yield from (row for row, noted in kept if self._db.execute(_FIND, noted).rowcount > 0)

    def settle(self, keys: Sequence[Key]) -> int:
        """Make the ledger's items of these conversations those that were found; how many are missing."""
        self.scope(self.numbers(keys).values())
        return self._settle("conversation")

    def settle_parts(self, parts: Iterable[int]) -> int:
        """Make the ledger's items of these parts those that were found; how many are missing."""
        self.scope(parts)
        return self._settle("part")

    def scope(self, numbers: Iterable[int]) -> None:
        """Name the conversations or parts that are looked at."""
        bulk.run(self._db, _SCOPE, [(number,) for number in numbers])

    def _settle(self, column: str) -> int:
        missing = f"""FROM _aioconvo_items AS i WHERE i.{column} IN (SELECT number FROM temp.scope) AND NOT EXISTS
            (SELECT 1 FROM temp.found AS f WHERE f.conversation = i.conversation AND f.id = i.id)"""  # noqa: S608 -- our words
        lost: dict[int, int] = dict(self._db.execute(f"SELECT conversation, count(*) {missing} GROUP BY 1").fetchall())
        self._db.execute(f"DELETE {missing}")
        self._db.execute(_KEEP)
        touched = {number for (number,) in self._db.execute("SELECT DISTINCT conversation FROM temp.found")}
        bulk.run(self._db, _RECOUNT, [(number, lost.get(number, 0) > 0) for number in touched | lost.keys()])
        return sum(lost.values())

    def numbers(self, keys: Sequence[Key]) -> dict[Key, int]:
        """The ledger's numbers of those of these conversations that it knows."""
        found = bulk.find(self._db, _NUMBERS, keys)
        return {(provider, account, one): number for provider, account, one, number in found}

    def _adopt(self, rows: Sequence[MessageRow]) -> None:
        keys = {_key(row) for row in rows}
        strange = sorted(keys - self.numbers(list(keys)).keys())
        bulk.run(self._db, _ADOPT_SOURCE, [(provider, account, "") for provider, account in {key[:2] for key in strange}])
        bulk.run(self._db, _ADOPT, strange)

    def _held(self, rows: Sequence[MessageRow]) -> Iterator[tuple[MessageRow, int, _Item | None]]:
        numbers = self.numbers(list({_key(row) for row in rows}))
        asked = [(numbers.get(_key(row), 0), row.message_id) for row in rows]
        found = {
            (number, one): _Item(bytes.fromhex(told), *more) for number, one, told, *more in bulk.find(self._db, _ITEMS, asked)
        }
        for row, key in zip(rows, asked, strict=True):
            yield row, key[0], found.get(key)


class _Item(NamedTuple):
    digest: bytes
    part: int
    deleted_at: str | None


def stub(key: Sequence[str]) -> bytes:
    """An encoded row of a conversation of which its key alone is known."""
    provider, account, one = key
    return encode_row(ConversationRow(provider=provider, account=account, conversation_id=one))


def _key(row: MessageRow) -> Key:
    return row.provider, row.account, row.conversation_id


def _some(rows: Iterable[MessageRow]) -> Iterator[list[MessageRow]]:
    left = iter(rows)
    while some := list(itertools.islice(left, _AT_ONCE)):
        yield some
