"""Events that this version of the library does not know."""

from __future__ import annotations

from typing import Any, cast

from aioconvo.core.json.model import Unknown

__all__ = ["UnknownEvent", "members_in"]


class UnknownEvent(Unknown):
    """An event of a kind that this version of the library does not know, or that is no event at all.

    `type` is what the API calls it, `json()` its members, `raw` and `aioconvo.raw_json(event)` its JSON.
    """

    __slots__ = ("_type",)

    def __init__(self, raw: bytes, type: str | None = None) -> None:  # noqa: A002 -- the API's word, as at `Unknown`
        super().__init__(raw)
        self._type = type

    @property
    def type(self) -> str | None:
        """What the API calls the event; `None` where it says nothing."""
        return self._type


def members_in(value: object) -> dict[str, Any]:
    """The members of a value of JSON; none where it is no object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
