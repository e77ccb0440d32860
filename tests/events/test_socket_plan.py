"""The life of an agent socket as a state machine: tables of what it answers, and rules that hold whatever it is told."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from aioconvo.core.errors import ConfigurationError
from aioconvo.ultracart.socket.plan import (
    Baseline,
    Beat,
    CatchUp,
    Connect,
    Drop,
    GiveUp,
    KeepAlive,
    Pace,
    Ping,
    SocketPlan,
    Step,
    Wait,
)
from tests.campaign import examples

PACE = Pace()


def _open_plan(now: float = 0.0, pace: Pace = PACE) -> SocketPlan:
    plan = SocketPlan(pace, now)
    assert plan.next(now) == Connect()
    plan.opened(now)
    assert plan.next(now) == CatchUp()
    plan.looked(now, complete=True)
    return plan


def _steps(plan: SocketPlan, now: float) -> list[Step]:
    """What is due at that moment, up to the wait."""
    found = [plan.next(now)]
    while not isinstance(found[-1], Wait | GiveUp):
        found.append(plan.next(now))
    return found


def _run(plan: SocketPlan, until: float, *, answered: bool = True, now: float = 0.0) -> list[tuple[float, Step]]:
    """What it does up to a moment, with a peer that answers pings of the websocket, or says nothing."""
    done: list[tuple[float, Step]] = []
    while now <= until:
        step = plan.next(now)
        if isinstance(step, Wait):
            now = step.until
            continue
        done.append((now, step))
        if isinstance(step, Drop | GiveUp):
            break
        if isinstance(step, Ping) and answered:
            plan.heard(now, pong=True)
        if isinstance(step, CatchUp):
            plan.looked(now, complete=True)
    return done


def test_first_it_connects_then_catches_up_then_waits() -> None:
    plan = SocketPlan(PACE, 5.0)
    assert plan.next(5.0) == Connect()
    assert plan.next(5.0) == Wait()
    plan.opened(6.0)
    assert plan.next(6.0) == CatchUp()
    assert plan.next(6.0) == Wait(26.0)
    plan.looked(7.0, complete=True)
    assert plan.next(7.0) == Wait(26.0)
    assert plan.is_open


def test_a_new_watch_finds_out_what_is_there_before_it_connects() -> None:
    plan = SocketPlan(PACE, 0.0, baseline=True)
    assert plan.next(0.0) == Baseline()
    assert plan.next(0.0) == Wait()
    plan.looked(1.0, complete=False)
    assert plan.next(1.0) == Wait(11.0)
    assert plan.next(11.0) == Baseline()
    plan.looked(12.0, complete=False, wait=60.0)
    assert plan.next(12.0) == Wait(72.0)
    assert plan.next(72.0) == Baseline()
    plan.looked(73.0, complete=True)
    assert plan.next(73.0) == Connect()


def test_a_quiet_hour() -> None:
    done = _run(_open_plan(), 3600.0)
    kinds = {kind: [at for at, step in done if isinstance(step, kind)] for kind in (Ping, Beat, KeepAlive, CatchUp, Drop)}
    assert kinds[Ping] == [20.0 * n for n in range(1, 181)]
    assert kinds[Beat] == kinds[KeepAlive] == [60.0 * n for n in range(1, 61)]
    assert kinds[CatchUp] == [300.0 * n for n in range(1, 13)]
    assert kinds[Drop] == []
    assert len(kinds[KeepAlive]) + len(kinds[CatchUp]) <= 100  # REST calls, of 1000 an hour


def test_no_keepalive_where_none_is_wanted() -> None:
    done = _run(_open_plan(pace=Pace(keepalive=None)), 3600.0)
    assert not [step for _, step in done if isinstance(step, KeepAlive)]


def test_a_peer_that_answered_pings_is_dead_after_one_and_a_half_of_them() -> None:
    plan = _open_plan()
    assert plan.next(20.0) == Ping()
    plan.heard(20.5, pong=True)
    assert _run(plan, 1000.0, answered=False, now=20.5) == [(40.5, Ping()), (50.5, Drop())]
    assert plan.next(50.5) == Wait()
    plan.closed(50.5, 1006, 1.0)
    assert plan.next(50.5) == Wait(51.5)


def test_that_a_peer_answers_is_known_after_a_reconnect() -> None:
    plan = _open_plan()
    assert plan.next(20.0) == Ping()
    plan.heard(20.0, pong=True)
    plan.closed(25.0, 1006, 0.0)
    assert plan.next(25.0) == Connect()
    plan.opened(25.0)
    done = _run(plan, 1000.0, answered=False, now=25.0)
    assert done[-1] == (55.0, Drop())


def test_a_peer_of_which_no_pong_was_ever_seen_has_a_minute() -> None:
    done = _run(_open_plan(), 1000.0, answered=False)
    assert [at for at, step in done if isinstance(step, Ping)] == [20.0, 40.0, 60.0]
    assert done[-1] == (80.0, Drop())


def test_a_ping_of_its_own_does_not_tell_that_it_answers() -> None:
    plan = _open_plan()
    plan.heard(1.0, pong=True)
    assert _run(plan, 1000.0, answered=False, now=1.0)[-1] == (81.0, Drop())


def test_any_frame_is_a_sign_of_life() -> None:
    plan = _open_plan()
    for second in range(1, 600):
        plan.heard(float(second))
        assert not {Ping, Drop} & {type(step) for step in _steps(plan, float(second))}
        plan.looked(float(second), complete=True)


def test_while_nobody_reads_silence_tells_nothing() -> None:
    plan = _open_plan()
    plan.held()
    done = _run(plan, 3000.0, answered=False)
    assert not [step for _, step in done if isinstance(step, Ping | Drop)]
    assert [step for _, step in done if isinstance(step, Beat)]
    plan.reads_on(3001.0)
    assert [step for _, step in _run(plan, 3030.0, now=3001.0) if isinstance(step, Ping)]


@pytest.mark.parametrize(
    ("failures", "most"), [(0, 1.0), (1, 1.0), (2, 2.0), (3, 4.0), (6, 32.0), (7, 60.0), (50, 60.0), (5000, 60.0)]
)
def test_waits_are_drawn_from_nothing_to_a_minute(failures: int, most: float) -> None:
    assert [PACE.wait(failures, jitter) for jitter in (0.0, 0.5, 1.0)] == [0.0, most / 2, most]


def test_waits_grow_until_a_connection_lives() -> None:
    plan = SocketPlan(PACE, 0.0)
    now, waits = 0.0, []
    for life in [None, None, 1.0, 29.9, None, 30.0, 5.0]:
        assert plan.next(now) == Connect()
        if life is None:
            plan.failed(now, 1.0)
        else:
            plan.opened(now)
            plan.closed(now + life, 1006, 1.0)
            now += life
        step = plan.next(now)
        assert isinstance(step, Wait)
        waits.append(step.until - now)
        now = step.until
    assert waits == pytest.approx([1.0, 2.0, 4.0, 8.0, 16.0, 1.0, 2.0])


def test_somebody_may_ask_for_a_longer_wait() -> None:
    plan = SocketPlan(PACE, 0.0)
    plan.next(0.0)
    plan.failed(0.0, 1.0, wait=900.0)
    assert plan.next(0.0) == Wait(900.0)


@pytest.mark.parametrize("status", [401, 403])
def test_a_denied_handshake_gets_one_new_token(status: int) -> None:
    plan = SocketPlan(PACE, 0.0)
    assert plan.next(0.0) == Connect()
    plan.refused(0.0, status, 1.0)
    assert plan.next(0.0) == Connect()
    plan.refused(0.0, 401, 1.0)
    assert plan.next(0.0) == GiveUp(401)
    assert plan.next(1e9) == GiveUp(401)


def test_one_that_is_denied_after_a_connection_gets_a_new_token_again() -> None:
    plan = SocketPlan(PACE, 0.0)
    for _ in range(5):
        assert plan.next(0.0) == Connect()
        plan.refused(0.0, 401, 1.0)
        assert plan.next(0.0) == Connect()
        plan.opened(0.0)
        plan.closed(0.0, 4401, 0.0)


@pytest.mark.parametrize(
    ("status", "first", "later"),
    [
        (400, GiveUp(400), Wait(1.0)),
        (404, GiveUp(404), Wait(1.0)),
        (302, GiveUp(302), Wait(1.0)),
        (426, GiveUp(426), Wait(1.0)),
        (408, Wait(1.0), Wait(1.0)),
        (429, Wait(16.0), Wait(16.0)),
        (500, Wait(1.0), Wait(1.0)),
        (503, Wait(1.0), Wait(1.0)),
        (200, Wait(1.0), Wait(1.0)),
    ],
)
def test_what_never_worked_ends_where_trying_again_cannot_help(status: int, first: Step, later: Step) -> None:
    plan = SocketPlan(PACE, 0.0)
    plan.next(0.0)
    plan.refused(0.0, status, 1.0)
    assert plan.next(0.0) == first
    plan = _open_plan(-100.0)
    plan.closed(-50.0, 1006, 0.0)
    assert plan.next(-50.0) == Connect()
    plan.opened(-50.0)
    plan.closed(-10.0, 1001, 0.0)
    assert plan.next(-10.0) == Connect()
    plan._failures = 0
    plan.refused(0.0, status, 1.0)
    assert plan.next(0.0) == later


@pytest.mark.parametrize(("worked", "then"), [(False, GiveUp(None)), (True, Wait(2.0))])
def test_a_certificate_that_is_refused_ends_it_only_at_first(worked: bool, then: Step) -> None:
    plan = SocketPlan(PACE, 0.0)
    plan.next(0.0)
    if worked:
        plan.opened(0.0)
        plan.closed(0.0, 1006, 0.0)
        plan.next(0.0)
    plan.failed(0.0, 1.0, permanent=True)
    assert plan.next(0.0) == then


@pytest.mark.parametrize(
    ("code", "wait"), [(1000, 1.0), (1001, 1.0), (1006, 1.0), (1009, 1.0), (1011, 1.0), (4401, 1.0), (1013, 16.0)]
)
def test_every_close_is_followed_by_another_try(code: int, wait: float) -> None:
    plan = _open_plan()
    plan.heard(40.0)
    plan.closed(40.0, code, 1.0)
    assert plan.next(40.0) == Wait(40.0 + wait)
    assert plan.next(40.0 + wait) == Connect()


def test_news_is_gathered_and_looked_for_once() -> None:
    plan = _open_plan()
    plan.heard(1.0)
    for at, conversation in [(1.0, "a"), (1.1, "b"), (1.15, "a")]:
        plan.news(at, conversation)
    assert plan.next(1.19) == Wait(1.2)
    assert plan.next(1.2) == CatchUp(("a", "b"))
    plan.news(1.3, "c")
    assert plan.next(2.0) == Wait(21.0)  # one look at a time
    plan.looked(2.0, complete=True)
    assert plan.next(2.0) == CatchUp(("c",))


def test_a_look_that_failed_becomes_one_at_all_and_waits_longer_each_time() -> None:
    plan = _open_plan()
    now, waits = 1.0, []
    plan.news(now, "a")
    assert plan.next(1.2) == CatchUp(("a",))
    for _ in range(7):
        plan.looked(now, complete=False)
        plan.heard(now)
        due = plan._look_at
        waits.append(due - now)
        now = due
        assert CatchUp() in _steps_alive(plan, now)
    assert waits == [10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0]
    plan.looked(now, complete=False, wait=2000.0)
    assert plan._look_at == now + 2000.0


def _steps_alive(plan: SocketPlan, now: float) -> list[Step]:
    plan.heard(now)
    return _steps(plan, now)


def test_what_is_missed_is_looked_for_soon() -> None:
    plan = _open_plan()
    plan.look_soon(3.0)
    assert plan.next(3.0) == CatchUp()


def test_an_end_is_an_end() -> None:
    plan = _open_plan()
    plan.end()
    assert plan.next(0.0) == GiveUp(None)


@pytest.mark.parametrize("wrong", [{"ping": 0}, {"backoff": -1.0}, {"net": "x"}, {"keepalive": 0.0}, {"gather": math.inf}])
def test_wrong_paces_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Pace(**wrong)


class AnyLife(RuleBasedStateMachine):
    """Whatever happens in whatever order: one thing at a time, nothing forgotten, and never too long a silence."""

    @initialize(baseline=st.booleans(), answers=st.booleans())
    def begin(self, baseline: bool, answers: bool) -> None:
        self.now = 100.0
        self.plan = SocketPlan(PACE, self.now, baseline=baseline)
        self.answers, self.answered = answers, False
        self.open = self.connecting = self.looking = self.held = self.over = False
        self.heard = self.now
        self.missing: dict[str, float] = {}
        self.last_closed_at: float | None = None
        self._settle()

    def _settle(self) -> None:  # noqa: C901 -- one case a step
        """Do all that is due."""
        for _ in range(20):
            step = self.plan.next(self.now)
            match step:
                case Wait(until=until):
                    assert until > self.now
                    self.until = until
                    return
                case GiveUp():
                    self.over = True
                    self.until = math.inf
                    return
                case Connect():
                    assert {self.open, self.connecting} == {False}
                    self.connecting = True
                case Baseline():
                    assert {self.open, self.connecting, self.looking} == {False}
                    self.looking = True
                case CatchUp(conversations=some):
                    assert self.open
                    assert not self.looking
                    self.looking = True
                    for one in list(self.missing) if some is None else some:
                        self.missing.pop(one, None)
                case Ping():
                    assert self.open
                    assert not self.held
                    assert self.now >= self.heard + PACE.ping
                    if self.answers:
                        self.plan.heard(self.now, pong=True)
                        self.heard, self.answered = self.now, True
                case Drop():
                    assert self.open
                    assert not self.held
                    silence = self.now - self.heard
                    assert silence >= (30.0 if self.answered else 60.0)
                    self._close(1006)
                case Beat() | KeepAlive():
                    assert self.open
        raise AssertionError("it does not come to rest")

    def _close(self, code: int) -> None:
        self.open = self.held = False
        self.missing.clear()
        self.plan.closed(self.now, code, 0.5)
        self._settle()

    @rule(share=st.floats(0.01, 1.0), at_most=st.sampled_from([0.3, 15.0, 400.0]))
    def time_passes(self, share: float, at_most: float) -> None:
        self.now += min(at_most, self.until - self.now) * share if self.until < math.inf else at_most * share
        self._settle()

    @rule()
    def time_passes_until_something_is_due(self) -> None:
        if self.until < math.inf:
            self.now = self.until
            self._settle()

    @precondition(lambda self: self.connecting)
    @rule(how=st.sampled_from([None, 0, 401, 403, 404, 429, 500]))
    def connects(self, how: int | None) -> None:
        self.connecting = False
        if how is None:
            self.plan.opened(self.now)
            self.open, self.heard = True, self.now
        elif how == 0:
            self.plan.failed(self.now, 0.5)
        else:
            self.plan.refused(self.now, how, 0.5)
        self._settle()

    @precondition(lambda self: self.open and not self.held)
    @rule()
    def hears(self) -> None:
        self.plan.heard(self.now)
        self.heard = self.now
        self._settle()

    @precondition(lambda self: self.open and not self.held)
    @rule(conversation=st.sampled_from("abc"))
    def news(self, conversation: str) -> None:
        self.plan.heard(self.now)
        self.heard = self.now
        self.plan.news(self.now, conversation)
        self.missing.setdefault(conversation, self.now)
        self._settle()

    @precondition(lambda self: self.open)
    @rule()
    def is_held_or_reads_on(self) -> None:
        self.held = not self.held
        if self.held:
            self.plan.held()
        else:
            self.plan.reads_on(self.now)
            self.heard = self.now
        self._settle()

    @precondition(lambda self: self.open)
    @rule(code=st.sampled_from([1000, 1006, 1009, 1013, 4401]))
    def closes(self, code: int) -> None:
        self._close(code)

    @precondition(lambda self: self.looking)
    @rule(complete=st.booleans())
    def looked(self, complete: bool) -> None:
        self.looking = False
        self.plan.looked(self.now, complete=complete)
        self._settle()

    @invariant()
    def the_wait_is_not_too_long(self) -> None:
        if not hasattr(self, "plan") or self.over or self.connecting or (self.looking and not self.open):
            return
        if self.open and not self.held:
            assert self.until - self.heard <= (30.0 if self.answered else 80.0)
        elif not self.open:
            assert self.until - self.now <= 60.0 or self.plan._baseline

    @invariant()
    def no_news_is_forgotten(self) -> None:
        if getattr(self, "missing", None) and not self.looking:
            assert self.until <= min(self.missing.values()) + PACE.gather + 1e-6 or self.until <= self.now + PACE.gather

    @invariant()
    def it_is_open_when_it_was_told_so(self) -> None:
        if hasattr(self, "plan"):
            assert self.plan.is_open is self.open


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = settings(max_examples=examples(60), stateful_step_count=40)
