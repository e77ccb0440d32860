"""What the options mean: providers, times, lists of ids."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import os
import re
import select
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import typer

from aioconvo.providers import Provider

__all__ = [
    "PROVIDERS",
    "IdFile",
    "days",
    "duration",
    "expanded",
    "ids",
    "is_called",
    "letters",
    "meant",
    "moment",
    "of_inbox",
    "on_dask",
    "page",
    "providers",
    "rate",
    "size",
    "starting",
    "words",
]

PROVIDERS = tuple(str(one) for one in Provider)

_STDIN = "-"
_LOOK = 0.2  # seconds
_AT_ONCE = 65_536  # bytes


class IdFile:
    """Ids in a file, one a line, or on standard input (`-`); read line by line while it is iterated.

    Empty lines and lines that begin with `#` are left out. Raises `typer.BadParameter`: at once when the file cannot be read,
    while it is iterated when it is no text in UTF-8.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._stopped = False
        if path == _STDIN and sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] -- it may be closed
            raise typer.BadParameter("standard input is closed; there are no ids to read")
        if path != _STDIN and not Path(path).is_fifo():  # who opens a pipe and closes it takes it from its writer
            try:
                Path(path).open(encoding="utf-8").close()
            except OSError as error:
                raise typer.BadParameter(f"cannot read {path}: {error.strerror}{_perhaps_meant(path)}") from None

    def __iter__(self) -> Iterator[str]:
        try:
            if self.path == _STDIN:
                yield from _ids(line.decode() for line in self._standard_input())
                return
            with Path(self.path).open(encoding="utf-8") as file:
                yield from _ids(file)
        except UnicodeDecodeError:
            name = "standard input" if self.path == _STDIN else self.path
            raise typer.BadParameter(f"{name} is no text in UTF-8; save it as that") from None

    def stop(self) -> None:
        """End what is read from standard input, also while it waits for more there."""
        self._stopped = True

    def _standard_input(self) -> Iterator[bytes]:
        """Its lines. Python's own reader could not be interrupted; Windows, and what is no file, know no other way."""
        rest, number = b"", _number(sys.stdin)
        if number is None:
            yield from sys.stdin.buffer
            return
        while not self._stopped:
            if select.select([number], [], [], _LOOK)[0]:
                came = os.read(number, _AT_ONCE)
                *lines, rest = (rest + came).split(b"\n")
                yield from lines
                if not came:
                    yield rest
                    return


def _number(file: TextIO) -> int | None:
    """The number by which `select` knows it, if it does."""
    try:
        return None if os.name == "nt" else file.fileno()
    except OSError:
        return None


def _perhaps_meant(path: str) -> str:
    before, colon, _ = path.partition(":")
    if not colon or not before.isalnum() or len(before) == 1:  # one letter is a drive of Windows
        return ""
    return f"; {before!r} is no provider, there are {', '.join(PROVIDERS)}"


def _ids(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        identity = line.removeprefix("\ufeff").strip()  # editors on Windows begin a file with it
        if identity and not identity.startswith("#"):
            yield identity


def moment(text: str) -> dt.datetime:
    """A day or an instant in ISO 8601; without an offset it is UTC. Raises `typer.BadParameter`."""
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write 2026-01-31 or 2026-01-31T08:30:00+02:00") from None
    return when if when.tzinfo is not None else when.replace(tzinfo=dt.UTC)


def rate(text: str) -> float:
    """A number above 0. Raises `typer.BadParameter`."""
    try:
        number = float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no number; write 5 or 0.5") from None
    if not 0 < number < math.inf:
        raise typer.BadParameter(f"{text} is no number above 0; write 5 or 0.5")
    return number


def size(text: str) -> int:
    """Bytes, such as `500000`, `64M` or `1GiB`. Raises `typer.BadParameter`."""
    found = re.fullmatch(r"([0-9]{1,15})\s*([KMG]?)(i?B)?", text.strip(), re.IGNORECASE)
    bytes_ = 0 if found is None else int(found[1]) * 1024 ** " KMG".index(found[2].upper() or " ")
    if not bytes_:
        raise typer.BadParameter(f"{text!r} is no size; write bytes, or a number with K, M or G such as 64M")
    return bytes_


def duration(text: str) -> dt.timedelta:
    """A time, such as `90` (seconds), `30m`, `2h` or `3d`. Raises `typer.BadParameter`."""
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]+)?)\s*([smhd]?)", text.strip(), re.IGNORECASE)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no length of time; write seconds, or a number with s, m, h or d such as 2h")
    try:
        return dt.timedelta(seconds=float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2].lower()])
    except OverflowError:
        raise typer.BadParameter(f"{text!r} is longer than any export can look back") from None


def days(number: float | None) -> dt.timedelta | None:
    """So many days; more than there are in all of history are as many as there are."""
    return None if number is None else dt.timedelta(days=min(number, 1_000_000))


def expanded(text: str) -> str:
    """A path, `~` being the home directory also where the shell did not see it, such as after a colon."""
    path = os.path.expanduser(text)  # noqa: PTH111 -- which lets names pass that begin with ~ and are no user's
    if re.match(r"~(/|$)", path):
        raise typer.BadParameter(f"{text!r}: there is no home directory here; write the path without ~")
    return path


def page(text: str) -> str:
    """Where a page is written to; `-` is standard output."""
    return "/dev/stdout" if text == _STDIN else expanded(text)


def meant(word: str, known: Iterable[str]) -> str:
    """The end of a sentence that says what a wrong word may have meant; empty where nothing is like it."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.75)
    return f". Did you mean {near[0]}?" if near else ""


def is_called(word: str, name: str) -> bool:
    """Whether a word is a name, in the spelling of any language: `create_user`, `createUser` or `CreateUser`."""
    return letters(word) == letters(name)


def letters(name: str) -> str:
    """A name as it is compared."""
    return name.replace("_", "").replace("-", "").lower()


def words(text: str) -> str:
    """Text that can be kept. Raises `typer.BadParameter` for bytes that are no UTF-8, which Python lets pass."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("it is no text in UTF-8; write it in that") from None
    return text


def starting(incomplete: str) -> list[str]:
    """The providers that a shell may complete a word to."""
    return [name for name in PROVIDERS if name.startswith(incomplete)]


def providers(names: Sequence[str]) -> list[str]:
    """The providers, each named once. Raises `typer.BadParameter`."""
    for name in names:
        if name not in PROVIDERS:
            raise typer.BadParameter(f"{name!r} is no provider; there are {', '.join(PROVIDERS)}{meant(name, PROVIDERS)}")
        if names.count(name) > 1:
            raise typer.BadParameter(f"{name} is named twice")
    return list(names)


def ids(exported: Sequence[str], **given: Sequence[str] | None) -> dict[str, tuple[str, IdFile]]:
    """Which conversations, by provider: the name of `Source`'s argument, and the ids; of the others, all.

    Each one that is given is `PROVIDER:FILE`, or `FILE` for all that are exported (`./smooch:1` where a file is called so).
    Raises `typer.BadParameter` for a provider that is not exported, two choices of one, and standard input for several.
    """
    chosen: dict[str, tuple[str, IdFile]] = {}
    for name, one in [(name, one) for name, some in given.items() for one in some or ()]:
        provider, path = _split(one)
        if not path:
            raise typer.BadParameter(f"{_option(name)} {one!r} names no file; - is standard input")
        if provider is not None and provider not in exported:
            raise typer.BadParameter(f"{_option(name)} {one}: {provider} is not one of those to export; name it too")
        file = IdFile(expanded(path))
        for whose in exported if provider is None else [provider]:
            if whose in chosen:
                raise typer.BadParameter(_twice(whose, chosen[whose][0], name))
            chosen[whose] = (name, file)
    if sum(file.path == _STDIN for _, file in chosen.values()) > 1:
        raise typer.BadParameter("standard input can be one provider's: write PROVIDER:- for it, and PROVIDER:FILE for others")
    return chosen


def _split(one: str) -> tuple[str | None, str]:
    before, colon, path = one.partition(":")
    return (before, path) if colon and before in PROVIDERS else (None, one)


def _twice(provider: str, first: str, second: str) -> str:
    if first == second:
        return f"{provider} has ids from {_option(first)} twice: put them into one file; PROVIDER:FILE says whose they are"
    both = f"{_option(first)} and {_option(second)}"
    return f"{provider} has ids from {both}: give one, not both; PROVIDER:FILE says whose they are"


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}-from"


def of_inbox(name: str, option: str, exported: Sequence[str], *, asked: bool) -> bool:
    """Whether an `option` is asked for that only the inboxes with that one of their own have.

    Raises `typer.BadParameter` where none of those is exported.
    """
    able = [one for one in Provider if name in one.inbox.capabilities.options] if asked else []
    if asked and not set(able) & set(exported):
        raise typer.BadParameter(f"{option} is for {' and '.join(able)}, which is not one of those to export; name it too")
    return asked


def on_dask(engine: str, scheduler: str | None, stage: str | None) -> bool:
    """Whether a cluster runs the export. Raises `typer.BadParameter` for options of a cluster without one."""
    if engine != "dask" and (scheduler is not None or stage is not None):
        raise typer.BadParameter("--scheduler and --stage are for --engine dask")
    return engine == "dask"
