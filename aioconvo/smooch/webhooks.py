"""Webhooks of Smooch v1.1: where events are sent."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .models.webhooks import Webhook
from .more_pages import webhook_pager
from .pages import SmoochResource

_ALL = "/v1.1/apps/{appId}/webhooks"
_ONE = "/v1.1/apps/{appId}/webhooks/{webhookId}"
_named = names("webhook", "webhook.id")


def _is(webhook_id: str) -> Check:
    return names("webhook", "webhook.id", webhook_id)


class Webhooks(SmoochResource):
    """Where the events of an app are sent."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="createWebhook", unwrap="webhook", expect=_named)
    async def create(
        self,
        *,
        target: str,
        triggers: list[str] | UnsetType = UNSET,
        include_client: bool | UnsetType = UNSET,
        include_full_app_user: bool | UnsetType = UNSET,
    ) -> Webhook:
        """Have the events of these triggers sent to a URL.

        The API makes the `secret` that comes with every delivery; a second webhook, with one of its own, is the way to
        another secret. Triggers are told apart by case. Which ones it is without `triggers`, and whether `*` stands for all,
        is unconfirmed for this version: name them. With `include_client` and `include_full_app_user` an event tells more of
        who wrote it. An app has up to 10 webhooks.

        Raises:
            BadRequestError: A trigger is unknown, or there are too many webhooks.
            MaybeSentError: It is unknown whether the webhook was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="deleteWebhook")
    async def delete(self, webhook_id: str) -> None:
        """Delete a webhook; nothing more is sent to it.

        Raises:
            NotFoundError: No such webhook.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="getWebhook", unwrap="webhook", expect=_is)
    async def get(self, webhook_id: str) -> Webhook:
        """Fetch one webhook, with its secret.

        Raises:
            NotFoundError: No such webhook.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="updateWebhook", unwrap="webhook", expect=_is)
    async def update(
        self,
        webhook_id: str,
        *,
        target: str | UnsetType = UNSET,
        triggers: list[str] | UnsetType = UNSET,
        include_client: bool | UnsetType = UNSET,
        include_full_app_user: bool | UnsetType = UNSET,
    ) -> Webhook:
        """Change a webhook; what is not given stays, and so does the secret.

        Raises:
            NotFoundError: No such webhook.
        """
        ...

    @listing(f"GET {_ALL}", webhook_pager, name="listWebhooks")
    def list(self, *, limit: int | None = None, start: str | None = None, prefetch: int = 0) -> AsyncPaginator[Webhook]:
        """List the webhooks of the app, with their secrets.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            InvalidRequestError: `limit` is negative, or `start` is no position of this list; nothing was sent.
        """
        ...
