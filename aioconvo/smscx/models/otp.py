"""One-time passwords of SMS.CX, as structs. The PIN itself is in no answer."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .times import in_utc

__all__ = ["CancelledOtp", "Otp", "OtpStatus", "PinType", "VerifiedOtp"]


class OtpStatus(OpenEnum):
    """How far a one-time password is."""

    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    """Wrong PINs used up all attempts."""


class PinType(OpenEnum):
    """What a PIN is made of."""

    LETTERS = "letters"
    NUMBERS = "numbers"
    ALPHANUMERIC = "alphanumeric"


@in_utc("date_created", "date_expires")
class Otp(Model, rename="camel"):
    """A one-time password: sent to `phone_number` (E.164), good until `date_expires`.

    `ttl` is its life in seconds, `attempts` counts the PINs that were tried, of `max_attempts`; `cost` is what it took from the
    account's credit, for `parts` parts of an SMS. `track_id` is yours.
    """

    otp_id: str
    phone_number: str
    country_iso: str
    status: OtpStatus
    cost: float
    parts: int
    max_attempts: int
    attempts: int
    ttl: int
    date_created: dt.datetime
    date_expires: dt.datetime
    track_id: str | None = None
    otp_callback_url: str | None = None


class VerifiedOtp(Model):
    """The PIN was right; `status` says so."""

    status: OtpStatus


class CancelledOtp(Model):
    """A one-time password that was called off."""

    id: str
