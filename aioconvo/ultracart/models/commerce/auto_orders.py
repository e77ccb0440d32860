"""The parts of auto orders, as structs; the auto order itself is beside the orders that it holds."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

__all__ = [
    "AutoOrderAddonItem",
    "AutoOrderAddonItemOption",
    "AutoOrderEmail",
    "AutoOrderFrequency",
    "AutoOrderItem",
    "AutoOrderItemFutureSchedule",
    "AutoOrderItemOption",
    "AutoOrderItemSimpleSchedule",
    "AutoOrderLog",
    "AutoOrderManagement",
    "AutoOrderProperty",
    "AutoOrderStatus",
]


class AutoOrderAddonItem(Model):
    """Something that is sent along with an item of an auto order, for some orders or for all."""

    arbitrary_unit_cost: float | None = None
    free_shipping: bool | None = None
    item_id: str | None = None
    next_x_orders: int | None = None
    options: list[AutoOrderAddonItemOption] | None = None
    quantity: int | None = None


class AutoOrderAddonItemOption(Model):
    """An option of such an addition."""

    label: str | None = None
    value: str | None = None


class AutoOrderEmail(Model):
    """A mail about an auto order."""

    bounce_diagnostic_code: str | None = None
    bounce_dts: dt.datetime | None = None
    bounce_sub_type: str | None = None
    bounce_type: str | None = None
    clicked: bool | None = None
    clicked_dts: dt.datetime | None = None
    delivered: bool | None = None
    delivery_dts: dt.datetime | None = None
    email: str | None = None
    internal: bool | None = None
    message_id: str | None = None
    opened: bool | None = None
    opened_dts: dt.datetime | None = None
    reporting_mta: str | None = None
    send_dts: dt.datetime | None = None
    skip_reason: str | None = None
    skipped: bool | None = None
    smtp_response: str | None = None
    subject: str | None = None


class AutoOrderFrequency(OpenEnum):
    """How often an item is sent again."""

    WEEKLY = "Weekly"
    BIWEEKLY = "Biweekly"
    EVERY = "Every..."
    EVERY_10_DAYS = "Every 10 Days"
    EVERY_24_DAYS = "Every 24 Days"
    EVERY_28_DAYS = "Every 28 Days"
    MONTHLY = "Monthly"
    EVERY_45_DAYS = "Every 45 Days"
    EVERY_2_MONTHS = "Every 2 Months"
    EVERY_3_MONTHS = "Every 3 Months"
    EVERY_4_MONTHS = "Every 4 Months"
    EVERY_5_MONTHS = "Every 5 Months"
    EVERY_6_MONTHS = "Every 6 Months"
    YEARLY = "Yearly"
    EVERY_4_WEEKS = "Every 4 Weeks"
    EVERY_6_WEEKS = "Every 6 Weeks"
    EVERY_8_WEEKS = "Every 8 Weeks"


class AutoOrderItem(Model):
    """An item of an auto order."""

    add_ons: list[AutoOrderAddonItem] | None = None
    arbitrary_item_id: str | None = None
    """What is sent in place of what the schedule says."""
    arbitrary_percentage_discount: float | None = None
    """On future orders."""
    arbitrary_quantity: float | None = None
    arbitrary_schedule_days: int | None = None
    """The days between two orders, where `frequency` is `Every...`."""
    arbitrary_unit_cost: float | None = None
    """The price of one in future orders."""
    arbitrary_unit_cost_remaining_orders: int | None = None
    """For how many more orders that price holds."""
    auto_order_item_oid: int | None = None
    calculated_next_shipment_dts: dt.datetime | None = None
    """`None` where no more are sent."""
    cancel_dts: dt.datetime | None = None
    cancel_reason: str | None = None
    first_order_dts: dt.datetime | None = None
    """`None` where none was ordered yet."""
    frequency: AutoOrderFrequency | None = None
    """How often, where no fixed schedule says it."""
    future_schedules: list[AutoOrderItemFutureSchedule] | None = None
    """The next ten at most."""
    last_order_dts: dt.datetime | None = None
    life_time_value: float | None = None
    """Of all orders, the first one among them."""
    next_item_id: str | None = None
    next_preshipment_notice_dts: dt.datetime | None = None
    next_shipment_dts: dt.datetime | None = None
    no_order_after_dts: dt.datetime | None = None
    """When the last one may be sent."""
    number_of_rebills: int | None = None
    """How many were sent after the first."""
    options: list[AutoOrderItemOption] | None = None
    original_item_id: str | None = None
    """What was bought first; its schedule is kept to."""
    original_quantity: float | None = None
    paused: bool | None = None
    paypal_payer_id: str | None = None
    paypal_recurring_payment_profile_id: str | None = None
    preshipment_notice_sent: bool | None = None
    """Whether the customer was told of the next one."""
    properties: list[AutoOrderProperty] | None = None
    rebill_value: float | None = None
    remaining_repeat_count: int | None = None
    """How many are left."""
    simple_schedule: AutoOrderItemSimpleSchedule | None = None


class AutoOrderItemFutureSchedule(Model):
    """When an item will be sent, and at what cost."""

    item_id: str | None = None
    rebill_count: int | None = None
    shipment_dts: dt.datetime | None = None
    unit_cost: float | None = None


class AutoOrderItemOption(Model):
    """An option of an item of an auto order."""

    label: str | None = None
    value: str | None = None


class AutoOrderItemSimpleSchedule(Model):
    """How often an item is sent, and how many times."""

    frequency: AutoOrderFrequency | None = None
    item_id: str | None = None
    repeat_count: int | None = None


class AutoOrderLog(Model):
    """A line of the log of an auto order."""

    log_dts: dt.datetime | None = None
    log_message: str | None = None


class AutoOrderManagement(Model):
    """Where a customer manages an auto order."""

    update_billing_url: str | None = None
    """Where the customer changes how they pay."""


class AutoOrderProperty(Model):
    """A property of an auto order, of a name of your own."""

    name: str | None = None
    value: str | None = None


class AutoOrderStatus(OpenEnum):
    """Whether an auto order goes on."""

    ACTIVE = "active"
    CANCELED = "canceled"
    DISABLED = "disabled"
    MERGED = "merged"
