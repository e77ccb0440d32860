"""Names and numbers that an SMS.CX account sends from, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .times import in_utc

__all__ = ["Originator", "OriginatorName", "TwoWay", "TwoWayType"]


class TwoWayType(OpenEnum):
    """What kind of number takes answers."""

    VLN = "VLN"
    SHORT_CODE = "SHORT_CODE"
    TEN_DLC = "10DLC"


@in_utc("expire_date")
class TwoWay(Model, rename="camel"):
    """How an originator takes answers, until when, and of which country it is (ISO 3166 alpha-2)."""

    type: TwoWayType | None = None
    country_iso: str | None = None
    expire_date: dt.datetime | None = None


@in_utc("created_at")
class Originator(Model, rename="camel"):
    """A name or number to send from; messages go from one that is `approved`."""

    id: int
    originator: str
    is_default: bool
    approved: bool
    created_at: dt.datetime
    two_way: TwoWay | None = None


class OriginatorName(Model):
    """An originator by id and name."""

    id: int
    originator: str
