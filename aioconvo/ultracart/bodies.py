"""Bodies and answers that are looked at as a whole."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from aioconvo.core.answers.refusals import Acknowledgement
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.operations.markers import Whole
from aioconvo.core.operations.rules import members_fit
from aioconvo.ultracart.pages import Told

__all__ = ["AsBody", "Done", "says_anything"]

T = TypeVar("T")
AsBody = Annotated[T, Whole(), members_fit]
"""What is sent as it is given; its members are looked at before."""


class Done(Told, Acknowledgement):
    """That a call went through."""


def says_anything(answer: Any) -> None:
    """Refuse an answer that has none of its members, unless it says that all went well."""
    own = set(answer.__struct_fields__) - set(Told.__struct_fields__)
    if not answer.succeeded and all(getattr(answer, member) is None for member in own):
        raise BrokenBodyError(f"the answer has none of {', '.join(sorted(own))}", cut=False)
