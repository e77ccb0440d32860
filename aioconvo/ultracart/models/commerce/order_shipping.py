"""Where orders go and how, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model

from .measures import Weight

__all__ = ["OrderBilling", "OrderLinkedShipment", "OrderShipping", "OrderTrackingNumberDetail", "OrderTrackingNumberDetails"]


class OrderBilling(Model):
    """Who pays for an order."""

    address1: str | None = None
    address2: str | None = None
    cc_emails: list[str] | None = None
    cell_phone: str | None = None
    cell_phone_e164: str | None = None
    city: str | None = None
    company: str | None = None
    country_code: str | None = None
    day_phone: str | None = None
    day_phone_e164: str | None = None
    email: str | None = None
    evening_phone: str | None = None
    evening_phone_e164: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    postal_code: str | None = None
    state_region: str | None = None
    title: str | None = None


class OrderLinkedShipment(Model):
    """Orders that are sent together."""

    has_linked_shipment: bool | None = None
    """Whether others are sent with this order."""
    linked_shipment: bool | None = None
    """Whether this order is sent with another one."""
    linked_shipment_channel_partner_order_ids: list[str] | None = None
    linked_shipment_order_ids: list[str] | None = None
    linked_shipment_to_order_id: str | None = None
    """The order that this one is sent with."""


class OrderShipping(Model):
    """Where an order goes, and how."""

    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    company: str | None = None
    country_code: str | None = None
    """ISO 3166 alpha-2."""
    day_phone: str | None = None
    day_phone_e164: str | None = None
    """In E.164."""
    delivery_date: str | None = None
    """As the customer wishes."""
    evening_phone: str | None = None
    evening_phone_e164: str | None = None
    """In E.164."""
    first_name: str | None = None
    last_name: str | None = None
    least_cost_route: bool | None = None
    least_cost_route_shipping_methods: list[str] | None = None
    """Those to choose the cheapest from."""
    lift_gate: bool | None = None
    pickup_dts: dt.datetime | None = None
    """When the customer fetches it."""
    postal_code: str | None = None
    rma: str | None = None
    ship_on_date: str | None = None
    """As the customer wishes."""
    ship_to_residential: bool | None = None
    shipping_3rd_party_account_number: str | None = None
    shipping_date: str | None = None
    """Of the first parcel."""
    shipping_department_status: str | None = None
    shipping_method: str | None = None
    shipping_method_accounting_code: str | None = None
    special_instructions: str | None = None
    state_region: str | None = None
    title: str | None = None
    tracking_number_details: list[OrderTrackingNumberDetails] | None = None
    tracking_numbers: list[str] | None = None
    weight: Weight | None = None


class OrderTrackingNumberDetail(Model):
    """A step of a parcel on its way."""

    city: str | None = None
    event_dts: dt.datetime | None = None
    event_local_date: str | None = None
    event_local_time: str | None = None
    event_timezone_id: str | None = None
    """The time zone of the local date and time."""
    state: str | None = None
    subtag: str | None = None
    subtag_message: str | None = None
    tag: str | None = None
    tag_description: str | None = None
    tag_icon: str | None = None
    zip: str | None = None


class OrderTrackingNumberDetails(Model):
    """A parcel on its way."""

    actual_delivery_date: str | None = None
    actual_delivery_date_formatted: str | None = None
    details: list[OrderTrackingNumberDetail] | None = None
    easypost_tracker_id: str | None = None
    expected_delivery_date: str | None = None
    expected_delivery_date_formatted: str | None = None
    map_url: str | None = None
    order_placed_date: str | None = None
    order_placed_date_formatted: str | None = None
    payment_processed_date: str | None = None
    payment_processed_date_formatted: str | None = None
    shipped_date: str | None = None
    shipped_date_formatted: str | None = None
    shipping_method: str | None = None
    status: str | None = None
    status_description: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
