"""The events of SMS.CX: its webhook, its native events, and their neutral form. Loads no aiohttp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .natives import *
    from .polls import poll as poll
    from .reading import contact_lane as contact_lane, read as read
    from .sharing import neutral as neutral
    from .webhook import SmscxWebhook as SmscxWebhook
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".natives",
        SmscxWebhook=".webhook",
        contact_lane=".reading",
        read=".reading",
        neutral=".sharing",
        poll=".polls",
    )
