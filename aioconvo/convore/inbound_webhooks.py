"""What providers of mail tell Convore."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.markers import Whole
from aioconvo.core.operations.operation import Effect


class InboundWebhooks(APIResource):
    """The webhooks by which channels of Amazon's mail hear of mail that came; Amazon calls them, not this API's users."""

    __slots__ = ()

    @operation("POST /inbound_webhook/{inbound_webhook_id}", Effect.UNSAFE, name="handle_inbound_webhook")
    async def handle(self, inbound_webhook_id: str, *, body: Annotated[str, Whole()]) -> None:
        """Pass a notification on that came elsewhere; `body` is its text, which is sent as one JSON string.

        Raises:
            NotFoundError: No such webhook.
            MaybeSentError: It is unknown whether the notification was taken.
        """
        ...
