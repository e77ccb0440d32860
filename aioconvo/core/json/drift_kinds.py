"""What an answer holds that this version of the library does not expect, as facts that name no values."""

from __future__ import annotations

import collections
import enum
from typing import TypeAlias

__all__ = ["DriftKind", "Drifts"]


class DriftKind(enum.StrEnum):
    """In which way a part of an answer is not as documented."""

    TYPE = "another type"
    """Its value does not fit; it is converted, or left out."""
    MISSING = "missing"
    """It must be there, and is not."""
    KIND = "an unknown kind"
    """One of several kinds that are told apart by a member; it is kept as `Unknown`."""
    ITEM = "no object"
    """An item of a list, kept as `Unknown`."""
    VALUE = "an unknown value"
    """A text of an enum that is open."""
    MEMBER = "an unknown member"
    """A member that no field takes; see `unknown_members`."""
    TOO_MUCH = "too much to take apart"
    """It did not fit, and the answer held so much of that that it was kept as it is."""


Drifts: TypeAlias = "collections.Counter[tuple[str, str, DriftKind]]"
"""How often what was seen where: the struct's name, its member, and in which way."""
