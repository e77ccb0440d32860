"""The nouns of UltraCart's shop that conversations show, as structs: orders, auto orders, customers.

Source: the vendor's SDK 4.1.208, which requires none of their members, and its documents of April 2026. They load where they
are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from .auto_orders import *
    from .customers import *
    from .gift_certificates import *
    from .measures import *
    from .order_amounts import *
    from .order_items import *
    from .order_parts import *
    from .order_payments import *
    from .order_shipping import *
    from .orders import *
    from .point_of_sale import *
else:
    __getattr__, __dir__ = names_of(
        __name__,
        ".auto_orders",
        ".customers",
        ".gift_certificates",
        ".measures",
        ".order_amounts",
        ".order_items",
        ".order_parts",
        ".order_payments",
        ".order_shipping",
        ".orders",
        ".point_of_sale",
    )
