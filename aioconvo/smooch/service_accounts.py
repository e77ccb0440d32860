"""Service accounts of Smooch v1.1: accounts of programs that use several apps. They need a key of the account."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import AtLeast
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import ServiceAccount
from .more_pages import service_account_pager
from .pages import SmoochResource

_ALL = "/v1.1/serviceaccounts"
_ONE = "/v1.1/serviceaccounts/{serviceAccountId}"
_named = names("service account", "serviceAccount.id")


def _is(service_account_id: str) -> Check:
    return names("service account", "serviceAccount.id", service_account_id)


class ServiceAccounts(SmoochResource):
    """Accounts of programs that use several apps; `apps.list(service_account_id=...)` tells which."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="createServiceAccount", unwrap="serviceAccount", expect=_named)
    async def create(self, *, name: str) -> ServiceAccount:
        """Create a service account.

        Raises:
            PermissionDeniedError: The key is not the account's.
            MaybeSentError: It is unknown whether the service account was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="deleteServiceAccount")
    async def delete(self, service_account_id: str) -> None:
        """Delete a service account; its keys open nothing any more.

        Raises:
            NotFoundError: No such service account.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="getServiceAccount", unwrap="serviceAccount", expect=_is)
    async def get(self, service_account_id: str) -> ServiceAccount:
        """Fetch one service account.

        Raises:
            NotFoundError: No such service account.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="updateServiceAccount", unwrap="serviceAccount", expect=_is)
    async def update(self, service_account_id: str, *, name: str) -> ServiceAccount:
        """Give a service account another name.

        Raises:
            NotFoundError: No such service account.
        """
        ...

    @listing(f"GET {_ALL}", service_account_pager, name="listServiceAccounts")
    def list(
        self,
        *,
        page_size: Annotated[int, AtLeast(1), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ServiceAccount]:
        """List the service accounts.

        `page_size` is accounts a request, `limit` bounds them in all, `start` is the `position` of a page, `prefetch` is pages
        read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            PermissionDeniedError: The key is not the account's (when awaited or iterated).
        """
        ...
