"""Clients of Sunshine Conversations v2: the channels by which a user is reached."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET

from aioconvo.core.answers.identity import names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize, Query
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between
from aioconvo.core.paging.paginator import AsyncPaginator

from .content import check_author, check_content, check_destination
from .models import Client, Confirmation, LinkTarget, MatchCriteria
from .more_pages import client_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/users/{userIdOrExternalId}/clients"


def check_confirmation(confirmation: Confirmation) -> None:
    """The message of a confirmation is one that can be posted."""
    message = confirmation.message
    if message is not None:
        check_author(message.author)
        check_content(message.content, message.schema or UNSET)
        check_destination(message.destination)


class Clients(Resource):
    """The channels by which a user is reached. The user is named by the API's id or by your own."""

    __slots__ = ()

    @operation(
        f"POST {_ALL}",
        Effect.UNSAFE,
        name="CreateClient",
        unwrap="client",
        check=check_confirmation,
        expect=names("client", "client.id"),
    )
    async def create(
        self,
        user_id_or_external_id: str,
        *,
        match_criteria: MatchCriteria,
        confirmation: Confirmation,
        target: LinkTarget,
        brand_id: Annotated[str, Query()] | None = None,
    ) -> Client:
        """Link a user to a channel by an address there, such as a phone number at WhatsApp.

        The client is `pending` until the user is found there and has confirmed; events (`client:add`, `client:update`,
        `client:remove`) tell how it went.

        Raises:
            InvalidRequestError: The message of the confirmation breaks a documented limit; nothing was sent.
            NotFoundError: No such user, conversation or integration.
            MaybeSentError: It is unknown whether the client was linked.
        """
        ...

    @operation(f"DELETE {_ALL}/{{clientId}}", Effect.IDEMPOTENT, name="RemoveClient")
    async def delete(self, user_id_or_external_id: str, client_id: str, *, brand_id: str | None = None) -> None:
        """Take a channel away from a user; the event `client:remove` tells of it.

        Raises:
            BadRequestError: It is a client of one of the API's own apps, which stay.
            NotFoundError: No such user or client.
        """
        ...

    @listing(f"GET {_ALL}", client_pager, name="ListClients")
    def list(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: str | None = None,
        page_size: Annotated[int, Between(1, 100), PageSize("page[size]")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Client]:
        """List the channels by which a user is reached.

        `page_size` is clients a request (the API's default is 25), `limit` bounds them in all, `start` is a page's `position`
        or the id of a client, `prefetch` is pages read ahead.

        Raises:
            NotFoundError: No such user (when awaited or iterated).
        """
        ...
