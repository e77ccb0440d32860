"""The nouns of Smooch v1.1, as structs.

Source: the published Python SDK 5.34.0 and answers the vendor published. The SDK calls members of messages required that
those answers lack; here they may be `None`. The API knows no null: what is `None` is not sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .apps import *
    from .attachments import *
    from .content import *
    from .conversations import *
    from .deployments import *
    from .integrations import *
    from .keys import *
    from .menus import *
    from .messages import *
    from .metadata import *
    from .notifications import *
    from .posts import *
    from .templates import *
    from .users import *
    from .webhooks import *
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".apps",
        ".attachments",
        ".content",
        ".conversations",
        ".deployments",
        ".integrations",
        ".keys",
        ".menus",
        ".messages",
        ".metadata",
        ".notifications",
        ".posts",
        ".templates",
        ".users",
        ".webhooks",
    )
