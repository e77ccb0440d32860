"""The state of a conversation: kept with the event, typed, and what becomes of one that changed its shape."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
import pytest

from aioconvo import ConfigurationError
from aioconvo.bot import Bot, Context, StateError
from aioconvo.bot.state import StateSchema
from aioconvo.bot.stores.store import Claim, Dead, Handled
from aioconvo.events import Event, MessageReceived

from .plain_events import claim, install
from .talk import handling, plan


@pytest.fixture(autouse=True)
def _events(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)


class Cart(msgspec.Struct):
    items: list[str] = []
    step: str = ""


class Old(msgspec.Struct):
    items: str = ""


def counting() -> Bot:
    bot = Bot(state=Cart)

    @bot.on(MessageReceived, text="name?", state=lambda cart: cart.step == "name")
    async def named(ctx: Context[Cart]) -> None:
        ctx.state = Cart(items=["named"])

    @bot.on(MessageReceived, text="fail")
    async def fail(ctx: Context[Cart]) -> None:
        ctx.state.items.append("lost")
        raise RuntimeError

    @bot.on(MessageReceived, text="look")
    async def look(ctx: Context[Cart]) -> None:
        assert ctx.state.step in {"", "name"}

    @bot.on(MessageReceived, text="plain")
    async def plain(ctx: Context) -> None:
        with pytest.raises(ConfigurationError, match="a plain Context has no state"):
            _ = ctx.state

    @bot.on(MessageReceived)
    async def add(event: MessageReceived, ctx: Context[Cart]) -> None:
        ctx.state.items.append(event.text)
        ctx.state.step = "name"

    return bot


async def test_the_state_goes_from_event_to_event() -> None:
    handle = handling(counting())
    first = await handle(claim("tea"))
    assert isinstance(first, Handled)
    assert first.state == b'[1,{"items":["tea"],"step":"name"}]'
    second = await handle(claim("milk", state=first.state))
    assert isinstance(second, Handled)
    assert second.state == b'[1,{"items":["tea","milk"],"step":"name"}]'
    assert await handle(claim("name?", state=second.state)) == Handled(state=b'[1,{"items":["named"],"step":""}]')
    with pytest.raises(RuntimeError):
        await handle(claim("fail", state=first.state))
    assert await handle(claim("plain", state=first.state)) == Handled()


async def test_what_was_only_looked_at_is_not_written() -> None:
    handle = handling(counting())
    assert await handle(claim("look")) == Handled()
    assert await handle(claim("look", state=b'[1,{"items":["tea"],"step":"name"}]')) == Handled()
    assert await handle(claim(kind="other")) == Handled()


async def test_what_cannot_be_read_is_a_dead_letter_and_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    handle = handling(counting())
    for kept in (b'[1,{"items":"canary"}]', b'[2,{"items":[]}]', b"canary", b'{"items":[]}', b'["1",{}]'):
        with caplog.at_level(logging.ERROR, "aioconvo.bot"):
            assert await handle(claim("tea", state=kept)) == Dead(reason="StateError")
    assert "sunshine:k" in caplog.text
    assert "canary" not in caplog.text
    # Who does not ask for the state does not need it.
    assert await handle(claim("plain", state=b"canary")) == Handled()


async def test_a_watcher_does_not_hide_a_state_that_cannot_be_read() -> None:
    bot = Bot(state=Cart)

    @bot.watch
    async def watch(event: Event, ctx: Context[Cart]) -> None: ...

    assert await handling(bot)(claim("tea", state=b"canary")) == Dead(reason="StateError")


def test_fields_that_are_new_get_their_defaults() -> None:
    schema = StateSchema(Cart)
    assert schema.read(b'[1,{"items":["tea"]}]') == Cart(items=["tea"])
    assert schema.read(b'[1,{"items":["tea"],"gone":3}]') == Cart(items=["tea"])
    assert schema.read(None) == Cart()
    assert schema.read(None) is not schema.read(None)


def test_what_changed_otherwise_is_migrated() -> None:
    told: list[int] = []

    def migrate(version: int, old: Any) -> Any:
        told.append(version)
        return {**old, "items": old["items"].split()}

    schema = StateSchema(Cart, version=3, migrate=migrate)
    before = StateSchema(Old).write(Old(items="tea milk"))
    assert schema.read(before) == Cart(items=["tea", "milk"])
    assert told == [1]
    assert schema.read(schema.write(Cart(items=["tea"]))) == Cart(items=["tea"])
    assert told == [1]
    whole = StateSchema(Cart, version=2, migrate=lambda _, old: Cart(items=[old["items"]]))
    assert whole.read(before) == Cart(items=["tea milk"])


@pytest.mark.parametrize(
    ("schema", "kept", "words"),
    [
        (StateSchema(Cart), b'[1,{"items":"canary"}]', r"version 1 of it does not fit Cart \(`\$\.items`\)"),
        (StateSchema(Cart), b'[2,{"items":[]}]', "it is of version 2, and this program knows 1: run the newer program"),
        (StateSchema(Cart), b"canary", "what is kept is not the state of a conversation"),
        (StateSchema(Cart, version=2), b'[1,{"items":"canary"}]', "version 1 of it does not fit Cart"),
        (
            StateSchema(Cart, version=2, migrate=lambda _, old: old["canary"]),
            b'[1,{"items":""}]',
            "migrate failed on version 1 with KeyError",
        ),
        (StateSchema(Cart, version=2, migrate=lambda *_: ["canary"]), b'[1,{"items":""}]', "version 1 of it does not fit"),
    ],
)
def test_what_does_not_fit_is_told_without_its_text(schema: StateSchema[Cart], kept: bytes, words: str) -> None:
    with pytest.raises(StateError, match=words) as raised:
        schema.read(kept)
    assert "canary" not in str(raised.value)


class Needs(msgspec.Struct):
    name: str


@pytest.mark.parametrize("kind", [Needs, int, "Cart", Bot, dict[str, object]])
def test_a_state_needs_defaults_for_all_fields(kind: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"must be a msgspec\.Struct whose fields all have defaults"):
        Bot(state=kind)


@pytest.mark.parametrize(("options", "words"), [({"state_version": 0}, "state_version"), ({"migrate": "x"}, "migrate")])
def test_wrong_settings(options: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Bot(state=Cart, **options)


async def test_a_state_of_another_type_is_refused() -> None:
    bot = Bot(state=Cart)

    @bot.on(MessageReceived)
    async def answer(ctx: Context[Cart]) -> None:
        ctx.state = Old()  # type: ignore[assignment]

    handle = plan(bot)
    given: Claim = claim("tea")
    assert await handle(given) == Dead(reason="no client of this account")
    with pytest.raises(ConfigurationError, match="the state must be a Cart; got Old"):
        await handling(bot)(given)
