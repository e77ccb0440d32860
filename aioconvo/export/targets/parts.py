"""Targets that are a directory of files. A file appears whole or not at all, and holds each message once.

Encoded rows are appended to a file beside the ledger, the stage, until they fill a part. The ledger tells how much of that
file counts, in the transaction that moves the walks' positions and after the file is synced: what a crash leaves behind that
is overwritten. A part is made of the stage (a plain one is the stage), synced, named in the ledger in the transaction that
begins the next stage, and then renamed to its place; what a crash left in between is renamed, or deleted, when the target is
opened next. A message that changed leaves its old part, which is written anew without it. The table of conversations changes
all the time and is small: one file, written anew at each close.
"""

from __future__ import annotations

import os
import pathlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from aioconvo.export.batch import Batch, Committed, Identity
from aioconvo.export.errors import TargetError
from aioconvo.export.ledger import bulk
from aioconvo.export.ledger.intake import Taken
from aioconvo.export.ledger.times import from_text
from aioconvo.export.ledger.veil import MessageKey, erase, noted
from aioconvo.export.replacing import sync
from aioconvo.export.schema import CONVERSATIONS, MESSAGES, ConversationRow, MessageRow, decode_row, encode_row, marked

from .part_files import Part, Stage, staged
from .part_mending import MendedParts

__all__ = ["PartSink"]

# As if newer ones stood elsewhere: then they leave their part.
_DROP = """INSERT OR IGNORE INTO _aioconvo_replaced SELECT i.part, s.provider, s.account, c.id, i.id FROM _aioconvo_items AS i
    JOIN _aioconvo_conversations AS c ON c.number = i.conversation JOIN _aioconvo_sources AS s ON s.number = c.source
    WHERE s.provider = ? AND s.account = ? AND c.id = ? AND i.id = ?"""
_Key: TypeAlias = tuple[str, str, str, str]


class PartSink(MendedParts):
    """A target of part files."""

    def open(self, identity: Identity, *, fresh: bool) -> None:
        """See `Sink`."""
        with self._errors():
            self._hidden.mkdir(parents=True, exist_ok=True)
            self._connect(fresh=fresh)
            try:
                if fresh:
                    self._delete()
                self._refuse_others()
                self._ledger.begin(self.kind, identity)
                self._begin_stage()
                self._give_names()
                self._mend()
                self._stage = self._find_stage()
                self._ledger.part = self._stage.part
                self._roll_forward()
                self._ledger.finish(finished=False)
            except BaseException:
                self._ledger.close()  # so that nothing is written to a target that is refused
                raise

    def _connect(self, *, fresh: bool) -> None:
        """Open the ledger, with `fresh` an empty one; before that nothing is touched: somebody else may be writing."""
        ledger = self._ledger
        try:
            ledger.connect(to_write=True)
            if fresh:
                with ledger.transaction():
                    ledger.wipe()
        except sqlite3.DatabaseError as error:
            ledger.close()
            if not fresh or isinstance(error, sqlite3.OperationalError):
                raise
            for damaged in self._hidden.glob(f"{self.kind}.sqlite*"):
                damaged.unlink()
            ledger.connect(to_write=True)

    def commit(self, batches: Sequence[Batch]) -> Committed:
        """See `Sink`."""
        with self._errors():
            with self._ledger.transaction():
                taken = self._ledger.take(batches)
                stage = self._append(taken)
            self._stage = stage
            if stage.rows >= self._rows_per_part:
                self._flush()
        return taken.counts

    def close(self) -> None:
        """See `Sink`."""
        if not self._ledger.is_open:
            return
        try:
            with self._errors():
                self._flush()
                self._write_conversations()
                self._ledger.finish(finished=True)
        finally:
            with self._errors():
                self._ledger.close()

    def remove(self, gone: Sequence[MessageKey], rows: Sequence[ConversationRow], users: Iterable[str]) -> None:
        """See `Forgetting`. Files that hold something of it are written anew."""
        db = self._ledger.db
        with self._errors():
            self._flush()
            with self._ledger.transaction():
                db.executemany(_DROP, [key for key in gone if key[3]])
                noted(db, rows)
            self._flush()
            with self._ledger.transaction():
                erase(db, gone, users)
            self._ledger.compact()

    def conversations(self) -> Iterator[ConversationRow]:
        """See `Sink`."""
        with self._errors(), self._ledger.reading() as ledger:
            for line in self._listed(ledger):
                yield decode_row(CONVERSATIONS, line)

    def messages(self) -> Iterator[MessageRow]:
        """See `Sink`."""
        with self._errors(), self._ledger.reading():
            for part in self._parts():
                yield from self._left(part)
            for line in self._stage_lines(self._find_stage()):
                yield decode_row(MESSAGES, line)

    def _begin_stage(self) -> None:
        if self._ledger.db.execute("SELECT 1 FROM _aioconvo_stage").fetchone() is None:
            with self._ledger.transaction():
                self._ledger.db.execute("INSERT INTO _aioconvo_stage VALUES (1, 0, 0)")
        self._stage = stage = self._find_stage()
        self._ledger.part = stage.part

    def _append(self, taken: Taken) -> Stage:
        """The stage with what was taken; it counts when the transaction ends."""
        bulk.run(self._ledger.db, "INSERT OR REPLACE INTO _aioconvo_marked {rows}", taken.marks)
        if not taken.messages:
            return self._stage
        stage, path = self._stage, self._file_staged(self._stage)
        if not stage.bytes:
            path.touch()
            sync(self._hidden)
        with path.open("r+b") as file:
            file.seek(stage.bytes)
            file.write(b"\n".join([*(staged(line, self.breaks) for line in taken.messages), b""]))
            end = file.tell()
            os.fsync(file.fileno())
        replaced = [(part, *_key(line)) for part, line in taken.older]
        bulk.run(self._ledger.db, "INSERT OR IGNORE INTO _aioconvo_replaced {rows}", replaced)
        again = sum(part == stage.part for part, _ in taken.older)
        stage = Stage(stage.part, stage.rows + len(taken.messages) - again, end)
        self._ledger.db.execute("UPDATE _aioconvo_stage SET rows = ?, bytes = ?", (stage.rows, stage.bytes))
        return stage

    def _stage_lines(self, stage: Stage) -> Iterator[bytes]:
        """The lines of the stage that count, the last one of each message."""
        gone, marks = self._replaced(stage.part), self._marked(stage.part)
        last: dict[_Key, int] = {}
        for place, line in enumerate(self._lines(stage) if gone else ()):
            key = _key(line)
            if key in gone:
                last[key] = place
        places = set(last.values())
        for place, line in enumerate(self._lines(stage)):
            if not gone and not marks:
                yield line
                continue
            key = _key(line)
            if key not in gone or place in places:
                yield marked(line, marks[key]) if key in marks else line

    def _flush(self) -> None:
        """Make a part of what is staged."""
        stage, following = self._stage, self._stage
        older = "WHERE number IN (SELECT part FROM _aioconvo_replaced UNION SELECT part FROM _aioconvo_marked)"
        parts = [self._rewritten(part) for part in self._parts(older)]
        if stage.rows:
            name = self._name(stage.part)
            if self.plain and not self._replaced(stage.part) and not self._marked(stage.part):
                path = self._file_staged(stage)
                os.truncate(path, stage.bytes)  # what a commit that failed may have left
                sync(path)
                pending = path.name
            else:
                pending = self._write_pending(name, MESSAGES, self._stage_lines(stage))
            parts.append(self._measured(Part(stage.part, name, stage.rows, pending)))
            following = Stage(stage.part + 1, 0, 0)
        elif not parts:
            return
        with self._ledger.transaction():
            self._keep(parts)
            self._ledger.db.execute("DELETE FROM _aioconvo_replaced")
            self._ledger.db.execute("DELETE FROM _aioconvo_marked")
            self._ledger.db.execute("UPDATE _aioconvo_stage SET part = ?, rows = ?, bytes = ?", following)
        self._stage = following
        self._ledger.part = following.part
        self._roll_forward()

    def _replaced(self, part: int) -> set[_Key]:
        find = "SELECT provider, account, conversation, id FROM _aioconvo_replaced WHERE part = ?"
        return set(self._ledger.db.execute(find, (part,)))

    def _marked(self, part: int) -> dict[_Key | None, str | None]:
        find = "SELECT provider, account, conversation, id, deleted_at FROM _aioconvo_marked WHERE part = ?"
        return {(provider, account, *key): at for provider, account, *key, at in self._ledger.db.execute(find, (part,))}

    def _rewritten(self, part: Part) -> Part:
        """A part without the messages of which newer ones are staged."""
        rows = part.rows - len(self._replaced(part.number))
        if not rows:
            return part._replace(rows=0)
        pending = self._write_pending(part.name, MESSAGES, map(encode_row, self._left(part)))
        return self._measured(part._replace(rows=rows, pending=pending))

    def _left(self, part: Part) -> Iterator[MessageRow]:
        """A part's messages as they are now, without those of which a newer one is staged."""
        gone, marks = self._replaced(part.number), self._marked(part.number)
        for row in self.read(self._file_of(part), MESSAGES):
            key = _key_of(row) if gone or marks else None
            if key is None or key not in gone:
                yield row if key not in marks else msgspec.structs.replace(row, deleted_at=from_text(marks[key]))

    def _delete(self) -> None:
        for path in (*self._visible(), *self._hidden.glob(f"{self.kind}.stage-*")):
            path.unlink()

    def _refuse_others(self) -> None:
        """What no ledger knows would be deleted."""
        if not self._ledger.exists() and (others := self._visible()):
            told = f"{self._directory} holds {others[0].name}, which is of no export that goes on here"
            raise TargetError(f"{told}; name another directory, or start over with --fresh (fresh=True), which deletes it")

    def _visible(self) -> list[pathlib.Path]:
        """The files that people see."""
        names = (f"messages-{'[0-9]' * 6}{self.ending}", f"conversations{self.ending}")
        return sorted(path for name in names for path in self._directory.glob(name))


def _key_of(row: MessageRow) -> _Key:
    return row.provider, row.account, row.conversation_id, row.message_id


def _key(line: bytes | msgspec.Raw) -> _Key:
    return _key_of(decode_row(MESSAGES, line))
