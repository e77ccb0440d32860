"""SMS.CX: `SmscxClient` and the structs it takes and gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .catalogue import *
    from .client import *
    from .events.natives import *
    from .events.webhook import SmscxWebhook as SmscxWebhook
    from .models import *
else:
    __getattr__, __dir__ = names_of(
        __name__, ".models", ".events.natives", SmscxClient=".client", SmscxWebhook=".events.webhook", OPERATIONS=".catalogue"
    )
