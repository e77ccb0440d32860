"""What orders say of themselves beside their items, amounts, payments and shipping, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .measures import Currency

__all__ = [
    "BinMatch",
    "Browser",
    "BrowserDevice",
    "BrowserOs",
    "BrowserUserAgent",
    "OrderBuysafe",
    "OrderChannelPartner",
    "OrderCheckout",
    "OrderCurrentStageHistory",
    "OrderDigitalItem",
    "OrderDigitalOrder",
    "OrderEdi",
    "OrderEmail",
    "OrderFraudScore",
    "OrderInternal",
    "OrderMarketing",
    "OrderProperty",
    "OrderQuote",
    "OrderSalesforce",
    "OrderStage",
    "OrderTag",
    "OrderTransactionalMerchantNote",
]


class BinMatch(OpenEnum):
    """Whether the country of the card's bank is the customer's."""

    NA = "NA"
    NO = "No"
    NOTFOUND = "NotFound"
    YES = "Yes"


class Browser(Model):
    """The browser that an order was placed with."""

    device: BrowserDevice | None = None
    os: BrowserOs | None = None
    user_agent: BrowserUserAgent | None = None


class BrowserDevice(Model):
    """The device that a browser ran on."""

    family: str | None = None


class BrowserOs(Model):
    """The operating system that a browser ran on."""

    family: str | None = None
    major: str | None = None
    minor: str | None = None
    patch: str | None = None
    patch_minor: str | None = None


class BrowserUserAgent(Model):
    """What a browser says it is."""

    family: str | None = None
    major: str | None = None
    minor: str | None = None
    patch: str | None = None


class OrderBuysafe(Model):
    """The bond that covers an order."""

    buysafe_bond_available: bool | None = None
    buysafe_bond_cost: Currency | None = None
    buysafe_bond_free: bool | None = None
    buysafe_bond_refunded: Currency | None = None
    buysafe_bond_wanted: bool | None = None
    buysafe_shopping_cart_id: str | None = None


class OrderChannelPartner(Model):
    """The partner that an order came through."""

    arbitrary_pricing_tier_names: list[str] | None = None
    auto_approve_purchase_order: bool | None = None
    channel_partner_code: str | None = None
    channel_partner_data: str | None = None
    channel_partner_oid: int | None = None
    channel_partner_order_id: str | None = None
    ignore_invalid_shipping_method: bool | None = None
    no_realtime_payment_processing: bool | None = None
    skip_auto_order_setup: bool | None = None
    skip_payment_processing: bool | None = None
    store_completed: bool | None = None
    store_if_payment_declines: bool | None = None
    treat_warnings_as_errors: bool | None = None


class OrderCheckout(Model):
    """How an order was placed."""

    browser: Browser | None = None
    comments: str | None = None
    custom_field1: str | None = None
    custom_field10: str | None = None
    custom_field2: str | None = None
    custom_field3: str | None = None
    custom_field4: str | None = None
    custom_field5: str | None = None
    custom_field6: str | None = None
    custom_field7: str | None = None
    custom_field8: str | None = None
    custom_field9: str | None = None
    customer_ip_address: str | None = None
    screen_branding_theme_code: str | None = None
    screen_size: str | None = None
    storefront_host_name: str | None = None
    """Where the order was placed."""
    upsell_path_code: str | None = None


class OrderCurrentStageHistory(Model):
    """A step of an order from one stage to the next."""

    after_stage: OrderStage | None = None
    before_stage: OrderStage | None = None
    transition_dts: dt.datetime | None = None


class OrderDigitalItem(Model):
    """A file that was sold."""

    file_size: int | None = None
    last_download: str | None = None
    last_download_ip_address: str | None = None
    original_filename: str | None = None
    product_code: str | None = None
    product_description: str | None = None
    remaining_downloads: int | None = None
    url: str | None = None
    """Where the customer downloads it."""


class OrderDigitalOrder(Model):
    """The files of an order, and where the customer gets them."""

    creation_dts: dt.datetime | None = None
    expiration_dts: dt.datetime | None = None
    items: list[OrderDigitalItem] | None = None
    url: str | None = None
    """Where the customer downloads everything."""
    url_id: str | None = None
    """The part of the URLs that is this order's own."""


class OrderEdi(Model):
    """What electronic data interchange says of an order."""

    bill_to_edi_code: str | None = None
    """What stands for the address of the bill."""
    edi_department: str | None = None
    edi_internal_vendor_number: str | None = None
    ship_to_edi_code: str | None = None
    """What stands for the address to send to."""


class OrderEmail(Model):
    """A mail about an order."""

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


class OrderFraudScore(Model):
    """How likely an order is a fraud, and why."""

    anonymous_proxy: bool | None = None
    """Whether the customer's address is known as one."""
    bin_match: BinMatch | None = None
    """Whether the first six digits of the card are from the customer's country."""
    carder_email: bool | None = None
    """Whether the email is known to belong to a fraud."""
    country_code: str | None = None
    country_match: bool | None = None
    """Whether the country is that of the card."""
    customer_phone_in_billing_location: str | None = None
    distance_km: int | None = None
    """From the customer's address on the internet to the bank of the card."""
    free_email: bool | None = None
    """Whether the email is from a free service."""
    high_risk_country: bool | None = None
    ip_city: str | None = None
    ip_isp: str | None = None
    ip_latitude: str | None = None
    ip_longitude: str | None = None
    ip_org: str | None = None
    ip_region: str | None = None
    proxy_score: float | None = None
    """How likely the customer came through a proxy."""
    score: float | None = None
    """What the rules of the merchant decide by."""
    ship_forwarder: bool | None = None
    """Whether the address is known to send parcels on."""
    spam_score: float | None = None
    """How likely the email is that of a spammer."""
    transparent_proxy: bool | None = None


class OrderInternal(Model):
    """What the merchant notes about an order."""

    exported_to_accounting: bool | None = None
    """Whether QuickBooks has it; also true where there is no QuickBooks."""
    merchant_notes: str | None = None
    placed_by_user: str | None = None
    """Who placed the order for the customer."""
    refund_by_user: str | None = None
    sales_rep_code: str | None = None
    transactional_merchant_notes: list[OrderTransactionalMerchantNote] | None = None


class OrderMarketing(Model):
    """How a customer came to an order, and which mail they take."""

    advertising_source: str | None = None
    cell_phone_opt_in: bool | None = None
    """Whether the customer agreed to marketing by SMS."""
    mailing_list: bool | None = None
    """Whether the customer agreed to be on it."""
    referral_code: str | None = None


class OrderProperty(Model):
    """A property of an order, of a name of your own."""

    created_by: str | None = None
    created_dts: dt.datetime | None = None
    display: bool | None = None
    """Whether the customer sees it."""
    expiration_dts: dt.datetime | None = None
    """When the property is deleted."""
    name: str | None = None
    value: str | None = None


class OrderQuote(Model):
    """An order that is an offer so far."""

    quote_expiration_dts: dt.datetime | None = None
    quoted_by: str | None = None
    quoted_dts: dt.datetime | None = None


class OrderSalesforce(Model):
    """An order at Salesforce."""

    salesforce_opportunity_id: str | None = None


class OrderStage(OpenEnum):
    """How far an order has come."""

    ACCOUNTS_RECEIVABLE = "Accounts Receivable"
    PENDING_CLEARANCE = "Pending Clearance"
    FRAUD_REVIEW = "Fraud Review"
    REJECTED = "Rejected"
    SHIPPING_DEPARTMENT = "Shipping Department"
    COMPLETED_ORDER = "Completed Order"
    QUOTE_REQUEST = "Quote Request"
    QUOTE_SENT = "Quote Sent"
    LEAST_COST_ROUTING = "Least Cost Routing"
    UNKNOWN = "Unknown"
    PRE_ORDERED = "Pre-ordered"
    ADVANCED_ORDER_ROUTING = "Advanced Order Routing"
    HOLD = "Hold"


class OrderTag(Model):
    """A tag of an order."""

    tag_value: str | None = None


class OrderTransactionalMerchantNote(Model):
    """A note of the merchant."""

    ip_address: str | None = None
    note: str | None = None
    note_dts: dt.datetime | None = None
    user: str | None = None
