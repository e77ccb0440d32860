"""What an argument may be, and what becomes of it: every rule by itself."""

from __future__ import annotations

import re
from typing import Annotated, Any

import pytest

from aioconvo import InvalidRequestError
from aioconvo.core.operations.declaration import declared, operation
from aioconvo.core.operations.markers import Body, Place
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.resource import Group
from aioconvo.core.operations.rules import AtMost, Length, Like, joined


@pytest.mark.parametrize(
    ("rule", "value", "sent"),
    [
        (Length(1, 3), "abc", "abc"),
        (Length(1, None), "abc" * 1000, "abc" * 1000),
        (Length(0, None), "", ""),
        (AtMost(2, "tags"), ["a", "b"], ["a", "b"]),
        (Like("^[a-z]+$", "small letters"), "abc", "abc"),
        (joined, ["a", "b"], "a,b"),
        (joined, ("a",), "a"),
        (joined, "a,b", "a,b"),
        (joined, [], ""),
        (joined, [1, 2], "1,2"),
    ],
)
def test_what_is_sent(rule: Any, value: object, sent: object) -> None:
    assert rule("name", value) == sent


@pytest.mark.parametrize(
    ("rule", "value", "told"),
    [
        (Length(1, 3), "abcd", "name must have 1 to 3 characters; got 4"),
        (Length(2, None, "items"), ["a"], "name must have 2 or more items; got 1"),
        (AtMost(2, "tags"), ["a", "b", "c"], "name must have 0 to 2 tags; got 3"),
        (Like("^[a-z]+$", "small letters"), "kanari 7", "name must be small letters"),
        (joined, ["a,b"], "name must hold no commas"),
    ],
)
def test_what_is_refused(rule: Any, value: object, told: str) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(told)) as refused:
        rule("name", value)
    assert "kanari" not in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "words"),
    [(Length(1, 3), "1 to 3 characters"), (Length(1, None), "1 or more characters"), (Like("^a", "an a first"), "an a first")],
)
def test_what_the_documentation_says(rule: Any, words: str) -> None:
    assert str(rule) == words


class Notes(Group):
    @operation("PUT /notes/{note_id}", Effect.IDEMPOTENT, name="put_note")
    async def put(self, note_id: str, *, id_in_note: Annotated[str, Body("note_id")]) -> None:
        """Put one."""
        ...


def test_a_member_of_the_body_may_have_the_name_of_a_parameter_of_the_path() -> None:
    places = {one.name: (one.place, one.wire) for one in declared(Notes)["put"].parameters}
    assert places == {"note_id": (Place.PATH, "note_id"), "id_in_note": (Place.BODY, "note_id")}
