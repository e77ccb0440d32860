"""Integrations of Sunshine Conversations v2: what an app is connected to."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name, PageSize, Whole
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between, Length
from aioconvo.core.paging.paginator import AsyncPaginator

from .content import fields_fit
from .models import Integration, NewChannel, NewIntegration, PrechatCapture
from .more_pages import integration_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/integrations"
_ONE = "/v2/apps/{appId}/integrations/{integrationId}"
_named = names("integration", "integration.id")


def _is(integration_id: str) -> Check:
    return names("integration", "integration.id", integration_id)


def check_integration(integration: NewIntegration | NewChannel | dict[str, Any]) -> None:
    """A `custom` one has exactly one webhook; display_name has 1 to 100 characters."""
    if isinstance(integration, dict):
        return
    Length(1, 100)("display_name", integration.display_name)
    if not isinstance(integration, NewIntegration) or integration.type != "custom":
        return
    if integration.webhooks is UNSET or len(integration.webhooks) != 1:
        raise InvalidRequestError("an integration of type custom takes exactly one webhook at its creation")


DisplayName = Annotated[str, Length(1, 100)]
"""A name that the business sees."""
Text = Annotated[str, Length(1, None)]
"""A key or name that is not empty."""
MessageSecret = Annotated[str, Length(88, None)]
"""What messages to Apple are signed with."""
Capture = Annotated[PrechatCapture, fields_fit]
"""What the web chat asks for first."""


class Integrations(Resource):
    """What an app is connected to: channels, and programs of your own."""

    __slots__ = ()

    @operation(
        f"POST {_ALL}", Effect.UNSAFE, name="CreateIntegration", unwrap="integration", check=check_integration, expect=_named
    )
    async def create(self, *, integration: Annotated[NewIntegration | NewChannel | dict[str, Any], Whole()]) -> Integration:
        """Connect an app to a program of your own, or to a channel.

        `NewIntegration(type="custom", webhooks=[NewWebhook(...)])` is one of your own; the answer tells the webhook's
        secret. Each kind of channel has a struct of its own, such as `NewTelegram(token=...)`. A dict stands for kinds that
        have none here, with members named as the API does: `{"type": "...", ...}`.

        Raises:
            InvalidRequestError: The webhook is missing, or there are several; nothing was sent.
            BadRequestError: A member is missing or wrong, or the app has too many webhooks.
            MaybeSentError: It is unknown whether the integration was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="DeleteIntegration")
    async def delete(self, integration_id: str) -> None:
        """Disconnect an app; the integration's webhooks and keys go with it.

        Raises:
            NotFoundError: No such integration.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="GetIntegration", unwrap="integration", expect=_is)
    async def get(self, integration_id: str) -> Integration:
        """Fetch one integration.

        Raises:
            NotFoundError: No such integration.
        """
        ...

    @operation(f"PATCH {_ONE}", Effect.IDEMPOTENT, name="UpdateIntegration", unwrap="integration", expect=_is)
    async def update(
        self,
        integration_id: str,
        *,
        display_name: DisplayName | UnsetType | None = UNSET,
        default_responder_id: str | UnsetType | None = UNSET,
        show_ai_disclaimer: Annotated[bool, Name("showAIDisclaimer")] | UnsetType = UNSET,
        project_id: Text | UnsetType | None = UNSET,
        client_email: Text | UnsetType | None = UNSET,
        private_key: Text | UnsetType | None = UNSET,
        server_key: Text | UnsetType | None = UNSET,
        sender_id: Text | UnsetType | None = UNSET,
        can_user_see_conversation_list: bool | UnsetType = UNSET,
        can_user_create_more_conversations: bool | UnsetType = UNSET,
        authentication_message_secret: MessageSecret | UnsetType = UNSET,
        page_access_token: str | UnsetType = UNSET,
        story_replies_enabled: bool | UnsetType = UNSET,
        story_mentions_enabled: bool | UnsetType = UNSET,
        certificate: Text | UnsetType | None = UNSET,
        password: str | UnsetType = UNSET,
        production: bool | UnsetType = UNSET,
        auto_update_badge: bool | UnsetType = UNSET,
        hide_unsubscribe_link: bool | UnsetType = UNSET,
        from_address: Text | UnsetType | None = UNSET,
        brand_color: str | UnsetType = UNSET,
        fixed_intro_pane: bool | UnsetType = UNSET,
        conversation_color: str | UnsetType = UNSET,
        action_color: str | UnsetType = UNSET,
        display_style: str | UnsetType = UNSET,
        button_icon_url: str | UnsetType | None = UNSET,
        button_width: str | UnsetType = UNSET,
        button_height: str | UnsetType = UNSET,
        integration_order: list[str] | UnsetType | None = UNSET,
        business_name: str | UnsetType = UNSET,
        business_icon_url: str | UnsetType = UNSET,
        background_image_url: str | UnsetType = UNSET,
        origin_whitelist: list[str] | UnsetType | None = UNSET,
        prechat_capture: Capture | UnsetType = UNSET,
        hsm_fallback_language: str | UnsetType | None = UNSET,
        account_id: str | UnsetType | None = UNSET,
        account_management_access_token: str | UnsetType | None = UNSET,
    ) -> Integration:
        """Change an integration; what is not given stays, `None` clears.

        A program of yours (`custom`) has a name alone; every channel has a responder and the disclaimer besides. From
        `project_id` to `sender_id` it is for `android`, lists of conversations are for all SDKs of the vendor, the message
        secret is for `apple`, the access token for `messenger` and `instagram`, stories are for `instagram`, from
        `certificate` to `auto_update_badge` it is for `ios`, unsubscribe link and `from_address` are for `mailgun`, from
        `brand_color` to `prechat_capture` it is for `web` (see `NewWeb`), the last three are for `whatsapp`.

        Raises:
            InvalidRequestError: A text is empty or too long; nothing was sent.
            BadRequestError: A member is wrong, or not one of this kind's.
            NotFoundError: No such integration.
        """
        ...

    @listing(f"GET {_ALL}", integration_pager, name="ListIntegrations")
    def list(
        self,
        *,
        types: Annotated[str, Name("filter[types]")] | None = None,
        page_size: Annotated[int, Between(1, 100), PageSize("page[size]")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Integration]:
        """List integrations, all of them or those of the given types, with commas between: `custom,whatsapp`.

        `page_size` is integrations a request (the API's default is 25), `limit` bounds them in all, `start` is a page's
        `position` or the id of an integration, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
        """
        ...
