"""Webhooks of Smooch v1.1."""

from __future__ import annotations

from typing import ClassVar

from aioconvo.events.incoming import Incoming
from aioconvo.events.webhook import AppWebhook
from aioconvo.providers import Provider

from .reading import app_of, incoming, open_delivery

__all__ = ["SmoochWebhook"]


class SmoochWebhook(AppWebhook):
    """Requests of a webhook of Smooch v1.1; see `AppWebhook`.

    The vendor gives up on 400, 401, 403, 404 and 406 at once; anything else that is no success, or takes 20 s, is sent up to
    5 times more.
    """

    provider: ClassVar[Provider] = Provider.SMOOCH

    def _read(self, raw: bytes) -> tuple[Incoming, ...]:
        events = open_delivery(raw)
        self._check_app(app_of(events[0].native))
        return tuple(incoming(self._account, native, one) for native, one in events)
