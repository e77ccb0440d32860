"""The items of orders, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .measures import Currency, Distance, Weight

__all__ = [
    "DimensionApplication",
    "OrderItem",
    "OrderItemEdi",
    "OrderItemEdiIdentification",
    "OrderItemEdiLot",
    "OrderItemOption",
    "OrderItemOptionFileAttachment",
    "OrderItemProperty",
    "OrderItemTag",
    "TaxProductType",
]


class DimensionApplication(OpenEnum):
    """What an option's dimensions do to those of its item."""

    NONE = "none"
    SET_ITEM_TO = "set item to"
    ADD_ITEM = "add item"


class OrderItem(Model):
    """An item of an order."""

    accounting_code: str | None = None
    """At QuickBooks."""
    activation_codes: list[str] | None = None
    actual_cogs: Currency | None = None
    arbitrary_unit_cost: Currency | None = None
    auto_order_last_rebill_dts: dt.datetime | None = None
    auto_order_schedule: str | None = None
    barcode: str | None = None
    barcode_gtin12: str | None = None
    barcode_gtin14: str | None = None
    barcode_upc11: str | None = None
    barcode_upc12: str | None = None
    channel_partner_item_id: str | None = None
    cogs: float | None = None
    """Cost of goods sold."""
    component_unit_value: float | None = None
    cost: Currency | None = None
    country_code_of_origin: str | None = None
    """ISO 3166 alpha-2."""
    customs_description: str | None = None
    description: str | None = None
    discount: Currency | None = None
    discount_quantity: float | None = None
    discount_shipping_weight: Weight | None = None
    distribution_center_code: str | None = None
    """Who sends it."""
    edi: OrderItemEdi | None = None
    exclude_coupon: bool | None = None
    free_shipping: bool | None = None
    hazmat: bool | None = None
    """Whether it is hazardous."""
    height: Distance | None = None
    item_index: int | None = None
    """Its place in the order, from 1."""
    item_reference_oid: int | None = None
    kit: bool | None = None
    kit_component: bool | None = None
    length: Distance | None = None
    manufacturer_sku: str | None = None
    max_days_time_in_transit: int | None = None
    """Until it spoils."""
    merchant_item_id: str | None = None
    mix_and_match_group_name: str | None = None
    mix_and_match_group_oid: int | None = None
    no_shipping_discount: bool | None = None
    options: list[OrderItemOption] | None = None
    packed_by_user: str | None = None
    parent_item_index: int | None = None
    """The kit that it is part of, by its place in the order."""
    parent_merchant_item_id: str | None = None
    """The kit that it is part of."""
    perishable_class: str | None = None
    pricing_tier_name: str | None = None
    """The tier that gave it its price."""
    properties: list[OrderItemProperty] | None = None
    quantity: float | None = None
    quantity_refunded: float | None = None
    quickbooks_class: str | None = None
    refund_reason: str | None = None
    return_reason: str | None = None
    ship_separately: bool | None = None
    """Whether it has a box of its own."""
    shipped_by_user: str | None = None
    shipped_dts: dt.datetime | None = None
    shipping_status: str | None = None
    special_product_type: str | None = None
    tags: list[OrderItemTag] | None = None
    tax_free: bool | None = None
    tax_product_type: TaxProductType | None = None
    taxable_cost: Currency | None = None
    total_cost_with_discount: Currency | None = None
    total_refunded: Currency | None = None
    transmitted_to_distribution_center_dts: dt.datetime | None = None
    unit_cost_with_discount: Currency | None = None
    upsell: bool | None = None
    """Whether it was offered on top."""
    weight: Weight | None = None
    width: Distance | None = None


class OrderItemEdi(Model):
    """What electronic data interchange says of an item."""

    identifications: list[OrderItemEdiIdentification] | None = None
    """From the purchase order."""
    lots: list[OrderItemEdiLot] | None = None


class OrderItemEdiIdentification(Model):
    """A number by which a partner knows an item."""

    identification: str | None = None
    quantity: int | None = None


class OrderItemEdiLot(Model):
    """A lot that an item comes from."""

    lot_expiration: str | None = None
    lot_number: str | None = None
    lot_quantity: int | None = None


class OrderItemOption(Model):
    """An option of an item, as the customer chose it."""

    additional_dimension_application: DimensionApplication | None = None
    cost_change: Currency | None = None
    file_attachment: OrderItemOptionFileAttachment | None = None
    height: Distance | None = None
    hidden: bool | None = None
    label: str | None = None
    length: Distance | None = None
    one_time_fee: bool | None = None
    """Whether its cost counts once, however many there are."""
    value: str | None = None
    weight_change: Weight | None = None
    width: Distance | None = None


class OrderItemOptionFileAttachment(Model):
    """A file that the customer added to an option."""

    expiration_dts: dt.datetime | None = None
    file_name: str | None = None
    mime_type: str | None = None
    size: int | None = None


class OrderItemProperty(Model):
    """A property of an item, of a name of your own."""

    display: bool | None = None
    """Whether the customer sees it."""
    expiration_dts: dt.datetime | None = None
    """When the property is deleted."""
    name: str | None = None
    value: str | None = None


class OrderItemTag(Model):
    """A tag of an item."""

    tag_value: str | None = None


class TaxProductType(OpenEnum):
    """What an item is to the taxes; empty where nothing is said."""

    NONE = ""
    DIGITAL = "digital"
    PHYSICAL = "physical"
    SERVICE = "service"
