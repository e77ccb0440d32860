"""Time ranges of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model
from aioconvo.core.operations.rules import AtMost

from .texts import ContextMerchantId, Id, MerchantId

__all__ = ["PbxTimeRange", "PbxTimeRangeConfig"]


class PbxTimeRange(Model):
    """A set of times, such as the opening hours."""

    configs: list[PbxTimeRangeConfig] | None = None
    context_merchant_id: ContextMerchantId | None = None
    conversation_pbx_time_range_uuid: Id | None = None
    merchant_id: MerchantId | None = None
    time_range_name: Annotated[str, AtMost(50)] | None = None
    timezone: Annotated[str, AtMost(100)] | None = None


class PbxTimeRangeConfig(Model):
    """One span of a time range.

    How its dates and times are written, and which day is the first of a week, is not documented.
    """

    end_date: str | None = None
    end_day_of_week: int | None = None
    end_time: str | None = None
    start_date: str | None = None
    start_day_of_week: int | None = None
    start_time: str | None = None
