"""The account at SMS.CX, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["Balance", "Billing", "ChannelsStatus", "Currency", "TrafficType"]


class Currency(OpenEnum):
    """What an account is billed in, as ISO 4217 writes it in lower case."""

    EUR = "eur"
    USD = "usd"


class Billing(OpenEnum):
    """When an account pays."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


class Balance(Model):
    """The credit that is left."""

    balance: float
    currency: Currency
    billing: Billing


class ChannelsStatus(Model):
    """Which channels the account may send by."""

    sms: bool
    viber: bool
    whatsapp: bool
    multichannel: bool


class TrafficType(OpenEnum):
    """What messages are for, as prices tell them apart."""

    TRANSACTIONAL = "transactional"
    PROMOTIONAL = "promotional"
    TWO_WAY = "2way"
