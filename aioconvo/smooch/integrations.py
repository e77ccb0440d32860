"""Integrations of Smooch v1.1: the channels that an app is connected to, and their profiles."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.encoding.files import UpTo, image
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import FileSource, PageSize, Whole
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import AtLeast
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Integration, IntegrationProfile, NewIntegration, ProfilePhoto
from .more_pages import integration_pager
from .pages import SmoochResource

_ALL = "/v1.1/apps/{appId}/integrations"
_ONE = "/v1.1/apps/{appId}/integrations/{integrationId}"
_named = names("integration", "integration.id")


def _is(integration_id: str) -> Check:
    return names("integration", "integration.id", integration_id)


Photo = Annotated[FileSource, image, UpTo(50)]
"""A picture to upload."""


class Integrations(SmoochResource):
    """The channels that an app is connected to."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="createIntegration", unwrap="integration", expect=_named)
    async def create(self, *, integration: Annotated[NewIntegration | dict[str, Any], Whole()]) -> Integration:
        """Connect an app to a channel, such as `NewTelegram(token=...)`.

        A dict stands for kinds that have no struct here, with members named as the API does: `{"type": "...", ...}`.

        Raises:
            BadRequestError: A member is missing or wrong, or the channel refused it.
            MaybeSentError: It is unknown whether the integration was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="deleteIntegration")
    async def delete(self, integration_id: str) -> None:
        """Disconnect a channel.

        Raises:
            NotFoundError: No such integration.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="getIntegration", unwrap="integration", expect=_is)
    async def get(self, integration_id: str) -> Integration:
        """Fetch one integration.

        Raises:
            NotFoundError: No such integration.
        """
        ...

    @operation(f"GET {_ONE}/profile", Effect.READ, name="getIntegrationProfile", unwrap="profile")
    async def get_profile(self, integration_id: str) -> IntegrationProfile:
        """Fetch how the business shows itself on a channel; WhatsApp alone has that.

        Raises:
            NotFoundError: No such integration.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="updateIntegration", unwrap="integration", expect=_is)
    async def update(
        self,
        integration_id: str,
        *,
        display_name: str | UnsetType = UNSET,
        brand_color: str | UnsetType = UNSET,
        fixed_intro_pane: bool | UnsetType = UNSET,
        conversation_color: str | UnsetType = UNSET,
        action_color: str | UnsetType = UNSET,
        display_style: str | UnsetType = UNSET,
        button_icon_url: str | UnsetType = UNSET,
        button_width: str | UnsetType = UNSET,
        button_height: str | UnsetType = UNSET,
        integration_order: list[str] | UnsetType = UNSET,
        business_name: str | UnsetType = UNSET,
        business_icon_url: str | UnsetType = UNSET,
        background_image_url: str | UnsetType = UNSET,
        origin_whitelist: list[str] | UnsetType = UNSET,
        channel_id: str | UnsetType = UNSET,
        channel_secret: str | UnsetType = UNSET,
        service_code: str | UnsetType = UNSET,
        switcher_secret: str | UnsetType = UNSET,
        hsm_fallback_language: str | UnsetType = UNSET,
        qr_code_url: str | UnsetType = UNSET,
        hide_unsubscribe_link: bool | UnsetType = UNSET,
        from_address: str | UnsetType = UNSET,
        production: bool | UnsetType = UNSET,
    ) -> Integration:
        """Change an integration; what is not given stays.

        From `brand_color` to `origin_whitelist` it is for `web` (see `NewWeb`); channel, service code, switcher and QR code
        are for `line`, `hsm_fallback_language` for `whatsapp`, unsubscribe link and `from_address` for `mailgun`,
        `production` for `apn`.

        Raises:
            BadRequestError: A member is wrong, or not one of this kind's.
            NotFoundError: No such integration.
        """
        ...

    @operation(f"PUT {_ONE}/profile", Effect.IDEMPOTENT, name="updateIntegrationProfile")
    async def update_profile(
        self,
        integration_id: str,
        *,
        about: str | UnsetType = UNSET,
        address: str | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
        email: str | UnsetType = UNSET,
        photo_url: str | UnsetType = UNSET,
        vertical: str | UnsetType = UNSET,
        websites: list[str] | UnsetType = UNSET,
    ) -> None:
        """Change how the business shows itself on a channel; WhatsApp alone has that. What is not given stays.

        `vertical` is its trade; `upload_profile_photo` takes a picture itself.

        Raises:
            NotFoundError: No such integration.
        """
        ...

    @operation(
        f"PUT {_ONE}/profile/photo",
        Effect.IDEMPOTENT,
        name="uploadIntegrationProfilePhoto",
        expect=names("photo", "photo_url"),
    )
    async def upload_profile_photo(self, integration_id: str, source: Photo) -> ProfilePhoto:
        """Upload the picture of an integration's profile, in place of the one before; WhatsApp alone has one.

        `source` is a `File`, bytes, a path or an async iterable of bytes; the last two are sent piece by piece. What can be
        read once only is never sent again.

        Raises:
            InvalidRequestError: The file cannot be read, is none of these, no image or too large; nothing was stored.
            NotFoundError: No such integration.
        """
        ...

    @listing(f"GET {_ALL}", integration_pager, name="listIntegrations")
    def list(
        self,
        *,
        types: str | None = None,
        page_size: Annotated[int, AtLeast(1), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Integration]:
        """List integrations, all of them or those of the given types, with commas between: `twilio,line`.

        `page_size` is integrations a request, `limit` bounds them in all, `start` is the `position` of a page, `prefetch` is
        pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
        """
        ...
