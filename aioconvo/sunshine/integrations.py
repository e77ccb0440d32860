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

from .models import Integration, NewIntegration
from .pages import integration_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/integrations"
_ONE = "/v2/apps/{appId}/integrations/{integrationId}"
_named = names("integration", "integration.id")


def _is(integration_id: str) -> Check:
    return names("integration", "integration.id", integration_id)


def check_integration(integration: NewIntegration | dict[str, Any]) -> None:
    """A `custom` one has exactly one webhook; display_name has 1 to 100 characters."""
    if not isinstance(integration, NewIntegration):
        return
    Length(1, 100)("display_name", integration.display_name)
    if integration.type == "custom" and (integration.webhooks is UNSET or len(integration.webhooks) != 1):
        raise InvalidRequestError("an integration of type custom takes exactly one webhook at its creation")


DisplayName = Annotated[str, Length(1, 100)]
"""A name that the business sees."""


class Integrations(Resource):
    """What an app is connected to: channels, and programs of your own."""

    __slots__ = ()

    @operation(
        f"POST {_ALL}", Effect.UNSAFE, name="CreateIntegration", unwrap="integration", check=check_integration, expect=_named
    )
    async def create(self, *, integration: Annotated[NewIntegration | dict[str, Any], Whole()]) -> Integration:
        """Connect an app to a program of your own, or to a channel.

        `NewIntegration(type="custom", webhooks=[NewWebhook(...)])` is one of your own; the answer tells the webhook's
        secret. Each kind of channel has members of its own: give them in a dict, named as the API does, such as
        `{"type": "telegram", "token": "..."}`.

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
    async def update(self, integration_id: str, *, display_name: DisplayName | UnsetType | None = UNSET) -> Integration:
        """Give an integration another name; `None` takes it away.

        The settings that each kind of channel has besides go by `client.request("PATCH", ...)`.

        Raises:
            InvalidRequestError: The name is empty or too long; nothing was sent.
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
