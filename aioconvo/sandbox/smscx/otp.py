"""One-time passwords of the emulated SMS.CX account. No answer tells a PIN; the state of the sandbox does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from aioconvo.sandbox.data import milliseconds, number, uuid_id
from aioconvo.sandbox.exchange import Reply, Request, Route

from .data import COSTS, stamp
from .numbers import country_of, number_of
from .refusals import Refused, decoded, invalid, refusal

if TYPE_CHECKING:
    from aioconvo.sandbox.clock import Clock
    from aioconvo.sandbox.exchange import Settings

_USUAL_LIFE: Final = 300  # seconds
_USUAL_LENGTH: Final = 6
_USUAL_ATTEMPTS: Final = 3
# What a PIN says that is not pending any more, by its status: type and code.
_OVER: Final = {
    "VERIFIED": ("otp_verified", 2023),
    "CANCELLED": ("otp_cancelled", 2024),
    "EXPIRED": ("otp_expired", 2025),
    "FAILED": ("otp_failed", 2026),
}


class _New(msgspec.Struct, rename="camel"):
    phone_number: str
    country_iso: Annotated[str, msgspec.Meta(min_length=2, max_length=2)] | None = None
    track_id: str | None = None
    ttl: Annotated[int, msgspec.Meta(ge=60, le=1800)] = _USUAL_LIFE
    max_attempts: Annotated[int, msgspec.Meta(ge=1, le=10)] = _USUAL_ATTEMPTS
    pin_length: Annotated[int, msgspec.Meta(ge=4, le=10)] = _USUAL_LENGTH
    otp_callback_url: str | None = None


class _Check(msgspec.Struct):
    pin: Annotated[str, msgspec.Meta(min_length=1)]


class Otp:
    """The one-time passwords, and the routes to them."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._kept: dict[str, dict[str, Any]] = {}
        self._ends: dict[str, int] = {}
        self.pins: dict[str, str] = {}
        """The PINs by the ids of what they are of."""
        self.routes = (
            Route("POST", "/otp", "new_otp", self._send),
            Route("GET", "/otp/{otpId}", "get_otp_status", self._get),
            Route("POST", "/otp/{otpId}", "verify_otp", self._verify),
            Route("DELETE", "/otp/{otpId}", "cancel_otp", self._cancel),
        )

    def _send(self, request: Request, _: Mapping[str, str]) -> Reply:
        asked = decoded(request, _New, "A parameter is not valid", 2001)
        phone = number_of(asked.phone_number, asked.country_iso)
        if phone is None:
            raise invalid("The phone number is not valid", 2002)
        made, at = len(self._kept) + 1, self._clock.tick()
        key = uuid_id(self._settings.seed, "smscx otp", made)
        self.pins[key] = str(number(self._settings.seed, "smscx pin", made))[: asked.pin_length].rjust(asked.pin_length, "0")
        self._ends[key] = at + asked.ttl * 1000
        self._kept[key] = {
            "otpId": key,
            "trackId": asked.track_id,
            "phoneNumber": phone,
            "countryIso": country_of(phone),
            "status": "PENDING",
            "cost": COSTS["sms"],
            "parts": 1,
            "maxAttempts": asked.max_attempts,
            "attempts": 0,
            "ttl": asked.ttl,
            "dateCreated": stamp(at),
            "dateExpires": stamp(self._ends[key]),
            "otpCallbackUrl": asked.otp_callback_url,
        }
        return Reply(201, self._kept[key])

    def _get(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, self._known(parameters))

    def _verify(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        one = self._known(parameters)
        pin = decoded(request, _Check, "The PIN is not valid", 2022).pin
        if (over := _OVER.get(one["status"])) is not None:
            raise Refused(refusal(400, over[0], f"The one-time password is {one['status'].lower()}", over[1]))
        one["attempts"] += 1
        if pin == self.pins[one["otpId"]]:
            one["status"] = "VERIFIED"
            return Reply(200, {"status": "VERIFIED"})
        if one["attempts"] >= one["maxAttempts"]:
            one["status"] = "FAILED"
            raise Refused(refusal(400, "otp_failed", "Too many wrong PINs", 2027))
        raise Refused(refusal(400, "invalid_pin", "The PIN is wrong", 2029))

    def _cancel(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        one = self._known(parameters)
        if one["status"] != "PENDING":
            code = 2030 if one["status"] == "CANCELLED" else 2031
            raise Refused(refusal(403, "access_denied", "The one-time password is not pending any more", code))
        one["status"] = "CANCELLED"
        return Reply(200, {"info": {"id": one["otpId"]}})

    def _known(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        one = self._kept.get(parameters["otpId"].lower())
        if one is None:
            raise Refused(refusal(404, "not_found", "OTP ID not found", 2021))
        if one["status"] == "PENDING" and milliseconds(self._settings.clock()) >= self._ends[one["otpId"]]:
            one["status"] = "EXPIRED"
        return one
