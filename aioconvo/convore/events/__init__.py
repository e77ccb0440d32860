"""What happens in a Convore account, as its list of events tells it: it is polled, there are no webhooks.

Names are loaded when they are first touched: the client has `operations` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from aioconvo.events.unknown import UnknownEvent as UnknownEvent

    from .natives import *
    from .polls import Following as Following, poll as poll
    from .reading import read as read
    from .sharing import neutral as neutral
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".natives",
        Following=".polls",
        UnknownEvent="aioconvo.events.unknown",
        read=".reading",
        neutral=".sharing",
        poll=".polls",
    )
