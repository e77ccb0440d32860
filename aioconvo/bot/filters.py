"""Which events a handler wants. A filter is any plain function of an event; those made here combine with `&`, `|` and `~`.

@bot.on(MessageReceived, text("hello", "hi") & ~provider("smscx"))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar, cast

from aioconvo.core.access import settings
from aioconvo.core.errors import ConfigurationError
from aioconvo.events.models import Event, MessageReceived, MessageSent, Postback
from aioconvo.providers import Provider

__all__ = ["Filter", "account", "all_of", "check_filter", "command", "payload", "provider", "text"]

E_contra = TypeVar("E_contra", bound=Event, contravariant=True)
Words = str | re.Pattern[str] | Iterable[str | re.Pattern[str]]


class Filter(Generic[E_contra]):
    """A function of an event that combines with others: `Filter(is_urgent) & text("hello")`.

    The function is plain, takes the event, and its result counts as true or false.
    """

    __slots__ = ("_holds", "told")

    def __init__(self, holds: Callable[[E_contra], object], told: str | None = None) -> None:
        check_filter(holds)
        self._holds = holds
        self.told = told or _told(holds)

    def __call__(self, event: E_contra) -> bool:
        """Whether the event is wanted."""
        return bool(self._holds(event))

    def __and__(self, other: Callable[[E_contra], object]) -> Filter[E_contra]:
        check_filter(other)
        return Filter(lambda event: self(event) and other(event), f"({self.told} & {_told(other)})")

    def __rand__(self, other: Callable[[E_contra], object]) -> Filter[E_contra]:
        return Filter(other) & self

    def __or__(self, other: Callable[[E_contra], object]) -> Filter[E_contra]:
        check_filter(other)
        return Filter(lambda event: self(event) or other(event), f"({self.told} | {_told(other)})")

    def __ror__(self, other: Callable[[E_contra], object]) -> Filter[E_contra]:
        return Filter(other) | self

    def __invert__(self) -> Filter[E_contra]:
        return Filter(lambda event: not self(event), f"~{self.told}")

    def __repr__(self) -> str:
        return f"<Filter {self.told}>"


def text(*words: str | re.Pattern[str]) -> Filter[Event]:
    """Messages whose text is one of these words, in any case and without spaces around it, or is found by a pattern."""
    exact, patterns = _sorted_out(words, "text")
    folded = {one.strip().casefold() for one in exact}

    def holds(event: Event) -> bool:
        given = _text_of(event)
        return given is not None and (given.strip().casefold() in folded or any(one.search(given) for one in patterns))

    return Filter(holds, "text")


def payload(*words: str | re.Pattern[str]) -> Filter[Event]:
    """Postbacks whose payload is one of these, exactly, or is found by a pattern."""
    exact, patterns = _sorted_out(words, "payload")

    def holds(event: Event) -> bool:
        given = event.payload if isinstance(event, Postback) else None
        return given is not None and (given in exact or any(one.search(given) for one in patterns))

    return Filter(holds, "payload")


def command(*names: str) -> Filter[Event]:
    """Messages that begin with `/name`, in any case; what follows it does not matter. The name is given without the slash."""
    wanted = {_plain_command(name) for name in names}
    if not wanted:
        raise ConfigurationError("command needs at least one name, such as command('order')")

    def holds(event: Event) -> bool:
        first = (_text_of(event) or "").split(maxsplit=1)
        return bool(first) and first[0].startswith("/") and first[0][1:].casefold() in wanted

    return Filter(holds, "command")


def provider(*names: Provider | str) -> Filter[Event]:
    """Events of these providers."""
    known = set(map(str, Provider))
    unknown = [str(name) for name in names if str(name) not in known]
    if unknown or not names:
        raise ConfigurationError(f"provider takes {', '.join(sorted(known))}; got {', '.join(unknown) or 'nothing'}")
    wanted = frozenset(map(str, names))
    return Filter(lambda event: event.provider in wanted, "provider")


def account(*names: str) -> Filter[Event]:
    """Events of these accounts: the names that clients were added under."""
    if not names or not all(isinstance(name, str) for name in names):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
        raise ConfigurationError("account takes the names that clients were added under")
    wanted = frozenset(names)
    return Filter(lambda event: event.account in wanted, "account")


def all_of(
    filters: Sequence[Callable[[E_contra], object]],
    *,
    text: Words | None = None,
    command: str | Iterable[str] | None = None,
    payload: Words | None = None,
    provider: str | Iterable[str] | None = None,
    account: str | Iterable[str] | None = None,
) -> tuple[Callable[[E_contra], object], ...]:
    """The filters that must all hold, of those given as values and as keywords."""
    for one in filters:
        check_filter(one)
    given = {"provider": provider, "account": account, "command": command, "text": text, "payload": payload}
    by_keyword = (_BY_KEYWORD[name](*_several(value)) for name, value in given.items() if value is not None)
    return (*by_keyword, *filters)


_BY_KEYWORD: dict[str, Callable[..., Filter[Event]]] = {
    "provider": provider,
    "account": account,
    "command": command,
    "text": text,
    "payload": payload,
}


def check_filter(holds: object) -> None:
    """Refuse what is no plain function of one event.

    Raises:
        ConfigurationError: The message names what it is and the fix.
    """
    if isinstance(holds, Filter):
        return
    settings.plain_function("a filter", holds)
    if isinstance(holds, type):
        raise ConfigurationError(f"a filter is a function that takes the event; got the class {holds.__name__}")


def _told(holds: object) -> str:
    if isinstance(holds, Filter):
        return str(holds.told)
    return str(getattr(holds, "__qualname__", type(holds).__name__))


def _several(given: object) -> tuple[object, ...]:
    if isinstance(given, Iterable) and not isinstance(given, str):
        return tuple(cast("Iterable[object]", given))
    return (given,)


def _text_of(event: Event) -> str | None:
    return event.text if isinstance(event, MessageReceived | MessageSent) else None


def _plain_command(name: object) -> str:
    if not isinstance(name, str) or not name.removeprefix("/") or len(name.split()) != 1:
        raise ConfigurationError(f"a command is one word, such as 'order'; got {name!r}")
    return name.removeprefix("/").casefold()


def _sorted_out(words: Sequence[object], what: str) -> tuple[frozenset[str], list[re.Pattern[str]]]:
    exact = [one for one in words if isinstance(one, str)]
    compiled = [cast("re.Pattern[str]", one) for one in words if isinstance(one, re.Pattern)]
    patterns = [one for one in compiled if type(one.pattern) is str]  # others are of bytes
    if not words or len(exact) + len(patterns) != len(words):
        raise ConfigurationError(f"{what} takes texts and compiled patterns of texts, at least one")
    return frozenset(exact), patterns
