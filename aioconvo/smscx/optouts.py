"""Opt-outs of SMS.CX."""

from __future__ import annotations

from typing import Annotated, ClassVar

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.calls.download import Download
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length
from aioconvo.core.paging.paginator import AsyncPaginator

from .arguments import CSV, XLSX, Country, PageLimit, listed
from .models import AddedOptouts, DeletedOptout, Optout, OptoutTotals
from .pages import CursorPage, by_cursor

Unwilling = Annotated[list[str], listed, Length(1, None, "numbers")]
"""Numbers that shall get no more messages."""


def _names_optout(optout_id: int) -> Check:
    return names("opt-out", "info.id", optout_id)


class OptoutPage(CursorPage, kw_only=True):
    """A page of opt-outs, and how many there are."""

    data: list[Optout]
    info: OptoutTotals | None = None


class Optouts(APIResource):
    """Opt-outs: numbers that get no more messages."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    # That a number which is there already is not added again seems so from the count of duplicates; nobody says it.
    @operation(
        "POST /optouts",
        Effect.UNSAFE,
        name="add_contact_to_optouts_list",
        unwrap="info",
        expect=names("count", "info.total_phone_numbers"),
    )
    async def add(
        self, *, phone_numbers: Unwilling, country_iso: Country | None = None, allow_invalid: bool | None = None
    ) -> AddedOptouts:
        """Add numbers, in E.164 or as `country_iso` writes them, that shall get no more messages.

        With `allow_invalid` those that are good are added where some are not.

        Raises:
            InvalidRequestError: There are no numbers; nothing was sent.
            BadRequestError: A number is none (codes 1203, 1210), or another argument is refused.
            MaybeSentError: It is unknown whether they were added.
        """
        ...

    @operation(
        "DELETE /optouts/{optoutId}",
        Effect.IDEMPOTENT,
        name="delete_contact_from_optouts_list",
        unwrap="info",
        expect=_names_optout,
    )
    async def delete(self, optout_id: int) -> DeletedOptout | None:
        """Let a number get messages again, by the `id` that `list` shows. `None`: an earlier try of this call did.

        Raises:
            NotFoundError: No such opt-out (code 1202).
            PermissionDeniedError: The API refuses it for this number (code 1443).
        """
        ...

    @operation("GET /optouts/csv", Effect.READ, name="export_optouts_to_csv", accept=CSV)
    def export_csv(self) -> Download:
        """Export all opt-outs as CSV: `await` its bytes or `.text()`, or `.save(path)` it, whatever its size."""
        ...

    @operation("GET /optouts/xlsx", Effect.READ, name="export_optouts_to_xlsx", accept=XLSX)
    def export_xlsx(self) -> Download:
        """Export all opt-outs as a workbook of Excel: `await` its bytes, or `.save(path)` it, whatever its size."""
        ...

    @listing("GET /optouts", by_cursor("id"), name="get_optouts_list", page=OptoutPage)
    def list(
        self,
        *,
        page_size: PageLimit | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Optout]:
        """List every opt-out.

        `page_size` is opt-outs a request (the API gives 500; whether it gives more than that is unconfirmed), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead.
        """
        ...
