"""The headers of a request as any framework gives them: a mapping or pairs, text or bytes, in any case. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from multidict import CIMultiDict, CIMultiDictProxy

__all__ = ["Headers", "values_of"]

Headers: TypeAlias = Mapping[Any, Any] | Iterable[tuple[Any, Any]]
"""Names and values, each text or bytes."""

_MULTIDICTS = (CIMultiDictProxy, CIMultiDict)  # aiohttp's, which find a name in any case
_BYTES = (bytes, bytearray)  # a union would be made anew for each value


def values_of(headers: Headers, name: str) -> list[bytes]:
    """All values of a header whose name is given in lower case, as bytes."""
    if isinstance(headers, _MULTIDICTS):
        return [*map(_bytes, headers.getall(name, ()))]
    # Some frameworks' headers have `items` and are no Mapping.
    items: Any = getattr(headers, "items", None)
    pairs: Iterable[tuple[Any, Any]] = headers if items is None else items()
    length = len(name)
    values: list[bytes] = []
    for key, value in pairs:
        if len(key) == length and (key if isinstance(key, str) else str(key, "latin-1")).lower() == name:
            values.append(_bytes(value))
    return values


def _bytes(value: Any) -> bytes:
    # What no header can carry stays different from all that one can.
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return bytes(value) if isinstance(value, _BYTES) else str(value).encode("utf-8", "surrogatepass")
