"""What the one whose credentials a client of UltraCart has may do."""

from __future__ import annotations

from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect
from aioconvo.ultracart.resource import UltraCartResource

from .models import Permissions as Granted


class Permissions(UltraCartResource):
    """Permissions."""

    __slots__ = ()

    @operation("GET /conversation/permissions", Effect.READ, name="get_conversation_permissions", unwrap="permissions")
    async def get(self) -> Granted:
        """Fetch what the one whose credentials the client has may do."""
        ...
