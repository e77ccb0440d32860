"""Which handler an event goes to, and what stands around it."""

# ruff: noqa: ARG001 -- handlers have the parameters that are tested
from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from aioconvo import ConfigurationError
from aioconvo.bot import Bot, Context, ForgottenAwaitError, Router, Supports, filters
from aioconvo.bot.stores.store import Dead, Handled
from aioconvo.events import Event, MessageReceived, MessageSent, OtherEvent, Postback

from .plain_events import claim, install
from .talk import Talk, handling, plan, with_client


@pytest.fixture(autouse=True)
def _events(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)


def logging_to(seen: list[str], name: str) -> Callable[[Any], Awaitable[None]]:
    async def handler(event: Event) -> None:
        seen.append(name)

    return handler


async def test_the_first_that_fits_gets_it() -> None:
    bot, seen = Bot(), list[str]()
    bot.on(MessageReceived, text="hello")(logging_to(seen, "hello"))
    bot.on(MessageReceived, lambda event: len(event.text) > 3, provider="sunshine")(logging_to(seen, "long"))
    bot.on(Postback)(logging_to(seen, "postback"))
    bot.on(Event)(logging_to(seen, "rest"))
    handle = handling(bot)
    for one in (claim("hello"), claim("hello there"), claim("no"), claim("x", kind="postback"), claim(kind="other")):
        assert await handle(one) == Handled()
    assert seen == ["hello", "long", "rest", "postback", "rest"]


async def test_routers_nest_and_stand_where_they_are_included() -> None:
    bot, outer, inner, seen = Bot(), Router(filters.provider("sunshine")), Router(lambda event: "a" in event.text), list[str]()
    inner.on(MessageReceived, text="ab")(logging_to(seen, "ab"))
    bot.on(MessageReceived, text="first")(logging_to(seen, "first"))
    bot.include(outer)
    bot.on(MessageReceived)(logging_to(seen, "last"))
    outer.include(inner)  # also after its own router was included
    inner.on(MessageReceived)(logging_to(seen, "a"))
    outer.on(MessageReceived, text="first")(logging_to(seen, "never"))
    outer.on(MessageReceived, text="b")(logging_to(seen, "b"))
    handle = handling(bot)
    for text in ("ab", "ac", "b", "first", "x"):
        await handle(claim(text))
    assert seen == ["ab", "a", "b", "first", "last"]


async def test_middleware_stands_around_in_order() -> None:
    bot, router, seen = Bot(), Router(), list[str]()

    def around(name: str) -> Any:
        async def middleware(event: Event, call: Callable[[], Awaitable[None]]) -> None:
            seen.append(f"{name}(")
            await call()
            seen.append(f"){name}")

        return middleware

    bot.around(around("outer"))
    bot.around(around("inner"))
    router.around(around("router"))
    router.on(MessageReceived, text="hello")(logging_to(seen, "handler"))
    bot.include(router)
    handle = handling(bot)
    await handle(claim("hello"))
    assert seen == ["outer(", "inner(", "router(", "handler", ")router", ")inner", ")outer"]
    seen.clear()
    await handle(claim("nobody's"))
    assert seen == ["outer(", "inner(", ")inner", ")outer"]
    seen.clear()
    await handle(claim("nobody is registered for these", kind="postback"))
    assert seen == []


async def test_middleware_that_forgets_to_await_fails_by_name(caplog: pytest.LogCaptureFixture) -> None:
    bot, seen = Bot(), list[str]()

    async def forgets(event: Event, call: Callable[[], Awaitable[None]]) -> None:
        call()

    bot.around(forgets)
    bot.on(MessageReceived)(logging_to(seen, "handler"))
    with pytest.raises(ForgottenAwaitError, match=r"middleware .*forgets called `call\(\)` and did not await it; write `await"):
        await handling(bot)(claim("hello"))
    assert seen == []
    assert "forgets called `call()` and did not await it" in caplog.text


async def test_middleware_that_calls_nothing_is_a_filter() -> None:
    bot, seen = Bot(), list[str]()

    async def holds_back(event: Event, call: Callable[[], Awaitable[None]]) -> None:
        """Is asked, and lets nothing through."""

    bot.around(holds_back)
    bot.on(MessageReceived)(logging_to(seen, "handler"))
    assert await handling(bot)(claim("hello")) == Handled()
    assert seen == []


async def test_middleware_may_hold_back_and_see_failures() -> None:
    bot, seen = Bot(), list[object]()

    @bot.around
    async def guard(event: Event, call: Callable[[], Awaitable[None]], ctx: Context) -> None:
        if event.account == "sunshine" and ctx.event is event:
            try:
                if getattr(event, "text", "") != "stop":
                    await call()
            except RuntimeError as error:
                seen.append(error)
                raise

    @bot.on(MessageReceived)
    async def answer(event: MessageReceived) -> None:
        seen.append(event.text)
        raise RuntimeError

    handle = handling(bot)
    assert await handle(claim("stop")) == Handled()
    assert seen == []
    with pytest.raises(RuntimeError):
        await handle(claim("go"))
    assert seen[0] == "go"
    assert isinstance(seen[1], RuntimeError)


async def test_watchers_see_all(caplog: pytest.LogCaptureFixture) -> None:
    bot, router, seen = Bot(), Router(filters.text("hello")), list[tuple[str, str]]()

    @bot.watch
    async def everything(event: Event) -> None:
        seen.append(("all", type(event).__name__))

    @bot.watch(MessageSent)
    async def own(event: MessageSent, ctx: Context) -> None:
        seen.append(("own", event.text))
        raise RuntimeError(event.text)

    @router.watch
    async def greetings(event: Event) -> None:
        seen.append(("router", type(event).__name__))

    bot.on(MessageReceived)(logging_to([], "handler"))
    bot.include(router)
    handle = handling(bot)
    with caplog.at_level(logging.ERROR, "aioconvo.bot"):
        for one in (claim("hello"), claim("canary-text", kind="echo"), claim(kind="other")):
            assert await handle(one) == Handled()
    assert seen == [
        ("all", "MessageReceived"),
        ("router", "MessageReceived"),
        ("all", "MessageSent"),
        ("own", "canary-text"),
        ("all", "OtherEvent"),
    ]
    assert "raised RuntimeError" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.parametrize(
    ("native", "switchboard", "reaches"),
    [
        ({}, None, True),
        ({"direction": "outbound"}, None, False),
        ({"direction": "system"}, None, False),
        ({"message_kind": "activity"}, None, False),
        ({"active": None}, "bot", True),
        ({"active": {"name": "bot"}}, "bot", True),
        ({"active": {"name": "desk", "integration_id": "bot"}}, "bot", True),
        ({"active": {"name": "desk"}}, "bot", False),
        ({"active": {"name": "bot"}}, None, True),
        ({"active": {"name": "desk", "integration_type": "zd:agentWorkspace"}}, None, False),
    ],
)
async def test_what_is_not_said_to_the_bot_does_not_reach_handlers(
    native: dict[str, Any], switchboard: str | None, reaches: bool
) -> None:
    bot, seen, watched = Bot(), list[str](), list[str]()
    bot.on(MessageReceived)(logging_to(seen, "handler"))
    bot.watch(logging_to(watched, "watcher"))
    value = {key: one for key, one in native.items() if key != "active"}
    if "active" in native:
        active = native["active"]
        value["native"] = {"conversation": {"active_switchboard_integration": active}}
    handle = plan(with_client(bot, switchboard=switchboard))
    assert await handle(claim("hello", **value)) == Handled()
    assert (seen, watched) == (["handler"] if reaches else [], ["watcher"])


async def test_attempt_and_lateness_come_with_the_event() -> None:
    bot, seen = Bot(), list[tuple[int, bool]]()

    @bot.on(MessageReceived)
    async def answer(event: MessageReceived) -> None:
        seen.append((event.attempt, event.late))

    handle = handling(bot)
    await handle(claim("hello"))
    await handle(claim("hello", attempt=2))
    await handle(claim("hello", attempt=1, late=True))
    assert seen == [(1, False), (2, False), (1, True)]


async def test_what_cannot_be_handled_is_a_dead_letter() -> None:
    handle = handling(Bot())
    assert await handle(claim(kind="unreadable")) == Dead(reason="it cannot be read")
    assert await handle(claim(account="gone")) == Dead(reason="no client of this account")


async def test_replies_typing_and_read_marks() -> None:
    bot, talk, quiet, supported = Bot(), Talk(), Talk(typing=False, mark_read=False), list[Supports]()

    @bot.on(MessageReceived)
    async def answer(ctx: Context, event: MessageReceived) -> None:
        await ctx.mark_read()
        await ctx.typing()
        sent = await ctx.reply(event.text.upper())
        await ctx.typing(False)
        assert sent.text == "HELLO"
        supported.append(ctx.supports)
        assert ctx.client.provider == "sunshine"
        assert "HELLO" not in repr(ctx)

    handle = handling(bot, talk)
    await handle(claim("hello"))
    assert (talk.said, talk.did) == (["HELLO"], ["read", ("typing", True), ("typing", False)])
    talk.said.clear()
    await plan(bot, quiet)(claim("hello"))
    assert (quiet.said, quiet.did) == (["HELLO"], [])
    assert supported == [Supports(typing=True, mark_read=True), Supports(typing=False, mark_read=False)]


async def sync_handler(event: Event) -> None: ...


def not_async(event: Event) -> None: ...


LOOP = Router()
WRONG: list[tuple[Callable[[Bot], Any], str]] = [
    (lambda bot: bot.on(sync_handler), r"write @bot\.on\(MessageReceived\)"),  # type: ignore[type-var, arg-type]
    (lambda bot: bot.on(Bot), "takes a type of event"),  # type: ignore[type-var]
    (lambda bot: bot.watch(Bot), "takes a type of event"),  # type: ignore[arg-type]
    (lambda bot: bot.on(Event)(not_async), "not_async is no async function; write async def"),  # type: ignore[type-var]
    (lambda bot: bot.on(Event)(Bot), "must be an async function"),  # type: ignore[type-var]
    (lambda bot: bot.watch(not_async), "not_async is no async function"),  # type: ignore[type-var]
    (lambda bot: bot.around(not_async), "not_async is no async function"),  # type: ignore[type-var]
    (lambda bot: bot.on(Event, state=sync_handler), "state must be a plain function"),
    (lambda bot: bot.include(bot), "a Bot cannot be included"),
    (lambda bot: bot.include(Bot()), "its accounts, its store and its settings would not come along"),
    (lambda _: LOOP.include(LOOP), "cannot include itself"),
    (lambda bot: [bot.include(LOOP) for _ in range(2)], "included already"),  # type: ignore[func-returns-value]
    (lambda bot: bot.include("router"), "router must be a Router"),  # type: ignore[arg-type]
    (lambda bot: (with_client(bot), with_client(bot)), "added as 'sunshine' already"),
    (lambda bot: bot.add("client"), "client must be one of the five clients"),  # type: ignore[arg-type]
    (lambda bot: bot.provide(Event, lambda: None), "of the event's own"),  # type: ignore[arg-type, return-value]
    (lambda bot: bot.provide(Context[Any], lambda: None), "of the event's own"),  # type: ignore[arg-type, return-value]
    (lambda bot: [bot.provide(int, lambda: 1) for _ in range(2)], "a factory of int already"),  # type: ignore[func-returns-value]
    (lambda bot: bot.provide(int, 1), "write lambda: value"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("register", "words"), WRONG)
def test_wrong_registrations_are_refused_at_once(register: Callable[[Bot], Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        register(Bot())


async def test_two_accounts_of_one_provider() -> None:
    bot, seen = Bot(), list[str]()
    with_client(bot, name="shop")
    with_client(bot, name="support")

    @bot.on(MessageReceived, account="support")
    async def answer(event: MessageReceived) -> None:
        seen.append(event.account)

    handle = plan(bot)
    for name in ("shop", "support"):
        await handle(claim("hello", account=name))
    assert seen == ["support"]


def test_a_handler_stays_what_it_was() -> None:
    bot = Bot()

    async def answer(event: Event) -> None: ...

    assert bot.on(MessageReceived)(bot.on(OtherEvent)(bot.watch(bot.watch(MessageSent)(answer)))) is answer
    assert len(list(bot.walk_routes())) == 2
    assert msgspec.structs.asdict(next(iter(bot.walk_watchers())))["event"] is MessageSent
