"""Contacts of Convore."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between, not_empty
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Contact, ContactHandle
from .more_pages import contact_pager


def _is(contact_id: str) -> Check:
    return names("contact", "id", contact_id)


class Contacts(APIResource):
    """People, and the addresses that they write from."""

    __slots__ = ()

    @operation("POST /v1/contacts", Effect.UNSAFE, name="create_contact", expect=names("contact", "id"))
    async def create(self, *, name: str, handles: list[ContactHandle], description: str | UnsetType = UNSET) -> Contact:
        """Make a contact of a name and addresses.

        Whether an address may belong to two contacts is not documented.

        Raises:
            MaybeSentError: It is unknown whether the contact was made.
        """
        ...

    @operation("GET /v1/contacts/{contact_id}", Effect.READ, name="get_contact", expect=_is)
    async def get(self, contact_id: str) -> Contact:
        """Fetch one contact.

        Raises:
            NotFoundError: No such contact.
        """
        ...

    @operation("PATCH /v1/contacts/{contact_id}", Effect.IDEMPOTENT, name="update_contact", expect=_is)
    async def update(
        self,
        contact_id: str,
        *,
        name: str | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
        handles: list[ContactHandle] | UnsetType = UNSET,
    ) -> Contact:
        """Change a contact; what is not given stays, `handles` takes the place of all.

        Raises:
            NotFoundError: No such contact.
        """
        ...

    @listing("GET /v1/contacts", contact_pager, name="list_contacts")
    def list(
        self,
        *,
        keyword: str | None = None,
        contact_handle_token: Annotated[Sequence[str], not_empty] | None = None,
        page_size: Annotated[int, Between(1, 100), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Contact]:
        """List contacts, all of them or those that pass both filters.

        A token is written `EMAIL:ada@example.org`; several are alternatives. Where `keyword` is looked for is not documented.
        `page_size` is contacts a request (the API's default is 100), `limit` bounds them in all, `start` is a page's
        `position` or the API's own `cursor`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules, or `contact_handle_token` is empty; nothing was sent.
        """
        ...
