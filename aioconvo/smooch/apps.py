"""Apps of Smooch v1.1. They are an account's: all but `get`, `update` and `get_sdk_ids` need a key of the account."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import App, AppSettings, Metadata, SdkIds
from .more_pages import app_pager
from .pages import SmoochResource

_ONE = "/v1.1/apps/{appId}"
_named = names("app", "app.id")


def _is(app_id: str) -> Check:
    return names("app", "app.id", app_id)


class Apps(SmoochResource):
    """The apps of an account: what users, integrations and keys belong to."""

    __slots__ = ()

    @operation("POST /v1.1/apps", Effect.UNSAFE, name="createApp", unwrap="app", expect=_named)
    async def create(
        self, *, name: str, settings: AppSettings | UnsetType = UNSET, metadata: Metadata | UnsetType = UNSET
    ) -> App:
        """Create an app; users see its name. It needs a key of the account.

        Raises:
            PermissionDeniedError: The key is not the account's.
            MaybeSentError: It is unknown whether the app was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="deleteApp")
    async def delete(self, app_id: str) -> None:
        """Delete an app with all its integrations. It needs a key of the account.

        Raises:
            NotFoundError: No such app.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="getApp", unwrap="app", expect=_is)
    async def get(self, app_id: str) -> App:
        """Fetch one app.

        Raises:
            NotFoundError: No such app.
        """
        ...

    @operation(f"GET {_ONE}/sdks", Effect.READ, name="getSdkIds", expect=names("integration", "web_integration_id"))
    async def get_sdk_ids(self, app_id: str) -> SdkIds:
        """Fetch the ids of the integrations with which the vendor's own SDKs begin.

        Raises:
            NotFoundError: No such app.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="updateApp", unwrap="app", expect=_is)
    async def update(
        self,
        app_id: str,
        *,
        name: str | UnsetType = UNSET,
        settings: AppSettings | UnsetType = UNSET,
        metadata: Metadata | UnsetType = UNSET,
    ) -> App:
        """Change an app; what is not given stays.

        Raises:
            NotFoundError: No such app.
        """
        ...

    @listing("GET /v1.1/apps", app_pager, name="listApps")
    def list(
        self,
        *,
        service_account_id: str | None = None,
        page_size: Annotated[int, Between(1, 100), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[App]:
        """List the apps of the account, or those that a service account may use. It needs a key of the account.

        `page_size` is apps a request (the API's default is 25), `limit` bounds them in all, `start` is a page's `position`,
        `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            PermissionDeniedError: The key is not the account's (when awaited or iterated).
        """
        ...
