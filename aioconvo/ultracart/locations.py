"""Countries that UltraCart knows."""

from __future__ import annotations

from aioconvo.core.operations.declaration import listing
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models import Country


class Locations(UltraCartResource):
    """Countries, states and provinces, as conditions of engagements name them."""

    __slots__ = ()

    # A POST that only reads.
    @listing("POST /conversation/locations", in_one_answer(Country, "countries", "iso2"), name="get_locations_for_engagement")
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Country]:
        """List the countries.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
