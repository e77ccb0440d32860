"""What follows a failure, and when a conversation is stopped."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aioconvo.bot.retries import (
    Drop,
    HandlerTimeoutError,
    LoopGuard,
    LoopLimits,
    ReplyLoopError,
    Retries,
    TryLater,
    name_of,
    place_of,
)
from aioconvo.bot.stores.store import Again, Dead
from aioconvo.core.errors import ConfigurationError

NOW = 1_000.0


@pytest.mark.parametrize(
    ("error", "attempt", "outcome"),
    [
        (ValueError("hello"), 1, Again(due=1_001.0)),
        (ValueError("hello"), 2, Again(due=1_005.0)),
        (ValueError("hello"), 3, Again(due=1_025.0)),
        (ValueError("hello"), 4, Dead(reason="ValueError")),
        (ValueError("hello"), 9, Dead(reason="ValueError")),
        (HandlerTimeoutError("slow"), 1, Again(due=1_001.0)),
        (asyncio.CancelledError(), 4, Dead(reason="CancelledError")),
        (TryLater(60), 1, Again(due=1_060.0)),
        (TryLater(0), 3, Again(due=1_000.0)),
        (TryLater(60), 4, Dead(reason="TryLater")),
        (Drop("not ours"), 1, Dead(reason="Drop: not ours")),
        (ReplyLoopError("stopped"), 1, Dead(reason="ReplyLoopError")),
        (ExceptionGroup("one", [ExceptionGroup("one", [TryLater(60)])]), 1, Again(due=1_060.0)),
        (ExceptionGroup("one", [KeyError("x")]), 4, Dead(reason="KeyError")),
        (ExceptionGroup("two", [ValueError("hello"), KeyError("x")]), 4, Dead(reason="ExceptionGroup(ValueError, KeyError)")),
    ],
)
def test_what_follows_a_failure(error: BaseException, attempt: int, outcome: Again | Dead) -> None:
    assert Retries(jitter=0.0).after(error, attempt=attempt, now=NOW, chance=0.7) == outcome


@given(st.integers(1, 3), st.floats(0, 1))
def test_jitter_stays_within_its_part(attempt: int, chance: float) -> None:
    again = Retries().after(ValueError(), attempt=attempt, now=NOW, chance=chance)
    wait = (1.0, 5.0, 25.0)[attempt - 1]
    assert isinstance(again, Again)
    assert again.counts
    assert NOW + 0.8 * wait <= again.due <= NOW + 1.2 * wait


def test_an_event_that_kills_its_process_is_given_up_on() -> None:
    assert [attempt for attempt in range(1, 12) if Retries().is_hopeless(attempt)] == [10, 11]


@pytest.mark.parametrize("settings", [{"waits": (-1.0,)}, {"waits": (float("inf"),)}, {"jitter": 2.0}])
def test_wrong_settings_are_told(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        Retries(**settings)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_try_later_takes_seconds(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds from 0 on"):
        TryLater(seconds)


def test_an_error_is_named_without_its_text() -> None:
    assert name_of(ValueError("my secret")) == "ValueError"


class TestLoopGuard:
    def test_the_twenty_first_reply_within_ten_seconds_is_stopped(self) -> None:
        guard = LoopGuard()
        for number in range(20):
            guard.reply("a", number * 0.4)
        with pytest.raises(ReplyLoopError, match="20 replies within 10 s"):
            guard.reply("a", 9.0)
        guard.reply("b", 9.0)

    def test_twenty_replies_every_ten_seconds_are_well(self) -> None:
        guard = LoopGuard()
        for number in range(100):
            guard.reply("a", number * 0.5)

    def test_a_message_of_the_other_side_lets_it_go_on(self) -> None:
        guard = LoopGuard(LoopLimits(replies=2))
        for _ in range(10):
            guard.hear("a", 1.0)
            guard.reply("a", 1.0)
            guard.reply("a", 1.0)
        with pytest.raises(ReplyLoopError):
            guard.reply("a", 1.0)

    def test_it_goes_on_when_the_window_is_over(self) -> None:
        guard = LoopGuard(LoopLimits(replies=1))
        guard.reply("a", 0.0)
        with pytest.raises(ReplyLoopError):
            guard.reply("a", 9.9)
        guard.reply("a", 10.0)

    def test_it_forgets_conversations_that_are_quiet(self) -> None:
        guard = LoopGuard(LoopLimits(replies=1))
        for number in range(10_000):
            guard.reply(str(number), number * 1.0)
        assert len(guard._said) <= 16

    def test_two_programs_that_answer_each_other_are_stopped(self) -> None:
        guard = LoopGuard()
        for sent in range(200):
            guard.hear("a", sent * 14.0)
            guard.reply("a", sent * 14.0 + 0.1)
        for now in (2_800.0, 2_801.0):
            guard.hear("a", now)
            with pytest.raises(ReplyLoopError, match=r"200 replies and no pause of 15 s by the other side.*LoopLimits"):
                guard.reply("a", now)
        guard.reply("b", 2_801.0)

    def test_who_takes_some_time_now_and_then_is_never_stopped(self) -> None:
        guard, now = LoopGuard(), 0.0
        for number in range(5_000):
            now += 16.0 if number % 190 == 0 else 1.0
            guard.hear("a", now)
            guard.reply("a", now)

    def test_a_stopped_conversation_goes_on_after_a_pause(self) -> None:
        guard = LoopGuard(LoopLimits(without_pause=2))
        for now in (0.0, 1.0):
            guard.hear("a", now)
            guard.reply("a", now)
        for now, is_stopped in ((2.0, True), (15.9, True), (16.0, False), (17.0, False), (18.0, True)):
            guard.hear("a", now)
            with pytest.raises(ReplyLoopError) if is_stopped else contextlib.nullcontext():
                guard.reply("a", now)

    @pytest.mark.parametrize("wrong", [{"replies": 0}, {"seconds": 0.0}, {"without_pause": 0}, {"pause": float("inf")}])
    def test_wrong_settings_are_told(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ConfigurationError, match="at least 1 reply"):
            LoopLimits(**wrong)


def test_where_an_error_was_raised_is_told_without_its_text() -> None:
    assert place_of(KeyError("never raised")) == ""
    with pytest.raises(ValueError, match="x") as raised:
        int("x")
    line = raised.tb.tb_lineno
    assert place_of(raised.value) == f"{__name__} line {line}"
    assert place_of(ExceptionGroup("one", [raised.value])) == f"{__name__} line {line}"
    with pytest.raises(ValueError, match="x") as made:
        exec("int('x')", {})  # noqa: S102 -- as what a library makes
    assert place_of(made.value) == f"{__name__} line {made.tb.tb_lineno}"
    with pytest.raises(ConfigurationError) as ours:
        Retries(jitter=7.0)
    assert place_of(ours.value) == f"{__name__} line {ours.tb.tb_lineno}"
