"""The events of Sunshine Conversations v2: its webhook, its native events, and their neutral form. Loads no aiohttp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .natives import *
    from .payloads import *
    from .reading import read as read
    from .sharing import neutral as neutral
    from .webhook import SunshineWebhook as SunshineWebhook
else:
    __getattr__, __dir__ = names_of(
        __name__, ".natives", ".payloads", SunshineWebhook=".webhook", read=".reading", neutral=".sharing"
    )
