"""The answers of the administration around its nouns, and how its lists go on."""

from __future__ import annotations

from aioconvo.convore.models.admin import ApiKey, Organization
from aioconvo.core.answers.refusals import Telling
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Cursor, CursorPager, Listing, SinglePager, pages_by

__all__ = ["ApiKeyPage", "api_key_pager", "organization_pager"]


class ApiKeyPage(Telling, kw_only=True):
    """A page of keys; `total_count` counts those of all pages."""

    data: list[ApiKey]
    next_cursor: str | None = None
    total_count: int | None = None


@pages_by(PageKind.CURSOR)
def api_key_pager() -> Listing[ApiKeyPage, ApiKey]:
    """Keys in the server's order."""
    return Listing(
        lambda mark: CursorPager(
            "cursor",
            lambda page: page.data,
            lambda page: Cursor(page.next_cursor, bool(page.next_cursor)),
            identity=_identity,
            mark=mark,
        ),
        mark_at=lambda cursor: Mark(cursor=cursor),
    )


@pages_by(PageKind.SINGLE)
def organization_pager() -> Listing[list[Organization], Organization]:
    """Organizations in the server's order: the answer is a bare list of them."""
    return Listing(lambda mark: SinglePager(lambda page: page, mark, identity=_identity))


def _identity(item: ApiKey | Organization) -> str | None:
    identity: object = getattr(item, "id", None)  # an item that is no object at all has none
    return identity if isinstance(identity, str) and identity else None
