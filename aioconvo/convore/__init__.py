"""Convore: `ConvoreClient` and the structs it takes and gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from aioconvo.events.unknown import UnknownEvent as UnknownEvent

    from .catalogue import *
    from .client import *
    from .events.natives import PolledEvent as PolledEvent
    from .models import *
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".models",
        ConvoreClient=".client",
        PolledEvent=".events.natives",
        UnknownEvent="aioconvo.events.unknown",
        OPERATIONS=".catalogue",
    )
