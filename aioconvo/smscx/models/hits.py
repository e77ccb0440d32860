"""Hits of SMS.CX, those who opened a shortlink or an attachment, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .times import in_utc

__all__ = ["Device", "Hit"]


class Device(OpenEnum):
    """What a link was opened with."""

    MOBILE = "mobile"
    TABLET = "tablet"
    DESKTOP = "desktop"


@in_utc("datetime")
class Hit(Model, rename="camel"):
    """One time that a link was opened, with what the browser said of itself; `country_iso` and `city` are those of the address.

    The members from `phone_number` on are of the person whose message held the link, and of the campaign that it came with.
    """

    hit_id: int
    datetime: dt.datetime
    device: Device | None = None
    browser: str | None = None
    browser_version: str | None = None
    os: str | None = None
    os_version: str | None = None
    brand: str | None = None
    model: str | None = None
    screen_resolution: str | None = None
    accept_language: str | None = None
    referrer: str | None = None
    ip_address: str | None = None
    country_iso: str | None = None
    city: str | None = None
    phone_number: str | None = None
    phone_number_country_iso: str | None = None
    campaign_id: str | None = None
    group_id: str | None = None
