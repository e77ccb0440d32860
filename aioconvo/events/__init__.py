"""What happens in conversations, in structs that the five providers share, and how it comes in.

Names are loaded when they are first touched. Nothing here loads aiohttp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .incoming import Delivery as Delivery, Incoming as Incoming, neutral as neutral
    from .models import *
    from .unknown import UnknownEvent as UnknownEvent
else:
    __getattr__, __dir__ = names_of(
        __name__, ".models", Delivery=".incoming", Incoming=".incoming", neutral=".incoming", UnknownEvent=".unknown"
    )
