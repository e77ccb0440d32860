"""Connectors of Convore."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import (
    Connector,
    ConnectorProvider,
    GmailConnectorChanges,
    NewGmailConnector,
    NewSesConnector,
    SesConnectorChanges,
)
from .more_pages import connector_pager


def _is(connector_id: str) -> Check:
    return names("connector", "id", connector_id)


class Connectors(APIResource):
    """The access to providers of mail and chat; channels come through it."""

    __slots__ = ()

    @operation("POST /v1/connectors", Effect.UNSAFE, name="create_connector", expect=names("connector", "id"))
    async def create(
        self,
        *,
        provider: ConnectorProvider | str,
        name: str | UnsetType = UNSET,
        gmail: NewGmailConnector | UnsetType = UNSET,
        ses: NewSesConnector | UnsetType = UNSET,
    ) -> Connector:
        """Store the access to a provider.

        `gmail` goes with the provider `gmail`, `ses` with `ses`. A person then allows access to their mailbox:
        `authorization_flows.create`.

        Raises:
            MaybeSentError: It is unknown whether the connector was made.
        """
        ...

    @operation("GET /v1/connectors/{connector_id}", Effect.READ, name="get_connector", expect=_is)
    async def get(self, connector_id: str) -> Connector:
        """Fetch one connector.

        Raises:
            NotFoundError: No such connector.
        """
        ...

    @operation("PATCH /v1/connectors/{connector_id}", Effect.IDEMPOTENT, name="update_connector", expect=_is)
    async def update(
        self,
        connector_id: str,
        *,
        name: str | UnsetType = UNSET,
        gmail: GmailConnectorChanges | UnsetType = UNSET,
        ses: SesConnectorChanges | UnsetType = UNSET,
    ) -> Connector:
        """Rename a connector or give it other credentials; what is not given stays.

        Raises:
            NotFoundError: No such connector.
        """
        ...

    @listing("GET /v1/connectors", connector_pager, name="list_connectors")
    def list(
        self,
        *,
        page_size: Annotated[int, Between(1, 100), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Connector]:
        """List the connectors.

        `page_size` is connectors a request (the API's default is 100), `limit` bounds them in all, `start` is a page's
        `position` or the API's own `cursor`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
        """
        ...
