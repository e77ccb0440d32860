"""Who was forgotten does not come back: what a target keeps of them are salted digests of ids."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import msgspec

from aioconvo.export.batch import Batch
from aioconvo.export.schema import ConversationRow, MessageLines, as_fetched, digest, encode_row

from . import bulk

__all__ = ["MessageKey", "Veil", "draw", "erase", "noted", "without"]

MessageKey: TypeAlias = tuple[str, str, str, str]  # provider, account, conversation, message (empty: the whole conversation)
_SALT = 16  # bytes
_META = "SELECT value FROM _aioconvo_meta WHERE key = 'salt'"
_ITEM = """DELETE FROM _aioconvo_items WHERE id = :id AND conversation IN (SELECT c.number FROM _aioconvo_conversations AS c
    JOIN _aioconvo_sources AS s ON s.number = c.source WHERE s.provider = :provider AND s.account = :account AND c.id = :one)"""
_WHOLE = """DELETE FROM _aioconvo_conversations WHERE id = :one AND source IN
    (SELECT number FROM _aioconvo_sources WHERE provider = :provider AND account = :account)"""
_NOTE = """UPDATE _aioconvo_conversations SET row = iif(row IS NULL, NULL, ?), digest = ? WHERE source =
    (SELECT number FROM _aioconvo_sources WHERE provider = ? AND account = ?) AND id = ?"""
# What the API counts are the messages of everybody.
_UNTOLD = """UPDATE _aioconvo_conversations SET told = NULL WHERE id = ? AND source =
    (SELECT number FROM _aioconvo_sources WHERE provider = ? AND account = ?)"""
# Positions and the words of errors may hold ids.
_AFTER = (
    "DELETE FROM _aioconvo_seen",
    """UPDATE _aioconvo_conversations AS c SET messages = (SELECT count(*) FROM _aioconvo_items AS i
        WHERE i.conversation = c.number), gone = (SELECT count(deleted_at) FROM _aioconvo_items AS i
        WHERE i.conversation = c.number), walk = '', pages = 0, position = NULL, edge = NULL, seeing = 0, words = NULL""",
    "UPDATE _aioconvo_lists SET walk = '', pages = 0, position = NULL, words = NULL",
)


class _Author(msgspec.Struct):
    author_id: str | None = None
    author_address: str | None = None


class Veil:
    """What was forgotten in a target whose ledger is open."""

    def __init__(self, db: sqlite3.Connection) -> None:
        salt = db.execute(_META).fetchone()
        self._salt = bytes.fromhex(salt[0]) if salt else b""
        self._digests = {digest for (digest,) in db.execute("SELECT digest FROM _aioconvo_forgotten")} if salt else set[bytes]()

    def __bool__(self) -> bool:
        return bool(self._digests)

    def hides(self, provider: str, *ids: str | None) -> bool:
        """Whether one of these is an id of somebody, or of a conversation, that was forgotten."""
        return any(one is not None and _digest(self._salt, provider, one) in self._digests for one in ids)

    def left(self, batch: Batch) -> Batch:
        """The batch without what was forgotten."""
        provider, lines = batch.account.provider, batch.messages
        if lines and self.hides(provider, batch.conversation):
            lines = MessageLines()
        elif lines:
            authors = [msgspec.json.decode(row, type=_Author) for row in lines.rows]
            kept = [
                place
                for place, (one, author) in enumerate(zip(lines.ids, authors, strict=True))
                if not self.hides(provider, author.author_id, author.author_address, f"{batch.conversation}\n{one}")
            ]
            lines = lines.at(kept)
        rows = [self._clear(row) for row in batch.conversations if not self.hides(provider, row.conversation_id)]
        return msgspec.structs.replace(batch, conversations=tuple(rows), messages=lines)

    def _clear(self, row: ConversationRow) -> ConversationRow:
        people = msgspec.json.decode(row.participants, type=list[dict[str, Any]])
        left = [one for one in people if not self.hides(row.provider, one.get("id"), one.get("address"))]
        if len(left) < len(people):
            return without(row, left)
        some_are_gone = self.hides(row.provider, _part_of(row.conversation_id))
        return msgspec.structs.replace(row, message_count=None) if some_are_gone else row


def without(row: ConversationRow, left: Sequence[dict[str, Any]]) -> ConversationRow:
    """A conversation of which these participants are left: whatever else the API tells of it may name the others."""
    people = msgspec.Raw(msgspec.json.encode(left))
    return msgspec.structs.replace(
        row, participants=people, native=msgspec.Raw(b'"forgotten"'), subject=None, message_count=None
    )


def draw(db: sqlite3.Connection, provider: str, ids: Iterable[str], gone: Iterable[MessageKey]) -> None:
    """Note who and what must not come back, inside a transaction of the caller's."""
    found = db.execute(_META).fetchone()
    salt = found[0] if found else os.urandom(_SALT).hex()
    db.execute("INSERT OR REPLACE INTO _aioconvo_meta VALUES ('salt', ?)", (salt,))
    every = set(ids)
    for _, _, conversation, one in gone:
        every |= {f"{conversation}\n{one}", _part_of(conversation)} if one else {conversation}
    digests = [(_digest(bytes.fromhex(salt), provider, one),) for one in every]
    bulk.run(db, "INSERT OR IGNORE INTO _aioconvo_forgotten (digest) {rows}", digests)


def erase(db: sqlite3.Connection, gone: Iterable[MessageKey], users: Iterable[str]) -> None:
    """Remove messages, conversations and lists of users from a ledger, inside a transaction of the caller's."""
    every = sorted(gone, reverse=True)  # messages before the conversations that they are found by
    for provider, account, one, message in every:
        values = {"provider": provider, "account": account, "one": one, "id": message}
        db.execute(_ITEM if message else _WHOLE, values)
    db.executemany(_UNTOLD, {(one, provider, account) for provider, account, one, message in every if message})
    db.executemany("DELETE FROM _aioconvo_lists WHERE user = ?", [(one,) for one in users])
    for statement in _AFTER:
        db.execute(statement)


def noted(db: sqlite3.Connection, rows: Iterable[ConversationRow]) -> None:
    """Let a ledger know conversations as they are now, inside a transaction of the caller's."""
    for row in rows:
        line = encode_row(as_fetched(row))
        db.execute(_NOTE, (line, digest(line), row.provider, row.account, row.conversation_id))


def _part_of(conversation: str) -> str:
    """What stands for a conversation of which some messages were forgotten; no message has an empty id."""
    return f"{conversation}\n"


def _digest(salt: bytes, provider: str, one: str) -> bytes:
    return hashlib.blake2b(f"{provider}\n{one}".encode("utf-8", "surrogatepass"), key=salt, digest_size=16).digest()
