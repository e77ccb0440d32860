"""Amounts, lengths and weights, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["Currency", "Distance", "DistanceUnit", "Weight", "WeightUnit"]


class Currency(Model):
    """An amount of money, also in the currency that the customer sees."""

    currency_code: str | None = None
    """Of `localized`."""
    exchange_rate: float | None = None
    localized: float | None = None
    """What the customer sees: `value`, at `exchange_rate`."""
    localized_formatted: str | None = None
    """As the customer sees it written."""
    value: float | None = None
    """In the currency of the merchant."""


class Distance(Model):
    """A length with its unit."""

    uom: DistanceUnit | None = None
    value: float | None = None


class DistanceUnit(OpenEnum):
    """Inches, centimetres."""

    IN = "IN"
    CM = "CM"


class Weight(Model):
    """A weight with its unit."""

    uom: WeightUnit | None = None
    value: float | None = None


class WeightUnit(OpenEnum):
    """Kilograms, grams, pounds, ounces."""

    KG = "KG"
    G = "G"
    LB = "LB"
    OZ = "OZ"
