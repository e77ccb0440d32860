"""Orders, and the customers and auto orders that hold orders, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .auto_orders import (
    AutoOrderAddonItem,
    AutoOrderEmail,
    AutoOrderItem,
    AutoOrderLog,
    AutoOrderManagement,
    AutoOrderProperty,
    AutoOrderStatus,
)
from .customers import (
    CustomerActivity,
    CustomerAttachment,
    CustomerBilling,
    CustomerCard,
    CustomerEdi,
    CustomerEmail,
    CustomerLoyalty,
    CustomerOrdersSummary,
    CustomerPricingTier,
    CustomerPrivacy,
    CustomerProperty,
    CustomerQuotesSummary,
    CustomerReviewer,
    CustomerShipping,
    CustomerSoftwareEntitlement,
    CustomerTag,
    CustomerTaxCodes,
)
from .order_amounts import OrderAffiliate, OrderCoupon, OrderGift, OrderGiftCertificate, OrderSummary, OrderTaxes, OrderUtm
from .order_items import OrderItem
from .order_parts import (
    OrderBuysafe,
    OrderChannelPartner,
    OrderCheckout,
    OrderCurrentStageHistory,
    OrderDigitalOrder,
    OrderEdi,
    OrderEmail,
    OrderFraudScore,
    OrderInternal,
    OrderMarketing,
    OrderProperty,
    OrderQuote,
    OrderSalesforce,
    OrderStage,
    OrderTag,
)
from .order_payments import OrderPayment
from .order_shipping import OrderBilling, OrderLinkedShipment, OrderShipping
from .point_of_sale import OrderPointOfSale

__all__ = ["AutoOrder", "Customer", "Order", "OrderAutoOrder", "OrderAutoOrderStatus"]


class AutoOrder(Model):
    """An order that repeats by itself."""

    add_ons: list[AutoOrderAddonItem] | None = None
    auto_order_code: str | None = None
    auto_order_oid: int | None = None
    cancel_after_next_x_orders: int | None = None
    """After how many more orders it ends."""
    cancel_downgrade: bool | None = None
    """Whether it was canceled because the customer bought something smaller."""
    cancel_reason: str | None = None
    cancel_upgrade: bool | None = None
    """Whether it was canceled because the customer bought something larger."""
    canceled_by_user: str | None = None
    canceled_dts: dt.datetime | None = None
    completed: bool | None = None
    """Whether it ran to its end."""
    credit_card_attempt: int | None = None
    """How many tries to charge the card there were."""
    disabled_dts: dt.datetime | None = None
    """When it was disabled, since orders had failed."""
    emails: list[AutoOrderEmail] | None = None
    enabled: bool | None = None
    failure_reason: str | None = None
    """Why the last order failed."""
    items: list[AutoOrderItem] | None = None
    logs: list[AutoOrderLog] | None = None
    management: AutoOrderManagement | None = None
    merchant_id: str | None = None
    merged_dts: dt.datetime | None = None
    merged_into_auto_order_oid: int | None = None
    next_attempt: str | None = None
    original_order: Order | None = None
    original_order_id: str | None = None
    override_affiliate_id: int | None = None
    """Who gets the commission for its orders instead."""
    properties: list[AutoOrderProperty] | None = None
    rebill_orders: list[Order] | None = None
    rotating_transaction_gateway_code: str | None = None
    """The gateway for future orders."""
    status: AutoOrderStatus | None = None


class Customer(Model):
    """The profile of a customer, with as much of it as was asked for."""

    activity: CustomerActivity | None = None
    affiliate_oid: int | None = None
    allow_3rd_party_billing: bool | None = None
    allow_cod: bool | None = None
    allow_drop_shipping: bool | None = None
    allow_purchase_order: bool | None = None
    allow_quote_request: bool | None = None
    allow_selection_of_address_type: bool | None = None
    attachments: list[CustomerAttachment] | None = None
    auto_approve_cod: bool | None = None
    auto_approve_purchase_order: bool | None = None
    automatic_merchant_notes: str | None = None
    """Notes that are added to each order."""
    billing: list[CustomerBilling] | None = None
    birth_date: str | None = None
    business_notes: str | None = None
    """For the merchant alone."""
    cards: list[CustomerCard] | None = None
    cc_emails: list[CustomerEmail] | None = None
    """Others who get notifications."""
    customer_profile_oid: int | None = None
    dhl_account_number: str | None = None
    dhl_duty_account_number: str | None = None
    do_not_send_mail: bool | None = None
    edi: CustomerEdi | None = None
    email: str | None = None
    exempt_shipping_handling_charge: bool | None = None
    fax: str | None = None
    fedex_account_number: str | None = None
    free_shipping: bool | None = None
    free_shipping_minimum: float | None = None
    """The least subtotal for `free_shipping`."""
    last_modified_by: str | None = None
    last_modified_dts: dt.datetime | None = None
    loyalty: CustomerLoyalty | None = None
    maximum_item_count: int | None = None
    merchant_id: str | None = None
    minimum_item_count: int | None = None
    minimum_subtotal: float | None = None
    no_coupons: bool | None = None
    no_free_shipping: bool | None = None
    """Whatever coupons and items say."""
    no_realtime_charge: bool | None = None
    orders: list[Order] | None = None
    orders_summary: CustomerOrdersSummary | None = None
    password: str | None = None
    """Only ever sent, never received."""
    pricing_tiers: list[CustomerPricingTier] | None = None
    privacy: CustomerPrivacy | None = None
    properties: list[CustomerProperty] | None = None
    qb_class: str | None = None
    """At QuickBooks."""
    qb_code: str | None = None
    """At QuickBooks."""
    qb_tax_exemption_reason_code: int | None = None
    """At QuickBooks."""
    quickbooks_online_customer_id: str | None = None
    quotes: list[Order] | None = None
    quotes_summary: CustomerQuotesSummary | None = None
    referral_source: str | None = None
    """As the customer told it, when they signed up for wholesale."""
    reviewer: CustomerReviewer | None = None
    sales_rep_code: str | None = None
    send_signup_notification: bool | None = None
    shipping: list[CustomerShipping] | None = None
    signup_dts: dt.datetime | None = None
    software_entitlements: list[CustomerSoftwareEntitlement] | None = None
    suppress_buysafe: bool | None = None
    """No longer in use."""
    tags: list[CustomerTag] | None = None
    tax_codes: CustomerTaxCodes | None = None
    tax_exempt: bool | None = None
    tax_id: str | None = None
    terms: str | None = None
    track_separately: bool | None = None
    """At QuickBooks."""
    unapproved: bool | None = None
    ups_account_number: str | None = None
    website_url: str | None = None


class Order(Model, rename={"tags": "Tags"}):
    """An order, with as much of it as was asked for."""

    affiliates: list[OrderAffiliate] | None = None
    """The first one sent the order; each of the others recruited the one before."""
    auto_order: OrderAutoOrder | None = None
    billing: OrderBilling | None = None
    buysafe: OrderBuysafe | None = None
    channel_partner: OrderChannelPartner | None = None
    checkout: OrderCheckout | None = None
    coupons: list[OrderCoupon] | None = None
    creation_dts: dt.datetime | None = None
    currency_code: str | None = None
    """The customer's currency, where it is not the merchant's."""
    current_stage: OrderStage | None = None
    current_stage_histories: list[OrderCurrentStageHistory] | None = None
    customer_profile: Customer | None = None
    digital_order: OrderDigitalOrder | None = None
    edi: OrderEdi | None = None
    emails: list[OrderEmail] | None = None
    exchange_rate: float | None = None
    """At the time of the order, where its currency is not the merchant's."""
    fraud_score: OrderFraudScore | None = None
    gift: OrderGift | None = None
    gift_certificate: OrderGiftCertificate | None = None
    internal: OrderInternal | None = None
    items: list[OrderItem] | None = None
    language_iso_code: str | None = None
    """The customer's language, three letters of ISO 639, where it is not the usual one."""
    linked_shipment: OrderLinkedShipment | None = None
    marketing: OrderMarketing | None = None
    merchant_id: str | None = None
    order_id: str | None = None
    payment: OrderPayment | None = None
    point_of_sale: OrderPointOfSale | None = None
    properties: list[OrderProperty] | None = None
    quote: OrderQuote | None = None
    refund_dts: dt.datetime | None = None
    """Of the last refund."""
    refund_reason: str | None = None
    reject_dts: dt.datetime | None = None
    reject_reason: str | None = None
    salesforce: OrderSalesforce | None = None
    shipping: OrderShipping | None = None
    summary: OrderSummary | None = None
    tags: list[OrderTag] | None = None
    taxes: OrderTaxes | None = None
    utms: list[OrderUtm] | None = None
    """The latest click first."""


class OrderAutoOrder(Model):
    """The auto order behind an order."""

    auto_order_code: str | None = None
    auto_order_oid: int | None = None
    cancel_after_next_x_orders: int | None = None
    """After how many more orders it ends."""
    cancel_downgrade: bool | None = None
    """Whether it was canceled because the customer bought something smaller."""
    cancel_reason: str | None = None
    cancel_upgrade: bool | None = None
    """Whether it was canceled because the customer bought something larger."""
    canceled_by_user: str | None = None
    canceled_dts: dt.datetime | None = None
    completed: bool | None = None
    """Whether it ran to its end."""
    credit_card_attempt: int | None = None
    """How many tries to charge the card there were."""
    disabled_dts: dt.datetime | None = None
    """When it was disabled, since orders had failed."""
    enabled: bool | None = None
    failure_reason: str | None = None
    """Why the last order failed."""
    items: list[AutoOrderItem] | None = None
    next_attempt: str | None = None
    original_order_id: str | None = None
    override_affiliate_id: int | None = None
    """Who gets the commission for its orders instead."""
    rebill_orders: list[Order] | None = None
    rotating_transaction_gateway_code: str | None = None
    """The gateway for future orders."""
    status: OrderAutoOrderStatus | None = None


class OrderAutoOrderStatus(OpenEnum):
    """Whether the auto order behind an order goes on."""

    ACTIVE = "active"
    CANCELED = "canceled"
    DISABLED = "disabled"
