"""Attachments of SMS.CX, files behind short addresses, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model

from .times import in_utc

__all__ = ["Attachment", "AttachmentId"]


@in_utc("date_created")
class Attachment(Model, rename="camel"):
    """A file that messages link to by `short_url`; `hits` counts how often it was opened."""

    id: str
    name: str
    short_url: str
    file_url: str
    file_type: str
    hits: int
    date_created: dt.datetime


class AttachmentId(Model):
    """Which attachment was deleted."""

    id: str
