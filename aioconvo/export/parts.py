"""Targets that are a directory of files. A file appears whole or not at all, and holds each message once.

Encoded rows are appended to a file beside the ledger, the stage, until they fill a part. The ledger tells how much of that
file counts, in the transaction that moves the walks' positions and after the file is synced: what a crash leaves behind that
is overwritten. A part is made of the stage (a plain one is the stage), synced, named in the ledger in the transaction that
begins the next stage, and then renamed to its place; what a crash left in between is renamed, or deleted, when the target is
opened next. A message that changed leaves its old part, which is written anew without it. The table of conversations changes
all the time and is small: one file, written anew at each close.
"""

from __future__ import annotations

import abc
import contextlib
import os
import pathlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple, TypeAlias, TypeVar

import msgspec

from . import bulk
from .batch import Batch, Committed, Identity
from .errors import TargetError, target_errors
from .intake import Taken
from .ledger import Ledger
from .schema import CONVERSATIONS, MESSAGES, ConversationRow, MessageRow, Table, decode_row, encode_row

__all__ = ["PartSink"]

R = TypeVar("R", ConversationRow, MessageRow)

_HIDDEN = ".aioconvo"


class _Part(NamedTuple):
    number: int
    name: str
    rows: int
    pending: str | None


class _Stage(NamedTuple):
    """The part that it will be, and how much of its file counts."""

    part: int
    rows: int
    bytes: int


_Key: TypeAlias = tuple[str, str, str, str]


class PartSink(abc.ABC):
    """A directory of `messages-000001<ending>`, ... and `conversations<ending>`, with its ledger in `.aioconvo/`.

    Subclasses name the `kind` and the `ending` of files, whether such a file is `plain` lines of encoded rows, and write and
    read one file; `rows_per_part` is about how many messages a file holds.
    """

    kind: ClassVar[str]
    ending: ClassVar[str]
    plain: ClassVar[bool] = False

    def __init__(self, directory: str | os.PathLike[str], *, rows_per_part: int = 50_000) -> None:
        self._directory = pathlib.Path(directory)
        self._hidden = self._directory / _HIDDEN
        self._rows_per_part = rows_per_part
        self._ledger = Ledger(self._hidden / f"{self.kind}.sqlite", keeps_rows=True)
        self._stage = _Stage(0, 0, 0)
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
            self._connect(fresh=fresh)
            try:
                if fresh:
                    self._delete()
                self._refuse_others()
                self._ledger.begin(self.kind, identity)
                self._begin_stage()
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

    def conversations(self) -> Iterator[ConversationRow]:
        """See `Sink`."""
        with self._errors(), self._ledger.reading() as ledger:
            for (line,) in ledger.db.execute("SELECT row FROM _aioconvo_conversations WHERE row IS NOT NULL ORDER BY number"):
                yield decode_row(CONVERSATIONS, line)

    def messages(self) -> Iterator[MessageRow]:
        """See `Sink`."""
        with self._errors(), self._ledger.reading():
            for part in self._parts():
                yield from self._left(part)
            for line in self._staged(self._find_stage()):
                yield decode_row(MESSAGES, line)

    def _errors(self) -> contextlib.AbstractContextManager[None]:
        return target_errors(self._directory)

    def _begin_stage(self) -> None:
        if self._ledger.db.execute("SELECT 1 FROM _aioconvo_stage").fetchone() is None:
            with self._ledger.transaction():
                self._ledger.db.execute("INSERT INTO _aioconvo_stage VALUES (1, 0, 0)")
        self._stage = stage = self._find_stage()
        self._ledger.part = stage.part
        path = self._file_staged(stage)
        if stage.bytes and (not path.exists() or path.stat().st_size < stage.bytes):
            raise TargetError(f"{path} is gone or cut; start over with --fresh (fresh=True)")

    def _find_stage(self) -> _Stage:
        found = self._ledger.db.execute("SELECT part, rows, bytes FROM _aioconvo_stage").fetchone()
        return _Stage(1, 0, 0) if found is None else _Stage(*found)

    def _file_staged(self, stage: _Stage) -> pathlib.Path:
        return self._hidden / f"{self.kind}.stage-{stage.part:06}"

    def _append(self, taken: Taken) -> _Stage:
        """The stage with what was taken; it counts when the transaction ends."""
        if not taken.messages:
            return self._stage
        stage, path = self._stage, self._file_staged(self._stage)
        if not stage.bytes:
            path.touch()
            _sync(self._hidden)
        with path.open("r+b") as file:
            file.seek(stage.bytes)
            file.write(b"\n".join([*taken.messages, b""]))
            end = file.tell()
            os.fsync(file.fileno())
        replaced = [(part, *_key(line)) for part, line in taken.older]
        bulk.run(self._ledger.db, "INSERT OR IGNORE INTO _aioconvo_replaced {rows}", replaced)
        again = sum(part == stage.part for part, _ in taken.older)
        stage = _Stage(stage.part, stage.rows + len(taken.messages) - again, end)
        self._ledger.db.execute("UPDATE _aioconvo_stage SET rows = ?, bytes = ?", (stage.rows, stage.bytes))
        return stage

    def _staged(self, stage: _Stage) -> Iterator[bytes]:
        """The lines of the stage that count, the last one of each message."""
        gone = self._replaced(stage.part)
        last: dict[_Key, int] = {}
        for place, line in enumerate(self._lines(stage) if gone else ()):
            key = _key(line)
            if key in gone:
                last[key] = place
        places = set(last.values())
        for place, line in enumerate(self._lines(stage)):
            if not gone or place in places or _key(line) not in gone:
                yield line

    def _lines(self, stage: _Stage) -> Iterator[bytes]:
        if not stage.bytes:
            return
        left = stage.bytes
        with self._file_staged(stage).open("rb") as file:
            while left > 0 and (line := file.readline()):
                left -= len(line)
                yield line[:-1]

    def _flush(self) -> None:
        """Make a part of what is staged."""
        stage = self._stage
        if not stage.rows:
            return
        older = "WHERE number IN (SELECT part FROM _aioconvo_replaced)"
        parts = [self._rewritten(part) for part in self._parts(older)]
        name = f"messages-{stage.part:06}{self.ending}"
        if self.plain and not self._replaced(stage.part):
            path = self._file_staged(stage)
            os.truncate(path, stage.bytes)  # what a commit that failed may have left
            _sync(path)
            pending = path.name
        else:
            pending = self._write_pending(name, MESSAGES, self._staged(stage))
        parts.append(_Part(stage.part, name, stage.rows, pending))
        following = _Stage(stage.part + 1, 0, 0)
        with self._ledger.transaction():
            self._ledger.db.executemany("INSERT OR REPLACE INTO _aioconvo_parts VALUES (?, ?, ?, ?)", parts)
            self._ledger.db.execute("DELETE FROM _aioconvo_parts WHERE rows = 0")
            self._ledger.db.execute("DELETE FROM _aioconvo_replaced")
            self._ledger.db.execute("UPDATE _aioconvo_stage SET part = ?, rows = 0, bytes = 0", (following.part,))
        self._stage = following
        self._ledger.part = following.part
        self._roll_forward()

    def _replaced(self, part: int) -> set[_Key]:
        find = "SELECT provider, account, conversation, id FROM _aioconvo_replaced WHERE part = ?"
        return set(self._ledger.db.execute(find, (part,)))

    def _rewritten(self, part: _Part) -> _Part:
        """A part without the messages of which newer ones are staged."""
        rows = part.rows - len(self._replaced(part.number))
        if not rows:
            return part._replace(rows=0)
        pending = self._write_pending(part.name, MESSAGES, map(encode_row, self._left(part)))
        return part._replace(rows=rows, pending=pending)

    def _left(self, part: _Part) -> Iterator[MessageRow]:
        """A part's messages, without those of which a newer one is staged."""
        gone = self._replaced(part.number)
        return (row for row in self.read(self._file_of(part), MESSAGES) if not gone or _key_of(row) not in gone)

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
        for left in (*self._hidden.glob(f"*.*{self.ending}"), *self._hidden.glob(f"{self.kind}.stage-*")):
            if left != self._file_staged(self._stage):
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


def _sync(path: pathlib.Path) -> None:
    """Make a file, or the names in a directory, survive a power cut."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
