"""Arguments of methods as options of the command line: what reads their text, what completes it, what help says of it."""

from __future__ import annotations

import datetime as dt
import enum
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeGuard, Union, get_args, get_origin

import msgspec
import typer

from aioconvo.core.encoding.files import File

from . import choosing

__all__ = ["arguments", "flag", "option"]

Reader = Callable[[str], Any]

_NULL = "null"
_NOTHING: Any = object()


def option(name: str, hint: Any) -> Any:
    """How typer reads an argument of that annotation.

    Nested values are JSON, or `@FILE` that holds it; a file to send is `@FILE`; `null` clears what can be cleared.
    """
    kinds = set(_kinds(hint))
    clears = {types.NoneType, msgspec.UnsetType} <= kinds
    kinds -= {types.NoneType, msgspec.UnsetType}
    if File in kinds:
        return Annotated[Any, typer.Option(flag(name), parser=_file, metavar="@FILE")]
    lists = {kind for kind in kinds if isinstance(origin := get_origin(kind), type) and issubclass(origin, Sequence)}
    if lists:
        kinds = kinds - lists | {inner for kind in lists for inner in (_kinds(get_args(kind)[0]) if get_args(kind) else ())}
    if kinds == {bool}:
        return Annotated[bool | None, typer.Option(f"{flag(name)}/{_opposite(flag(name))}")]
    words = [word for kind in kinds for word in _choices(kind)]
    reader, metavar = _reader(kinds, words)
    told = ["May be given again."] if lists else []
    if clears:
        reader, told = _or_null(reader), [*told, "null clears it."]
    made = typer.Option(
        flag(name),
        parser=reader,
        metavar=metavar,
        help=" ".join(told) or None,
        autocompletion=_completion([*words, *([_NULL] if clears else [])]),
    )
    return Annotated[list[Any] | None, made] if lists else Annotated[Any, made]


def arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a method is called with: those options that were given at all. JSON lists of what may be given again are one."""
    told = {name: value for name, value in given.items() if value is not None and value != []}
    return {name: None if value is _NOTHING else _flat(value) for name, value in told.items()}


def _flat(value: Any) -> Any:
    return [one for each in value for one in (each if _is_list(each) else [each])] if _is_list(value) else value


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def flag(name: str) -> str:
    """What the option is called."""
    return f"--{name.strip('_').replace('_', '-')}"


def _opposite(told: str) -> str:
    """What says no: `--no-has-attachments`, and `--text-details` of `--no-text-details`."""
    return f"--{told.removeprefix('--no-')}" if told.startswith("--no-") else f"--no-{told.removeprefix('--')}"


def _completion(words: Sequence[str]) -> Callable[[str], list[str]] | None:
    return (lambda incomplete: [word for word in words if word.startswith(incomplete)]) if words else None


def _reader(kinds: set[Any], words: Sequence[str]) -> tuple[Reader, str]:
    """What reads the text of an option of these kinds, and what its help calls the text."""
    nested = {kind for kind in kinds if _is_nested(kind)}
    readers: list[Reader] = [one for kind, one in ((int, int), (float, float), (bool, _truth)) if kind in kinds]
    if dt.datetime in kinds:
        readers.append(choosing.moment)
    if dt.date in kinds:
        readers.append(dt.date.fromisoformat)
    if str in kinds or words or not (readers or nested):
        readers.append(choosing.words)
    if nested:
        return _nested(nested, readers), "JSON"
    if words:
        return choosing.words, "|".join(words)
    metavar = "TIME" if {dt.datetime, dt.date} & kinds else "N" if {int, float} & kinds else "TEXT"
    return _first_of(readers, metavar), metavar


def _first_of(readers: Sequence[Reader], what: str) -> Reader:
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


def _or_null(reader: Reader) -> Reader:
    """Reads `null` as nothing. The text of that name is written as JSON, `"null"`."""

    def read(text: str) -> Any:
        if text == _NULL:
            return _NOTHING
        return _NULL if text == f'"{_NULL}"' else reader(text)

    return read


def _nested(kinds: set[Any], others: Sequence[Reader]) -> Reader:
    """Reads JSON of one of these kinds, or what the other readers can where it is none."""

    def read(text: str) -> Any:
        if not text.startswith(("{", "[", "@")) and others:
            return _first_of(others, "TEXT")(text)
        raw = _content(text[1:]) if text.startswith("@") else text.encode()
        try:
            value = msgspec.json.decode(raw)
        except msgspec.DecodeError as error:
            raise typer.BadParameter(f"it is no JSON: {error}") from None
        if isinstance(value, list) and not any(get_origin(kind) is list for kind in kinds):
            return [_converted(one, kinds) for one in value]  # pyright: ignore[reportUnknownVariableType] -- as the caller wrote it
        return _converted(value, kinds)

    return read


def _converted(value: Any, kinds: set[Any]) -> Any:
    """A JSON value as the first of these kinds that takes all of it."""
    refused = ""
    for kind in sorted(kinds, key=lambda kind: not _is_struct(kind)):
        try:
            made = msgspec.convert(value, kind)
        except (msgspec.ValidationError, TypeError) as error:
            refused = refused or str(error)
            continue
        unknown = next(_unknown(value, made), None)
        if unknown is None:
            return made
        refused = refused or f"there is no member {unknown!r}"
    raise typer.BadParameter(f"it does not fit: {refused}")


def _unknown(value: Any, made: Any) -> Iterator[str]:
    """Members of a JSON value that no struct has a place for."""
    if isinstance(made, msgspec.Struct):
        config = made.__struct_config__
        names = dict(zip(made.__struct_encode_fields__, made.__struct_fields__, strict=True))
        for name, inner in value.items():
            if name in names:
                yield from _unknown(inner, getattr(made, names[name]))
            elif name != config.tag_field:
                yield name
    elif isinstance(made, list) and isinstance(value, list):
        for inner, one in zip(value, made, strict=True):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] -- untyped JSON
            yield from _unknown(inner, one)


def _content(path: str) -> bytes:
    try:
        return Path(choosing.expanded(path)).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"cannot read {path}: {error.strerror}") from None


def _file(text: str) -> Path:
    """The path of a file to send."""
    if not text.startswith("@"):
        raise typer.BadParameter(f"write @FILE, such as @{text or 'photo.png'}")
    path = Path(choosing.expanded(text[1:]))
    try:
        path.open("rb").close()
    except OSError as error:
        raise typer.BadParameter(f"cannot read {path}: {error.strerror}") from None
    return path


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text] if text in {"true", "false"} else bool(int(text))


def _choices(kind: Any) -> list[str]:
    """The values that a kind names."""
    if get_origin(kind) is Literal:
        return [str(one) for one in get_args(kind)]
    return [str(one.value) for one in kind] if isinstance(kind, type) and issubclass(kind, enum.Enum) else []


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _is_nested(kind: Any) -> bool:
    plain = kind in {str, int, float, bool, dt.datetime, dt.date} or bool(_choices(kind))
    return not plain and (_is_struct(kind) or kind in {Any, dict, object} or get_origin(kind) is not None)


def _kinds(hint: Any) -> Iterator[Any]:
    """The members of a union, at any depth."""
    if get_origin(hint) in {Union, types.UnionType}:
        for member in get_args(hint):
            yield from _kinds(member)
    else:
        yield hint
