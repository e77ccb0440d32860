"""Ways to take payments in calls of UltraCart's phone system."""

from __future__ import annotations

from aioconvo.core.operations.declaration import listing
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models.pay_connectors import PbxPayConnector


class PayConnectors(UltraCartResource):
    """Ways to take payments in calls."""

    __slots__ = ()

    @listing(
        "GET /conversation/pbx/pay_connector",
        in_one_answer(PbxPayConnector, "pay_connectors", "sid"),
        name="get_pbx_pay_connectors",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxPayConnector]:
        """List the ways to take payments in calls.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
