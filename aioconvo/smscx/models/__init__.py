"""The nouns of SMS.CX, as structs.

Source: the vendor's documents of API 1.0.2. Members it calls nullable, and members that are not always there, may be `None`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .conversations import *
    from .groups import *
    from .oauth import *
    from .originators import *
    from .replies import *
    from .sms import *
    from .times import *
else:
    __getattr__, __dir__ = names_of(__name__)
