"""Values that complete what was typed into a search of UltraCart's."""

from __future__ import annotations

from aioconvo.core.json.model import Model

from .pages import Told

__all__ = ["Autocomplete", "AutocompleteValue"]


class AutocompleteValue(Model):
    """A value that completes what was typed."""

    description: str | None = None
    value: str | None = None


class Autocomplete(Told, kw_only=True):
    """Values of `field` that complete `term`."""

    field: str | None = None
    results: list[AutocompleteValue] | None = None
    term: str | None = None
