"""Attachments of SMS.CX, files behind short addresses, and who opened them."""

from __future__ import annotations

from typing import ClassVar

from aioconvo.core.answers.identity import Check, about, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.calls.download import Download
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .arguments import CSV, XLSX, PageLimit
from .models import Attachment, AttachmentId, Hit
from .pages import CursorPage, WholePage, by_cursor, whole

_ONE = "/attachments/{attachmentId}"


def _names_attachment(attachment_id: str) -> Check:
    return names("attachment", "info.id", attachment_id)


def _lists_attachment(attachment_id: str) -> Check:
    return about("attachment", "info.id", attachment_id)


class AttachmentPage(WholePage, kw_only=True):
    """All attachments."""

    data: list[Attachment]


class AttachmentHitPage(CursorPage, kw_only=True):
    """A page of an attachment's hits, and the attachment."""

    data: list[Hit]
    info: Attachment | None = None


class Attachments(APIResource):
    """Attachments, files behind short addresses, and who opened them."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_attachment", unwrap="info", expect=_names_attachment)
    async def delete(self, attachment_id: str) -> AttachmentId | None:
        """Delete an attachment. `None`: an earlier try of this call did.

        Raises:
            NotFoundError: No such attachment (code 1420).
        """
        ...

    @listing(f"GET {_ONE}", by_cursor("hit_id"), name="get_attachment_hits", page=AttachmentHitPage, expect=_lists_attachment)
    def list_hits(
        self,
        attachment_id: str,
        *,
        page_size: PageLimit | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Hit]:
        """List who opened an attachment; what there is to know of the attachment itself, `list` has.

        `page_size` is hits a request (the API gives 500; whether it gives more than that is unconfirmed), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead.

        Raises:
            NotFoundError: No such attachment (code 1420).
        """
        ...

    @operation(f"GET {_ONE}/csv", Effect.READ, name="export_attachment_hits_to_csv", accept=CSV)
    def export_csv(self, attachment_id: str) -> Download:
        """Export the hits of an attachment as CSV: `await` its bytes or `.text()`, or `.save(path)` it, whatever its size.

        Raises:
            NotFoundError: No such attachment (code 1420; when awaited).
        """
        ...

    @operation(f"GET {_ONE}/xlsx", Effect.READ, name="export_attachment_hits_to_xlsx", accept=XLSX)
    def export_xlsx(self, attachment_id: str) -> Download:
        """Export the hits of an attachment as a workbook of Excel: `await` its bytes, or `.save(path)` it, whatever its size.

        Raises:
            NotFoundError: No such attachment (code 1420; when awaited).
        """
        ...

    @listing("GET /attachments", whole("id"), name="get_attachments_list", page=AttachmentPage)
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Attachment]:
        """List every attachment.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
