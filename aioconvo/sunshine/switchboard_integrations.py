"""Switchboard integrations of Sunshine Conversations v2: the integrations that a switchboard knows."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import AtMost, Between
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import SwitchboardIntegration
from .more_pages import switchboard_integration_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations"
_ONE = "/v2/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations/{switchboardIntegrationId}"
_WHAT, _ID = "switchboard integration", "switchboardIntegration.id"

Title = Annotated[str, AtMost(128)]
"""A name by which control is passed."""
Messages = Annotated[int, Between(1, 10)]
"""How many messages are told to whom control is passed."""


def _is(switchboard_integration_id: str) -> Check:
    return names(_WHAT, _ID, switchboard_integration_id)


class SwitchboardIntegrations(Resource):
    """The integrations that a switchboard passes conversations between."""

    __slots__ = ()

    @operation(
        f"POST {_ALL}",
        Effect.UNSAFE,
        name="CreateSwitchboardIntegration",
        unwrap="switchboardIntegration",
        expect=names(_WHAT, _ID),
    )
    async def create(
        self,
        switchboard_id: str,
        *,
        name: Title,
        integration_id: str | UnsetType = UNSET,
        integration_type: str | UnsetType = UNSET,
        deliver_standby_events: bool | UnsetType = UNSET,
        next_switchboard_integration_id: str | UnsetType | None = UNSET,
        message_history_count: Messages | UnsetType | None = UNSET,
    ) -> SwitchboardIntegration:
        """Give an integration a place at the switchboard, by its id, or by its type such as `zd:agentWorkspace`.

        `SwitchboardIntegration` says what the other arguments are.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            BadRequestError: The switchboard has 10 already.
            NotFoundError: No such switchboard or integration.
            MaybeSentError: It is unknown whether it was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="DeleteSwitchboardIntegration")
    async def delete(self, switchboard_id: str, switchboard_integration_id: str) -> None:
        """Take an integration's place at the switchboard away.

        Raises:
            NotFoundError: No such switchboard or switchboard integration.
        """
        ...

    @operation(
        f"PATCH {_ONE}",
        Effect.IDEMPOTENT,
        name="UpdateSwitchboardIntegration",
        unwrap="switchboardIntegration",
        expect=_is,
    )
    async def update(
        self,
        switchboard_id: str,
        switchboard_integration_id: str,
        *,
        name: Title | UnsetType = UNSET,
        integration_id: str | UnsetType = UNSET,
        integration_type: str | UnsetType = UNSET,
        deliver_standby_events: bool | UnsetType = UNSET,
        next_switchboard_integration_id: str | UnsetType | None = UNSET,
        message_history_count: Messages | UnsetType | None = UNSET,
    ) -> SwitchboardIntegration:
        """Change an integration's place at the switchboard; what is not given stays, `None` clears.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            NotFoundError: No such switchboard or switchboard integration.
        """
        ...

    @listing(f"GET {_ALL}", switchboard_integration_pager, name="ListSwitchboardIntegrations")
    def list(
        self, switchboard_id: str, *, limit: int | None = None, start: str | None = None, prefetch: int = 0
    ) -> AsyncPaginator[SwitchboardIntegration]:
        """List the integrations that a switchboard knows.

        `limit` bounds them, `start` is the `position` of a page.

        Raises:
            NotFoundError: No such switchboard (when awaited or iterated).
        """
        ...
