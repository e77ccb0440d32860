"""Filters: what each holds for, that they combine, and what they refuse."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest

from aioconvo import ConfigurationError
from aioconvo.bot import Filter, filters
from aioconvo.events import Event, MessageReceived, MessageSent, OtherEvent, Postback, Typing
from aioconvo.inbox import Message
from aioconvo.providers import Provider

SHARED: dict[str, Any] = {"provider": Provider.SMOOCH, "account": "shop", "key": "k", "native": None}


def received(text: str | None, kind: type[Any] = MessageReceived) -> Any:
    return kind(**SHARED, message=Message(Provider.SMOOCH, "c", "m", None, text=text))


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (("hello",), {"hello", " HELLO \n", "Hello"}),
        (("hello", "hi"), {"hello", " HELLO \n", "Hello", "hi"}),
        (("STRASSE",), {"straße"}),
        ((re.compile("ell"),), {"hello", "Hello"}),
        (("",), {None, ""}),
    ],
)
def test_text(words: Any, texts: set[str | None]) -> None:
    holds = filters.text(*words)
    given = [None, "", "hello", " HELLO \n", "Hello", "hi", "straße", "hello you" if "hello" in words else "x"]
    assert {one for one in given if holds(received(one))} == texts
    assert {one for one in given if holds(received(one, MessageSent))} == texts
    assert not holds(Typing(**SHARED))


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("/order", True),
        ("/ORDER 3", True),
        ("  /order\n3", True),
        ("/orders", False),
        ("order", False),
        ("", False),
        (None, False),
    ],
)
def test_command(text: str | None, is_it: bool) -> None:
    assert filters.command("order")(received(text)) is is_it
    assert filters.command("/order")(received(text)) is is_it
    assert not filters.command("order")(OtherEvent(**SHARED))


def test_payload() -> None:
    holds = filters.payload("buy", re.compile("^sell:"))
    given = ["buy", "Buy", "sell:1", "resell:1", None]
    assert [one for one in given if holds(Postback(**SHARED, payload=one))] == ["buy", "sell:1"]
    assert not holds(received("buy"))


def test_provider_and_account() -> None:
    event = Typing(**SHARED)
    assert filters.provider("smooch")(event)
    assert filters.provider(Provider.SMSCX, Provider.SMOOCH)(event)
    assert not filters.provider("sunshine")(event)
    assert filters.account("shop", "other")(event)
    assert not filters.account("other")(event)


@pytest.mark.parametrize(("first", "second"), list(itertools.product([False, True], repeat=2)))
def test_they_combine_as_values_do(first: bool, second: bool) -> None:
    one: Filter[Event] = Filter(lambda _: first)

    def plain(_: Event) -> bool:
        return second

    event = Typing(**SHARED)
    assert (one & plain)(event) is (plain & one)(event) is (first and second)
    assert (one | plain)(event) is (plain | one)(event) is (first or second)
    assert (~one)(event) is (not first)
    assert (~(one & plain) | ~one)(event) is (not (first and second) or not first)


def test_they_tell_what_they_are() -> None:
    assert repr(filters.text("secret words") & ~filters.provider("smscx")) == "<Filter (text & ~provider)>"


async def asked(_: Event) -> bool:
    return True


ANY: Callable[[object], Any] = lambda value: value  # noqa: E731 -- for what a type checker would not let pass
WRONG: list[tuple[Any, str]] = [
    (lambda: Filter(asked), "must be a plain function"),
    (lambda: filters.text("a") & asked, "must be a plain function"),
    (lambda: filters.text("a") | ANY("b"), "must be a plain function"),
    (lambda: Filter(ANY(Typing)), "the class Typing"),
    (filters.text, "at least one"),
    (lambda: filters.text(ANY(re.compile(rb"x"))), "compiled patterns of texts"),
    (lambda: filters.text(ANY(3)), "takes texts"),
    (filters.command, "at least one name"),
    (lambda: filters.command("two words"), "one word"),
    (lambda: filters.command("/"), "one word"),
    (lambda: filters.provider("smox"), "got smox"),
    (filters.provider, "got nothing"),
    (filters.account, "names that clients were added under"),
]


@pytest.mark.parametrize(("make", "words"), WRONG)
def test_wrong_ones_are_refused(make: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        make()
