"""UltraCart conversations: `UltraCartClient` and the structs it takes and gives.

Names are loaded when they are first touched, so that who only reads events (`aioconvo.ultracart.events`) loads no aiohttp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .answers import *
    from .autocompletion import *
    from .catalogue import *
    from .client import *
    from .models import *
    from .pbx.models import *
    from .socket.attach import Attached as Attached
    from .socket.connection import AgentConnection as AgentConnection, AgentSource as AgentSource
    from .socket.line import CaughtUp as CaughtUp
    from .socket.plan import Pace as Pace
    from .socket.settings import AgentSocket as AgentSocket
    from .webchat_context import *
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".models",
        ".answers",
        ".autocompletion",
        ".webchat_context",
        ".pbx.models",
        UltraCartClient=".client",
        AgentConnection=".socket.connection",
        AgentSocket=".socket.settings",
        AgentSource=".socket.connection",
        Attached=".socket.attach",
        CaughtUp=".socket.line",
        Pace=".socket.plan",
        OPERATIONS=".catalogue",
    )
