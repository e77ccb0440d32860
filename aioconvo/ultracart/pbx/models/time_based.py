"""Schedules of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model
from aioconvo.core.operations.rules import AtMost

from .actions import PbxAction
from .texts import Id

__all__ = ["PbxTimeBased", "PbxTimeBasedMapping", "PbxTimeBasedMappings"]


class PbxTimeBased(Model):
    """A schedule: where calls go at which time."""

    context_merchant_id: str | None = None
    conversation_pbx_time_based_uuid: str | None = None
    mapping_config: PbxTimeBasedMappings | None = None
    merchant_id: str | None = None
    time_based_name: str | None = None


class PbxTimeBasedMapping(Model):
    """Where calls go in a time range."""

    action: PbxAction | None = None
    action_target: Id | None = None
    """The UUID of what the action names."""
    name: Annotated[str, AtMost(50)] | None = None
    time_range_uuid: Id | None = None


class PbxTimeBasedMappings(Model):
    """Where calls go in each time range; `default_mapping` is for all other times."""

    default_mapping: PbxTimeBasedMapping | None = None
    mappings: list[PbxTimeBasedMapping] | None = None
