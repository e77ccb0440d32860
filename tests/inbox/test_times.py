"""Every form of time that the five APIs send becomes the same moment, aware and in UTC."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

import aioconvo
from aioconvo import convore as convore_api, smooch as smooch_api, smscx as smscx_api, sunshine as sunshine_api
from aioconvo.convore import inbox as convore
from aioconvo.core.json.codec import decode
from aioconvo.core.json.moments import EPOCH
from aioconvo.inbox.times import aware, from_milliseconds, milliseconds, shift, utc
from aioconvo.inbox.walk import Span
from aioconvo.smooch import inbox as smooch
from aioconvo.smscx import inbox as smscx
from aioconvo.sunshine import inbox as sunshine
from aioconvo.ultracart import Message as UltraCartMessage, inbox as ultracart
from tests.inbox import natives

MILLISECONDS = st.integers(0, 4_102_444_800_000)  # to the year 2100
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))


def sent(mapping: Any, kind: type, answer: dict[str, Any]) -> dt.datetime | None:
    moment: dt.datetime | None = mapping.messages([decode(msgspec.json.encode(answer), kind)], "asked")[0].sent_at
    assert moment is None or moment.tzinfo is dt.UTC
    return moment


@given(MILLISECONDS, ZONES)
def test_each_api_tells_the_same_moment_its_own_way(count: int, zone: dt.timezone) -> None:
    moment = EPOCH + dt.timedelta(milliseconds=count)
    whole = moment.replace(microsecond=0)
    there = moment.astimezone(zone)
    plain = whole.strftime("%Y-%m-%d %H:%M:%S")
    assert sent(smscx, smscx_api.Message, {**natives.SMSCX_MESSAGE, "datetime": plain}) == whole
    zulu = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert sent(sunshine, sunshine_api.Message, {**natives.SUNSHINE_MESSAGE, "received": zulu}) == moment
    seconds = whole.isoformat().replace("+00:00", "Z")
    assert sent(sunshine, sunshine_api.Message, {**natives.SUNSHINE_MESSAGE, "received": seconds}) == whole
    assert sent(smooch, smooch_api.Message, {**natives.SMOOCH_MESSAGE, "received": count / 1000}) == moment
    assert sent(smooch, smooch_api.Message, {**natives.SMOOCH_MESSAGE, "received": count // 1000}) == whole
    assert sent(convore, convore_api.Message, {**natives.CONVORE_MESSAGE, "date": there.isoformat()}) == moment
    naive = moment.replace(tzinfo=None).isoformat()
    assert sent(convore, convore_api.Message, {**natives.CONVORE_MESSAGE, "date": naive}) == moment
    by_epoch = {**natives.ULTRACART_MESSAGE, "message_epoch": count}
    assert sent(ultracart, UltraCartMessage, by_epoch) == moment
    by_text = {**natives.ULTRACART_MESSAGE, "message_epoch": None, "message_dts": there.isoformat()}
    assert sent(ultracart, UltraCartMessage, by_text) == moment


@given(st.integers() | st.text() | st.none() | st.booleans() | st.floats())
def test_what_is_no_moment_is_none(value: object) -> None:
    assert utc(value) is None
    moment = from_milliseconds(value)
    assert moment is None or milliseconds(moment) == value


@given(st.datetimes(timezones=ZONES))
def test_a_moment_keeps_its_place_in_time(when: dt.datetime) -> None:
    moment = utc(when)
    if moment is None:  # its zone carries it out of the calendar
        assert when.year in {1, 9999}
    else:
        assert (moment, moment.tzinfo) == (when, dt.UTC)


def test_shifting_stops_at_the_ends_of_the_calendar() -> None:
    first, last = dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)
    assert shift(first, -1.0) is first
    assert shift(last, 1.0) is last
    assert shift(None, 1.0) is None
    east = dt.timezone(dt.timedelta(hours=1))
    assert utc(dt.datetime.min.replace(tzinfo=east)) is None
    assert shift(EPOCH, 1.5) == EPOCH + dt.timedelta(seconds=1.5)


def test_bounds_need_a_zone_and_an_order() -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match=r"since must be a datetime with a time zone"):
        aware("since", dt.datetime(2024, 1, 1))  # noqa: DTZ001 -- what is refused
    with pytest.raises(aioconvo.InvalidRequestError, match="until must be after since"):
        Span.between(EPOCH, EPOCH)
