"""What an argument may be, and what becomes of it: every rule by itself."""

from __future__ import annotations

import re
from typing import Annotated, Any

import pytest
from msgspec import UNSET, UnsetType

from aioconvo import InvalidRequestError
from aioconvo.core.json.model import Model
from aioconvo.core.operations.declaration import declared, operation
from aioconvo.core.operations.function import documentation
from aioconvo.core.operations.markers import Body, Place, Whole
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.resource import Group
from aioconvo.core.operations.rules import (
    AtLeast,
    AtMost,
    Between,
    Length,
    Like,
    exactly_one,
    joined,
    lower_uuid,
    members_fit,
    not_both,
)

UUID = "0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b"


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
        (Between(1, 2), None, None),
        (Between(1, 2), 1, 1),
        (Between(1, 2), 2, 2),
        (AtLeast(0, "pages"), 0, 0),
        (AtLeast(0, "pages"), None, None),
        (Length(1, 2), "ab", "ab"),
        (Length(1, 2), None, None),
        (Length(1, 2), UNSET, UNSET),
        (AtMost(0), [], []),
        (lower_uuid, UUID, UUID),
        (lower_uuid, UUID.upper(), UUID),
    ],
)
def test_what_is_sent(rule: Any, value: object, sent: object) -> None:
    assert rule("name", value) == sent


@pytest.mark.parametrize(
    ("rule", "value", "told"),
    [
        (Length(1, 3), "abcd", "name must have 1 to 3 characters; got 4"),
        (Length(2, None, "items"), ["a"], "name must have 2 or more items; got 1"),
        (AtMost(2, "tags"), ["a", "b", "c"], "name must have up to 2 tags; got 3"),
        (Like("^[a-z]+$", "small letters"), "kanari 7", "name must be small letters"),
        (joined, ["a,b"], "name must hold no commas"),
        (Between(1, 2), 0, "name must be 1 to 2; got 0"),
        (Between(1, 2), 3, "name must be 1 to 2; got 3"),
        (Between(1, 2), float("nan"), "name must be 1 to 2; got nan"),
        (Between(1, 2), "kanari", "name must be 1 to 2; got str"),
        (Between(1, 2), True, "name must be 1 to 2; got True"),
        pytest.param(Between(1, 2), 10**5_000, "name must be 1 to 2; got a number without bounds", id="huge"),
        (AtLeast(0, "pages"), -1, "name must be 0 or more pages; got -1"),
        (AtLeast(0, "pages"), 2.5, "name must be 0 or more pages; got 2.5"),
        (AtLeast(0, "pages"), "kanari", "name must be 0 or more pages; got str"),
        (AtLeast(0, "pages"), True, "name must be 0 or more pages; got True"),
        (AtLeast(0, "pages"), False, "name must be 0 or more pages; got False"),
        pytest.param(AtLeast(0, "pages"), -(10**5_000), "must be 0 or more pages; got a number without bounds", id="less"),
        (AtLeast(1), 0, "name must be 1 or more; got 0"),
        (Length(1, 2), "kanari", "name must have 1 to 2 characters; got 6"),
        (Length(1, 2), "", "name must have 1 to 2 characters; got 0"),
        (lower_uuid, "", "name must be a UUID such as 0b9f7d6e"),
        (lower_uuid, None, "name must be a UUID"),
        (lower_uuid, UNSET, "name must be a UUID"),
        (lower_uuid, "kanari", "name must be a UUID"),
        (lower_uuid, UUID.replace("-", ""), "name must be a UUID"),
        (lower_uuid, "{" + UUID + "}", "name must be a UUID"),
        (lower_uuid, UUID + "\n", "name must be a UUID"),
        (lower_uuid, "\uff10" + UUID[1:], "name must be a UUID"),
        (lower_uuid, 5, "name must be a UUID"),
    ],
)
def test_what_is_refused(rule: Any, value: object, told: str) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(told)) as refused:
        rule("name", value)
    assert "kanari" not in str(refused.value)


@pytest.mark.parametrize(
    ("check", "values"),
    [
        (exactly_one("a", "b"), (1, None)),
        (exactly_one("a", "b"), (UNSET, "")),
        (exactly_one("a", "b", "c"), (0, None, UNSET)),
        (not_both("a", "b"), (1, None)),
        (not_both("a", "b"), (None, UNSET)),
    ],
)
def test_what_goes_together(check: Any, values: Any) -> None:
    check(*values)


@pytest.mark.parametrize(
    ("check", "values", "told"),
    [
        (exactly_one("a", "b"), (1, 2), "give exactly one of a or b; got a and b"),
        (exactly_one("a", "b"), (None, UNSET), "give exactly one of a or b; got none"),
        (not_both("a", "b", "c"), (1, 2, None), "a and b exclude each other; give only one"),
    ],
)
def test_what_does_not_go_together(check: Any, values: Any, told: str) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(told)):
        check(*values)


@pytest.mark.parametrize(
    ("rule", "words"),
    [(Length(1, 3), "1 to 3 characters"), (Length(1, None), "1 or more characters"), (Like("^a", "an a first"), "an a first")],
)
def test_what_the_documentation_says(rule: Any, words: str) -> None:
    assert str(rule) == words


class Page(Model):
    number: Annotated[int, Between(1, 9)] | UnsetType = UNSET
    tags: Annotated[list[str], AtMost(2, "tags")] | None = None
    lines: list[Annotated[str, AtMost(1)]] | None = None


class Book(Model):
    title: Annotated[str, AtMost(5)] | None = None
    first: Page | None = None
    pages: list[Page] | None = None


@pytest.mark.parametrize(
    "book", [Book(), Book(title="Notes", first=Page(number=9), pages=[Page(tags=["abc", "d"]), Page(lines=["a", "b"])])]
)
def test_members_that_fit(book: Book) -> None:
    assert members_fit("book", book) is book


@pytest.mark.parametrize(
    ("book", "told"),
    [
        (Book(title="Novels"), "book.title must have up to 5 characters; got 6"),
        (Book(first=Page(number=0)), "book.first.number must be 1 to 9; got 0"),
        (Book(pages=[Page(), Page(tags=["a", "b", "c"])]), "book.pages[].tags must have up to 2 tags; got 3"),
    ],
)
def test_members_that_do_not_fit(book: Book, told: str) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(told)):
        members_fit("book", book)


class Books(Group):
    @operation("POST /books", Effect.UNSAFE, name="post_book")
    async def post(self, *, book: Annotated[Book, Whole(), members_fit]) -> None:
        """Add one."""
        ...


def test_the_documentation_tells_the_limits_of_members() -> None:
    told = documentation(declared(Books)["post"]).partition("Limits:")[2].partition("Source")[0].split("\n")
    assert [line.strip() for line in told if line.strip()] == [
        "book.title: up to 5 characters.",
        "book.first.number: 1 to 9.",
        "book.first.tags: up to 2 tags.",
        "book.pages[].number: 1 to 9.",
        "book.pages[].tags: up to 2 tags.",
    ]


class Notes(Group):
    @operation("PUT /notes/{note_id}", Effect.IDEMPOTENT, name="put_note")
    async def put(self, note_id: str, *, id_in_note: Annotated[str, Body("note_id")]) -> None:
        """Put one."""
        ...


def test_a_member_of_the_body_may_have_the_name_of_a_parameter_of_the_path() -> None:
    places = {one.name: (one.place, one.wire) for one in declared(Notes)["put"].parameters}
    assert places == {"note_id": (Place.PATH, "note_id"), "id_in_note": (Place.BODY, "note_id")}
