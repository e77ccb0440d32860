"""Items of a shop and their variations, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model

__all__ = ["Item", "ItemVariation", "ItemVariationOption", "VariantItem"]


class ItemVariationOption(Model):
    """One of the things that a customer may choose, such as a size."""

    default_option: bool | None = None
    merchant_item_multimedia_oid: int | None = None
    translated_text_instance_oid: int | None = None
    value: str | None = None


class ItemVariation(Model):
    """What a customer may choose between, such as sizes."""

    default_text: str | None = None
    default_text_translated_text_instance_oid: int | None = None
    name: str | None = None
    name_translated_text_instance_oid: int | None = None
    options: list[ItemVariationOption] | None = None


class VariantItem(Model):
    """The item that stands for one choice of each variation."""

    description: str | None = None
    merchant_item_multimedia_oid: int | None = None
    quantity: int | None = None
    variant_merchant_item_id: str | None = None
    variant_merchant_item_oid: int | None = None
    variation_options: list[str] | None = None
    variations: list[str] | None = None


class Item(Model):
    """An item and its variations. All else that the API says of it is in `aioconvo.raw_json(item)`."""

    description: str | None = None
    merchant_id: str | None = None
    merchant_item_id: str | None = None
    merchant_item_oid: int | None = None
    variant_items: list[VariantItem] | None = None
    variations: list[ItemVariation] | None = None
