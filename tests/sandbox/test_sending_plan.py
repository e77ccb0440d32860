"""What is sent, when and whether again, on a clock that is a number."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import pytest

from aioconvo.core.errors import ConfigurationError
from aioconvo.sandbox import Delivery, Unkindness
from aioconvo.sandbox.sending.callbacks import MANNERS, SECRETS, Callback, shown, target_of
from aioconvo.sandbox.sending.envelopes import together
from aioconvo.sandbox.sending.log import DeliveryLog
from aioconvo.sandbox.sending.plan import Fate, Letter, Plan, Sent, fate_of

Answer = Callable[[Letter], int | None]


def callback(provider: str = "sunshine", **given: str) -> Callback:
    return Callback(given.get("id", "hook"), provider, f"http://127.0.0.1:1/{provider}", "secret")


def event(number: int, conversation: str = "talk", name: str = "conversation:message") -> Sent:
    return Sent(number, f"event-{number}", name, number, conversation, {})


def run(plan: Plan, answer: Answer, until: float = 10_000.0) -> list[tuple[float, tuple[int, ...], int, Fate]]:
    """Every try: when, which events, the number of the try and what became of it; each answer comes at once."""
    told: list[tuple[float, tuple[int, ...], int, Fate]] = []
    while (due := plan.next_at()) is not None and due <= until:
        for letter in plan.take(due):
            fate = plan.settle(letter, answer(letter), due)
            told.append((due, tuple(each.number for each in letter.events), letter.attempt, fate))
    return told


@pytest.mark.parametrize(
    ("provider", "status", "first", "last"),
    [
        *(("sunshine", status, Fate.DELIVERED, Fate.DELIVERED) for status in (200, 201, 202, 204, 299)),
        *(("sunshine", status, Fate.GIVEN_UP, Fate.GIVEN_UP) for status in (400, 401, 403, 404, 406)),
        *(("sunshine", status, Fate.AGAIN, Fate.GIVEN_UP) for status in (301, 402, 405, 408, 409, 413, 429, 500, 503, None)),
        *(("smooch", status, Fate.GIVEN_UP, Fate.GIVEN_UP) for status in (400, 401, 403, 404, 406)),
        ("smscx", 200, Fate.DELIVERED, Fate.DELIVERED),
        *(("smscx", status, Fate.AGAIN, Fate.GIVEN_UP) for status in (201, 202, 204, 401, 404, 503, None)),
    ],
)
def test_what_becomes_of_a_delivery(provider: str, status: int | None, first: Fate, last: Fate) -> None:
    manners = MANNERS[provider]
    assert fate_of(manners, 1, status) is first
    assert fate_of(manners, len(manners.waits) + 1, status) is last


@pytest.mark.parametrize(("provider", "tries", "seconds"), [("sunshine", 5, 900), ("smooch", 6, 900), ("smscx", 5, 755)])
@pytest.mark.parametrize("speed", [1.0, 50.0])
def test_a_receiver_that_is_away_is_tried_with_growing_waits(provider: str, tries: int, seconds: int, speed: float) -> None:
    plan = Plan(1, Unkindness(speed=speed))
    plan.post(event(1), [callback(provider)], now=0.0)
    told = run(plan, lambda _: None)
    assert [attempt for _, _, attempt, _ in told] == [*range(1, tries + 1)]
    assert [fate for *_, fate in told] == [Fate.AGAIN] * (tries - 1) + [Fate.GIVEN_UP]
    times = [at for at, *_ in told]
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert waits == sorted(waits)
    assert times[-1] == pytest.approx(seconds / speed)
    assert plan.waiting == 0


def test_only_what_a_callback_wants_is_sent_there() -> None:
    plan = Plan(1, Unkindness())
    some = Callback("some", "sunshine", "http://a/", "secret", triggers=("conversation:read",))
    for number, name in enumerate(["conversation:read", "conversation:message", ""]):
        plan.post(event(number, name=name), [some, callback()], now=0.0)
    told = [(letter.callback.id, letter.events[0].number) for letter in plan.take(0.0)]
    plan_waits = plan.waiting
    assert (told, plan_waits) == ([("some", 0), ("hook", 0)], 3)  # the third waits behind the second of its conversation


def test_a_conversation_waits_for_what_failed_and_others_do_not() -> None:
    plan = Plan(1, Unkindness())
    for number, talk in enumerate(["a", "a", "b", "a"]):
        plan.post(event(number, talk), [callback()], now=0.0)
    told = run(plan, lambda letter: None if letter.number == 1 and letter.attempt < 3 else 200)
    assert [(at, numbers) for at, numbers, _, fate in told if fate is Fate.DELIVERED] == [
        (0.0, (2,)), (75.0, (0,)), (75.0, (1,)), (75.0, (3,)),
    ]  # fmt: skip


def test_without_order_nothing_waits() -> None:
    plan = Plan(1, Unkindness(in_order=False))
    for number in range(3):
        plan.post(event(number), [callback()], now=0.0)
    told = run(plan, lambda letter: None if letter.number == 1 and letter.attempt < 2 else 200)
    assert [numbers for _, numbers, _, fate in told if fate is Fate.DELIVERED] == [(1,), (2,), (0,)]


def test_hurry_tries_all_at_once_in_order() -> None:
    plan = Plan(1, Unkindness())
    for number, talk in enumerate("abc"):
        plan.post(event(number, talk), [callback()], now=float(number))
    assert [fate for *_, fate in run(plan, lambda _: None, until=2.0)] == [Fate.AGAIN] * 3
    plan.hurry(2.0)
    assert [(at, numbers) for at, numbers, *_ in run(plan, lambda _: 200)] == [(2.0, (0,)), (2.0, (1,)), (2.0, (2,))]


@pytest.mark.parametrize("in_order", [True, False])
def test_duplicates_and_reordered_are_about_as_many_as_asked_for(in_order: bool) -> None:
    unkind = Unkindness(duplicates=0.3, reordered=0.2, reorder_within=2.0, in_order=in_order, connections=1_000)
    plan = Plan(7, unkind)
    for number in range(2_000):
        plan.post(event(number, f"talk-{number % 40}"), [callback()], now=number / 1_000)
    told = run(plan, lambda _: 200)
    order = [numbers[0] for _, numbers, *_ in told]
    first = list(dict.fromkeys(order))
    assert sorted(first) == [*range(2_000)]
    assert 0.27 < (len(order) - 2_000) / 2_000 < 0.33
    overtaken = sum(number < highest for number, highest in zip(first[1:], _highest(first), strict=False))
    assert 0.15 < overtaken / 2_000 < 0.25
    assert plan.waiting == 0


def _highest(numbers: Sequence[int]) -> list[int]:
    highest: list[int] = []
    for number in numbers:
        highest.append(max(number, highest[-1] if highest else number))
    return highest


def test_the_seed_decides() -> None:
    def sent(seed: int) -> list[tuple[float, tuple[int, ...], int, Fate]]:
        plan = Plan(seed, Unkindness(duplicates=0.3, reordered=0.2, cut=0.2, wrong_secret=0.1))
        for number in range(200):
            plan.post(event(number, f"talk-{number % 9}"), [callback()], now=number / 10)
        return run(plan, lambda letter: None if letter.cut else 401 if letter.wrong_secret else 200)

    assert sent(1) == sent(1)
    assert sent(1) != sent(2)


@pytest.mark.parametrize(
    ("provider", "names", "batches"),
    [
        ("sunshine", ["m", "m", "n", "m", "m"], [(0, 1, 2), (3, 4)]),
        ("smooch", ["message:appUser", "message:appUser", "postback", "message:appUser", "conversation:read"],
         [(0, 1), (2,), (3,), (4,)]),
        ("smscx", ["dlr_update", "dlr_update", "receive_sms", "receive_sms", "receive_sms"], [(0, 1), (2, 3, 4)]),
    ],
)  # fmt: skip
def test_batches_hold_what_the_api_puts_together(provider: str, names: list[str], batches: list[tuple[int, ...]]) -> None:
    plan = Plan(1, Unkindness(batch=3, gather=0.5), together)
    for number, name in enumerate(names):
        plan.post(event(number, name=name), [callback(provider)], now=0.0)
    assert [numbers for _, numbers, *_ in run(plan, lambda _: 200)] == batches


@pytest.mark.parametrize("provider", sorted(MANNERS))
@pytest.mark.parametrize("batch", [1, 2, 5, 200])
def test_nothing_is_lost_or_stuck_whatever_is_put_together(provider: str, batch: int) -> None:
    names = {"sunshine": ["m"], "smooch": ["message:appUser", "postback", "read"], "smscx": ["dlr_update", "receive_sms"]}
    plan = Plan(3, Unkindness(batch=batch, gather=0.3, duplicates=0.2, reordered=0.2, cut=0.3), together)
    told: list[tuple[float, tuple[int, ...], int, Fate]] = []
    for number in range(400):
        name = names[provider][number * 7 // 3 % len(names[provider])]
        plan.post(event(number, f"talk-{number * 5 % 7}", name), [callback(provider)], now=number / 100)
        told += run(plan, lambda letter: None if letter.cut else 200, until=number / 100)
    told += run(plan, lambda letter: None if letter.cut else 200)
    arrived = {number for _, numbers, _, fate in told if fate is Fate.DELIVERED for number in numbers}
    lost = {number for _, numbers, _, fate in told if fate is Fate.GIVEN_UP for number in numbers}
    assert arrived | lost == {*range(400)}
    assert len(lost - arrived) <= 4  # 0.3 ** 5 of them
    assert plan.waiting == 0
    assert not plan._lanes
    assert not plan._held


def test_no_more_are_under_way_than_there_are_connections() -> None:
    plan = Plan(1, Unkindness(connections=3))
    for number in range(10):
        plan.post(event(number, f"talk-{number}"), [callback()], now=0.0)
    taken = plan.take(0.0)
    assert len(taken) == 3
    assert plan.next_at() is None
    plan.settle(taken[0], 200, 0.0)
    assert len(plan.take(0.0)) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"duplicates": 1.5}, {"cut": -0.1}, {"speed": 0.0}, {"batch": 0}, {"batch": 201}, {"delay": -1.0}, {"connections": 0}],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        Unkindness(**wrong)  # type: ignore[arg-type] # on purpose


def test_the_log_keeps_the_last_ones() -> None:
    log = DeliveryLog(most=3)
    for number in range(5):
        log.add(Delivery(number=number, provider="smooch", events=(), target="", attempt=1, at="", fate="delivered"))
    assert [each.number for each in log.kept] == [2, 3, 4]


def test_targets_are_written_down_without_what_may_be_a_token() -> None:
    token = SECRETS["smscx"]
    assert shown(f"http://user:pass@127.0.0.1:8080/hooks/smscx/{token}?key={token}") == "http://127.0.0.1:8080/hooks/smscx/..."
    assert shown("https://bots.example.com/hooks/sunshine") == "https://bots.example.com/hooks/sunshine"


@pytest.mark.parametrize(
    ("provider", "target", "words"),
    [
        ("convore", "http://a/", "sends no webhooks"),
        ("telegram", "http://a/", "sends no webhooks"),
        ("smooch", "8080", "a URL"),
    ],
)
def test_callbacks_that_cannot_be_are_refused(provider: str, target: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        target_of(provider, target)
