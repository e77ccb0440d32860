"""Applications of SMS.CX: who gets access tokens, and what holds for their calls."""

from __future__ import annotations

from typing import ClassVar

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Application, ApplicationDetail
from .pages import WholePage, scope_pager, whole


def _is(application_id: str) -> Check:
    return names("application", "application_id", application_id)


class ApplicationPage(WholePage, kw_only=True):
    """All applications."""

    data: list[Application]


class Applications(APIResource):
    """Applications."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation("GET /applications/{applicationId}", Effect.READ, name="get_application_settings", expect=_is)
    async def get(self, application_id: str) -> ApplicationDetail:
        """Fetch an application's settings, by its `application_id`.

        Raises:
            NotFoundError: No such application (code 1500).
        """
        ...

    @listing("GET /applications/scopes", scope_pager, name="get_scopes")
    def list_scopes(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[str]:
        """List the scopes that a token may have.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...

    @listing("GET /applications", whole("id"), name="get_applications_list", page=ApplicationPage)
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Application]:
        """List every application, with its secret in clear: keep that out of logs.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
