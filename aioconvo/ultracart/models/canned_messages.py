"""Canned messages of UltraCart, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model

__all__ = ["CannedMessage"]


class CannedMessage(Model):
    """A text that agents of some departments send by its short code."""

    canned_message: str | None = None
    conversation_canned_message_oid: int | None = None
    conversation_department_oids: list[int] | None = None
    short_code: str | None = None
