"""Numbers that SMS.CX rents out, as structs. Costs are in the account's currency; periods are days: 1, 7 or 30."""

from __future__ import annotations

import datetime as dt

from msgspec import field

from aioconvo.core.json.model import Model, OpenEnum

from .times import in_utc

__all__ = [
    "AvailableNumber",
    "CancelledRent",
    "NewRent",
    "NumberType",
    "ReceivedSms",
    "RenewedRent",
    "RentPrice",
    "RentSettings",
    "RentedNumber",
    "SetupTime",
    "SmsCount",
]


class NumberType(OpenEnum):
    """What a number is of."""

    MOBILE = "mobile"
    LANDLINE = "landline"


class SetupTime(OpenEnum):
    """Whether a number works at once."""

    INSTANT = "instant"
    DELAYED = "delayed"


class RentPrice(Model):
    """What so many days of rent cost."""

    days: int
    cost: float


class SmsCount(Model):
    """How many messages there were, and what they cost."""

    total: int
    cost: float


@in_utc("datetime")
class AvailableNumber(Model, rename="camel"):
    """A number to rent; its `phone_number` may be shown only when it is rented.

    `min_rent` is the shortest period in days; with `registration` the rent needs a `registration_id`. What `features` 1, 2
    and 3 are is not documented.
    """

    number_id: str
    country_iso: str
    network_operator: str
    features: int
    number_type: NumberType
    inbound_sms_cost: float
    setup_cost: float
    rent_cost: list[RentPrice]
    min_rent: int
    setup_time: SetupTime
    registration: bool
    datetime: dt.datetime
    phone_number: str | None = None
    outbound_sms_cost: float | None = None
    inbound_sms_sender: bool | None = None


@in_utc("rent_start", "rent_end", "datetime")
class RentedNumber(Model, rename="camel"):
    """A number of the account, its rent and its use."""

    rent_id: str
    number_id: str
    phone_number: str
    country_iso: str
    network_operator: str
    features: int
    number_type: NumberType
    rent_cost: float
    setup_cost: float
    rent_period: int
    rent_start: dt.datetime
    rent_end: dt.datetime
    inbound_sms_cost: float
    renew_cost: list[RentPrice]
    inbound_sms: SmsCount
    outbound_sms: SmsCount
    min_rent: int
    auto_renew: bool
    active_rent: bool
    approved: bool
    datetime: dt.datetime
    outbound_sms_cost: float | None = None
    callback_url: str | None = None
    inbound_sms_sender: bool | None = None


@in_utc("rent_start", "rent_end", "datetime")
class RenewedRent(Model, rename="camel"):
    """A rent and what the new period costs; `callback_url` is where messages to the number are reported."""

    rent_id: str
    number_id: str
    phone_number: str
    country_iso: str
    rent_start: dt.datetime
    rent_end: dt.datetime
    rent_cost: float
    auto_renew: bool
    datetime: dt.datetime
    callback_url: str | None = None


class NewRent(RenewedRent, kw_only=True, rename="camel"):
    """A rent that has begun, or begins when it is `approved`."""

    setup_cost: float
    approved: bool


class RentSettings(Model, rename="camel"):
    """A rent's settings after a change. No source says what the answer has; `raw_json` shows all that came."""

    auto_renew: bool | None = None
    callback_url: str | None = None


class CancelledRent(Model, rename="camel"):
    """A rent that was ended; `credit_returned` went back to the account."""

    rent_id: str
    number_id: str
    phone_number: str
    country_iso: str
    credit_returned: float


@in_utc("received_at")
class ReceivedSms(Model, rename="camel"):
    """A message that came to a rented number; `cost` is what it took from the account's credit."""

    msg_id: str
    country_iso: str
    from_: str = field(name="from")
    to: str
    text: str
    cost: float
    received_at: dt.datetime
