"""Part files that are cut, gone, or of another moment than their ledger: seen by their sizes, and made whole again.

What can be read of such files is kept, also what the ledger does not know, because it is the older one; what is missing is due.
Of a message that stands in several of them the one in the newest part counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from aioconvo.export.schema import CONVERSATIONS, MESSAGES, MessageRow, encode_row

from .census import Census, Damage
from .part_files import Part, PartFiles, Stage, measure

__all__ = ["MendedParts"]

_LOST = (
    """SELECT conversation, count(*) FROM _aioconvo_items WHERE part IN (SELECT number FROM temp.scope) GROUP BY conversation"""
)


class MendedParts(PartFiles):
    """Part files that are compared with their ledger."""

    def damage(self, *, deep: bool) -> Damage:
        """See `Sink`. A file whose digest is right holds what was written, so its rows need not be read."""
        with self._errors(), self._ledger.reading() as ledger:
            wrong = {part.number: told for part in self._parts() if (told := self._trouble(part, deep=deep))}
            stage = self._find_stage()
            if self._is_cut(stage):
                wrong[stage.part] = f"{self._file_staged(stage).name} is gone or cut"
            others = self._numbered().keys() - {part.number for part in self._parts()}
            words = [*wrong.values(), *(f"{self._name(one)} is not known to its ledger" for one in sorted(others))]
            if not ledger.unfinished and (trouble := self._trouble_with_conversations(deep=deep)):
                words.append(trouble)
            census = Census(ledger)
            census.scope(wrong)
            return Damage(words, dict(ledger.db.execute(_LOST).fetchall()))

    def _trouble(self, part: Part, *, deep: bool) -> str:
        path = self._file_of(part)
        if not path.is_file():
            return f"{part.name} is gone"
        if path.stat().st_size != part.size:
            return f"{part.name} has {path.stat().st_size} bytes, not {part.size}"
        return f"{part.name} is damaged" if deep and measure(path)[1] != part.digest else ""

    def _trouble_with_conversations(self, *, deep: bool) -> str:
        told = self._ledger.meta("conversations")
        path = self._directory / f"conversations{self.ending}"
        if told is None:
            return ""
        size, right = told.split()
        if not path.is_file() or path.stat().st_size != int(size):
            return f"{path.name} is gone or cut"
        return f"{path.name} is damaged" if deep and measure(path)[1].hex() != right else ""

    def _is_cut(self, stage: Stage) -> bool:
        path = self._file_staged(stage)
        return stage.bytes > 0 and (not path.is_file() or path.stat().st_size < stage.bytes)

    def _mend(self) -> None:
        """Make new files of what can be read of those that are not as the ledger says, and the ledger true to them."""
        stage = self._find_stage()
        parts = {part.number: part for part in self._parts()}
        files = self._numbered()
        wrong = {number for number, part in parts.items() if self._trouble(part, deep=False)} | (files.keys() - parts.keys())
        if self._is_cut(stage) or stage.part in wrong:  # the older ledger's stage has become a part
            wrong.add(stage.part)
        self._adopt_conversations()
        if not wrong:
            return
        with self._ledger.transaction():
            census = Census(self._ledger)
            made = [self._made_of(number, census, stage, frozenset(wrong)) for number in sorted(wrong, reverse=True)]
            census.settle_parts(wrong)
            self._keep(made)
            self._ledger.db.executemany("DELETE FROM _aioconvo_replaced WHERE part = ?", [(one,) for one in wrong])
            self._ledger.db.executemany("DELETE FROM _aioconvo_marked WHERE part = ?", [(one,) for one in wrong])
            if stage.part in wrong:
                following = Stage(max(wrong | parts.keys()) + 1, 0, 0)
                self._ledger.db.execute("UPDATE _aioconvo_stage SET part = ?, rows = ?, bytes = ?", following)

    def _made_of(self, number: int, census: Census, stage: Stage, wrong: frozenset[int]) -> Part:
        """A new part of what can be read of one, or of the stage that was to become it."""
        rows = 0

        def kept() -> Iterator[bytes]:
            nonlocal rows
            for row in census.find(self._readable(number, stage), number, wrong):
                rows += 1
                yield encode_row(row)

        name = self._name(number)
        made = Part(number, name, rows, self._write_pending(name, MESSAGES, kept()))
        return self._measured(made._replace(rows=rows))

    def _readable(self, number: int, stage: Stage) -> Iterator[MessageRow]:
        if number == stage.part:
            yield from self.messages_of(stage)
        path = self._directory / self._name(number)
        if path.is_file():
            yield from self.salvage(path, MESSAGES)

    def _adopt_conversations(self) -> None:
        """Know those conversations that a file which is newer than the ledger tells of."""
        path = self._directory / f"conversations{self.ending}"
        if not self._trouble_with_conversations(deep=False) or not path.is_file():
            return
        with self._ledger.transaction():
            Census(self._ledger).adopt(self.salvage(path, CONVERSATIONS), keep=True)
