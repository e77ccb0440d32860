"""Shortlinks of SMS.CX, and who opened them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from aioconvo.core.answers.identity import Check, about, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.calls.download import Download
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length, not_empty
from aioconvo.core.paging.paginator import AsyncPaginator

from .arguments import CSV, XLSX, PageLimit
from .models import CreatedShortlink, Hit, Shortlink, ShortlinkId
from .pages import CursorPage, WholePage, by_cursor, whole

_ONE = "/shortlinks/{shortId}"
Title = Annotated[str, Length(3, 25)]
"""What a shortlink is called."""


def _names_shortlink(short_id: str) -> Check:
    return names("shortlink", "info.id", short_id)


def _lists_shortlink(short_id: str) -> Check:
    return about("shortlink", "info.id", short_id)


class ShortlinkPage(WholePage, kw_only=True):
    """All shortlinks."""

    data: list[Shortlink]


class ShortlinkHitPage(CursorPage, kw_only=True):
    """A page of a shortlink's hits, and the shortlink."""

    data: list[Hit]
    info: Shortlink | None = None


class Shortlinks(APIResource):
    """Shortlinks, and who opened them."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation("POST /shortlinks", Effect.UNSAFE, name="create_shortlink", unwrap="info", expect=names("shortlink", "info.id"))
    async def create(self, *, url: Annotated[str, not_empty], name: Title | None = None) -> CreatedShortlink:
        """Make a short address of a long one.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            BadRequestError: There is such a shortlink (code 1405), or the address or the name is refused (codes 1401 to 1404).
            MaybeSentError: It is unknown whether it was made.
        """
        ...

    @operation(f"PATCH {_ONE}", Effect.IDEMPOTENT, name="update_shortlink", unwrap="info", expect=_names_shortlink)
    async def update(self, short_id: str, *, name: Title, url: Annotated[str, not_empty]) -> ShortlinkId | None:
        """Change a shortlink: both its name and where it leads. `None`: nothing changed.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            NotFoundError: No such shortlink (code 1400).
            BadRequestError: Another shortlink has that name (code 1407), or an argument is refused (codes 1401 to 1406).
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_shortlink", unwrap="info", expect=_names_shortlink)
    async def delete(self, short_id: str) -> ShortlinkId | None:
        """Delete a shortlink. `None`: an earlier try of this call did.

        Raises:
            NotFoundError: No such shortlink (code 1400).
        """
        ...

    @listing(f"GET {_ONE}", by_cursor("hit_id"), name="get_shortlink_hits", page=ShortlinkHitPage, expect=_lists_shortlink)
    def list_hits(
        self,
        short_id: str,
        *,
        page_size: PageLimit | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Hit]:
        """List who opened a shortlink; what there is to know of the shortlink itself, `list` has.

        `page_size` is hits a request (the API gives 500; whether it gives more than that is unconfirmed), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead.

        Raises:
            NotFoundError: No such shortlink (code 1400).
        """
        ...

    @operation(f"GET {_ONE}/csv", Effect.READ, name="export_shortlink_hits_to_csv", accept=CSV)
    def export_csv(self, short_id: str) -> Download:
        """Export the hits of a shortlink as CSV: `await` its bytes or `.text()`, or `.save(path)` it, whatever its size.

        Raises:
            NotFoundError: No such shortlink (code 1400; when awaited).
        """
        ...

    @operation(f"GET {_ONE}/xlsx", Effect.READ, name="export_shortlink_hits_to_xlsx", accept=XLSX)
    def export_xlsx(self, short_id: str) -> Download:
        """Export the hits of a shortlink as a workbook of Excel: `await` its bytes, or `.save(path)` it, whatever its size.

        Raises:
            NotFoundError: No such shortlink (code 1400; when awaited).
        """
        ...

    @listing("GET /shortlinks", whole("id"), name="get_shortlinks_list", page=ShortlinkPage)
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Shortlink]:
        """List every shortlink.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
