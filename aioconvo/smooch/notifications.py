"""Notifications of Smooch v1.1: messages to people who are no users yet."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import names
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect

from .models import Notification, NotificationAuthor, NotificationDestination
from .pages import SmoochResource


class Notifications(SmoochResource):
    """Messages to people who are no users yet, by what a channel knows them by."""

    __slots__ = ()

    # The vendor's SDK has this one at /v1; public programs call it at /v1.1, too.
    @operation(
        "POST /v1/apps/{appId}/notifications",
        Effect.UNSAFE,
        name="postNotification",
        unwrap="notification",
        expect=names("notification", "notification.id"),
    )
    async def post(
        self,
        *,
        destination: NotificationDestination,
        author: NotificationAuthor,
        message: dict[str, Any],
        message_schema: str | UnsetType = UNSET,
    ) -> Notification:
        """Write to somebody by their phone number, or what else the integration's channel knows them by.

        `message` is JSON as `messages.post` sends it, or in a channel's own form where `message_schema` names that: `whatsapp`
        for its templates.

        Raises:
            BadRequestError: The message is wrong, or the channel does not take such.
            NotFoundError: No such integration.
            MaybeSentError: It is unknown whether it was sent.
        """
        ...
