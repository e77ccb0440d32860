"""Several things at the same time: results in order, and nothing goes on after an error or a cancel."""

from __future__ import annotations

import asyncio

import pytest

from aioconvo.inbox.together import gather_or_cancel


async def test_results_come_in_the_order_of_what_was_asked() -> None:
    async def after(turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        return turns

    assert await gather_or_cancel(after(turns) for turns in (3, 1, 2)) == [3, 1, 2]


@pytest.mark.parametrize("cancelled", [False, True])
async def test_the_others_have_ended_before_the_first_error_is_told(cancelled: bool) -> None:
    """Also one that takes its time to end."""
    begun, ended = asyncio.Event(), list[int]()

    async def slow(number: int) -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            ended.append(number)

    async def failing() -> None:
        if not cancelled:
            raise ValueError("first")
        await asyncio.Event().wait()

    task = asyncio.ensure_future(gather_or_cancel([slow(1), failing(), slow(2)]))
    await begun.wait()
    if cancelled:
        task.cancel()
    with pytest.raises(asyncio.CancelledError if cancelled else ValueError):
        await task
    assert sorted(ended) == [1, 2]
