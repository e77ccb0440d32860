"""Property of every declaration: arguments drawn from its annotations make a request as the specification says, and an answer
as the specification says becomes a struct that holds all of it.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from aioconvo import InvalidRequestError
from aioconvo.core.json.codec import decode, is_drifted
from aioconvo.core.operations.signature import Declared
from tests import campaign
from tests.specs.deviations import on_purpose
from tests.specs.drawing import Draw, pairs
from tests.specs.facts import Kind, Operation
from tests.specs.holding import problems
from tests.specs.kept import PROVIDERS, facts
from tests.test_declarations import BESIDES, DECLARED, SAMPLES, _request

each = pytest.mark.parametrize("one", DECLARED, ids=lambda one: one.operation.python)
OF = {provider: [one for one in DECLARED if one.operation.provider == provider] for provider in PROVIDERS}
PAIRS = 20  # combinations of arguments of an operation, in the short form


def theirs(one: Declared) -> Operation:
    return facts(one.operation.provider).operations[f"{one.operation.method} {one.operation.path}"]


def _found(one: Declared, names: Any, draws: random.Random) -> list[str] | None:
    """What is wrong with the request of a call with these arguments; `None`: they exclude each other."""
    told = facts(one.operation.provider)
    arguments = Draw(draws, told.shapes, SAMPLES).arguments(one, theirs(one), names)
    besides = BESIDES.get(one.operation.python, {})
    if not besides.keys() & arguments.keys():
        arguments |= besides
    try:
        request, _ = _request(one, arguments)
    except InvalidRequestError:
        return None
    return [text for text in problems(request, theirs(one), told.shapes) if not is_on_purpose(one, text)]


def is_on_purpose(one: Declared, problem: str) -> bool:
    """Whether a deviation tells of this place of the operation, or of what stands around it."""
    place = problem.partition(": ")[0].replace("[]", "").replace("{}", "")
    name = one.operation.python.partition(".")[2]
    for deviation in on_purpose().get(one.operation.provider, ()):
        for text in deviation.differences:
            told_name, _, told_place = text.partition(": ")[0].partition(" ")
            where = told_place.replace("[]", "").replace("{}", "")
            around = (where, f"{where}.*")
            if fnmatch.fnmatchcase(name, told_name) and any(fnmatch.fnmatchcase(place, pattern) for pattern in around):
                return True
    return False


@each
def test_every_two_arguments_make_a_request_as_specified(one: Declared) -> None:
    draws = random.Random(one.operation.python)  # noqa: S311 -- no secret
    combinations = list(pairs(one))
    if not campaign.FULL and len(combinations) > PAIRS:
        combinations = [combinations[0], *draws.sample(combinations[1:], PAIRS)]
    found = [_found(one, names, draws) for names in combinations for _ in range(5 if len(combinations) == 1 else 1)]
    assert any(told is not None for told in found)
    assert {text for told in found for text in told or ()} == set()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_drawn_arguments_make_a_request_as_specified(provider: str) -> None:
    @settings(max_examples=campaign.examples(500), deadline=None)
    @given(st.sampled_from(OF[provider]), st.randoms(use_true_random=False))
    def holds(one: Declared, draws: random.Random) -> None:
        names = {each.name for each in one.parameters if draws.random() < 0.5}
        assert not _found(one, names, draws)

    holds()


def lost(came: Any, held: Any, place: str) -> Iterator[str]:
    """What came and is not held, with its place; nothing and an empty value are the same."""
    if isinstance(came, dict) and isinstance(held, dict):
        for name, value in came.items():
            if name not in held and value not in (None, [], {}, False, "", 0):
                yield f"{place}.{name}: lost"
            elif name in held:
                yield from lost(value, held[name], f"{place}.{name}")
    elif isinstance(came, list) and isinstance(held, list):
        if len(came) != len(held):
            yield f"{place}: {len(came)} items became {len(held)}"
        for one, other in zip(came, held, strict=False):
            yield from lost(one, other, f"{place}[]")
    elif came != held and _moment(came) != _moment(held):
        yield f"{place}: {came!r} became {held!r}"


def _moment(value: Any) -> Any:
    try:
        return dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value


@each
def test_an_answer_becomes_a_struct_that_holds_all_of_it(one: Declared) -> None:
    specified, told, kind = theirs(one), facts(one.operation.provider), one.operation.response
    if specified.answer is None or kind is None or specified.answer.shape.kind is Kind.FILE:
        return
    draw = Draw(random.Random(one.operation.python), told.shapes, {})  # noqa: S311 -- no secret
    for _ in range(40 if campaign.FULL else 6):
        came = draw.answer(kind, specified.answer.shape)
        made = decode(msgspec.json.encode(came), kind)
        assert not is_drifted(made)
        plain = msgspec.to_builtins(made, enc_hook=lambda unknown: unknown.json())
        assert [text for text in lost(came, plain, "answer") if not is_on_purpose(one, text)] == []
