"""The answers of the administration around its nouns, and how its lists go on."""

from __future__ import annotations

from aioconvo.convore.models.admin import ApiKey, Organization
from aioconvo.convore.pages import CursorPage, by_cursor
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.pagers import Listing, SinglePager, pages_by

__all__ = ["ApiKeyPage", "api_key_pager", "organization_pager"]


class ApiKeyPage(CursorPage, kw_only=True):
    """A page of keys."""

    data: list[ApiKey]


@pages_by(PageKind.CURSOR)
def api_key_pager() -> Listing[ApiKeyPage, ApiKey]:
    """Keys in the server's order."""
    return by_cursor(lambda page: page.data)


@pages_by(PageKind.SINGLE)
def organization_pager() -> Listing[list[Organization], Organization]:
    """Organizations in the server's order: the answer is a bare list of them."""
    return Listing(lambda mark: SinglePager(lambda page: page, mark, identity=_identity))


def _identity(item: Organization) -> str | None:
    identity: object = getattr(item, "id", None)  # an item that is no object at all has none
    return identity if isinstance(identity, str) and identity else None
