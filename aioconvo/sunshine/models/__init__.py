"""The nouns of Sunshine Conversations v2, as structs.

Source: the vendor's OpenAPI document 17.12.1. Members it calls nullable, and members that are not always there, may be
`None`. Where one struct is both sent and received and null means something of its own, the default is `UNSET`: not sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .activities import *
    from .apps import *
    from .attachments import *
    from .clients import *
    from .content import *
    from .conversations import *
    from .conversions import *
    from .integrations import *
    from .messages import *
    from .metadata import *
    from .oauth import *
    from .participants import *
    from .switchboards import *
    from .users import *
    from .webhooks import *
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".activities",
        ".apps",
        ".attachments",
        ".clients",
        ".content",
        ".conversations",
        ".conversions",
        ".integrations",
        ".messages",
        ".metadata",
        ".oauth",
        ".participants",
        ".switchboards",
        ".users",
        ".webhooks",
    )
