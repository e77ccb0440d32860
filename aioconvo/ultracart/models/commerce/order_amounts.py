"""What orders cost and who has a share in that, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .measures import Currency

__all__ = [
    "AffiliateTransactionState",
    "OrderAffiliate",
    "OrderAffiliateLedger",
    "OrderCoupon",
    "OrderGift",
    "OrderGiftCertificate",
    "OrderSummary",
    "OrderTaxes",
    "OrderUtm",
]


class AffiliateTransactionState(OpenEnum):
    """How far an affiliate's commission has come."""

    PENDING = "Pending"
    POSTED = "Posted"
    APPROVED = "Approved"
    PAID = "Paid"
    REJECTED = "Rejected"
    PARTIALLY_PAID = "Partially Paid"


class OrderAffiliate(Model):
    """Who brought an order in."""

    affiliate_oid: int | None = None
    ledger_entries: list[OrderAffiliateLedger] | None = None
    sub_id: str | None = None
    """What the affiliate added to the click."""


class OrderAffiliateLedger(Model):
    """A commission of an affiliate."""

    assigned_by_user: str | None = None
    """Who gave the commission by hand."""
    item_id: str | None = None
    tier_number: int | None = None
    """How far from the affiliate that sent the order."""
    transaction_amount: float | None = None
    transaction_amount_paid: float | None = None
    transaction_dts: dt.datetime | None = None
    transaction_memo: str | None = None
    """For the affiliate to read."""
    transaction_percentage: float | None = None
    transaction_state: AffiliateTransactionState | None = None


class OrderCoupon(Model):
    """A coupon of an order."""

    accounting_code: str | None = None
    """At QuickBooks."""
    automatically_applied: bool | None = None
    base_coupon_code: str | None = None
    """As the merchant set it up."""
    coupon_code: str | None = None
    """As the customer wrote it."""
    hdie_from_customer: bool | None = None


class OrderGift(Model):
    """What makes an order a gift."""

    gift: bool | None = None
    gift_charge: Currency | None = None
    gift_charge_accounting_code: str | None = None
    """At QuickBooks."""
    gift_charge_refunded: Currency | None = None
    gift_email: str | None = None
    """Of who gets the gift."""
    gift_message: str | None = None
    """To who gets the gift."""
    gift_wrap_accounting_code: str | None = None
    """At QuickBooks."""
    gift_wrap_cost: Currency | None = None
    gift_wrap_refunded: Currency | None = None
    gift_wrap_title: str | None = None


class OrderGiftCertificate(Model):
    """The gift certificate that paid for an order. Its code is as good as money: it shows in no `repr`."""

    gift_certificate_amount: Currency | None = None
    gift_certificate_code: str | None = None
    gift_certificate_oid: int | None = None


class OrderSummary(Model):
    """The amounts of an order."""

    actual_fulfillment: Currency | None = None
    actual_other_cost: Currency | None = None
    actual_payment_processing: Currency | None = None
    actual_profit: Currency | None = None
    actual_profit_analyzed: bool | None = None
    actual_profit_review: bool | None = None
    actual_shipping: Currency | None = None
    arbitrary_shipping_handling_total: Currency | None = None
    arbitrary_subtotal_discount: Currency | None = None
    arbitrary_taxable_subtotal_discount: Currency | None = None
    health_benefit_card_amount: Currency | None = None
    health_benefit_card_refunded: Currency | None = None
    internal_gift_certificate_amount: Currency | None = None
    internal_gift_certificate_refunded: Currency | None = None
    other_refunded: Currency | None = None
    shipping_handling_refunded: Currency | None = None
    shipping_handling_total: Currency | None = None
    shipping_handling_total_discount: Currency | None = None
    subtotal: Currency | None = None
    subtotal_discount: Currency | None = None
    subtotal_discount_refunded: Currency | None = None
    subtotal_refunded: Currency | None = None
    tax: Currency | None = None
    tax_refunded: Currency | None = None
    taxable_subtotal: Currency | None = None
    taxable_subtotal_discount: Currency | None = None
    total: Currency | None = None
    total_refunded: Currency | None = None


class OrderTaxes(Model):
    """The taxes of an order."""

    arbitrary_tax: float | None = None
    arbitrary_tax_rate: float | None = None
    arbitrary_taxable_subtotal: float | None = None
    tax_city_accounting_code: str | None = None
    """At QuickBooks."""
    tax_country_accounting_code: str | None = None
    """At QuickBooks."""
    tax_county: str | None = None
    """In the United States alone."""
    tax_county_accounting_code: str | None = None
    """At QuickBooks."""
    tax_gift_charge: bool | None = None
    """Whether the charge for a gift is taxed."""
    tax_postal_code_accounting_code: str | None = None
    """At QuickBooks."""
    tax_rate: float | None = None
    tax_rate_city: float | None = None
    tax_rate_country: float | None = None
    tax_rate_county: float | None = None
    tax_rate_postal_code: float | None = None
    tax_rate_state: float | None = None
    tax_shipping: bool | None = None
    """Whether shipping is taxed."""
    tax_state_accounting_code: str | None = None
    """At QuickBooks."""


class OrderUtm(Model):
    """A click that led to an order, and its share in it."""

    attribution_first_click_subtotal: float | None = None
    attribution_first_click_total: float | None = None
    attribution_last_click_subtotal: float | None = None
    attribution_last_click_total: float | None = None
    attribution_linear_subtotal: float | None = None
    attribution_linear_total: float | None = None
    attribution_position_based_subtotal: float | None = None
    attribution_position_based_total: float | None = None
    click_dts: dt.datetime | None = None
    facebook_ad_id: str | None = None
    fbclid: str | None = None
    gbraid: str | None = None
    glcid: str | None = None
    itm_campaign: str | None = None
    itm_content: str | None = None
    itm_id: str | None = None
    itm_medium: str | None = None
    itm_source: str | None = None
    itm_term: str | None = None
    msclkid: str | None = None
    short_code: str | None = None
    short_code_backup: bool | None = None
    ttclid: str | None = None
    uc_message_id: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_id: str | None = None
    utm_medium: str | None = None
    utm_source: str | None = None
    utm_term: str | None = None
    vmcid: str | None = None
    wbraid: str | None = None
