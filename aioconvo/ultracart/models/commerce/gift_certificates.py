"""Gift certificates, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model

__all__ = ["GiftCertificate", "GiftCertificateLedgerEntry"]


class GiftCertificate(Model, rename={"gift_certificate_code": "code"}):
    """A gift certificate. Its code is as good as money: it shows in no `repr`."""

    activated: bool | None = None
    """Whether it can be spent."""
    customer_profile_oid: int | None = None
    deleted: bool | None = None
    email: str | None = None
    expiration_dts: dt.datetime | None = None
    gift_certificate_code: str | None = None
    gift_certificate_oid: int | None = None
    internal: bool | None = None
    """Whether the API keeps it for cash rewards of a loyalty programme."""
    ledger_entries: list[GiftCertificateLedgerEntry] | None = None
    merchant_id: str | None = None
    merchant_note: str | None = None
    original_balance: float | None = None
    reference_order_id: str | None = None
    """The order that the certificate was bought with."""
    remaining_balance: float | None = None
    """What the entries of the ledger leave."""


class GiftCertificateLedgerEntry(Model):
    """A change of the balance of a gift certificate."""

    amount: float | None = None
    description: str | None = None
    entry_dts: dt.datetime | None = None
    gift_certificate_ledger_oid: int | None = None
    gift_certificate_oid: int | None = None
    reference_order_id: str | None = None
    """The order that it paid for, in part or in full."""
