"""Lists as commands: those of the catalogue, and the inbox's where an API has no list of conversations or messages of its own.

Names, ids, filters and their kinds come from the operations and the signatures of their methods.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import inspect
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import typer

from aioconvo.core.operations.resource import methods
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.providers import Provider

from . import choosing

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
        words = told.sub(lambda found: _flag(found[1]), words)
        return re.sub(r"\b(messages|conversations)\(\.\.\.\)", rf"`aioconvo list {self.provider} \1`", words)

    def call(self, client: Any, arguments: Mapping[str, Any]) -> AsyncPaginator[Any]:
        """The list, of this client; bad arguments raise `InvalidRequestError` here."""
        listed: AsyncPaginator[Any] = attrgetter(self.python)(client)(**arguments)
        return listed


def listings(provider: str) -> dict[str, Listing]:
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
            parameters[one.name] = (_option(one.name, hints[one.name]), one.empty if needed else None)

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
    arguments: dict[str, Any] = {}
    for name, value in given.items():
        if name in listing.path_ids:
            arguments[name] = _one_id(name, value, given[_BY_OPTION + name])
        elif not name.startswith(_BY_OPTION) and value is not None and value != []:  # of several, none was given
            arguments[name] = value
    return arguments


def _one_id(name: str, argument: str | None, option: str | None) -> str:
    if argument is not None and option is not None:
        raise typer.BadParameter(f"give {name.upper()} once: as an argument or with {_flag(name)}")
    given = option if argument is None else argument
    if given is None:
        raise typer.BadParameter(f"give the id as {name.upper()} or with {_flag(name)}")
    return given


def _id_argument(name: str) -> Any:
    return typer.Argument(parser=choosing.words, metavar=name.upper(), help="The id in the list's path.", show_default=False)


def _id_option(name: str) -> Any:
    return typer.Option(_flag(name), parser=choosing.words, metavar="TEXT", help=f"The same as {name.upper()}.")


def _option(name: str, hint: Any) -> Any:
    """How typer reads a filter of that annotation."""
    kinds = set(_kinds(hint))
    flag = _flag(name)
    several = any(isinstance(origin := get_origin(kind), type) and issubclass(origin, Sequence) for kind in kinds)
    if several:
        kinds = {inner for kind in kinds for inner in (_kinds(get_args(kind)[0]) if get_args(kind) else (kind,))}
    if bool in kinds:
        return Annotated[bool | None, typer.Option(f"{flag}/--no-{flag.removeprefix('--')}")]
    parser, metavar = _reader(kinds)
    option = typer.Option(flag, parser=parser, metavar=metavar, help="May be given again." if several else None)
    return Annotated[list[Any] | None, option] if several else Annotated[Any, option]


def _reader(kinds: set[Any]) -> tuple[Callable[[str], Any], str]:
    """What reads the text of an option of these kinds, and what its help calls the text."""
    readers: list[Callable[[str], Any]] = [one for kind, one in ((int, int), (float, float)) if kind in kinds]
    if dt.datetime in kinds:
        readers.append(choosing.moment)
    if str in kinds or not readers:
        readers.append(choosing.words)
    members = [member.value for kind in kinds if isinstance(kind, type) and issubclass(kind, enum.Enum) for member in kind]
    if members:
        return choosing.words, "|".join(members)
    metavar = "TIME" if dt.datetime in kinds else "N" if {int, float} & kinds else "TEXT"
    return _first_of(readers, metavar), metavar


def _first_of(readers: Sequence[Callable[[str], Any]], what: str) -> Callable[[str], Any]:
    """Reads with the first that can; an API's own words for a time are the last of them."""

    def read(text: str) -> Any:
        for reader in readers[:-1]:
            try:
                return reader(text)
            except (ValueError, typer.BadParameter):
                continue
        try:
            return readers[-1](text)
        except ValueError:
            raise typer.BadParameter(f"{text!r} is no {'number' if what == 'N' else what}") from None

    return read


def _kinds(hint: Any) -> Iterator[Any]:
    """The members of a union, at any depth, without what stands for nothing."""
    if get_origin(hint) in {Union, types.UnionType}:
        for member in get_args(hint):
            yield from _kinds(member)
    elif hint is not types.NoneType:
        yield hint


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
