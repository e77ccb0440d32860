"""The specifications in `specs/`, and the facts that were read from them when they were last taken.

`specs/NAME.json` is the specification. `specs/NAME.txt` has its facts, one a line: each subject (an operation or a named
shape) begins at the margin, what belongs to it is indented. A specification whose facts are not those is a changed one.
"""

from __future__ import annotations

import functools
import json
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

from aioconvo.providers import Provider

from .facts import Facts, lines
from .openapi import facts_of
from .trimming import trimmed

__all__ = ["PROVIDERS", "SPECS", "changes", "facts", "kept", "parsed", "take", "written"]

PROVIDERS = tuple(map(str, Provider))
SPECS = pathlib.Path(__file__).parents[2] / "specs"

Lines = Mapping[str, Mapping[str, str]]


@functools.cache
def facts(provider: str) -> Facts:
    """The facts of a provider's specification."""
    return facts_of(json.loads((SPECS / f"{provider}.json").read_text(encoding="utf-8")))


def kept(provider: str) -> Lines:
    """The facts of a provider's specification when it was last taken."""
    return parsed((SPECS / f"{provider}.txt").read_text(encoding="utf-8"))


def take(provider: str, document: dict[str, Any]) -> list[str]:
    """Make an OpenAPI document the specification of a provider; returns what changed."""
    document = trimmed(document)
    new = lines(facts_of(document))
    changed = list(changes(kept(provider), new)) if (SPECS / f"{provider}.txt").exists() else []
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (SPECS / f"{provider}.json").write_text(f"{text}\n", encoding="utf-8")
    (SPECS / f"{provider}.txt").write_text(written(new), encoding="utf-8")
    facts.cache_clear()
    return changed


def written(found: Lines) -> str:
    """Facts as the text that is kept."""
    return "".join(
        f"{f' {place}' if place else subject}: {text}\n" for subject, told in found.items() for place, text in told.items()
    )


def parsed(text: str) -> Lines:
    """Kept text as facts."""
    found: dict[str, dict[str, str]] = {}
    told: dict[str, str] = {}
    for line in text.splitlines():
        place, _, fact = line.partition(": ")
        if place.startswith(" "):
            told[place[1:]] = fact
        else:
            told = found[place] = {"": fact}
    return found


def changes(old: Lines, new: Lines) -> Iterator[str]:
    """What changed from one reading of a specification to the next, a line each."""
    for subject in [*old, *(name for name in new if name not in old)]:
        if subject not in new:
            yield f"removed: {subject} ({old[subject]['']})"
        elif subject not in old:
            yield f"added: {subject} ({new[subject]['']})"
        else:
            yield from _changes(subject, old[subject], new[subject])


def _changes(subject: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for place in [*old, *(name for name in new if name not in old)]:
        where = f"{subject}{'' if not place or place[0] in '.[(' else ' '}{place}"
        if place not in new:
            yield f"removed: {where} ({old[place]})"
        elif place not in old:
            yield f"added: {where} ({new[place]})"
        elif old[place] != new[place]:
            yield f"changed: {where}: {old[place]} -> {new[place]}"
