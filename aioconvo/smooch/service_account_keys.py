"""Keys of service accounts in Smooch v1.1. They need a key of the account."""

from __future__ import annotations

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Jwt, SecretKey
from .more_pages import key_pager
from .pages import SmoochResource

_ALL = "/v1.1/serviceaccounts/{serviceAccountId}/keys"
_ONE = "/v1.1/serviceaccounts/{serviceAccountId}/keys/{keyId}"
_named = names("key", "key.id")


def _is(key_id: str) -> Check:
    return names("key", "key.id", key_id)


class ServiceAccountKeys(SmoochResource):
    """Keys of service accounts; with one a program does what its account may do in all the apps that it may use."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="serviceAccountCreateSecretKey", unwrap="key", expect=_named)
    async def create(self, service_account_id: str, *, name: str) -> SecretKey:
        """Make a key; the answer has its secret.

        Raises:
            NotFoundError: No such account.
            MaybeSentError: It is unknown whether the key was made.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="serviceAccountDeleteSecretKey")
    async def delete(self, service_account_id: str, key_id: str) -> None:
        """Delete a key; neither it nor what it signed opens anything any more.

        Raises:
            NotFoundError: No such account or key.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="serviceAccountGetSecretKey", unwrap="key", expect=_is)
    async def get(self, service_account_id: str, key_id: str) -> SecretKey:
        """Fetch one key, with its secret.

        Raises:
            NotFoundError: No such account or key.
        """
        ...

    @operation(f"GET {_ONE}/jwt", Effect.READ, name="getJwt", expect=names("token", "jwt"))
    async def get_jwt(self, service_account_id: str, key_id: str) -> Jwt:
        """Have the API sign a token with a key; a client takes it as its `token`.

        Raises:
            NotFoundError: No such account or key.
        """
        ...

    @listing(f"GET {_ALL}", key_pager, name="serviceAccountListSecretKeys")
    def list(
        self, service_account_id: str, *, limit: int | None = None, start: str | None = None, prefetch: int = 0
    ) -> AsyncPaginator[SecretKey]:
        """List the keys of a service account, with their secrets.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            NotFoundError: No such account (when awaited or iterated).
        """
        ...
