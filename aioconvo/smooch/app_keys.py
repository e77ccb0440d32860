"""Keys of apps in Smooch v1.1. They need a key of the account."""

from __future__ import annotations

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Jwt, SecretKey
from .more_pages import key_pager
from .pages import SmoochResource

_ALL = "/v1.1/apps/{appId}/keys"
_ONE = "/v1.1/apps/{appId}/keys/{keyId}"
_named = names("key", "key.id")


def _is(key_id: str) -> Check:
    return names("key", "key.id", key_id)


class AppKeys(SmoochResource):
    """Keys of apps; with one a program does what its app may do."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="createSecretKey", unwrap="key", expect=_named)
    async def create(self, app_id: str, *, name: str) -> SecretKey:
        """Make a key; the answer has its secret.

        Raises:
            NotFoundError: No such app.
            MaybeSentError: It is unknown whether the key was made.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="deleteSecretKey")
    async def delete(self, app_id: str, key_id: str) -> None:
        """Delete a key; neither it nor what it signed opens anything any more.

        Raises:
            NotFoundError: No such app or key.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="getSecretKey", unwrap="key", expect=_is)
    async def get(self, app_id: str, key_id: str) -> SecretKey:
        """Fetch one key, with its secret.

        Raises:
            NotFoundError: No such app or key.
        """
        ...

    @operation(f"GET {_ONE}/jwt", Effect.READ, name="getAppJwt", expect=names("token", "jwt"))
    async def get_jwt(self, app_id: str, key_id: str) -> Jwt:
        """Have the API sign a token with a key; a client takes it as its `token`.

        Raises:
            NotFoundError: No such app or key.
        """
        ...

    @listing(f"GET {_ALL}", key_pager, name="listSecretKeys")
    def list(
        self, app_id: str, *, limit: int | None = None, start: str | None = None, prefetch: int = 0
    ) -> AsyncPaginator[SecretKey]:
        """List the keys of an app, with their secrets.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            NotFoundError: No such app (when awaited or iterated).
        """
        ...
