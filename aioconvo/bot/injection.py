"""What the parameters of a handler get, by their types: decided once, when the bot starts."""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
import sys
import types
import typing
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, TypeVar, cast

import msgspec

from aioconvo.core.errors import ConfigurationError
from aioconvo.events.models import Event

from .context import Context, NoState

__all__ = ["Function", "Injected", "Injector", "Scope", "check_async", "check_factory", "name_of"]

T = TypeVar("T")

Handler = Callable[..., Awaitable[object]]


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """A function of the user's. `sight`: what its annotations name that is not global, from where it was registered."""

    call: Callable[..., Any]
    sight: Mapping[str, Any]

    @classmethod
    def seen(cls, call: Callable[..., Any], *, depth: int) -> Function:
        """A function that the caller `depth` frames above registers: its annotations may name locals of that frame."""
        frame = inspect.currentframe()
        for _ in range(depth + 1):
            frame = None if frame is None else frame.f_back
        if frame is None or frame.f_locals is frame.f_globals:
            return cls(call=call, sight={})
        try:
            written = getattr(_unwrapped(call), "__annotations__", {}).values()
        except NameError:  # Python 3.14 looks annotations up here; what is missing is told when the bot starts
            written = ()
        names = {name for one in written if isinstance(one, str) for name in re.findall(r"[^\W\d]\w*", one)}
        there = frame.f_locals
        return cls(call=call, sight={name: there[name] for name in names if name in there})

    @property
    def name(self) -> str:
        """What errors call it."""
        return name_of(self.call)


class Scope:
    """What there is while one event is handled: the event, its context, and what factories made for it so far."""

    __slots__ = ("context", "made", "stack")

    def __init__(self, context: Context[Any]) -> None:
        self.context = context
        self.made: dict[Any, Any] = {}
        self.stack = AsyncExitStack()

    @property
    def event(self) -> Event:
        """The event."""
        return self.context.event


_Source = Callable[[Scope], Any]


class Injected:
    """A function and where each of its parameters comes from."""

    __slots__ = ("_from_factories", "_known", "call", "wants_state")

    def __init__(
        self, function: Function, known: Mapping[str, _Source], factories: Mapping[str, Any], wants_state: bool
    ) -> None:
        self.call = function.call
        self._known = tuple(known.items())
        self._from_factories = tuple(factories.items())
        self.wants_state = wants_state

    async def __call__(self, scope: Scope, *given: object, injector: Injector) -> Any:
        """Await the function, with `given` as its first arguments."""
        return await self.call(*given, **await self.arguments(scope, injector))

    async def arguments(self, scope: Scope, injector: Injector) -> dict[str, Any]:
        """What its parameters are given."""
        arguments = {name: source(scope) for name, source in self._known}
        for name, kind in self._from_factories:
            arguments[name] = await injector.make(kind, scope)
        return arguments


class Injector:
    """Knows the types that can be injected; one for each start of a bot."""

    def __init__(self, state: type | None, factories: Mapping[Any, Function]) -> None:
        self._state = state
        self._factories = dict(factories)
        self._plans: dict[Any, Injected] = {}
        for kind in self._factories:
            self._plan_factory(kind, ())

    def plan(self, function: Function, event: type[Event] | None, *, given: int = 0, what: str = "handler") -> Injected:
        """Where the parameters come from, but for the first `given` ones. `event` is what the function is registered for.

        Raises:
            ConfigurationError: One has no source; the message names function and parameter.
        """
        known: dict[str, _Source] = {}
        made: dict[str, Any] = {}
        wants_state = False
        for parameter in _parameters(function, given, what):
            where = f"{what} {function.name}, parameter {parameter.name!r}"
            kind = _annotation(parameter, function, where)
            if kind not in self._factories:
                kind = _without_none(kind)
            if kind is inspect.Parameter.empty:
                if parameter.default is inspect.Parameter.empty:
                    fix = "; register the method of an object: bot.on(...)(thing.method)" if parameter.name == "self" else ""
                    raise ConfigurationError(f"{where}: it has no annotation; what it gets is found by its type{fix}")
            elif _is_event(kind):
                _check_event(kind, event, where)
                known[parameter.name] = _event_of
            elif _is_context(kind):
                wants_state |= self._check_context(kind, where)
                known[parameter.name] = _context_of
            elif kind in self._factories:
                made[parameter.name] = kind
            elif parameter.default is inspect.Parameter.empty:
                raise ConfigurationError(f"{where}: nothing provides {_shown(kind)}; add bot.provide({_shown(kind)}, ...)")
        wants_state = wants_state or any(self._plans[kind].wants_state for kind in made.values() if kind in self._plans)
        return Injected(function, known, made, wants_state)

    async def make(self, kind: Any, scope: Scope) -> Any:
        """What the factory of a type gives for this event, made at most once; context managers are closed with the scope."""
        if kind not in scope.made:
            plan = self._plans[kind]
            scope.made[kind] = await _enter(kind, plan.call, await plan.arguments(scope, self), scope.stack)
        return scope.made[kind]

    def _plan_factory(self, kind: Any, above: tuple[Any, ...]) -> None:
        if kind in above:
            circle = " -> ".join(map(_shown, (*above[above.index(kind) :], kind)))
            raise ConfigurationError(f"what bot.provide was given needs itself: {circle}")
        if kind in self._plans:
            return
        function = self._factories[kind]
        for parameter in _parameters(function, 0, "factory"):
            needed = _annotation(parameter, function, f"factory {function.name}, parameter {parameter.name!r}")
            if needed in self._factories:
                self._plan_factory(needed, (*above, kind))
        self._plans[kind] = self.plan(function, None, what="factory")

    def _check_context(self, kind: Any, where: str) -> bool:
        """Whether the state is asked for."""
        wanted = typing.get_args(kind)
        if not wanted or wanted[0] in {NoState, Any} or isinstance(wanted[0], TypeVar):
            return bool(wanted) and wanted[0] is Any and self._state is not None
        if self._state is None:
            name = _shown(wanted[0])
            raise ConfigurationError(f"{where}: Context[{name}] needs a bot with a state: Bot(store, state={name})")
        if wanted[0] is not self._state:
            raise ConfigurationError(f"{where}: the bot's state is {_shown(self._state)}, not {_shown(wanted[0])}")
        return True


def _event_of(scope: Scope) -> Event:
    return scope.context.event


def _context_of(scope: Scope) -> Context[Any]:
    return scope.context


async def _enter(kind: Any, factory: Callable[..., Any], arguments: dict[str, Any], stack: AsyncExitStack) -> Any:
    """What a factory makes; a context manager is entered, unless it is a thing of that type that the factory only hands on."""
    if inspect.isasyncgenfunction(factory):
        generated = cast("Callable[..., AsyncGenerator[Any]]", factory)
        return await stack.enter_async_context(contextlib.asynccontextmanager(generated)(**arguments))
    made = factory(**arguments)
    if inspect.isawaitable(made) and not hasattr(made, "__aenter__"):
        made = await made
    handed_on = isinstance(kind, type) and isinstance(made, kind) and not isinstance(factory, type)
    if hasattr(made, "__aenter__") and not handed_on:
        return await stack.enter_async_context(cast("AbstractAsyncContextManager[Any]", made))
    return made


def _parameters(function: Function, given: int, what: str) -> Iterable[inspect.Parameter]:
    """Those that have to be found by type."""
    try:
        found = list(inspect.signature(function.call).parameters.values())
    except (TypeError, ValueError):
        raise ConfigurationError(f"{what} {function.name}: its parameters cannot be seen; wrap it in an async def") from None
    except NameError as error:  # Python 3.14 looks annotations up now
        raise ConfigurationError(f"{what} {function.name}: {error}; import it, also outside of TYPE_CHECKING") from None
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if len([one for one in found if one.kind in by_place]) < given and not any(
        one.kind is inspect.Parameter.VAR_POSITIONAL for one in found
    ):
        raise ConfigurationError(f"{what} {function.name}: it must take {given} arguments, (event, call)")
    for parameter in found[given:]:
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            raise ConfigurationError(f"{what} {function.name}, parameter {parameter.name!r}: it must not be positional only")
        if parameter.kind not in {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
            yield parameter


def _annotation(parameter: inspect.Parameter, function: Function, where: str) -> Any:
    """The type of a parameter; `Parameter.empty` where it has none."""
    written = parameter.annotation
    if written is inspect.Parameter.empty:
        return written
    inner = _unwrapped(function.call)
    names = vars(sys.modules[inner.__module__]) if isinstance(inner, type) else getattr(inner, "__globals__", {})
    holder = types.SimpleNamespace(__annotations__={parameter.name: written})
    try:
        hints = typing.get_type_hints(holder, names, dict(function.sight))
    except (NameError, AttributeError, TypeError, SyntaxError) as error:
        raise ConfigurationError(
            f"{where}: its annotation cannot be found ({error}); import what it names, also outside of TYPE_CHECKING"
        ) from None
    return hints[parameter.name]


def _members(kind: Any) -> tuple[Any, ...]:
    """The types of a union; else the one."""
    return typing.get_args(kind) if typing.get_origin(kind) in {typing.Union, types.UnionType} else (kind,)


def _without_none(kind: Any) -> Any:
    """The type of which `kind` says that it may be missing, as in `Context | None = None`; else `kind`."""
    there = [one for one in _members(kind) if one is not types.NoneType]
    return there[0] if len(there) == 1 else kind


def _is_event(kind: Any) -> bool:
    return all(isinstance(one, type) and issubclass(one, Event) for one in _members(kind))


def _is_context(kind: Any) -> bool:
    origin = typing.get_origin(kind) or kind
    return isinstance(origin, type) and issubclass(origin, Context)


def _check_event(kind: Any, event: type[Event] | None, where: str) -> None:
    wanted = _members(kind)
    if event is None:
        if Event not in wanted:
            raise ConfigurationError(f"{where}: it gets events of every type; annotate it with Event")
    elif not any(issubclass(event, one) for one in wanted):
        raise ConfigurationError(
            f"{where}: it is annotated {_shown(kind)}, but registered for {event.__name__}; make them agree"
        )


def _shown(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not typing.get_args(kind) else str(kind)


def name_of(call: object) -> str:
    """What errors call a function."""
    while isinstance(call, functools.partial):
        call = call.func
    return getattr(call, "__qualname__", None) or type(call).__qualname__


def check_async(call: object, what: str) -> None:
    """Refuse what is no coroutine function.

    Raises:
        ConfigurationError: The message names it and the fix.
    """
    if isinstance(call, type) or not callable(call):
        raise ConfigurationError(f"{what} must be an async function; got {call!r}")
    if not inspect.iscoroutinefunction(_unwrapped(call)):
        raise ConfigurationError(f"{what} {name_of(call)} is no async function; write async def")


def check_factory(factory: object) -> None:
    """Refuse a generator that is not async: handlers would get the generator itself.

    Raises:
        ConfigurationError: The message names it and the fix.
    """
    if inspect.isgeneratorfunction(_unwrapped(factory)):
        raise ConfigurationError(f"factory {name_of(factory)} yields, so it must be async to be closed; write async def")


def _unwrapped(call: Any) -> Any:
    """The function behind partials, decorators, methods and objects that can be called."""
    while isinstance(call, functools.partial):
        call = call.func
    call = getattr(call, "__func__", call)
    if not isinstance(call, types.FunctionType | type) and not hasattr(call, "__wrapped__"):
        call = getattr(type(call).__call__, "__func__", type(call).__call__) if callable(call) else call
    return inspect.unwrap(call)
