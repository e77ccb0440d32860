"""Virtual agents of UltraCart: what they may do and spend."""

from __future__ import annotations

from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect
from aioconvo.ultracart.bodies import AsBody
from aioconvo.ultracart.resource import UltraCartResource

from .models import VirtualAgentBudget, VirtualAgentCapabilities

_CAPABILITIES = "/conversation/virtualagent/capabilities"
_BUDGET = "/conversation/virtualagent/budget"


class VirtualAgents(UltraCartResource):
    """What all virtual agents may do and spend."""

    __slots__ = ()

    @operation(f"GET {_BUDGET}", Effect.READ, name="get_virtual_agent_budget", unwrap="budget")
    async def get_budget(self) -> VirtualAgentBudget:
        """Fetch what virtual agents may cost, and did."""
        ...

    @operation(f"PUT {_BUDGET}", Effect.IDEMPOTENT, name="update_virtual_agent_budget", unwrap="budget")
    async def update_budget(self, *, budget: AsBody[VirtualAgentBudget]) -> VirtualAgentBudget:
        """Set what virtual agents may cost a day and a month."""
        ...

    @operation(f"GET {_CAPABILITIES}", Effect.READ, name="get_virtual_agent_capabilities", unwrap="capabilities")
    async def get_capabilities(self) -> VirtualAgentCapabilities:
        """Fetch what virtual agents may do."""
        ...

    @operation(f"PUT {_CAPABILITIES}", Effect.IDEMPOTENT, name="update_virtual_agent_capabilities", unwrap="capabilities")
    async def update_capabilities(self, *, capabilities: AsBody[VirtualAgentCapabilities]) -> VirtualAgentCapabilities:
        """Set what virtual agents may do.

        Start from what `get_capabilities` gives, with `msgspec.structs.replace`: whether the API keeps members that are not
        given is not documented.
        """
        ...
