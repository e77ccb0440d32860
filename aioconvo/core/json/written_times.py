"""Times in other forms than the documented one. Pure; what could mean two moments is none."""

from __future__ import annotations

import datetime as dt
import math
import re
from fractions import Fraction

from .moments import EPOCH

__all__ = ["read_time"]

# A count of seconds, milliseconds, microseconds or nanoseconds since 1970 tells by its size which it is, if it is of the years
# 1973 to 2103; these ranges and a date written as a number (20240131, 20240131080509) do not touch.
_SECONDS = (100_000_000, 4_200_000_000)
_UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
_MICROSECOND = dt.timedelta(microseconds=1)
_NUMBER = re.compile(r"[+-]?\d{1,25}(?:\.\d{1,25})?")
_WRAPPED = re.compile(r"/Date\((-?\d{1,25})(?:[+-]\d{4})?\)/")  # of .NET; the offset says only how to show it
_CLOCK = r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,30}))?)?"
_ZONE = r"(Z|UTC?|GMT|[A-Z]{3}|(?:UTC|GMT)?[+\-\N{MINUS SIGN}]\d\d(?::?\d\d)?)?"
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})([-/.])(\d\d)\2(\d\d)(?:(?:[T_]|,?\s+){_CLOCK}\s*{_ZONE}(?:\[[\w/+-]+\])?)?", re.IGNORECASE
)
_COMPACT = re.compile(rf"(\d{{4}})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)(?:[.,](\d{{1,30}}))?\s*{_ZONE}", re.IGNORECASE)
_OTHER_ISO = re.compile(r"[\d:+\-.,TWZ]+")
_DAY_NAME = r"(?:[A-Z]{3,9}(?:,\s*|\s+))?"
_REMARK = r"(?:\s*\([^)]*\))?"
_DAY_FIRST = re.compile(
    rf"{_DAY_NAME}(\d{{1,2}})[\s-]([A-Z]{{3,9}})\.?[\s-](\d{{4}}),?\s+{_CLOCK}\s*{_ZONE}{_REMARK}", re.IGNORECASE
)
_MONTH_FIRST = re.compile(
    rf"{_DAY_NAME}([A-Z]{{3,9}})\.?\s+(\d{{1,2}}),?\s+(?:(\d{{4}}),?\s+)?{_CLOCK}\s*{_ZONE}(?:\s+(\d{{4}}))?{_REMARK}",
    re.IGNORECASE,
)
_FIRST_HALF = ("january", "february", "march", "april", "may", "june")
_SECOND_HALF = ("july", "august", "september", "october", "november", "december")
_MONTHS = {name[:end]: number for number, name in enumerate(_FIRST_HALF + _SECOND_HALF, 1) for end in (3, None)} | {"sept": 9}
_GREENWICH = {"z": 0, "ut": 0, "utc": 0, "gmt": 0}
# Those of RFC 5322; other letters name several zones.
_ZONES = _GREENWICH | {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_MINUTE_OF_LEAP = 59
_LONGEST = 80


def read_time(value: object) -> dt.datetime | None:
    """The moment that a number or text tells; without a zone where it tells none. `None` where it tells no moment surely."""
    if isinstance(value, int | float):
        return None if isinstance(value, bool) or not math.isfinite(value) else _counted(Fraction(str(value)))
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = value.strip()
    if _NUMBER.fullmatch(text) and (counted := _counted(Fraction(text))) is not None:
        return counted
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped is not None:
        return _moment(Fraction(wrapped[1]) * 1000)
    try:
        return _year_first(text) or _named_month(text) or _iso(text)
    except (ValueError, OverflowError):  # a month 13, a day before the year 1
        return None


def _counted(count: Fraction) -> dt.datetime | None:
    for unit in _UNITS:
        if _SECONDS[0] <= count / unit < _SECONDS[1]:
            return _moment(count * 1_000_000 / unit)
    return None


def _moment(microseconds: Fraction) -> dt.datetime | None:
    try:
        return EPOCH + round(microseconds) * _MICROSECOND
    except OverflowError:
        return None


def _year_first(text: str) -> dt.datetime | None:
    found = _YEAR_FIRST.fullmatch(text)
    if found is not None:
        year, _, month, day, hour, minute, second, fraction, zone = found.groups()
        return _made(int(year), int(month), int(day), (hour or "0", minute or "0", second, fraction), zone)
    found = _COMPACT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    return _made(int(year), int(month), int(day), (hour, minute, second, fraction), zone)


def _named_month(text: str) -> dt.datetime | None:
    found = _DAY_FIRST.fullmatch(text)
    if found is not None:
        day, month, year, hour, minute, second, fraction, zone = found.groups()
    else:
        found = _MONTH_FIRST.fullmatch(text)
        if found is None:
            return None
        month, day, early_year, hour, minute, second, fraction, zone, late_year = found.groups()
        if (early_year is None) == (late_year is None):
            return None
        year = early_year or late_year
    number = _MONTHS.get(month.lower())
    return None if number is None else _made(int(year), number, int(day), (hour, minute, second, fraction), zone)


def _iso(text: str) -> dt.datetime | None:
    """What is left of ISO 8601, such as weeks and hours alone."""
    usual = _YEAR_FIRST.fullmatch(text) or text.isdigit() or not _OTHER_ISO.fullmatch(text)
    return None if usual else dt.datetime.fromisoformat(text)


def _made(
    year: int, month: int, day: int, clock: tuple[str, str, str | None, str | None], zone: str | None
) -> dt.datetime | None:
    hour, minute, second = int(clock[0]), int(clock[1]), int(clock[2] or 0)
    fraction = Fraction(int(clock[3]), 10 ** len(clock[3])) if clock[3] else Fraction(0)
    offset = _offset(zone)
    if offset is None and zone:
        return None
    late = dt.timedelta(microseconds=round(fraction * 1_000_000))
    if hour == 24 and minute == second == 0 and not fraction:  # noqa: PLR2004 -- the end of the day, by ISO 8601
        hour, late = 0, dt.timedelta(days=1)
    leap = second == 60 and minute == _MINUTE_OF_LEAP  # noqa: PLR2004 -- a leap second: the next moment that clocks have
    if leap:
        second, late = 59, dt.timedelta(seconds=1)
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=offset) + late


def _offset(zone: str | None) -> dt.tzinfo | None:
    if not zone:
        return None
    name = zone.lower().replace("\N{MINUS SIGN}", "-")
    if name in _ZONES:
        hours = _ZONES[name]
        return dt.timezone(dt.timedelta(hours=hours)) if hours else dt.UTC
    sign_at = max(name.find("+"), name.find("-"))
    if sign_at < 0:
        return None
    digits = name[sign_at + 1 :].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes >= 24 * 60 or int(digits[2:]) >= 60:  # noqa: PLR2004 -- a day, an hour
        return None
    return dt.timezone(dt.timedelta(minutes=-minutes if name[sign_at] == "-" else minutes)) if minutes else dt.UTC
