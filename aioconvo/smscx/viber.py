"""Messages by Viber, made of templates: to numbers, to groups, at once or later."""

from __future__ import annotations

from typing import ClassVar

from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect

from .arguments import Country, GroupIds, Id, Key, Moment, Numbers, Sender
from .models import ChatBatch, ChatCampaign, DeletedCampaign, DeletedMessage
from .send_checks import names_campaign, names_deleted, names_deleted_campaign, names_messages


class Viber(APIResource):
    """Messages by Viber.

    Arguments that several calls have:

    - `to`: phone numbers in E.164, or as `country_iso` writes them, which must be given then.
    - `template_id`: the template that the message is made of, see `smscx.templates`; it must be approved.
    - `custom_fields`: what stands for the placeholders of the template, by their names.
    - `scheduled_date`: when to send, without one at once. With `is_utc=False` the date and time that it has in UTC are those
      of each recipient's own place.
    - `allow_invalid`: send to the others where some numbers are none; without it the call is refused (1207, 1210).
    - `dlr_callback_url`: where delivery reports of this call go, in place of the account's URL.
    - `track_data`: a UUID that delivery reports carry.
    - `short_response`: the answer has no messages. `no_text_details`: its messages have no texts. `show_timezone`: what that
      adds to an answer is not documented; `raw_json` has it.
    - `idempotency_id`: as for SMS, see `smscx.sms`: a call that may have arrived is sent again only by a client with
      `RetryPolicy(trust_keys=True)`.
    """

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation(
        "POST /viber",
        Effect.PAID,
        name="send_viber_message",
        expect=names_messages,
        unproven_key="idempotencyId",
    )
    async def send(
        self,
        *,
        to: Numbers,
        from_: Sender,
        template_id: int,
        custom_fields: dict[str, str] | None = None,
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
    ) -> ChatBatch:
        """Send a Viber message made of a template to each of these numbers. Costs credit for each message.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            BadRequestError: A number or another argument is refused, or the credit is too low (codes 1113, 1114).
            PermissionDeniedError: No network takes messages to these numbers (code 1119), or the template is not approved
                (codes 1132, 1133).
            MaybeSentError: It is unknown whether they were sent.
        """
        ...

    @operation(
        "POST /viber/campaign",
        Effect.PAID,
        name="send_viber_campaign",
        expect=names_messages,
        unproven_key="idempotencyId",
    )
    async def send_campaign(
        self,
        *,
        groups: GroupIds,
        from_: Sender,
        template_id: int,
        custom_fields: dict[str, str] | None = None,
        scheduled_date: Moment | None = None,
        is_utc: bool | None = None,
        dlr_callback_url: str | None = None,
        short_response: bool | None = None,
        no_text_details: bool | None = None,
        show_timezone: bool | None = None,
        idempotency_id: Key | None = None,
    ) -> ChatCampaign:
        """Send a Viber message made of a template to each contact of these groups. Costs credit for each message.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            BadRequestError: An argument is refused, or the credit is too low (codes 1113, 1114).
            PermissionDeniedError: The template is not approved (codes 1132, 1133).
            MaybeSentError: It is unknown whether they were sent.
        """
        ...

    # The vendor's page says that an estimate only simulates and bills nothing.
    @operation("POST /viber/estimate", Effect.READ, name="estimate_viber_message", expect=names_campaign)
    async def estimate(
        self,
        *,
        to: Numbers,
        from_: Sender,
        template_id: int,
        custom_fields: dict[str, str] | None = None,
        country_iso: Country | None = None,
        allow_invalid: bool | None = None,
        scheduled_date: Moment | None = None,
        is_utc: bool | None = None,
        dlr_callback_url: str | None = None,
        track_data: Id | None = None,
        short_response: bool | None = None,
        no_text_details: bool | None = None,
        show_timezone: bool | None = None,
    ) -> ChatBatch:
        """Find out what `send` with these arguments would cost; nothing is sent.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was asked.
            BadRequestError: A number or another argument would be refused, or the credit is too low (codes 1113, 1114).
            PermissionDeniedError: No network takes messages to these numbers (code 1119), or the template is not approved
                (codes 1132, 1133).
        """
        ...

    # The vendor's page says that an estimate only simulates and bills nothing.
    @operation(
        "POST /viber/campaign/estimate",
        Effect.READ,
        name="estimate_viber_campaign",
        expect=names_campaign,
    )
    async def estimate_campaign(
        self,
        *,
        groups: GroupIds,
        from_: Sender,
        template_id: int,
        custom_fields: dict[str, str] | None = None,
        scheduled_date: Moment | None = None,
        is_utc: bool | None = None,
        dlr_callback_url: str | None = None,
        short_response: bool | None = None,
        no_text_details: bool | None = None,
        show_timezone: bool | None = None,
    ) -> ChatCampaign:
        """Find out what `send_campaign` with these arguments would cost; nothing is sent.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was asked.
            BadRequestError: An argument would be refused, or the credit is too low (codes 1113, 1114).
            PermissionDeniedError: The template is not approved (codes 1132, 1133).
        """
        ...

    @operation(
        "DELETE /viber/scheduled/{msgId}",
        Effect.IDEMPOTENT,
        name="delete_scheduled_viber_message",
        unwrap="info",
        expect=names_deleted,
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
        "DELETE /viber/scheduled/campaign/{campaignId}",
        Effect.IDEMPOTENT,
        name="delete_scheduled_viber_campaign",
        unwrap="info",
        expect=names_deleted_campaign,
    )
    async def delete_scheduled_campaign(self, campaign_id: Id) -> DeletedCampaign | None:
        """Call off what is left of a campaign that was scheduled; its credit comes back.

        `None`: an earlier try of this call did.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such campaign (code 1150).
            PermissionDeniedError: Nothing of it is scheduled any more (code 1118).
        """
        ...
