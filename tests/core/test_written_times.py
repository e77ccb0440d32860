"""Times in forms that no API documents are read, and never as another moment than the one that is meant."""

from __future__ import annotations

import calendar
import datetime as dt
import email.utils
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aioconvo.convore import Message
from aioconvo.core.json.model import raw_json
from aioconvo.core.json.moments import EPOCH
from aioconvo.core.json.source import decode
from aioconvo.core.json.written_times import read_time


def _utc(*fields: int) -> dt.datetime:
    return dt.datetime(*fields, tzinfo=dt.UTC)  # type: ignore[arg-type, misc] # pyright: ignore -- as many as are given


WHEN = _utc(2024, 1, 31, 8, 5, 9)
NAIVE = WHEN.replace(tzinfo=None)
HALF = dt.timedelta(microseconds=500_000)
MINUTE = _utc(2024, 1, 31, 8, 5)

READ: list[tuple[Any, dt.datetime]] = [
    # Seconds, milliseconds, microseconds, nanoseconds since 1970, as numbers and text.
    (1706688309, WHEN),
    (1706688309.5, WHEN + HALF),
    (1706688309000, WHEN),
    (1706688309500.0, WHEN + HALF),
    (1706688309000000, WHEN),
    (1706688309000000000, WHEN),
    ("1706688309", WHEN),
    ("1706688309.5", WHEN + HALF),
    ("1706688309.123456", WHEN + dt.timedelta(microseconds=123_456)),
    ("1706688309000", WHEN),
    (" 1706688309500 ", WHEN + HALF),
    ("/Date(1706688309000)/", WHEN),
    ("/Date(1706688309000+0200)/", WHEN),
    # ISO 8601 and what is near it.
    ("2024-01-31T10:05:09+02", WHEN),
    ("2024-01-31T10:05:09+0200", WHEN),
    ("2024-01-31 10:05:09 +02:00", WHEN),
    ("2024-01-31T03:05:09-05", WHEN),
    ("2024-01-31T03:05:09\N{MINUS SIGN}05:00", WHEN),
    ("2024-01-31T13:35:09+05:30", WHEN),
    ("2024-01-31T08:05Z", MINUTE),
    ("2024-01-31T08:05", MINUTE.replace(tzinfo=None)),
    ("2024-01-31 08:05", MINUTE.replace(tzinfo=None)),
    ("2024-01-31 08:05:09 UTC", WHEN),
    ("2024-01-31 08:05:09 utc", WHEN),
    ("2024-01-31T08:05:09UTC", WHEN),
    ("2024-01-31 08:05:09 GMT", WHEN),
    ("2024-01-31 08:05:09Z", WHEN),
    ("2024-01-31T08:05:09 Z", WHEN),
    ("2024-01-31 10:05:09 GMT+02:00", WHEN),
    ("2024-01-31 08:05:09,5Z", WHEN + HALF),
    ("2024-01-31T08:05:09,500", NAIVE + HALF),
    ("2024-01-31T08:05:09.123456789Z", WHEN + dt.timedelta(microseconds=123_457)),
    ("2024-01-31T08:05:09.9999999Z", WHEN + dt.timedelta(seconds=1)),
    ("2024-01-31T09:05:09+01:00[Europe/Berlin]", WHEN),
    ("2024-01-31T08:05:09Z[UTC]", WHEN),
    ("2024/01/31 08:05:09", NAIVE),
    ("2024-01-31, 08:05:09", NAIVE),
    ("2024-01-31  8:05:09", NAIVE),
    ("20240131T080509Z", WHEN),
    ("20240131080509", NAIVE),
    ("2024-01-31T080509", NAIVE),
    ("2024-01-31", dt.datetime(2024, 1, 31)),  # noqa: DTZ001 -- it tells no zone
    ("2024-W05-3T08:05:09+00:00", WHEN),
    ("2024-01-31T24:00:00Z", _utc(2024, 2, 1)),
    ("2023-12-31T24:00Z", _utc(2024, 1, 1)),
    ("2016-12-31T23:59:60Z", _utc(2017, 1, 1)),
    ("2017-01-01T00:59:60.9+01:00", _utc(2017, 1, 1)),
    # E-mail, HTTP, asctime, JavaScript.
    ("Wed, 31 Jan 2024 08:05:09 GMT", WHEN),
    ("Wed,31 Jan 2024 08:05:09 GMT", WHEN),
    ("Wed, 31 Jan 2024 10:05:09 +0200", WHEN),
    ("31 Jan 2024 08:05 UT", MINUTE),
    ("Wed, 31 Jan 2024 03:05:09 EST", WHEN),
    ("Wed, 31 Jan 2024 08:05:09 -0000", WHEN),
    ("Wed, 31 Jan 2024 08:05:09 +0000 (UTC)", WHEN),
    ("31-Jan-2024 08:05:09", NAIVE),
    ("31 January 2024, 08:05:09 Z", WHEN),
    ("Wed Jan 31 08:05:09 2024", NAIVE),
    ("Wed Jan 31 08:05:09 UTC 2024", WHEN),
    ("Wed Jan 31 2024 10:05:09 GMT+0200 (Eastern European Standard Time)", WHEN),
    ("Jan 31, 2024, 08:05:09", NAIVE),
]
NOT_READ: list[Any] = [
    None,
    True,
    "",
    " ",
    "0000-00-00 00:00:00",
    "0000-00-00",
    "yesterday",
    "31/01/2024 08:05",  # day or month first
    "01/02/2024 08:05:09",
    "01.02.2024 08:05:09",
    "01-02-2024",
    "31 Jan 24 08:05:09",  # which century
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "2024-01-31 08:05:09 CET",  # letters that several zones share
    "2024-01-31 08:05:09 IST",
    "2024-01-31 08:05:09 AM",
    "2024-01-31 08:05:09 PM",
    "08:05:09",
    "2024-13-01T00:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-01-31T25:00:00Z",
    "2024-01-31T24:00:01Z",
    "2024-01-31T08:61:09Z",
    "2024-01-31T08:05:61Z",
    "2024-01-31T08:05:60Z",
    "2024-01-31T08:05:09+24:00",
    "2024-01-31T08:05:09+02:60",
    "2024-01-31/08:05:09",
    "2024-01/31",
    "9999-12-31T24:00:00Z",
    "20240131",  # a day, or a number
    20240131,
    20240131080509,
    0,
    5,
    -1,
    -1706688309,
    99_999_999,
    4_200_000_000,
    1e300,
    10**30,
    float("nan"),
    float("inf"),
    "1" * 30,
    "/Date(" + "9" * 25 + ")/",
    [],
    {},
    "x" * 100_000,
    "9" * 100_000,
]


@pytest.mark.parametrize(("value", "when"), READ, ids=str)
def test_what_is_read(value: Any, when: dt.datetime) -> None:
    found = read_time(value)
    assert found == when
    assert (found.tzinfo is None) == (when.tzinfo is None)


@pytest.mark.parametrize("value", NOT_READ, ids=lambda value: repr(value)[:40])
def test_what_is_not(value: Any) -> None:
    assert read_time(value) is None


@pytest.mark.parametrize(("value", "when"), READ, ids=str)
def test_an_item_has_its_time_and_its_json(value: Any, when: dt.datetime) -> None:
    body = json.dumps({"id": "m1", "date": value}).encode()
    message = decode(body, Message)
    assert message.date == when
    assert raw_json(message) == body


@pytest.mark.parametrize("value", NOT_READ[:-1], ids=lambda value: repr(value)[:40])
def test_an_item_without_a_sure_time_has_none(value: Any) -> None:
    assert decode(json.dumps({"id": "m1", "date": value}).encode(), Message).date is None


_MOMENTS = st.datetimes(dt.datetime(1973, 4, 1), dt.datetime(2102, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 -- bounds
_ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))


@given(_MOMENTS, _ZONES)
def test_every_moment_by_every_form(when: dt.datetime, zone: dt.timezone) -> None:
    there = when.astimezone(zone)
    offset = there.strftime("%z")
    whole = there.replace(microsecond=0)
    count = (when - EPOCH) // dt.timedelta(microseconds=1)
    for text in (
        there.isoformat(),
        there.isoformat(" "),
        there.isoformat().replace(".", ","),
        there.strftime(f"%Y-%m-%dT%H:%M:%S.%f{offset}"),
        there.strftime(f"%Y/%m/%d %H:%M:%S.%f {offset}"),
        there.strftime(f"%Y%m%dT%H%M%S.%f{offset}"),
        count,
        str(count),
        f"{count // 1_000_000}.{count % 1_000_000:06}",
    ):
        assert read_time(text) == when, text
    names = f"{calendar.day_abbr[whole.weekday()]} {calendar.month_abbr[whole.month]}"
    for text in (
        email.utils.format_datetime(whole),
        f"{names} {whole.day} {whole.year} {whole:%H:%M:%S} GMT{offset}",
        int(whole.timestamp()),
        int(whole.timestamp()) * 1000,
    ):
        assert read_time(text) == whole, text


@given(st.text() | st.integers() | st.floats() | st.from_regex(r"[0-9:T+\-Z ./,]{1,30}", fullmatch=True))
def test_nothing_breaks_it(value: Any) -> None:
    assert read_time(value) is None or isinstance(read_time(value), dt.datetime)


@given(st.from_regex(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?", fullmatch=True))
def test_what_python_reads_is_read_alike(text: str) -> None:
    try:
        expected = dt.datetime.fromisoformat(text)
    except ValueError:
        return
    assert read_time(text) == expected
