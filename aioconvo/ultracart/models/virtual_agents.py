"""What virtual agents of UltraCart may do and spend, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["CustomCollection", "TicketChannel", "TicketDepartment", "VirtualAgentBudget", "VirtualAgentCapabilities"]


class TicketChannel(OpenEnum):
    """Where a virtual agent opens support tickets."""

    NONE = "none"
    EMAIL = "email"
    ULTRACART_TASK = "ultracart_task"
    ZOHO_DESK_TICKET = "zoho_desk_ticket"


class CustomCollection(Model):
    """Records of the merchant's own that a virtual agent may look into; `ai_description` tells it what they are."""

    ai_description: str | None = None
    ai_enabled: bool | None = None
    collection_name: str | None = None
    error_message: str | None = None
    last_update_dts: dt.datetime | None = None
    record_count: int | None = None
    typesense_custom_collection_oid: int | None = None


class TicketDepartment(Model):
    """A department at Zoho Desk that tickets are opened for."""

    department_id: str | None = None
    department_name: str | None = None


class VirtualAgentCapabilities(Model):
    """What a virtual agent may look up and do for customers."""

    access_custom_collections: bool | None = None
    access_storefront_and_item: bool | None = None
    cancel_subscription: bool | None = None
    custom_collection_oids: list[int] | None = None
    custom_collections: list[CustomCollection] | None = None
    delay_subscription: bool | None = None
    generate_coupon: bool | None = None
    lookup_order_information: bool | None = None
    lookup_subscription_information: bool | None = None
    open_support_ticket: bool | None = None
    open_support_ticket_channel: TicketChannel | None = None
    open_support_ticket_channel_email: str | None = None
    open_support_ticket_zoho_desk_department_id: str | None = None
    pause_subscription: bool | None = None
    resume_subscription: bool | None = None
    transfer_chat_to_live_agent: bool | None = None
    update_subscription_credit_card: bool | None = None
    zoho_desk_available: bool | None = None
    zoho_desk_departments: list[TicketDepartment] | None = None


class VirtualAgentBudget(Model):
    """What virtual agents may cost a day and a month, and did; the currency is not documented."""

    budget_daily: float | None = None
    budget_monthly: float | None = None
    used_daily: float | None = None
    used_monthly: float | None = None
