"""Organizations of Convore."""

from __future__ import annotations

from aioconvo.convore.models.admin import Organization
from aioconvo.core.answers.identity import names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .pages import organization_pager


class Organizations(APIResource):
    """Organizations, to which users and keys belong."""

    __slots__ = ()

    @operation("POST /admin/organizations", Effect.UNSAFE, name="create_organization", expect=names("organization", "id"))
    async def create(self, *, name: str, owner_user_id: str) -> Organization:
        """Make an organization that belongs to a user.

        Raises:
            MaybeSentError: It is unknown whether the organization was made.
        """
        ...

    @listing("GET /admin/organizations", organization_pager, name="list_organizations")
    def list(self, *, limit: int | None = None, start: str | None = None, prefetch: int = 0) -> AsyncPaginator[Organization]:
        """List the organizations.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.
        """
        ...
