"""What is known of a customer who writes in a shop's web chat."""

from __future__ import annotations

import datetime as dt
from typing import Any

from aioconvo.core.json.model import Model

from .pages import Told

__all__ = ["PageView", "WebchatContext", "WebchatSession", "WebchatUtm"]


class PageView(Model):
    """A page of the shop that the customer looked at; what `meta_data` holds is not documented."""

    bounce: bool | None = None
    method: str | None = None
    prefetch: bool | None = None
    query: str | None = None
    recording: bool | None = None
    redirect: bool | None = None
    referrer: str | None = None
    time_on_page: float | None = None
    title: str | None = None
    url: str | None = None
    meta_data: list[dict[str, Any]] | None = None


class WebchatSession(Model, rename={"time_on_site": "time_on_Site"}):
    """The customer's visit: where from, and with what."""

    bot: bool | None = None
    bounce: bool | None = None
    channel: str | None = None
    device_switch_detected: bool | None = None
    fake_bot: bool | None = None
    geolocation_country: str | None = None
    geolocation_latitude: float | None = None
    geolocation_longitude: float | None = None
    geolocation_province: str | None = None
    no_cookie_support: bool | None = None
    prefetch: bool | None = None
    referrer: str | None = None
    screen_height: int | None = None
    screen_width: int | None = None
    time_on_site: float | None = None
    user_agent: str | None = None
    user_ip: str | None = None


class WebchatUtm(Model):
    """The campaign that brought the customer."""

    fb_ad_id: str | None = None
    fbclid: str | None = None
    gbraid: str | None = None
    gclid: str | None = None
    msclkid: str | None = None
    ttclid: str | None = None
    uc_message_id: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_id: str | None = None
    utm_medium: str | None = None
    utm_source: str | None = None
    utm_term: str | None = None
    vmcid: str | None = None
    wbraid: str | None = None


class WebchatContext(Told, kw_only=True):
    """What is known of a customer in a web chat.

    `cart`, `orders` and `auto_orders` are plain JSON, as large as the shop makes them: `msgspec.convert(order, Order)` makes a
    struct of an order, `AutoOrder` of an auto order.
    """

    auto_orders: list[dict[str, Any]] | None = None
    cart: dict[str, Any] | None = None
    current_url: str | None = None
    orders: list[dict[str, Any]] | None = None
    page_view: list[PageView] | None = None
    session_start: WebchatSession | None = None
    session_start_dts: dt.datetime | None = None
    session_utm: WebchatUtm | None = None
