"""The nouns of Convore, as structs.

Source: the specification of the API's generated client 1.0.0, which declares null for `subject` alone; that a value the API
leaves out may also come as null is taken for granted, because that client accepts both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .admin import *
    from .channels import *
    from .connectors import *
    from .contacts import *
    from .conversations import *
    from .drafts import *
    from .events import *
    from .messages import *
    from .participants import *
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".admin",
        ".channels",
        ".connectors",
        ".contacts",
        ".conversations",
        ".drafts",
        ".events",
        ".messages",
        ".participants",
    )
