"""Addresses of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model
from aioconvo.core.operations.rules import AtMost

from .texts import Id, MerchantId

__all__ = ["PbxAddress"]


class PbxAddress(Model):
    """An address of the business, which phone numbers of some countries need."""

    address_sid: Id | None = None
    """Twilio's id of it, which phone numbers refer to."""
    city: Annotated[str, AtMost(100)] | None = None
    conversation_pbx_address_uuid: Id | None = None
    country_code: Annotated[str, AtMost(2)] | None = None
    """ISO 3166 alpha-2."""
    customer_name: Annotated[str, AtMost(100)] | None = None
    friendly_name: Annotated[str, AtMost(100)] | None = None
    """A name of your own."""
    merchant_id: MerchantId | None = None
    postal_code: Annotated[str, AtMost(20)] | None = None
    region: Annotated[str, AtMost(50)] | None = None
    """The state, province or region."""
    street: Annotated[str, AtMost(200)] | None = None
    valid: bool | None = None
    """Whether it is validated or verified."""
    validated: bool | None = None
    """Whether Twilio has validated it."""
    verified: bool | None = None
    """Whether Twilio has verified it."""
