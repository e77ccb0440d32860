"""The nouns of UltraCart's phone system, as structs, a module each; `aioconvo.ultracart.pbx` has all of them by name.

Source: the vendor's SDK 4.1.208, which requires none of their members, and its documents of April 2026. One struct serves for
what is read and what is written: a member that is not given, `None`, is not sent. Which members only
the API sets is not documented; UUIDs, accounts (`merchant_id`) and the ids of Twilio (`..._sid`) are the likely ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .actions import *
    from .addresses import *
    from .agents import *
    from .audios import *
    from .call_parts import *
    from .calls import *
    from .classes_of_service import *
    from .customer_snapshots import *
    from .hardware_phones import *
    from .menus import *
    from .pay_connectors import *
    from .phone_numbers import *
    from .queues import *
    from .texts import *
    from .time_based import *
    from .time_ranges import *
    from .voicemail_mailboxes import *
    from .voicemails import *
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".actions",
        ".addresses",
        ".agents",
        ".audios",
        ".call_parts",
        ".calls",
        ".classes_of_service",
        ".customer_snapshots",
        ".hardware_phones",
        ".menus",
        ".pay_connectors",
        ".phone_numbers",
        ".queues",
        ".texts",
        ".time_based",
        ".time_ranges",
        ".voicemail_mailboxes",
        ".voicemails",
    )
