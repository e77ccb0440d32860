"""Members of an answer's JSON that this version of the library has no field for."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from typing import Any, cast

import msgspec

from .codec import Model, raw_json

__all__ = ["unknown_members"]


def unknown_members(item: object) -> dict[str, Any]:
    """What came with an item and has no field here, by its place in the JSON: `{"author.badge": "gold", "tags[0].colour": 5}`.

    The values are plain Python values. Empty for what did not come from an API (see `raw_json`).
    """
    raw = raw_json(item) if isinstance(item, Model) else None
    return {} if raw is None else dict(_unknown(item, _plain(raw), ""))


def _plain(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):  # lone surrogates, numbers beyond all bounds
        return json.loads(raw.decode("utf-8", "surrogateescape"))


def _unknown(value: object, plain: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Model) and isinstance(plain, dict):
        known = _fields(type(value))
        for member, inner in cast("dict[str, Any]", plain).items():
            there = f"{place}.{member}" if place else member
            name = known.get(member)
            if name is None:
                yield there, inner
            elif name:
                yield from _unknown(getattr(value, name), inner, there)
    elif isinstance(value, list) and isinstance(plain, list):
        pairs = zip(cast("Sequence[Any]", value), cast("Sequence[Any]", plain), strict=False)
        for number, (one, inner) in enumerate(pairs):
            yield from _unknown(one, inner, f"{place}[{number}]")
    elif isinstance(value, dict) and isinstance(plain, dict):
        for member, one in cast("dict[str, Any]", value).items():
            yield from _unknown(one, cast("dict[str, Any]", plain).get(member), f"{place}.{member}")


@functools.cache
def _fields(kind: type[Model]) -> dict[str, str]:
    """The names of a struct's fields by their members in the JSON; empty for the member that tells its kind."""
    config = kind.__struct_config__
    named = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
    return named if config.tag_field is None else {config.tag_field: "", **named}
