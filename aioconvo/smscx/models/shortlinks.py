"""Shortlinks of SMS.CX, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model

from .times import in_utc

__all__ = ["CreatedShortlink", "Shortlink", "ShortlinkId"]


@in_utc("date_created")
class Shortlink(Model, rename="camel"):
    """A short address of a long one; `hits` counts how often it was opened."""

    id: str
    name: str
    short_url: str
    original_url: str
    hits: int
    date_created: dt.datetime


class CreatedShortlink(Model, rename="camel"):
    """A shortlink that was created."""

    id: str
    name: str
    original_url: str
    short_url: str


class ShortlinkId(Model):
    """Which shortlink was changed or deleted."""

    id: str
