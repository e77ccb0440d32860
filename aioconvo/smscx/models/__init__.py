"""The nouns of SMS.CX, as structs.

Source: the vendor's documents of API 1.0.2. Members it calls nullable, and members that are not always there, may be `None`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .account import *
    from .applications import *
    from .attachments import *
    from .chats import *
    from .conversations import *
    from .groups import *
    from .hits import *
    from .lookups import *
    from .oauth import *
    from .optouts import *
    from .originators import *
    from .otp import *
    from .rents import *
    from .replies import *
    from .reports import *
    from .shortlinks import *
    from .sms import *
    from .templates import *
    from .times import *
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".account",
        ".applications",
        ".attachments",
        ".chats",
        ".conversations",
        ".groups",
        ".hits",
        ".lookups",
        ".oauth",
        ".optouts",
        ".originators",
        ".otp",
        ".rents",
        ".replies",
        ".reports",
        ".shortlinks",
        ".sms",
        ".templates",
        ".times",
    )
