"""How long a server asks to wait, from `Retry-After` and from every form of rate-limit headers in use. Pure.

| header | read as |
|---|---|
| `Retry-After`, `X-Retry-After`, `X-RateLimit-Retry-After`, `Retry-After-Ms` and their like | a wait, or a moment |
| `RateLimit-Reset`, `X-Rate-Limit-Reset`, also with words before, behind or between | a wait, or a moment |
| `X-RateLimit-Reset-After` | a wait |
| `RateLimit: "name";r=0;t=30` (draft-ietf-httpapi-ratelimit-headers from 08 on) | waits |
| `RateLimit: limit=100, remaining=0, reset=30` (the same up to 07) | waits |
| `Zendesk-RateLimit-...: total=100; remaining=0; resets=30` | waits |

A wait is a number of seconds, or told with units: `30s`, `1m30s`, `500ms`, `2 minutes`, `PT1M30S`, `00:01:30`. A moment is an
HTTP date in any of its three forms, an ISO date with a time, or Unix time in seconds, milli-, micro- or nanoseconds. Of several
values the longest wait counts. Of several quotas those count that are used up; where none is told to be, all do. A
`RateLimit-Policy` tells how long a window is, not when it ends, and is not read.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import math
import re
from collections.abc import Iterable, Iterator, Mapping

__all__ = ["retry_after"]

_RETRY_AFTER = re.compile(r"(?:.+-)?retry-?after(-ms|-milliseconds|-s|-sec|-seconds)?")
_RESET = re.compile(r"(?:.+-)?rate-?limit-(?:.+-)?reset(-.+|at|in)?")
_QUOTAS = re.compile(r"(?:x-)?rate-?limit|zendesk-ratelimit-.+")
_RESETS_IN = ("t", "reset", "resets")
_REMAINING = ("r", "remaining")
_MILLISECONDS = ("-ms", "-milliseconds")

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_WITH_UNITS = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?\s*[a-zµμ]+\s*)+")
_ONE_UNIT = re.compile(r"([0-9]+(?:\.[0-9]*)?)\s*([a-zµμ]+)")
_ISO_DURATION = re.compile(r"p(?:([0-9.]+)d)?(?:t(?:([0-9.]+)h)?(?:([0-9.]+)m)?(?:([0-9.]+)s)?)?")
_CLOCK = re.compile(r"([0-9]+):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)")
_ISO_MOMENT = re.compile(r"([0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9]{2}:?[0-9]{2}[0-9:.,+-]*)(?:Z| ?UTC| ?GMT)?", re.IGNORECASE)
_HTTP_DATE = re.compile(r"[A-Za-z]{3,9},? ?[0-9A-Za-z :+-]*[A-Za-z]{3}[0-9A-Za-z :+-]*|[0-9]{1,2} [A-Za-z]{3} [0-9A-Za-z :+-]*")
_LIST = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*\Z)')
_PAIR = re.compile(r"([A-Za-z*][A-Za-z0-9_.*-]*)\s*=\s*(\"[^\"]*\"|[^;,\s]*)")

_SECONDS = {
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds"), 1e-9),
    **dict.fromkeys(("us", "µs", "μs", "microsecond", "microseconds"), 1e-6),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
}
# A number is seconds from now or a point in time; no quota window lasts 30 years. Beyond the last, it is nonsense.
_EPOCHS = ((1e9, 1e11, 1.0), (1e11, 1e14, 1e-3), (1e14, 1e17, 1e-6), (1e17, 1e20, 1e-9))
_CLOCKS_AGREE = 2.0  # seconds; a date is told in whole ones, and an answer takes its time
_LONGEST = 256  # characters; what is longer is none of these


def retry_after(headers: Mapping[str, str], now: float, *, limited: bool = True) -> float | None:
    """Seconds the server asks to wait, from `Retry-After`, its kin, or a rate-limit reset; `now` is Unix time.

    `Retry-After` comes before all others. A reset tells when a quota is full again; that is a wait only where the quota was
    the reason (`limited`: the status is 429), because some servers tell it with every answer. Never negative and never
    infinite; what cannot be read is `None`. Moments count from the answer's `Date` where that shows that the two clocks differ.
    """
    given = [(name.lower(), value.strip()) for name, value in headers.items() if len(value) <= _LONGEST]
    sent = next((moment for name, value in given if name == "date" and (moment := _moment(value)) is not None), None)
    if sent is not None and abs(sent - now) > _CLOCKS_AGREE:
        now = sent
    own = [value for name, value in given if name == "retry-after"]
    wait = _longest(own, now)
    if wait is None:
        wait = _longest_of(_asked(given), now)
    if wait is None and limited:
        wait = _of_quotas(given, now)
    return wait


def _asked(given: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The other names of `Retry-After`, and in which unit plain numbers are."""
    for name, value in given:
        found = _RETRY_AFTER.fullmatch(name)
        if found is not None and name != "retry-after":
            yield value, found[1] or ""


def _of_quotas(given: list[tuple[str, str]], now: float) -> float | None:
    """The wait for the quotas that are used up; where none is told to be, for all."""
    told = dict(given)
    waits: list[tuple[float, bool]] = []
    for name, value in given:
        if found := _RESET.fullmatch(name):
            wait = _longest_of([(value, found[1] or "")], now)
            left = _number(told.get(name.replace("reset", "remaining").removesuffix("-after"), ""))
            waits += [] if wait is None else [(wait, left == 0)]
        elif _QUOTAS.fullmatch(name):
            waits += _of_items(value, now)
    used_up = [wait for wait, none_left in waits if none_left]
    return max(used_up or [wait for wait, _ in waits], default=None)


def _of_items(text: str, now: float) -> Iterator[tuple[float, bool]]:
    """The waits of a structured header, and whether nothing is left of each quota."""
    items = [{name.lower(): value.strip('"') for name, value in _PAIR.findall(item)} for item in _LIST.split(text)]
    if not any("t" in item for item in items):
        items = [{name: value for item in items for name, value in item.items()}]  # up to draft 07 it was one dictionary
    for item in items:
        wait = _longest([item[name] for name in _RESETS_IN if name in item], now)
        left = next((_number(item[name]) for name in _REMAINING if name in item), None)
        if wait is not None:
            yield wait, left == 0


def _longest_of(values: Iterable[tuple[str, str]], now: float) -> float | None:
    waits = [wait for value, unit in values if (wait := _longest([value], now, unit)) is not None]
    return max(waits, default=None)


def _longest(values: Iterable[str], now: float, unit: str = "") -> float | None:
    """The longest wait of some values, each of which may be a list."""
    waits: list[float] = []
    for value in values:
        whole = _wait(value, now, unit)  # dates hold a comma, too
        parts = [_wait(part, now, unit) for part in value.split(",")] if whole is None and "," in value else [whole]
        waits += [max(0.0, part) for part in parts if part is not None]
    return max(waits, default=None)


def _wait(text: str, now: float, unit: str) -> float | None:
    """Seconds from `now`, negative where the moment has passed."""
    text = text.strip().strip('"').partition(";")[0].strip()
    number = _number(text.removeprefix("@"))  # as structured fields write a date, RFC 9651
    if number is not None:
        if unit in _MILLISECONDS and number < _EPOCHS[1][0]:
            return number / 1000
        return _from_now(number, now) if unit != "-after" else number
    seconds = _duration(text.lower())
    if seconds is None and (moment := _moment(text)) is not None:
        seconds = moment - now
    return seconds if seconds is not None and math.isfinite(seconds) else None


def _from_now(number: float, now: float) -> float | None:
    if number < _EPOCHS[0][0]:
        return number
    return next((number * unit - now for low, high, unit in _EPOCHS if low <= number < high), None)


def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text.strip()):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _duration(text: str) -> float | None:
    """Seconds told with units, in small letters."""
    if _WITH_UNITS.fullmatch(text):
        parts = [(float(number), _SECONDS.get(unit)) for number, unit in _ONE_UNIT.findall(text)]
        return None if any(unit is None for _, unit in parts) else sum(number * (unit or 0.0) for number, unit in parts)
    if found := _CLOCK.fullmatch(text):
        return float(found[1]) * 3600 + float(found[2]) * 60 + float(found[3])
    found = _ISO_DURATION.fullmatch(text)
    if found is None or not any(found.groups()) or any(part and part.count(".") > 1 for part in found.groups()):
        return None
    try:
        return sum(float(part or 0) * unit for part, unit in zip(found.groups(), (86400, 3600, 60, 1), strict=True))
    except ValueError:  # a dot without digits
        return None


def _moment(text: str) -> float | None:
    """Unix time of an HTTP date in any of its forms, or of an ISO date with a time; without a zone it is UTC."""
    try:
        if found := _ISO_MOMENT.fullmatch(text):
            moment = dt.datetime.fromisoformat(found[1])
        elif _HTTP_DATE.fullmatch(text):
            moment = email.utils.parsedate_to_datetime(text)
        else:
            return None
        return (moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
