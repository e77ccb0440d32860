"""Servers of tools that virtual agents of UltraCart use."""

from __future__ import annotations

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.bodies import AsBody
from aioconvo.ultracart.models import McpServer
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

_ALL = "/conversation/agent/profiles/{user_id}/mcps"
_ONE = f"{_ALL}/{{mcp_server_uuid}}"
_named = names("server", "mcp_server.mcp_server_uuid")


def _is(mcp_server_uuid: str) -> Check:
    return names("server", "mcp_server.mcp_server_uuid", mcp_server_uuid)


class McpServers(UltraCartResource):
    """Servers of the Model Context Protocol that a virtual agent may ask; `user_id` is the agent's."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="insert_agent_profile_mcp", unwrap="mcp_server", expect=_named)
    async def create(self, user_id: int, *, mcp_server: AsBody[McpServer]) -> McpServer:
        """Let a virtual agent use a server.

        Raises:
            NotFoundError: No such agent.
            MaybeSentError: It is unknown whether the server was added.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_agent_profile_mcp")
    async def delete(self, user_id: int, mcp_server_uuid: str) -> None:
        """Take a server away from a virtual agent.

        Raises:
            NotFoundError: No such agent or server.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_agent_profile_mcp", unwrap="mcp_server", expect=_is)
    async def get(self, user_id: int, mcp_server_uuid: str) -> McpServer:
        """Fetch one server.

        Raises:
            NotFoundError: No such agent or server.
        """
        ...

    @operation(f"GET {_ONE}/tools", Effect.READ, name="get_agent_profile_mcp_tools", unwrap="tools_json")
    async def get_tools(self, user_id: int, mcp_server_uuid: str) -> str:
        """Fetch the tools of a server, as the text of JSON that it gives.

        Raises:
            NotFoundError: No such agent or server.
        """
        ...

    # A POST that sets what is given.
    @operation(f"POST {_ONE}", Effect.IDEMPOTENT, name="update_agent_profile_mcp", unwrap="mcp_server", expect=_is)
    async def update(self, user_id: int, mcp_server_uuid: str, *, mcp_server: AsBody[McpServer]) -> McpServer:
        """Change a server.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            NotFoundError: No such agent or server.
        """
        ...

    @listing(f"GET {_ALL}", in_one_answer(McpServer, "mcp_servers", "mcp_server_uuid"), name="get_agent_profile_mcps")
    def list(self, user_id: int, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[McpServer]:
        """List the servers of a virtual agent.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
