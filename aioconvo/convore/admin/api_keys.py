"""Keys of the API of Convore."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.convore.models.admin import ApiKey
from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between
from aioconvo.core.paging.paginator import AsyncPaginator

from .pages import api_key_pager


def _is(api_key_id: str) -> Check:
    return names("key", "id", api_key_id)


class ApiKeys(APIResource):
    """Keys of the API."""

    __slots__ = ()

    @operation("POST /admin/api_keys", Effect.UNSAFE, name="create_api_key", expect=names("key", "id"))
    async def create(self, *, name: str | UnsetType = UNSET) -> ApiKey:
        """Make a key. Whether its `secret_key` can be read again later is not documented: store it.

        Raises:
            MaybeSentError: It is unknown whether the key was made.
        """
        ...

    @operation("PATCH /admin/api_keys/{api_key_id}", Effect.IDEMPOTENT, name="update_api_key", expect=_is)
    async def update(
        self,
        api_key_id: str,
        *,
        name: str | UnsetType = UNSET,
        disabled: bool | UnsetType = UNSET,
        hide_secret_key: bool | UnsetType = UNSET,
    ) -> ApiKey:
        """Rename a key, switch it off or on, hide or show its secret; what is left out stays.

        Raises:
            NotFoundError: No such key.
        """
        ...

    @listing("GET /admin/api_keys", api_key_pager, name="list_api_keys")
    def list(
        self,
        *,
        page_size: Annotated[int, Between(1, 100), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ApiKey]:
        """List the keys.

        `page_size` is keys a request (the API's default is 100), `limit` bounds them in all, `start` is a page's `position`
        or the API's own `cursor`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
        """
        ...
