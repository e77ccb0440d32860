"""Keys of integrations of your own in Sunshine Conversations v2."""

from __future__ import annotations

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import IntegrationKey
from .more_pages import integration_key_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/integrations/{integrationId}/keys"
_ONE = "/v2/apps/{appId}/integrations/{integrationId}/keys/{keyId}"
_named = names("key", "key.id")


def _is(key_id: str) -> Check:
    return names("key", "key.id", key_id)


class IntegrationKeys(Resource):
    """Keys of integrations of your own; with one a program does what its app may do."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="CreateCustomIntegrationKey", unwrap="key", expect=_named)
    async def create(self, integration_id: str, *, display_name: str) -> IntegrationKey:
        """Make a key; the answer has its secret.

        Raises:
            NotFoundError: No such integration.
            MaybeSentError: It is unknown whether the key was made.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="DeleteCustomIntegrationKey")
    async def delete(self, integration_id: str, key_id: str) -> None:
        """Delete a key; it opens nothing any more.

        Raises:
            NotFoundError: No such integration or key.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="GetCustomIntegrationKey", unwrap="key", expect=_is)
    async def get(self, integration_id: str, key_id: str) -> IntegrationKey:
        """Fetch one key.

        Raises:
            NotFoundError: No such integration or key.
        """
        ...

    @listing(f"GET {_ALL}", integration_key_pager, name="ListCustomIntegrationKeys")
    def list(
        self, integration_id: str, *, limit: int | None = None, start: str | None = None, prefetch: int = 0
    ) -> AsyncPaginator[IntegrationKey]:
        """List the keys of an integration.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            NotFoundError: No such integration (when awaited or iterated).
        """
        ...
