"""What SMS.CX finds out about phone numbers, by lookup and by validation, as structs."""

from __future__ import annotations

import datetime as dt

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Model, OpenEnum

from .times import in_utc

__all__ = [
    "BulkLookup",
    "BulkLookupTotals",
    "LookupBatch",
    "LookupBatchInfo",
    "LookupStatus",
    "Network",
    "NumberLookup",
    "NumberValidation",
    "QueuedLookup",
    "RoamingNetwork",
    "ValidatedNumber",
    "ValidationBatch",
    "ValidationInfo",
]


class LookupStatus(OpenEnum):
    """What a network says of a number."""

    ACTIVE = "ACTIVE"
    ABSENT = "ABSENT"
    BARRED = "BARRED"
    UNKNOWN = "UNKNOWN"
    FAILED = "FAILED"


class Network(Model):
    """A network by name and mobile network code."""

    name: str | None = None
    mnc: str | None = None


class RoamingNetwork(Model, rename="camel"):
    """The network of another country that a number is in; `mcc` is the mobile country code."""

    country_iso: str | None = None
    country_name: str | None = None
    mcc: str | None = None
    mnc: str | None = None
    name: str | None = None


@in_utc("datetime")
class NumberLookup(Model, rename="camel"):
    """What the networks know of a number (E.164); `cost` is what that took from the account's credit.

    `mcc` is the mobile country code, `mccmnc` that with the network's own; the networks are the one that gave the number out,
    the one it was ported to, and the one it roams in.
    """

    phone_number: str
    lookup_id: str
    cost: float
    mcc: str
    mccmnc: str
    country_iso: str
    country_name: str
    country_name_locale: str
    status: LookupStatus
    status_description: str
    ported: bool
    roaming: bool
    datetime: dt.datetime
    original_network: Network
    ported_network: Network
    roaming_network: RoamingNetwork


@in_utc("datetime_added")
class BulkLookup(Model, rename="camel"):
    """A lookup of many numbers at once."""

    id: str
    total_phone_numbers: int
    total_valid: int
    total_cost: float
    datetime_added: dt.datetime


class BulkLookupTotals(Model, rename="camel"):
    """How many numbers a lookup has, and what it took from the account's credit."""

    lookup_bulk_id: str
    total_phone_numbers: int
    total_valid: int
    total_cost: float
    phone_numbers_by_country: dict[str, int] | None = None


class LookupBatchInfo(Model, rename="camel"):
    """What a lookup of many numbers takes from the account's credit; `invalid` are those that are none."""

    lookup_bulk_id: str
    total_phone_numbers: int
    total_valid: int
    total_invalid: int
    total_cost: float
    invalid: list[str]
    phone_numbers_by_country: dict[str, int] | None = None


@in_utc("datetime")
class QueuedLookup(Model, rename="camel"):
    """A number that is being looked up; `numbers.get_lookup(lookup_id)` has what is found."""

    phone_number: str
    country_iso: str
    cost: float
    lookup_id: str
    datetime: dt.datetime


class LookupBatch(Telling, kw_only=True):
    """A lookup of many numbers that has begun."""

    info: LookupBatchInfo
    numbers: list[QueuedLookup] = field(name="data")


class NumberValidation(Model, rename="camel"):
    """What a number tells of itself, without its network being asked; `timezone` is an IANA name."""

    phone_number: str
    country_iso: str
    network_operator: str
    timezone: str


class ValidatedNumber(Model, rename="camel"):
    """One of many numbers; of an `invalid` one nothing else is known."""

    phone_number: str
    invalid: bool
    country_iso: str | None = None
    network_operator: str | None = None
    timezone: str | None = None


class ValidationInfo(Model, rename="camel"):
    """How many numbers are good."""

    total_phone_numbers: int
    total_valid: int
    total_invalid: int
    phone_numbers_by_country: dict[str, int] | None = None


class ValidationBatch(Telling, kw_only=True):
    """What many numbers tell of themselves."""

    info: ValidationInfo
    numbers: list[ValidatedNumber] = field(name="data")
