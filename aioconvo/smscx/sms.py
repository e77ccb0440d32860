"""Messages by SMS: to numbers, to groups, at once or later."""

from __future__ import annotations

from typing import ClassVar

from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect

from .arguments import Country, GroupIds, Id, Key, Moment, Numbers, Sender, Words
from .models.sms import DeletedCampaign, DeletedMessage, SmsBatch, SmsCampaign, Transliteration
from .send_checks import names_campaign, names_deleted, names_deleted_campaign, names_messages


class Sms(APIResource):
    """Messages by SMS.

    Arguments that several calls have:

    - `to`: phone numbers in E.164, or as `country_iso` writes them, which must be given then.
    - `scheduled_date`: when to send, without one at once. With `is_utc=False` the date and time that it has in UTC are those
      of each recipient's own place.
    - `allow_invalid`: send to the others where some numbers are none; without it the call is refused (1207, 1210).
    - `dlr_callback_url`: where delivery reports of this call go, in place of the account's URL.
    - `track_data`: a UUID that delivery reports carry.
    - `short_response`: the answer has no messages. `no_text_details`: its messages have no texts. `show_timezone`: what that
      adds to an answer is not documented; `raw_json` has it.
    - `transliteration`: another alphabet, for fewer parts.
    - `idempotency_id`: a UUID of your own for this call. How long the API keeps to it and what it answers to the second request
      is not documented, so a call that may have arrived is sent again only by a client with `RetryPolicy(trust_keys=True)`.
    """

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation("POST /sms", Effect.PAID, name="send_sms", expect=names_messages, unproven_key="idempotencyId")
    async def send(
        self,
        *,
        to: Numbers,
        from_: Sender,
        text: Words,
        country_iso: Country | None = None,
        allow_invalid: bool | None = None,
        scheduled_date: Moment | None = None,
        is_utc: bool | None = None,
        dlr_callback_url: str | None = None,
        track_data: Id | None = None,
        short_response: bool | None = None,
        no_text_details: bool | None = None,
        show_timezone: bool | None = None,
        idempotency_id: Key | None = None,
        transliteration: Transliteration | None = None,
    ) -> SmsBatch:
        """Send an SMS to each of these numbers. Costs credit for each part of the text and each number.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            BadRequestError: A number or another argument is refused, or the credit is too low (codes 1113, 1114).
            PermissionDeniedError: No network takes messages to these numbers (code 1119).
            MaybeSentError: It is unknown whether they were sent.
        """
        ...

    @operation("POST /sms/campaign", Effect.PAID, name="send_sms_campaign", expect=names_messages, unproven_key="idempotencyId")
    async def send_campaign(
        self,
        *,
        groups: GroupIds,
        from_: Sender,
        text: Words,
        scheduled_date: Moment | None = None,
        is_utc: bool | None = None,
        dlr_callback_url: str | None = None,
        short_response: bool | None = None,
        no_text_details: bool | None = None,
        show_timezone: bool | None = None,
        idempotency_id: Key | None = None,
        transliteration: Transliteration | None = None,
    ) -> SmsCampaign:
        """Send an SMS to each contact of these groups. Costs credit for each part of the text and each contact.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            BadRequestError: An argument is refused, or the credit is too low (codes 1113, 1114).
            PermissionDeniedError: No network takes messages to these numbers (code 1119).
            MaybeSentError: It is unknown whether they were sent.
        """
        ...

    # The vendor's pages of the estimates by other channels say that they bill nothing; those of these two do not say it.
    # No page marks them as charging, and what they are for says the same.
    @operation("POST /sms/estimate", Effect.READ, name="estimate_sms", expect=names_campaign)
    async def estimate(
        self,
        *,
        to: Numbers,
        from_: Sender,
        text: Words,
        country_iso: Country | None = None,
        allow_invalid: bool | None = None,
        scheduled_date: Moment | None = None,
        is_utc: bool | None = None,
        dlr_callback_url: str | None = None,
        track_data: Id | None = None,
        short_response: bool | None = None,
        no_text_details: bool | None = None,
        show_timezone: bool | None = None,
        transliteration: Transliteration | None = None,
    ) -> SmsBatch:
        """Find out what `send` with these arguments would cost; nothing is sent.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was asked.
            BadRequestError: A number or another argument would be refused, or the credit is too low (codes 1113, 1114).
            PermissionDeniedError: No network takes messages to these numbers (code 1119).
        """
        ...

    @operation("POST /sms/campaign/estimate", Effect.READ, name="estimate_sms_campaign", expect=names_campaign)
    async def estimate_campaign(
        self,
        *,
        groups: GroupIds,
        from_: Sender,
        text: Words,
        scheduled_date: Moment | None = None,
        is_utc: bool | None = None,
        dlr_callback_url: str | None = None,
        short_response: bool | None = None,
        no_text_details: bool | None = None,
        show_timezone: bool | None = None,
        transliteration: Transliteration | None = None,
    ) -> SmsCampaign:
        """Find out what `send_campaign` with these arguments would cost; nothing is sent.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was asked.
            BadRequestError: An argument would be refused, or the credit is too low (codes 1113, 1114).
            PermissionDeniedError: No network takes messages to these numbers (code 1119).
        """
        ...

    @operation(
        "DELETE /sms/scheduled/{msgId}", Effect.IDEMPOTENT, name="delete_scheduled_sms", unwrap="info", expect=names_deleted
    )
    async def delete_scheduled(self, msg_id: Id) -> DeletedMessage | None:
        """Call off a message that was scheduled and has not been sent; its credit comes back.

        `None`: an earlier try of this call did.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such message (code 1100).
            PermissionDeniedError: It is not scheduled any more (code 1118).
        """
        ...

    @operation(
        "DELETE /sms/scheduled/campaign/{campaignId}",
        Effect.IDEMPOTENT,
        name="delete_scheduled_sms_campaign",
        unwrap="info",
        expect=names_deleted_campaign,
    )
    async def delete_scheduled_campaign(self, campaign_id: Id) -> DeletedCampaign | None:
        """Call off what is left of a campaign that was scheduled; its credit comes back.

        `None`: an earlier try of this call did.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such campaign (code 1150).
            PermissionDeniedError: It is not scheduled any more (code 1118).
        """
        ...
