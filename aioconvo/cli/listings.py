"""Lists as commands: those of the catalogue, and the inbox's where an API has no list of conversations or messages of its own.

Names, ids, filters and their kinds come from the operations and the signatures of their methods.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import re
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Annotated, Any, get_origin, get_type_hints

import typer

from aioconvo.core.operations.resource import methods
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.providers import Provider

from . import choosing
from .options import arguments, flag, option

__all__ = ["Listing", "command", "listings"]

_BY_OPTION = "by_option_"
_INBOX = "inbox"


@dataclasses.dataclass(frozen=True)
class Listing:
    """One list of a provider: where it is in Python (`conversations.list`), and the method that users call, unbound."""

    provider: str
    python: str
    method: Callable[..., Any]

    @property
    def name(self) -> str:
        """What it is called on the command line: its noun; with the verb where that is another one than `list`."""
        noun, _, verb = self.python.rpartition(".")
        if noun == _INBOX:
            return verb
        kind = verb.removeprefix("list").strip("_")
        return "-".join(re.split(r"[._]", f"{noun}.{kind}" if kind else noun))

    @property
    def summary(self) -> str:
        """The first line of its documentation."""
        return (inspect.getdoc(self.method) or self.python).partition("\n")[0]

    def shown(self, item: Any) -> Any:
        """An item as the API's own struct."""
        return item.native if self.python.startswith(_INBOX) else item

    @property
    def path_ids(self) -> tuple[str, ...]:
        """Names of the ids that must be given, in their order."""
        _, *given = inspect.signature(self.method).parameters.values()
        return tuple(one.name for one in given if one.kind is one.POSITIONAL_OR_KEYWORD)

    def in_options(self, words: str) -> str:
        """What an error of Python says, as the command line has it: `users=[...]` is `--users`, `messages(...)` a list."""
        names = "|".join(re.escape(name) for name in inspect.signature(self.method).parameters if name != "self")
        told = re.compile(rf"\b({names})(?:=(?:\[\.\.\.\]|\.\.\.)|(?<=_id)\b)")
        words = told.sub(lambda found: flag(found[1]), words)
        return re.sub(r"\b(messages|conversations)\(\.\.\.\)", rf"`aioconvo list {self.provider} \1`", words)

    def call(self, client: Any, arguments: Mapping[str, Any]) -> AsyncPaginator[Any]:
        """The list, of this client; bad arguments raise `InvalidRequestError` here."""
        listed: AsyncPaginator[Any] = attrgetter(self.python)(client)(**arguments)
        return listed


@functools.cache
def listings(provider: str) -> Mapping[str, Listing]:
    """The lists of a provider by their names on the command line."""
    lists = [one for one in methods(Provider(provider).client) if get_origin(get_type_hints(one)["return"]) is AsyncPaginator]
    made = (Listing(provider, one.operation.python.partition(".")[2], one) for one in lists)
    found = {one.name: one for one in made}
    inbox = Provider(provider).inbox
    for noun in ("conversations", "messages"):
        if noun not in found:
            found[noun] = Listing(provider, f"{_INBOX}.{noun}", getattr(inbox, noun))
    return dict(sorted(found.items()))


def command(listing: Listing, act: Callable[..., Any], shared: Mapping[str, tuple[Any, Any]]) -> Callable[..., None]:
    """A function as typer takes it, with the list's own parameters and those of `shared` (annotation and default).

    It calls `act` with the listing, the arguments of its method, and the shared options by name.
    """
    hints = get_type_hints(listing.method)
    parameters: dict[str, tuple[Any, Any]] = {}
    _, *own = inspect.signature(listing.method).parameters.values()
    for one in own:
        if one.name in listing.path_ids:
            parameters[one.name] = (Annotated[str | None, _id_argument(one.name)], None)
            parameters[_BY_OPTION + one.name] = (Annotated[str | None, _id_option(one.name)], None)
        else:
            needed = one.default is one.empty
            parameters[one.name] = (option(one.name, hints[one.name]), one.empty if needed else None)

    def run(**given: Any) -> None:
        options = {name: given.pop(name) for name in shared}
        act(listing, _arguments(listing, given), **options)

    every = {**parameters, **shared}
    run.__doc__ = listing.summary
    run.__annotations__ = {name: annotation for name, (annotation, _) in every.items()}
    keyword = inspect.Parameter.KEYWORD_ONLY
    signature = [inspect.Parameter(name, keyword, annotation=kind, default=value) for name, (kind, value) in every.items()]
    run.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined] # read by inspect.signature
    return run


def _arguments(listing: Listing, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the method is called with: ids from where they were given, and filters that were given at all."""
    ids = {name: _one_id(name, given[name], given[_BY_OPTION + name]) for name in listing.path_ids}
    others = {name: value for name, value in given.items() if name not in ids and not name.startswith(_BY_OPTION)}
    return ids | arguments(others)


def _one_id(name: str, argument: str | None, option: str | None) -> str:
    if argument is not None and option is not None:
        raise typer.BadParameter(f"give {name.upper()} once: as an argument or with {flag(name)}")
    given = option if argument is None else argument
    if given is None:
        raise typer.BadParameter(f"give the id as {name.upper()} or with {flag(name)}")
    return given


def _id_argument(name: str) -> Any:
    return typer.Argument(parser=choosing.words, metavar=name.upper(), help="The id in the list's path.", show_default=False)


def _id_option(name: str) -> Any:
    return typer.Option(flag(name), parser=choosing.words, metavar="TEXT", help=f"The same as {name.upper()}.")
