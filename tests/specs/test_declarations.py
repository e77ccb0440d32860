"""Every declaration against its specification, and what is on purpose."""

from __future__ import annotations

import re
import typing
from typing import Any

import pytest

import aioconvo
from aioconvo.core.operations.resource import declarations
from aioconvo.core.operations.signature import Declared
from tests.specs.declarations import CLIENTS
from tests.specs.deviations import Deviation, explained, on_purpose
from tests.specs.kept import PROVIDERS, facts
from tests.specs.report import counts, found, not_declared, table

each_provider = pytest.mark.parametrize("provider", PROVIDERS)
# A method's name or a pattern of such, a place, and what differs there.
PATTERN = re.compile(r"[\w.*]+ (name|effect|path|query|header|body|answer)\b[^:]*: (?!\*$).{3,}")


@each_provider
def test_declarations_are_what_the_specification_says(provider: str) -> None:
    left, unused = explained(found(provider), on_purpose().get(provider, ()))
    assert not left, "\n".join(["Mend the declaration, or say in deviations.toml why it differs:", *left])
    assert not unused, "\n".join(["These patterns of deviations.toml explain nothing any more:", *unused])


@pytest.mark.parametrize(
    "one", [one for client in CLIENTS.values() for one in declarations(client)], ids=lambda one: one.operation.python
)
def test_what_a_method_gives_is_what_its_answer_holds(one: Declared) -> None:
    """The decorators are the identity to type checkers, which therefore believe the return annotation."""
    gives = one.answer
    if one.pager is not None:
        holds = typing.get_args(typing.get_type_hints(one.pager)["return"])[1]
        if holds is Any:  # a pager of many lists, which the page says the items of
            pages = typing.get_type_hints(one.operation.response).values()
            holds = next(typing.get_args(hint)[0] for hint in pages if typing.get_origin(hint) is list)
    elif not one.awaits:  # a download, whose bytes are what awaiting it gives
        holds = aioconvo.Download if one.operation.response is bytes else None
    elif one.unwrap is not None:
        holds = typing.get_type_hints(one.operation.response, include_extras=True)[one.unwrap]
    else:
        holds = type(None) if gives is type(None) else one.operation.response  # what comes may be looked at all the same
    assert holds == gives


@each_provider
def test_no_difference_is_explained_twice(provider: str) -> None:
    differences, deviations = found(provider), on_purpose().get(provider, ())
    told = [one for deviation in deviations for one in set(differences) - set(explained(differences, [deviation])[0])]
    assert sorted(told) == sorted(set(told))


def test_deviations_are_of_providers_that_there_are() -> None:
    assert set(on_purpose()) <= set(PROVIDERS)


@pytest.mark.parametrize(
    "deviation", [one for told in on_purpose().values() for one in told], ids=lambda one: one.differences[0]
)
def test_a_deviation_has_a_reason_and_a_source_and_is_narrow(deviation: Deviation) -> None:
    assert len(deviation.reason) > 20
    assert len(deviation.source) > 10
    assert deviation.differences
    assert [one for one in deviation.differences if not PATTERN.fullmatch(one)] == []


@pytest.mark.parametrize(
    ("patterns", "left", "unused"),
    [
        (("messages.send body.text: optional *",), ["a.b query x: not an argument"], []),
        (("* query *: not an argument",), ["messages.send body.text: optional in the specification"], []),
        (
            ("messages.send body.text: required *", "a.b query x: *"),
            ["messages.send body.text: optional in the specification"],
            ["messages.send body.text: required *"],
        ),
        (("messages?send body.text: optional *",), None, ["messages?send body.text: optional *"]),
    ],
)
def test_a_pattern_explains_what_it_matches(patterns: tuple[str, ...], left: list[str] | None, unused: list[str]) -> None:
    differences = ["messages.send body.text: optional in the specification", "a.b query x: not an argument"]
    deviation = Deviation(differences=patterns, reason="", source="")
    assert explained(differences, [deviation]) == (differences if left is None else left, unused)


@each_provider
def test_the_report_counts_each_operation_once(provider: str) -> None:
    specified, present, by_hand, missing = counts(provider)
    assert specified == len(facts(provider).operations) == present + missing
    assert 0 <= by_hand <= present
    assert len(set(not_declared(provider))) == missing


def test_the_table_has_a_row_for_each_provider_and_one_for_all() -> None:
    head, *rows = table(PROVIDERS)
    assert head.split() == ["specified", "declared", "by", "hand", "not", "declared"]
    assert [row.split()[0] for row in rows] == [*PROVIDERS, "all"]
    specified = [int(row.split()[1]) for row in rows]
    assert specified == [*(len(facts(provider).operations) for provider in PROVIDERS), sum(specified[:-1])]
