"""Rows as they travel to the targets, for tests that give them."""

from __future__ import annotations

from collections.abc import Iterable

from aioconvo.export.schema import MessageLines, MessageRow, encode_row

__all__ = ["lines_of"]


def lines_of(given: Iterable[MessageRow]) -> MessageLines:
    """The lines of these rows."""
    rows = list(given)
    return MessageLines.of([row.message_id for row in rows], [row.sent_at for row in rows], [encode_row(row) for row in rows])
