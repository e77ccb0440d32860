"""Webhooks of Sunshine Conversations v2."""

from __future__ import annotations

from typing import ClassVar

from aioconvo.events.incoming import Incoming
from aioconvo.events.webhook import AppWebhook
from aioconvo.providers import Provider

from .reading import incoming, message_alone, open_delivery

__all__ = ["SunshineWebhook"]


class SunshineWebhook(AppWebhook):
    """Requests of a webhook of Sunshine Conversations v2; see `AppWebhook`.

    The vendor gives up on 400, 401, 403, 404 and 406 at once; anything else that is no success, or takes 20 s, is sent again:
    5 times within 15 minutes.
    """

    provider: ClassVar[Provider] = Provider.SUNSHINE

    def _read(self, raw: bytes) -> tuple[Incoming, ...]:
        alone = message_alone(self._account, raw)
        if alone is not None:
            app_id, event = alone
            if app_id != self._app_id:
                self._check_app(app_id)
            return (event,)
        delivery = open_delivery(raw)
        self._check_app(delivery.app_id)
        return incoming(self._account, delivery)
