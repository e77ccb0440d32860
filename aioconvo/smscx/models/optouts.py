"""Opt-outs of SMS.CX, people who want no more messages, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .times import in_utc

__all__ = ["AddedOptouts", "DeletedOptout", "Optout", "OptoutOrigin", "OptoutTotals"]


class OptoutOrigin(OpenEnum):
    """Who opted out: the account's own people for somebody, or the person by the link of a message."""

    ADMIN = "admin"
    LINK = "link"


@in_utc("datetime")
class Optout(Model, rename="camel"):
    """A number (E.164) that gets no more messages; the campaign and group are those of the message whose link was used."""

    id: int
    phone_number: str
    country_iso: str
    optout_from: OptoutOrigin
    datetime: dt.datetime
    campaign_id: str | None = None
    campaign_name: str | None = None
    group_id: str | None = None
    group_name: str | None = None


class OptoutTotals(Model):
    """The list of opt-outs itself: `link` is where people opt out, `total` counts them."""

    id: str
    link: str
    total: int


class AddedOptouts(Model, rename="camel"):
    """What became of numbers to add; `invalid` are those that are none."""

    total_valid: int
    total_invalid: int
    total_duplicates: int
    total_phone_numbers: int
    invalid: list[str]
    phone_numbers_by_country: dict[str, int] | None = None


class DeletedOptout(Model, rename="camel"):
    """A number that gets messages again."""

    # Text here, a number in the list; either is read.
    id: str | int
    phone_number: str
