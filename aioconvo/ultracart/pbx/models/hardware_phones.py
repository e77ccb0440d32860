"""Hardware phones of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated, Any

from aioconvo.core.json.model import Model
from aioconvo.core.operations.rules import AtMost

from .texts import Id, MerchantId

__all__ = ["PbxHardwarePhone", "PbxPhoneManufacturer", "PbxPhoneModel"]


class PbxHardwarePhone(Model):
    """A phone that registers by SIP. Its password shows in no `repr`."""

    admin_username: str | None = None
    conversation_pbx_agent_uuid: str | None = None
    conversation_pbx_hardware_phone_uuid: Id | None = None
    created_at: Any = None
    description: Annotated[str, AtMost(500)] | None = None
    mac_address: Annotated[str, AtMost(17)] | None = None
    manufacturer: Annotated[str, AtMost(100)] | None = None
    merchant_id: MerchantId | None = None
    model: Annotated[str, AtMost(100)] | None = None
    name: Annotated[str, AtMost(100)] | None = None
    provisioning_url: str | None = None
    """Where the phone fetches its settings."""
    sip_domain: Annotated[str, AtMost(200)] | None = None
    sip_edge_location: Annotated[str, AtMost(50)] | None = None
    sip_password: Annotated[str, AtMost(100)] | None = None
    """Only in answers to `create` and `regenerate_password`."""
    sip_username: Annotated[str, AtMost(100)] | None = None
    twilio_credential_sid: str | None = None
    updated_at: Any = None


class PbxPhoneManufacturer(Model):
    """A maker of phones that set themselves up."""

    manufacturer_id: str | None = None
    models: list[PbxPhoneModel] | None = None
    name: str | None = None


class PbxPhoneModel(Model):
    """A model of phone."""

    model_id: str | None = None
    name: str | None = None
