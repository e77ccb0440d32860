"""Contacts of Convore, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model

from .participants import ContactHandle

__all__ = ["Contact"]


class Contact(Model):
    """Somebody who is known by one or more addresses."""

    id: str
    name: str
    handles: list[ContactHandle]
    created_at: dt.datetime
    description: str | None = None
