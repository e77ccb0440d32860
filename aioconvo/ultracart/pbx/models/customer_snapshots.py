"""What UltraCart knows of a caller, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model
from aioconvo.ultracart.models.commerce.orders import AutoOrder, Customer, Order
from aioconvo.ultracart.pages import Told

__all__ = ["PbxCustomerSnapshot", "ZohoDeskTicket"]


class PbxCustomerSnapshot(Told, kw_only=True):
    """What is known of who has a phone number."""

    auto_orders: list[AutoOrder] | None = None
    customers: list[Customer] | None = None
    orders: list[Order] | None = None
    zoho_desk_tickets: list[ZohoDeskTicket] | None = None


class ZohoDeskTicket(Model):
    """A ticket at Zoho Desk."""

    assignee_id: str | None = None
    assignee_name: str | None = None
    channel: str | None = None
    created_time: str | None = None
    """Of a form that is not documented, as `modified_time`."""
    department_id: str | None = None
    department_name: str | None = None
    id: str | None = None
    modified_time: str | None = None
    priority: str | None = None
    status: str | None = None
    status_type: str | None = None
    subject: str | None = None
    ticket_number: str | None = None
    web_url: str | None = None
