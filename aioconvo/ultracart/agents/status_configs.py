"""Statuses that agents of UltraCart can choose."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.bodies import AsBody
from aioconvo.ultracart.models import AgentStatusConfig
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

_named = names("status", "status_config.conversation_status_uuid")


def _is(status_uuid: str) -> Check:
    return names("status", "status_config.conversation_status_uuid", status_uuid)


StatusUuid = Annotated[str, Name("conversation_status_uuid")]
"""The `conversation_status_uuid` of a status."""


class StatusConfigs(UltraCartResource):
    """Statuses that agents can choose."""

    __slots__ = ()

    @operation(
        "POST /conversation/agent/status/config",
        Effect.UNSAFE,
        name="insert_agent_status_config",
        unwrap="status_config",
        expect=_named,
    )
    async def create(self, *, status_config: AsBody[AgentStatusConfig]) -> AgentStatusConfig:
        """Create a status.

        Raises:
            MaybeSentError: It is unknown whether the status was created.
        """
        ...

    @operation(
        "DELETE /conversation/agent/status/config/{conversation_status_uuid}",
        Effect.IDEMPOTENT,
        name="delete_agent_status_config",
    )
    async def delete(self, status_uuid: StatusUuid) -> None:
        """Delete a status.

        Raises:
            NotFoundError: No such status.
        """
        ...

    @operation(
        "PUT /conversation/agent/status/config/{conversation_status_uuid}",
        Effect.IDEMPOTENT,
        name="update_agent_status_config",
        unwrap="status_config",
        expect=_is,
    )
    async def update(self, status_uuid: StatusUuid, *, status_config: AsBody[AgentStatusConfig]) -> AgentStatusConfig:
        """Change a status.

        Start from what `list` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            NotFoundError: No such status.
        """
        ...

    @listing(
        "GET /conversation/agent/status/config",
        in_one_answer(AgentStatusConfig, "status_configs", "conversation_status_uuid"),
        name="get_agent_status_configs",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[AgentStatusConfig]:
        """List the statuses.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
