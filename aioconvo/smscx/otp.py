"""One-time passwords of SMS.CX: sent, checked, called off."""

from __future__ import annotations

from typing import Annotated, ClassVar

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between, not_empty

from .arguments import Country, Id, Sender
from .models import CancelledOtp, Otp, OtpStatus, PinType, VerifiedOtp


def _is(otp_id: str) -> Check:
    return names("one-time password", "otp_id", otp_id)


def _names_cancelled(otp_id: str) -> Check:
    return names("one-time password", "info.id", otp_id)


def _says_verified(answer: VerifiedOtp) -> None:
    if answer.status is not OtpStatus.VERIFIED:  # who comes back from the call takes the PIN for right
        raise BrokenBodyError("the answer does not say that the PIN is verified", cut=False)


PinLength = Annotated[int, Between(4, 10)]
"""How many characters a PIN has."""
Lifetime = Annotated[int, Between(60, 1800)]
"""Seconds for which a PIN is good."""


class Otps(APIResource):
    """One-time passwords: a PIN that a person is sent and types in."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation("POST /otp", Effect.PAID, name="new_otp", expect=names("one-time password", "otp_id"))
    async def send(
        self,
        *,
        phone_number: Annotated[str, not_empty],
        country_iso: Country | None = None,
        from_: Sender | None = None,
        template: str | None = None,
        track_id: Id | None = None,
        ttl: Lifetime | None = None,
        max_attempts: Annotated[int, Between(1, 10)] | None = None,
        pin_type: PinType | str | None = None,
        pin_length: PinLength | None = None,
        otp_callback_url: str | None = None,
    ) -> Otp:
        """Send a new PIN by SMS to a number, in E.164 or as `country_iso` writes it. Costs credit for each part of the text.

        What is not given is as the application's settings say, see `applications.get`. `template` is the text around the PIN,
        `track_id` a UUID of your own, `ttl` the PIN's life in seconds, and `otp_callback_url` where changes are reported.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            BadRequestError: An argument is refused (codes 2001 to 2020).
            MaybeSentError: It is unknown whether the PIN was sent.
        """
        ...

    @operation("GET /otp/{otpId}", Effect.READ, name="get_otp_status", expect=_is)
    async def get(self, otp_id: Id) -> Otp:
        """Fetch one.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such one-time password (code 2021).
        """
        ...

    # Each wrong PIN uses up an attempt, so a check that may have arrived is not sent again.
    @operation("POST /otp/{otpId}", Effect.UNSAFE, name="verify_otp", expect=_says_verified)
    async def verify(self, otp_id: Id, *, pin: Annotated[str, not_empty]) -> VerifiedOtp:
        """Check what a person typed in; who comes back from this call without an error typed the right PIN.

        Raises:
            InvalidRequestError: The id is no UUID, or there is no PIN; nothing was sent.
            NotFoundError: No such one-time password (code 2021).
            BadRequestError: The PIN is wrong (code 2029) or malformed (2022), or it was verified before (2023), called off
                (2024), has expired (2025, 2028) or failed too often (2026, 2027): see its `code`.
            MaybeSentError: It is unknown whether the PIN was checked; `get` says whether it is verified.
        """
        ...

    @operation("DELETE /otp/{otpId}", Effect.IDEMPOTENT, name="cancel_otp", unwrap="info", expect=_names_cancelled)
    async def cancel(self, otp_id: Id) -> CancelledOtp | None:
        """Call one off: its PIN is good no more. `None`: an earlier try of this call did.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such one-time password (code 2021).
            PermissionDeniedError: It is called off (code 2030), or not pending any more (code 2031).
        """
        ...
