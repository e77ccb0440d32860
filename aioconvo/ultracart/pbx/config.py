"""Settings of UltraCart's phone system."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import names
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length
from aioconvo.ultracart.resource import UltraCartResource

_TIMEZONE = "/conversation/pbx/config/default-timezone"
_named = names("time zone", "default_timezone")


class Config(UltraCartResource):
    """Settings of the whole phone system."""

    __slots__ = ()

    @operation(f"GET {_TIMEZONE}", Effect.READ, name="get_pbx_default_timezone", unwrap="default_timezone", expect=_named)
    async def get_default_timezone(self) -> str:
        """Fetch the time zone that holds where nothing else is chosen."""
        ...

    @operation(
        f"PUT {_TIMEZONE}", Effect.IDEMPOTENT, name="update_pbx_default_timezone", unwrap="default_timezone", expect=_named
    )
    async def update_default_timezone(self, *, default_timezone: Annotated[str, Length(1, 60)]) -> str:
        """Set the time zone that holds where nothing else is chosen; the one that holds now.

        Which names there are is not documented.

        Raises:
            InvalidRequestError: The name is empty or too long; nothing was sent.
            BadRequestError: There is no such time zone.
        """
        ...
