"""The parts of the profiles of customers, as structs; the profile itself is beside the orders that it holds."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model

from .gift_certificates import GiftCertificate

__all__ = [
    "ActivityProperty",
    "CustomerActivity",
    "CustomerAttachment",
    "CustomerBilling",
    "CustomerCard",
    "CustomerEdi",
    "CustomerEmail",
    "CustomerEvent",
    "CustomerLoyalty",
    "CustomerLoyaltyLedger",
    "CustomerLoyaltyRedemption",
    "CustomerMembership",
    "CustomerMetric",
    "CustomerOrdersSummary",
    "CustomerPricingTier",
    "CustomerPrivacy",
    "CustomerProperty",
    "CustomerQuotesSummary",
    "CustomerReviewer",
    "CustomerShipping",
    "CustomerSoftwareEntitlement",
    "CustomerTag",
    "CustomerTaxCodes",
]


class ActivityProperty(Model):
    """What else is known of a customer."""

    name: str | None = None
    value: str | None = None


class CustomerActivity(Model):
    """What a customer did, and which mail they take."""

    active: bool | None = None
    activities: list[CustomerEvent] | None = None
    global_unsubscribed: bool | None = None
    global_unsubscribed_dts: dt.datetime | None = None
    last_activity_dts: dt.datetime | None = None
    memberships: list[CustomerMembership] | None = None
    metrics: list[CustomerMetric] | None = None
    properties_list: list[ActivityProperty] | None = None
    sms: str | None = None
    sms_stop: bool | None = None
    spam_complaint: bool | None = None
    spam_complaint_dts: dt.datetime | None = None


class CustomerAttachment(Model):
    """A file beside a customer."""

    customer_profile_attachment_oid: int | None = None
    description: str | None = None
    file_name: str | None = None
    mime_type: str | None = None
    upload_dts: dt.datetime | None = None


class CustomerBilling(Model):
    """An address of a customer for bills."""

    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    company: str | None = None
    country_code: str | None = None
    """ISO 3166 alpha-2."""
    customer_billing_oid: int | None = None
    customer_profile_oid: int | None = None
    day_phone: str | None = None
    day_phone_e164: str | None = None
    default_billing: bool | None = None
    evening_phone: str | None = None
    evening_phone_e164: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    last_used_dts: dt.datetime | None = None
    postal_code: str | None = None
    state_region: str | None = None
    """The state in the United States, else the region or province."""
    tax_county: str | None = None
    title: str | None = None


class CustomerCard(Model):
    """A stored card of a customer."""

    card_expiration_month: int | None = None
    """1 to 12."""
    card_expiration_year: int | None = None
    """Four digits."""
    card_number: str | None = None
    """All but the last four digits are masked."""
    card_number_token: str | None = None
    card_type: str | None = None
    customer_profile_credit_card_id: int | None = None
    customer_profile_oid: int | None = None
    last_used_dts: dt.datetime | None = None


class CustomerEdi(Model):
    """A customer as a partner of electronic data interchange."""

    channel_partner_oid: int | None = None
    distribution_center_number: str | None = None
    store_number: str | None = None


class CustomerEmail(Model):
    """Another email of a customer, and the mails that go to it."""

    customer_profile_email_oid: int | None = None
    email: str | None = None
    label: str | None = None
    receipt_notification: bool | None = None
    refund_notification: bool | None = None
    shipment_notification: bool | None = None


class CustomerEvent(Model):
    """One thing that a customer did."""

    action: str | None = None
    channel: str | None = None
    metric: str | None = None
    storefront_oid: int | None = None
    subject: str | None = None
    ts: int | None = None
    type: str | None = None
    uuid: str | None = None


class CustomerLoyalty(Model):
    """The loyalty points of a customer."""

    current_points: int | None = None
    internal_gift_certificate: GiftCertificate | None = None
    internal_gift_certificate_balance: str | None = None
    """The cash or credit that the points brought in."""
    internal_gift_certificate_oid: int | None = None
    ledger_entries: list[CustomerLoyaltyLedger] | None = None
    loyalty_tier_expiration_dts: dt.datetime | None = None
    loyalty_tier_name: str | None = None
    loyalty_tier_oid: int | None = None
    pending_points: int | None = None
    redemptions: list[CustomerLoyaltyRedemption] | None = None


class CustomerLoyaltyLedger(Model):
    """A change of loyalty points."""

    created_by: str | None = None
    created_dts: dt.datetime | None = None
    description: str | None = None
    email: str | None = None
    item_id: str | None = None
    item_index: int | None = None
    ledger_dts: dt.datetime | None = None
    loyalty_campaign_oid: int | None = None
    loyalty_ledger_oid: int | None = None
    loyalty_points: int | None = None
    modified_by: str | None = None
    modified_dts: dt.datetime | None = None
    order_id: str | None = None
    quantity: int | None = None
    vesting_dts: dt.datetime | None = None


class CustomerLoyaltyRedemption(Model):
    """Loyalty points that were spent. The code of a gift certificate is as good as money: it shows in no `repr`."""

    coupon_code: str | None = None
    coupon_code_oid: int | None = None
    coupon_used: bool | None = None
    description_for_customer: str | None = None
    expiration_dts: dt.datetime | None = None
    gift_certificate_code: str | None = None
    gift_certificate_oid: int | None = None
    loyalty_ledger_oid: int | None = None
    loyalty_points: int | None = None
    loyalty_redemption_oid: int | None = None
    order_id: str | None = None
    redemption_dts: dt.datetime | None = None
    remaining_balance: float | None = None


class CustomerMembership(Model):
    """A mailing list or segment that a customer belongs to."""

    name: str | None = None
    type: str | None = None
    uuid: str | None = None


class CustomerMetric(Model):
    """A figure of a customer: in all, in the last 30 days and in the 30 days before."""

    all_time: float | None = None
    all_time_formatted: str | None = None
    last_30: float | None = None
    last_30_formatted: str | None = None
    name: str | None = None
    prior_30: float | None = None
    prior_30_formatted: str | None = None
    type: str | None = None


class CustomerOrdersSummary(Model):
    """The orders of a customer in figures."""

    first_order_dts: dt.datetime | None = None
    last_order_dts: dt.datetime | None = None
    order_count: int | None = None
    total: float | None = None


class CustomerPricingTier(Model):
    """A level of prices that a customer has."""

    name: str | None = None
    pricing_tier_oid: int | None = None


class CustomerPrivacy(Model):
    """What a customer agreed to."""

    last_update_dts: dt.datetime | None = None
    marketing: bool | None = None
    """Whether the customer agreed to it, as with the other two."""
    preference: bool | None = None
    statistics: bool | None = None


class CustomerProperty(Model):
    """A property of a customer, of a name of your own."""

    customer_profile_property_oid: int | None = None
    expiration_dts: dt.datetime | None = None
    """When the property is deleted."""
    name: str | None = None
    value: str | None = None


class CustomerQuotesSummary(Model):
    """The quotes of a customer in figures."""

    first_quote_dts: dt.datetime | None = None
    last_quote_dts: dt.datetime | None = None
    quote_count: int | None = None
    total: float | None = None


class CustomerReviewer(Model):
    """A customer as an author of reviews."""

    auto_approve: bool | None = None
    average_overall_rating: float | None = None
    expert: bool | None = None
    first_review: str | None = None
    last_review: str | None = None
    location: str | None = None
    nickname: str | None = None
    number_helpful_review_votes: int | None = None
    rank: int | None = None
    reviews_contributed: int | None = None


class CustomerShipping(Model):
    """An address of a customer to send to."""

    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    company: str | None = None
    country_code: str | None = None
    """ISO 3166 alpha-2."""
    customer_profile_oid: int | None = None
    customer_shipping_oid: int | None = None
    day_phone: str | None = None
    day_phone_e164: str | None = None
    default_shipping: bool | None = None
    evening_phone: str | None = None
    evening_phone_e164: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    last_used_dts: dt.datetime | None = None
    postal_code: str | None = None
    state_region: str | None = None
    """The state in the United States, else the region or province."""
    tax_county: str | None = None
    title: str | None = None


class CustomerSoftwareEntitlement(Model):
    """Software that a customer may use. `activation_code` shows in no `repr`."""

    activation_code: str | None = None
    activation_dts: dt.datetime | None = None
    customer_software_entitlement_oid: int | None = None
    expiration_dts: dt.datetime | None = None
    purchased_via_item_description: str | None = None
    purchased_via_item_id: str | None = None
    purchased_via_order_id: str | None = None
    software_sku: str | None = None


class CustomerTag(Model):
    """A tag of a customer."""

    tag_value: str | None = None


class CustomerTaxCodes(Model):
    """Codes of a customer for programs that work out taxes."""

    avalara_customer_code: str | None = None
    avalara_entity_use_code: str | None = None
    sovos_customer_code: str | None = None
    taxjar_customer_id: str | None = None
    taxjar_exemption_type: str | None = None
