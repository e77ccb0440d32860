"""Files that were uploaded to Sunshine Conversations, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model

__all__ = ["Attachment"]


class Attachment(Model, rename="camel"):
    """A file that was uploaded: the URL under which messages show it, and what it is."""

    media_url: str
    media_type: str | None = None
