"""The nouns of UltraCart conversations, as structs.

Source: the vendor's SDK 4.1.208. It declares no member as required, so every one may be missing. Members ending in `_dts`
are ISO 8601 date-times with an offset in all samples; one without an offset stays naive, because its zone is unconfirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .agent_profiles import *
    from .agent_statuses import *
    from .agents import *
    from .canned_messages import *
    from .commerce import *
    from .conversations import *
    from .departments import *
    from .engagements import *
    from .items import *
    from .locations import *
    from .messages import *
    from .queues import *
    from .virtual_agents import *
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".agent_profiles",
        ".agent_statuses",
        ".agents",
        ".canned_messages",
        ".commerce",
        ".conversations",
        ".departments",
        ".engagements",
        ".items",
        ".locations",
        ".messages",
        ".queues",
        ".virtual_agents",
    )
