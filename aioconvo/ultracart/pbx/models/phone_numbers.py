"""Phone numbers of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.operations.rules import AtMost

from .actions import PbxAction
from .texts import ContextMerchantId, Id, MerchantId

__all__ = ["PbxAddressRequirement", "PbxAvailablePhoneNumber", "PbxPhoneNumber"]


class PbxAddressRequirement(OpenEnum):
    """Which address the buyer of a phone number must have: none, any, one in its area, or one abroad."""

    NONE = "none"
    ANY = "any"
    LOCAL = "local"
    FOREIGN = "foreign"


class PbxAvailablePhoneNumber(Model):
    """A phone number that can be bought."""

    address_requirements: PbxAddressRequirement | None = None
    country: Annotated[str, AtMost(2)] | None = None
    """ISO 3166 alpha-2."""
    friendly_name: Annotated[str, AtMost(50)] | None = None
    """The number, written for people."""
    locality: Annotated[str, AtMost(100)] | None = None
    """The city."""
    mms: bool | None = None
    """Whether it takes pictures, as `sms` and `voice` say of texts and calls."""
    monthly_cost: float | None = None
    """In a currency that is not documented."""
    phone_number: Annotated[str, AtMost(50)] | None = None
    """In E.164."""
    region: Annotated[str, AtMost(50)] | None = None
    """The state, province or region."""
    sms: bool | None = None
    voice: bool | None = None


class PbxPhoneNumber(Model):
    """A phone number of the account, and where its calls go."""

    action: PbxAction | None = None
    action_target: Id | None = None
    """The UUID of what the action names."""
    address_sid: Id | None = None
    """The address that its country's rules ask for, by Twilio's id."""
    context_merchant_id: ContextMerchantId | None = None
    conversation_pbx_phone_number_uuid: Id | None = None
    default_phone_number: bool | None = None
    """Whether agents call from it where nothing else is chosen."""
    deletion_protected: bool | None = None
    """Whether `delete` refuses it; only Twilio's own console deletes it then."""
    merchant_id: MerchantId | None = None
    phone_number: Annotated[str, AtMost(50)] | None = None
