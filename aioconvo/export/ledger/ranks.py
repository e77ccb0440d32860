"""The rank of messages within their conversation, as the API's list has them, oldest first. Pure.

A list that is walked from its newest message on tells last which one is the first, and later walks bring more at either end,
or in between. So ranks are no places: they leave room. Those that come one after the other are 1,024 apart; a walk that begins
at its newest message, not knowing how far it is from there to what is known, begins 2^32 above it. A rank that was given stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = ["STEP", "STRIDE", "Span", "placed"]

STEP = 1 << 10
STRIDE = 1 << 32


class Span(NamedTuple):
    """The lowest and the highest rank of a conversation, and that of the message at which its walk stands, if it does."""

    bottom: int = 0
    top: int = 0
    edge: int | None = None


def placed(
    known: Sequence[int | None], span: Span, *, downward: bool, first: bool, near: Callable[[int, bool], int | None]
) -> tuple[list[int], Span]:
    """The ranks of a page's messages, which stand oldest first, where some are `known`; and the span after it.

    `downward` says that the next page of the walk is older than this one, `first` that it is the first page of a walk over all
    messages. `near` gives the closest rank of the conversation above (true) or below one.
    """
    ranks = list(known)
    bottom, top, edge = span
    begin = 0
    while begin < len(ranks):
        if ranks[begin] is not None:
            begin += 1
            continue
        end = next((place for place in range(begin, len(ranks)) if ranks[place] is not None), len(ranks))
        below = ranks[begin - 1] if begin else None if downward else edge
        above = ranks[end] if end < len(ranks) else edge if downward else None
        if below is not None and above is not None and above <= below:  # the list is in another order than it was
            above = None
        if below is not None and above is None and below < top:
            above = near(below, True)
        elif above is not None and below is None and above > bottom:
            below = near(above, False)
        empty = not (bottom or top)
        if below is None and above is None and first and not downward and not empty:
            above = bottom  # what is known comes after it
        ranks[begin:end] = _between(below, above, end - begin, top, downward=downward)
        bottom = min(_given(ranks[begin]), _given(ranks[begin]) if empty else bottom)
        top = max(top, _given(ranks[end - 1]))
        begin = end
    every = [_given(rank) for rank in ranks]
    if every:
        edge = every[0] if downward else every[-1]
    return every, Span(bottom, top, edge)


def _between(below: int | None, above: int | None, count: int, top: int, *, downward: bool) -> range:
    """So many ranks above the one and below the other."""
    if below is not None:
        step = STEP if above is None else max(1, min(STEP, (above - below) // (count + 1)))
        if above is not None and downward:  # what the walk brings next is older
            return range(above - step * count, above, step)
        return range(below + step, below + step * count + 1, step)
    if above is None:
        above = top + (STRIDE if downward else STEP * (count + 1))
    return range(above - STEP * count, above, STEP)


def _given(rank: int | None) -> int:
    assert rank is not None  # noqa: S101 -- each has one by now
    return rank
