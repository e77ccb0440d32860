"""Ways to take payments in calls of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.operations.rules import AtMost

from .texts import MerchantId

__all__ = ["PbxPayConnector", "PbxPayEnvironment", "PbxPayProcessor"]


class PbxPayConnector(Model):
    """A way to take payments in calls."""

    description: Annotated[str, AtMost(250)] | None = None
    environment: PbxPayEnvironment | None = None
    friendly_name: Annotated[str, AtMost(100)] | None = None
    merchant_id: MerchantId | None = None
    processor: PbxPayProcessor | None = None
    processor_account_id: Annotated[str, AtMost(100)] | None = None
    sid: Annotated[str, AtMost(50)] | None = None
    unique_name: Annotated[str, AtMost(100)] | None = None


class PbxPayEnvironment(OpenEnum):
    """Whether payments are real."""

    LIVE = "live"


class PbxPayProcessor(OpenEnum):
    """Who processes payments."""

    STRIPE = "stripe"
    BRAINTREE = "braintree"
    GENERIC = "generic"
    UNKNOWN = "unknown"
