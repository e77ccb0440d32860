"""Keys of apps in Sunshine Conversations v2. They need a key of the account."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import AppKey
from .more_pages import app_key_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/keys"
_ONE = "/v2/apps/{appId}/keys/{keyId}"
_named = names("key", "key.id")


def _is(key_id: str) -> Check:
    return names("key", "key.id", key_id)


class AppKeys(Resource):
    """Keys of apps; with one a program does what its app may do. An app has up to 10."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="CreateAppKey", unwrap="key", expect=_named)
    async def create(self, app_id: str, *, display_name: Annotated[str, Length(1, 100)] | None) -> AppKey:
        """Make a key; the answer has its secret.

        Raises:
            InvalidRequestError: The name is empty or too long; nothing was sent.
            NotFoundError: No such app.
            MaybeSentError: It is unknown whether the key was made.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="DeleteAppKey")
    async def delete(self, app_id: str, key_id: str) -> None:
        """Delete a key; it opens nothing any more.

        Raises:
            NotFoundError: No such app or key.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="GetAppKey", unwrap="key", expect=_is)
    async def get(self, app_id: str, key_id: str) -> AppKey:
        """Fetch one key.

        Raises:
            NotFoundError: No such app or key.
        """
        ...

    @listing(f"GET {_ALL}", app_key_pager, name="ListAppKeys")
    def list(
        self, app_id: str, *, limit: int | None = None, start: str | None = None, prefetch: int = 0
    ) -> AsyncPaginator[AppKey]:
        """List the keys of an app.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            NotFoundError: No such app (when awaited or iterated).
        """
        ...
