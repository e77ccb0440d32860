"""The events of Smooch v1.1: its webhook, its native events, and their neutral form. Loads no aiohttp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .natives import *
    from .reading import read as read
    from .sharing import neutral as neutral
    from .webhook import SmoochWebhook as SmoochWebhook
else:
    __getattr__, __dir__ = names_of(__name__, ".natives", SmoochWebhook=".webhook", read=".reading", neutral=".sharing")
