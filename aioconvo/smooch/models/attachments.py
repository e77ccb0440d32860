"""Files that were uploaded to Smooch, as structs."""

from __future__ import annotations

from aioconvo.core.answers.refusals import Telling

__all__ = ["Attachment", "ProfilePhoto"]


class Attachment(Telling, rename="camel", kw_only=True):
    """A file that was uploaded: the URL under which messages show it, and what it is."""

    media_url: str
    media_type: str | None = None


class ProfilePhoto(Telling, rename="camel", kw_only=True):
    """Where the picture of an integration's profile is."""

    photo_url: str
