"""Targets that are a directory of files. A file appears whole or not at all, and holds each message once.

Rows are staged in the ledger, durable together with the walks' positions, until they fill a part. A part is written beside
the ledger, synced, named in the ledger in the transaction that clears the stage, and then renamed to its place; what a crash
left in between is renamed, or deleted, when the target is opened next. A message that changed leaves its old part, which is
written anew without it. The table of conversations changes all the time and is small: one file, written anew at each close.
"""

from __future__ import annotations

import abc
import contextlib
import os
import pathlib
from collections.abc import Generator, Iterator, Sequence
from typing import ClassVar, NamedTuple, TypeVar

from . import bulk
from .batch import Batch, Committed, Identity
from .errors import TargetError, target_errors
from .ledger import Ledger, Taken
from .schema import CONVERSATIONS, MESSAGES, ConversationRow, MessageRow, Table, decode_row, encode_row

__all__ = ["PartSink"]

R = TypeVar("R", ConversationRow, MessageRow)

_HIDDEN = ".aioconvo"


class _Part(NamedTuple):
    number: int
    name: str
    rows: int
    pending: str | None


class PartSink(abc.ABC):
    """A directory of `messages-000001<ending>`, ... and `conversations<ending>`, with its ledger in `.aioconvo/`.

    Subclasses name the `kind` and the `ending` of files, and write and read one file; `rows_per_part` is about how many
    messages a file holds.
    """

    kind: ClassVar[str]
    ending: ClassVar[str]

    def __init__(self, directory: str | os.PathLike[str], *, rows_per_part: int = 50_000) -> None:
        self._directory = pathlib.Path(directory)
        self._hidden = self._directory / _HIDDEN
        self._rows_per_part = rows_per_part
        self._ledger = Ledger(self._hidden / f"{self.kind}.sqlite", keeps_rows=True)
        self._staged = 0
        self._made = 0

    @abc.abstractmethod
    def write(self, path: pathlib.Path, table: Table[R], lines: Iterator[bytes]) -> None:
        """Write one file of these rows, which come encoded (`decode_row` makes structs of them), one at a time."""

    @abc.abstractmethod
    def read(self, path: pathlib.Path, table: Table[R]) -> Iterator[R]:
        """Read one file's rows back, one at a time."""

    @property
    def ledger(self) -> Ledger:
        """See `Sink`."""
        return self._ledger

    def open(self, identity: Identity, *, fresh: bool) -> None:
        """See `Sink`."""
        with self._errors():
            self._hidden.mkdir(parents=True, exist_ok=True)
            if fresh:
                self._delete()
            self._ledger.connect(to_write=True)
            try:
                self._ledger.begin(self.kind, identity)
                self._roll_forward()
                self._ledger.part = self._next()
            except BaseException:
                self._ledger.close()  # so that nothing is written to a target that is refused
                raise
            self._staged = self._count("staged")

    def commit(self, batches: Sequence[Batch]) -> Committed:
        """See `Sink`."""
        with self._errors():
            with self._ledger.transaction():
                taken = self._ledger.take(batches)
                self._stage(taken)
            self._staged += len(taken.messages)
            if self._staged >= self._rows_per_part:
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
        finally:
            with self._errors():
                self._ledger.close()

    def conversations(self) -> Iterator[ConversationRow]:
        """See `Sink`."""
        with self._errors(), self._reading() as ledger:
            for (line,) in ledger.db.execute("SELECT row FROM _aioconvo_conversations WHERE row IS NOT NULL ORDER BY number"):
                yield decode_row(CONVERSATIONS, line)

    def messages(self) -> Iterator[MessageRow]:
        """See `Sink`."""
        with self._errors(), self._reading() as ledger:
            for part in self._parts():
                yield from self._left(part)
            for (line,) in ledger.db.execute("SELECT row FROM _aioconvo_staged ORDER BY conversation, id"):
                yield decode_row(MESSAGES, line)

    def _errors(self) -> contextlib.AbstractContextManager[None]:
        return target_errors(self._directory)

    @contextlib.contextmanager
    def _reading(self) -> Generator[Ledger]:
        if self._ledger.is_open:
            yield self._ledger
            return
        with self._ledger as ledger:
            ledger.connect(to_write=False)
            ledger.load()
            yield ledger

    def _count(self, table: str) -> int:
        return int(self._ledger.db.execute(f"SELECT count(*) FROM _aioconvo_{table}").fetchone()[0])  # noqa: S608 -- our names

    def _stage(self, taken: Taken) -> None:
        stage = "INSERT INTO _aioconvo_staged (conversation, id, row, replaces)"
        rows = [(one.conversation, one.row.message_id, one.encoded, one.replaces) for one in taken.messages]
        bulk.insert(self._ledger.db, stage, rows, otherwise="ON CONFLICT (conversation, id) DO UPDATE SET row = excluded.row")

    def _next(self) -> int:
        """The number of the part that what is staged will be."""
        return 1 + int(self._ledger.db.execute("SELECT ifnull(max(number), 0) FROM _aioconvo_parts").fetchone()[0])

    def _flush(self) -> None:
        """Make a part of what is staged."""
        if not self._count("staged"):
            return
        parts = [self._rewritten(part) for part in self._parts("WHERE number IN (SELECT replaces FROM _aioconvo_staged)")]
        number = self._next()
        name = f"messages-{number:06}{self.ending}"
        staged = self._ledger.db.execute("SELECT row FROM _aioconvo_staged ORDER BY conversation, id")
        pending = self._write_pending(name, MESSAGES, (line for (line,) in staged))
        parts.append(_Part(number, name, self._count("staged"), pending))
        with self._ledger.transaction():
            self._ledger.db.executemany("INSERT OR REPLACE INTO _aioconvo_parts VALUES (?, ?, ?, ?)", parts)
            self._ledger.db.execute("DELETE FROM _aioconvo_staged")
            self._ledger.db.execute("DELETE FROM _aioconvo_parts WHERE rows = 0")
        self._staged = 0
        self._ledger.part = self._next()
        self._roll_forward()

    def _rewritten(self, part: _Part) -> _Part:
        """A part without the messages that are staged to take the place of its own."""
        ((gone,),) = self._ledger.db.execute("SELECT count(*) FROM _aioconvo_staged WHERE replaces = ?", (part.number,))
        if gone == part.rows:
            return part._replace(rows=0)
        pending = self._write_pending(part.name, MESSAGES, map(encode_row, self._left(part)))
        return part._replace(rows=part.rows - gone, pending=pending)

    def _left(self, part: _Part) -> Iterator[MessageRow]:
        """A part's messages, without those of which a newer row is staged."""
        find = "SELECT row FROM _aioconvo_staged WHERE replaces = ?"
        rows = (decode_row(MESSAGES, line) for (line,) in self._ledger.db.execute(find, (part.number,)))
        gone = {_key(row) for row in rows}
        return (row for row in self.read(self._file_of(part), MESSAGES) if _key(row) not in gone)

    def _write_pending(self, name: str, table: Table[R], lines: Iterator[bytes]) -> str:
        self._made += 1
        pending = f"{self._ledger.run}.{self._made}.{name}"
        path = self._hidden / pending
        self.write(path, table, lines)
        _sync(path)
        return pending

    def _roll_forward(self) -> None:
        """Give the parts that the ledger names their names, and delete what it does not name."""
        for part in self._parts("WHERE pending IS NOT NULL"):
            waiting = self._hidden / str(part.pending)
            if waiting.exists():
                os.replace(waiting, self._directory / part.name)  # noqa: PTH105 -- the word for what it does
        _sync(self._directory)
        with self._ledger.transaction():
            self._ledger.db.execute("UPDATE _aioconvo_parts SET pending = NULL")
        for left in self._hidden.glob(f"*.*{self.ending}"):
            left.unlink()
        names = {part.name for part in self._parts()}
        found = {path.name for path in self._directory.glob(f"messages-{'[0-9]' * 6}{self.ending}")}
        for name in found - names:
            (self._directory / name).unlink()
        if missing := sorted(names - found):
            raise TargetError(f"{self._directory}: {missing[0]} is gone; put it back, or start over with --fresh (fresh=True)")

    def _write_conversations(self) -> None:
        name = f"conversations{self.ending}"
        lines = self._ledger.db.execute("SELECT row FROM _aioconvo_conversations WHERE row IS NOT NULL ORDER BY number")
        pending = self._write_pending(name, CONVERSATIONS, (line for (line,) in lines))
        os.replace(self._hidden / pending, self._directory / name)  # noqa: PTH105 -- as above
        _sync(self._directory)

    def _parts(self, which: str = "") -> list[_Part]:
        found = self._ledger.db.execute(f"SELECT number, name, rows, pending FROM _aioconvo_parts {which} ORDER BY number")  # noqa: S608 -- our words
        return [_Part(*row) for row in found]

    def _file_of(self, part: _Part) -> pathlib.Path:
        waiting = None if part.pending is None else self._hidden / part.pending
        return waiting if waiting is not None and waiting.exists() else self._directory / part.name

    def _delete(self) -> None:
        for path in (*self._directory.glob(f"messages-{'[0-9]' * 6}{self.ending}"), *self._hidden.glob(f"{self.kind}.sqlite*")):
            path.unlink()
        (self._directory / f"conversations{self.ending}").unlink(missing_ok=True)


def _key(row: MessageRow) -> tuple[str, str, str, str]:
    return row.provider, row.account, row.conversation_id, row.message_id


def _sync(path: pathlib.Path) -> None:
    """Make a file, or the names in a directory, survive a power cut."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
