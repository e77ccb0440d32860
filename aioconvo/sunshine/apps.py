"""Apps of Sunshine Conversations v2. They are an account's: all but `get` and `update` need a key of the account."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name, PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between, Length
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import App, AppSettings, Metadata
from .more_pages import app_pager
from .resource import Resource

_named = names("app", "app.id")


def _is(app_id: str) -> Check:
    return names("app", "app.id", app_id)


def not_negative(name: str, settings: AppSettings) -> AppSettings:
    """A conversation_retention_seconds of 0 or more."""
    seconds = settings.conversation_retention_seconds
    if seconds is not None and seconds < 0:
        raise InvalidRequestError(f"{name}.conversation_retention_seconds must be 0 or more; got {seconds}")
    return settings


DisplayName = Annotated[str, Length(1, 100)]
"""A name that the business sees."""
Settings = Annotated[AppSettings, not_negative]
"""How an app behaves."""


class Apps(Resource):
    """The apps of an account: what users, conversations, integrations and keys belong to."""

    __slots__ = ()

    @operation("POST /v2/apps", Effect.UNSAFE, name="CreateApp", unwrap="app", expect=_named)
    async def create(
        self,
        *,
        display_name: DisplayName | None,
        settings: Settings | UnsetType = UNSET,
        metadata: Metadata | UnsetType | None = UNSET,
    ) -> App:
        """Create an app; it needs a key of the account.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            PermissionDeniedError: The key is not the account's.
            MaybeSentError: It is unknown whether the app was created.
        """
        ...

    @operation("DELETE /v2/apps/{appId}", Effect.IDEMPOTENT, name="DeleteApp")
    async def delete(self, app_id: str) -> None:
        """Delete an app with all that belongs to it: users, conversations, integrations. It needs a key of the account.

        Raises:
            NotFoundError: No such app.
        """
        ...

    @operation("GET /v2/apps/{appId}", Effect.READ, name="GetApp", unwrap="app", expect=_is)
    async def get(self, app_id: str) -> App:
        """Fetch one app, with its `subdomain`.

        Raises:
            NotFoundError: No such app.
        """
        ...

    @operation("PATCH /v2/apps/{appId}", Effect.IDEMPOTENT, name="UpdateApp", unwrap="app", expect=_is)
    async def update(
        self,
        app_id: str,
        *,
        display_name: DisplayName | UnsetType | None = UNSET,
        settings: Settings | UnsetType = UNSET,
        metadata: Metadata | UnsetType | None = UNSET,
    ) -> App:
        """Change an app; what is not given stays, `None` clears.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            NotFoundError: No such app.
        """
        ...

    @listing("GET /v2/apps", app_pager, name="ListApps")
    def list(
        self,
        *,
        service_account_id: Annotated[str, Name("filter[serviceAccountId]")] | None = None,
        page_size: Annotated[int, Between(1, 100), PageSize("page[size]")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[App]:
        """List the apps of the account, or those that a service account may use. It needs a key of the account.

        `page_size` is apps a request (the API's default is 25), `limit` bounds them in all, `start` is a page's `position` or
        the id of an app, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
            PermissionDeniedError: The key is not the account's (when awaited or iterated).
        """
        ...
