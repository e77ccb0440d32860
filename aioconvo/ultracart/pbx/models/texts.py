"""Limits that many members of the phone system have in common; they are looked at before anything is sent."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.operations.rules import AtMost

__all__ = ["ContextMerchantId", "Id", "MerchantId"]

Id = Annotated[str, AtMost(50)]
"""An id of something."""
MerchantId = Annotated[str, AtMost(5)]
"""The account that something belongs to."""
ContextMerchantId = Annotated[str, AtMost(20)]
"""The account that something is used by."""
