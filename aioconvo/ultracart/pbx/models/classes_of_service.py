"""Classes of service of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.operations.rules import AtMost

from .texts import ContextMerchantId, MerchantId

__all__ = ["PbxAuditAction", "PbxAuditLog", "PbxAuditRule", "PbxClassOfService"]


class PbxAuditAction(OpenEnum):
    """What became of a call that its class of service does not allow; a supervisor may be asked to allow it."""

    BLOCKED = "blocked"
    OVERRIDE_REQUESTED = "override_requested"
    OVERRIDE_APPROVED = "override_approved"
    OVERRIDE_DENIED = "override_denied"
    OVERRIDE_TIMEOUT = "override_timeout"


class PbxAuditLog(Model):
    """A call that a class of service did not allow, and what came of it."""

    action: PbxAuditAction | None = None
    agent_login: str | None = None
    audit_log_uuid: str | None = None
    class_of_service_name: str | None = None
    """As it was then."""
    class_of_service_uuid: str | None = None
    destination: str | None = None
    """The phone number that was called."""
    merchant_id: MerchantId | None = None
    rule_triggered: PbxAuditRule | None = None
    supervisor_login: str | None = None
    """Who allowed or denied it; nobody where it was blocked at once or nobody answered."""
    timestamp: str | None = None
    """ISO 8601."""


class PbxAuditRule(OpenEnum):
    """The rule that a call broke."""

    OUTBOUND_DISABLED = "outbound_disabled"
    TIME_RANGE = "time_range"
    COUNTRY_BLOCKED = "country_blocked"
    PREMIUM_BLOCKED = "premium_blocked"


class PbxClassOfService(Model):
    """What agents may do with the phone: whether, when and to where they may call."""

    allowed_countries: list[str] | None = None
    """Calling codes, such as `1` or `44`; an empty list allows the own country alone."""
    block_premium_numbers: bool | None = None
    """Whether 900, 976, premium and short numbers are refused."""
    context_merchant_id: ContextMerchantId | None = None
    conversation_pbx_class_of_service_uuid: str | None = None
    default_flag: bool | None = None
    """Whether it holds for all agents without one of their own; one of an account does."""
    description: Annotated[str, AtMost(500)] | None = None
    merchant_id: MerchantId | None = None
    name: Annotated[str, AtMost(100)] | None = None
    outbound_enabled: bool | None = None
    """Whether agents may call at all."""
    time_range_uuid: str | None = None
    """The times in which agents may call."""
