"""Where a declaration is not its specification on purpose: `deviations.toml`, and what of it explains which difference."""

from __future__ import annotations

import functools
import pathlib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

__all__ = ["Deviation", "explained", "on_purpose"]

_FILE = pathlib.Path(__file__).parent / "deviations.toml"


class Deviation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Differences that are meant, as patterns in which `*` stands for any text, and why.

    `source` is where the fact comes from that the declaration follows; `unconfirmed` says that no source settles it.
    """

    differences: tuple[str, ...]
    reason: str
    source: str
    unconfirmed: bool = False


@functools.cache
def on_purpose() -> Mapping[str, tuple[Deviation, ...]]:
    """The deviations of each provider."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return msgspec.convert(told, dict[str, tuple[Deviation, ...]])


def explained(differences: Iterable[str], deviations: Sequence[Deviation]) -> tuple[list[str], list[str]]:
    """The differences that no deviation explains, and the patterns that explain none."""
    patterns = {one: _pattern(one) for deviation in deviations for one in deviation.differences}
    found = list(differences)
    left = [one for one in found if not any(pattern.fullmatch(one) for pattern in patterns.values())]
    unused = [text for text, pattern in patterns.items() if not any(map(pattern.fullmatch, found))]
    return left, unused


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))))
