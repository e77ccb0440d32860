"""What a handler's parameters get, that all of it is checked at the start, and that what was opened is closed."""

# ruff: noqa: ARG001 -- handlers have the parameters that are tested
from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Self

import msgspec
import pytest

from aioconvo import ConfigurationError
from aioconvo.bot import Bot, Context, MemoryStore
from aioconvo.bot.stores.store import Handled
from aioconvo.events import Event, MessageReceived, MessageSent, Postback

from .plain_events import claim, install
from .talk import handling, plan

if TYPE_CHECKING:
    from decimal import Decimal


@pytest.fixture(autouse=True)
def _events(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)


class Database:
    def __init__(self) -> None:
        self.log: list[str] = []


class Session:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def __aenter__(self) -> Self:
        self.database.log.append("open")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.log.append("closed" if error is None else f"closed after {type(error).__name__}")


class Cart(msgspec.Struct):
    items: int = 0


DATABASE = Database()
UNTYPED: Any = Bot  # for what a type checker refuses


async def test_parameters_come_by_type_in_any_order() -> None:
    bot, database, got = Bot(), Database(), list[Any]()
    bot.provide(Database, lambda: database)

    @bot.on(MessageReceived)
    async def answer(db: Database, ctx: Context, event: MessageReceived | Postback, times: int = 3) -> None:
        got.extend((db, ctx.event, event, times))

    assert await handling(bot)(claim("hello")) == Handled()
    assert got[0] is database
    assert got[1] is got[2]
    assert got[3] == 3


async def test_methods_partials_and_objects_are_handlers() -> None:
    bot, got = Bot(), list[str]()

    class Shop:
        async def answer(self, event: MessageReceived) -> None:
            got.append(f"method {event.text}")

        async def __call__(self, event: Postback) -> None:
            got.append(f"object {event.payload}")

    async def sent(prefix: str, event: MessageSent) -> None:
        got.append(f"{prefix} {event.text}")

    bot.on(MessageReceived)(Shop().answer)
    bot.on(Postback)(Shop())
    bot.on(MessageSent)(functools.partial(sent, "partial"))
    handle = handling(bot)
    for kind in ("message", "postback", "echo"):
        await handle(claim("x", kind=kind))
    assert got == ["method x", "object x", "partial x"]


async def test_factories_of_every_sort_are_closed_after_the_handler() -> None:
    bot, database, log = Bot(), Database(), list[str]()

    async def connect() -> Database:
        return database

    async def words(db: Database, event: Event) -> AsyncGenerator[list[str]]:
        db.log.append(f"words for {event.account}")
        yield log
        db.log.append("words done")

    @contextlib.asynccontextmanager
    async def number(db: Database) -> AsyncGenerator[int]:
        db.log.append("number")
        yield 7
        db.log.append("number done")

    bot.provide(Database, connect)
    bot.provide(Session, Session)
    bot.provide(list, words)
    bot.provide(int, number)

    @bot.on(MessageReceived)
    async def answer(session: Session, own: int, both: list, again: Annotated[int, "the same"]) -> None:  # type: ignore[type-arg]
        database.log.append("handler")
        assert (own, again, both) == (7, 7, log)
        assert session.database is database

    assert await handling(bot)(claim("hello")) == Handled()
    assert database.log == [
        *("open", "number", "words for sunshine", "handler"),
        *("words done", "number done", "closed"),
    ]


async def test_they_are_closed_when_the_handler_fails_and_can_see_it() -> None:
    bot, database = Bot(), Database()
    bot.provide(Session, functools.partial(Session, database))

    @bot.on(MessageReceived)
    async def answer(event: MessageReceived, session: Session) -> None:
        raise RuntimeError

    handle = handling(bot)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await handle(claim("hello"))
    # A function that hands on a thing of that type, not a context manager: it is another's to close.
    assert database.log == []

    opened, log = Bot(), list[str]()

    @contextlib.asynccontextmanager
    async def transaction() -> AsyncGenerator[Session]:
        try:
            yield Session(database)
        except RuntimeError:
            log.append("rolled back")
            raise

    opened.provide(Session, transaction)
    opened.on(MessageReceived)(answer)
    with pytest.raises(RuntimeError):
        await handling(opened)(claim("hello"))
    assert log == ["rolled back"]


async def test_nothing_is_made_for_who_does_not_ask() -> None:
    bot, made = Bot(), list[str]()

    def make() -> int:
        made.append("int")
        return 1

    bot.provide(int, make)

    @bot.on(MessageReceived, text="number")
    async def number(event: MessageReceived, number: int) -> None: ...

    @bot.on(MessageReceived)
    async def answer(event: MessageReceived) -> None: ...

    handle = handling(bot)
    await handle(claim("hello"))
    assert made == []
    await handle(claim("number"))
    assert made == ["int"]


async def test_middleware_and_watchers_are_injected_too() -> None:
    bot, got = Bot(state=Cart), list[object]()
    bot.provide(int, lambda: 7)

    @bot.watch
    async def watch(event: Event, number: int) -> None:
        got.append(("watch", number))

    @bot.around
    async def around(event: Event, call: Callable[[], Awaitable[None]], number: int, ctx: Context[Cart]) -> None:
        got.append(("around", number, ctx.state.items))
        await call()

    @bot.on(MessageReceived)
    async def answer(ctx: Context[Cart]) -> None:
        got.append("handler")

    await handling(bot)(claim("hello"))
    assert got == [("watch", 7), ("around", 7, 0), "handler"]


async def no_annotation(event) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001
async def other_event(message: Postback) -> None: ...
async def unknown(event: MessageReceived, db: Database) -> None: ...
async def with_cart(event: MessageReceived, ctx: Context[Cart]) -> None: ...
async def only_for_checkers(event: MessageReceived, price: Decimal) -> None: ...
async def positional(event: MessageReceived, /) -> None: ...
async def one_argument(event: Event) -> None: ...
async def narrow(event: MessageReceived, call: Any, other: MessageReceived) -> None: ...
async def all_of_them(*events: Any, **more: Any) -> None: ...


WRONG: list[tuple[Callable[[Bot], Any], str]] = [
    (lambda bot: bot.on(MessageReceived)(no_annotation), "handler no_annotation, parameter 'event': it has no annotation"),
    (
        lambda bot: bot.on(MessageReceived)(other_event),
        "handler other_event, parameter 'message': it is annotated Postback, but registered for MessageReceived",
    ),
    (
        lambda bot: bot.on(MessageReceived)(unknown),
        r"handler unknown, parameter 'db': nothing provides Database; add bot\.provide\(Database, \.\.\.\)",
    ),
    (
        lambda bot: bot.on(MessageReceived)(with_cart),
        r"handler with_cart, parameter 'ctx': Context\[Cart\] needs a bot with a state: Bot\(store, state=Cart\)",
    ),
    (
        lambda bot: bot.on(MessageReceived)(only_for_checkers),
        "handler only_for_checkers, parameter 'price': its annotation cannot be found .*Decimal.*TYPE_CHECKING",
    ),
    (lambda bot: bot.on(MessageReceived)(positional), "parameter 'event': it must not be positional only"),
    (lambda bot: bot.around(one_argument), r"middleware one_argument: it must take 2 arguments, \(event, call\)"),
    (lambda bot: bot.around(narrow), "middleware narrow, parameter 'other': it is annotated MessageReceived, but registered"),
    (lambda bot: bot.watch(with_cart), r"watcher with_cart, parameter 'event': it is annotated MessageReceived"),
    (lambda bot: bot.on(MessageReceived, state=bool)(all_of_them), "handler all_of_them: state= needs a bot with a state"),
]


@pytest.mark.parametrize(("register", "words"), WRONG)
def test_wrong_parameters_are_found_at_the_start(register: Callable[[Bot], Any], words: str) -> None:
    bot = Bot()
    register(bot)
    with pytest.raises(ConfigurationError, match=words):
        plan(bot)


def test_wrong_factories_are_found_at_the_start() -> None:
    def first(number: float) -> int:
        return int(number)

    def second(number: int) -> float:
        return float(number)

    def lost(database: Database) -> Session:
        return Session(database)

    def for_messages(event: MessageReceived) -> Database:
        return DATABASE

    circle, alone, narrow, other = Bot(), Bot(), Bot(), Bot(state=Cart)
    circle.provide(int, first)
    circle.provide(float, second)
    with pytest.raises(ConfigurationError, match="needs itself: int -> float -> int"):
        plan(circle)
    alone.provide(Session, lost)
    with pytest.raises(ConfigurationError, match=r"factory .*lost, parameter 'database': nothing provides Database"):
        plan(alone)
    narrow.provide(Database, for_messages)
    with pytest.raises(ConfigurationError, match="it gets events of every type; annotate it with Event"):
        plan(narrow)

    @other.on(MessageReceived)
    async def answer(ctx: Context[Database]) -> None: ...

    with pytest.raises(ConfigurationError, match=r"parameter 'ctx': the bot's state is Cart, not Database"):
        plan(other)


async def test_annotations_may_name_what_is_local() -> None:
    class Local: ...

    bot, got = Bot(), list[object]()
    bot.provide(Local, Local)

    @bot.on(MessageReceived)
    async def answer(local: Local) -> None:
        got.append(local)

    await handling(bot)(claim("hello"))
    assert isinstance(got[0], Local)


async def test_anything_goes_to_who_takes_anything() -> None:
    bot = Bot()
    bot.on(MessageReceived)(all_of_them)
    assert await handling(bot)(claim("hello")) == Handled()


async def test_what_may_be_missing_is_given_where_it_is_there() -> None:
    bot, got = Bot(), list[Any]()
    bot.provide(Database, lambda: DATABASE)

    @bot.on(MessageReceived)
    async def see(event: MessageReceived | None, ctx: Context | None = None, database: Database | None = None) -> None:
        got.extend((event, ctx, database))

    await handling(bot)(claim("hello"))
    event, ctx, database = got
    assert isinstance(event, MessageReceived)
    assert isinstance(ctx, Context)
    assert database is DATABASE


@contextlib.contextmanager
def plain_session() -> Generator[Session]:
    yield Session(DATABASE)


def plain_generator() -> Generator[Session]:
    yield Session(DATABASE)


@pytest.mark.parametrize("factory", [plain_session, plain_generator])
def test_factories_that_yield_are_async(factory: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"factory {factory.__name__} yields, so it must be async"):
        Bot().provide(Session, factory)


@pytest.mark.parametrize("kind", [3, "Database", DATABASE])
def test_what_is_provided_is_a_type(kind: Any) -> None:
    with pytest.raises(ConfigurationError, match="provide takes a type first"):
        Bot().provide(kind, lambda: 3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: UNTYPED("bot.db"), "store must be MemoryStore"),
        (lambda: UNTYPED(MemoryStore), "store must be MemoryStore"),
        (lambda: UNTYPED(retries=3), "retries must be Retries"),
        (lambda: UNTYPED().run(port=99_999), "port must be"),
        (lambda: UNTYPED().run(host=8080), "host must be"),
    ],
)
def test_wrong_settings_are_told(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        make()


async def test_inside_of_a_loop_a_bot_does_not_run_one_of_its_own() -> None:
    with pytest.raises(ConfigurationError, match="async with bot"):
        Bot().run()


async def test_a_handler_in_the_body_of_a_class_is_told_how() -> None:
    bot = Bot()

    class Shop:
        @bot.on(MessageReceived)
        async def answer(self, event: MessageReceived) -> None:
            """Of no object."""

    with pytest.raises(ConfigurationError, match=r"parameter 'self': .* register the method of an object"):
        handling(bot)
