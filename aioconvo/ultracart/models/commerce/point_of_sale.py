"""Where in a shop orders are placed, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["OrderPointOfSale", "PaymentProvider", "PointOfSaleLocation", "PointOfSaleReader", "PointOfSaleRegister"]


class OrderPointOfSale(Model):
    """Where in a shop an order was placed."""

    location: PointOfSaleLocation | None = None
    reader: PointOfSaleReader | None = None
    register: PointOfSaleRegister | None = None


class PaymentProvider(OpenEnum):
    """Who takes the payments of a card reader."""

    STRIPE = "stripe"


class PointOfSaleLocation(Model):
    """A shop that orders are taken in; the second `d` of `adddress2` too many is the API's own."""

    adddress2: str | None = None
    address1: str | None = None
    city: str | None = None
    country: str | None = None
    distribution_center_code: str | None = None
    """Whose stock shrinks by a sale."""
    external_id: str | None = None
    """An id of your own."""
    merchant_id: str | None = None
    pos_location_oid: int | None = None
    postal_code: str | None = None
    state_province: str | None = None
    tax_county: str | None = None


class PointOfSaleReader(Model):
    """A card reader."""

    device_type: str | None = None
    label: str | None = None
    merchant_id: str | None = None
    payment_provider: PaymentProvider | None = None
    pos_reader_id: int | None = None
    pos_register_oid: int | None = None
    serial_number: str | None = None
    stripe_account_id: str | None = None
    stripe_reader_id: str | None = None


class PointOfSaleRegister(Model):
    """A till."""

    merchant_id: str | None = None
    name: str | None = None
    pos_location_oid: int | None = None
    pos_register_oid: int | None = None
