"""Webhooks of Sunshine Conversations v2: where events are sent."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .models.webhooks import Webhook
from .more_pages import webhook_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/integrations/{integrationId}/webhooks"
_ONE = "/v2/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}"
_named = names("webhook", "webhook.id")


def _is(webhook_id: str) -> Check:
    return names("webhook", "webhook.id", webhook_id)


class Webhooks(Resource):
    """Where the events of an app are sent. They belong to an integration of your own (`custom`), or one of an OAuth client."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="CreateWebhook", unwrap="webhook", expect=_named)
    async def create(
        self,
        integration_id: str,
        *,
        target: str,
        triggers: list[str],
        include_full_user: bool | UnsetType = UNSET,
        include_full_source: bool | UnsetType = UNSET,
    ) -> Webhook:
        """Have the events of these triggers sent to a URL.

        The API makes the `secret` that comes with every delivery; a second webhook with one of its own is the way to another
        secret. With `include_full_user` and `include_full_source` an event tells more of who wrote it and from where. An app
        has up to 10 webhooks; that an integration has one alone is unconfirmed.

        Raises:
            BadRequestError: There are too many of them.
            PermissionDeniedError: The integration is neither your own nor one of an OAuth client.
            NotFoundError: No such integration.
            MaybeSentError: It is unknown whether the webhook was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="DeleteWebhook")
    async def delete(self, integration_id: str, webhook_id: str) -> None:
        """Delete a webhook; nothing more is sent to it.

        Raises:
            NotFoundError: No such integration or webhook.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="GetWebhook", unwrap="webhook", expect=_is)
    async def get(self, integration_id: str, webhook_id: str) -> Webhook:
        """Fetch one webhook, with its secret.

        Raises:
            NotFoundError: No such integration or webhook.
        """
        ...

    @operation(f"PATCH {_ONE}", Effect.IDEMPOTENT, name="UpdateWebhook", unwrap="webhook", expect=_is)
    async def update(
        self,
        integration_id: str,
        webhook_id: str,
        *,
        target: str | UnsetType = UNSET,
        triggers: list[str] | UnsetType = UNSET,
        include_full_user: bool | UnsetType = UNSET,
        include_full_source: bool | UnsetType = UNSET,
    ) -> Webhook:
        """Change a webhook; what is not given stays, and so does the secret.

        Raises:
            NotFoundError: No such integration or webhook.
        """
        ...

    @listing(f"GET {_ALL}", webhook_pager, name="ListWebhooks")
    def list(
        self, integration_id: str, *, limit: int | None = None, start: str | None = None, prefetch: int = 0
    ) -> AsyncPaginator[Webhook]:
        """List the webhooks of an integration, with their secrets.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            PermissionDeniedError: The integration is neither your own nor one of an OAuth client (when awaited or iterated).
            NotFoundError: No such integration (when awaited or iterated).
        """
        ...
