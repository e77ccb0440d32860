"""Countries and what an account may do, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model

__all__ = ["Country", "Permissions", "StateProvince"]


class StateProvince(Model):
    """A state or province."""

    abbreviation: str | None = None
    name: str | None = None


class Country(Model):
    """A country; `iso2` is its code of two letters."""

    iso2: str | None = None
    name: str | None = None
    state_provinces: list[StateProvince] | None = None


class Permissions(Model):
    """What the one whose credentials the client has may do."""

    edit_settings: bool | None = None
