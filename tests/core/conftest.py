"""A made-up API with one client, for tests of what users see of any client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest

from aioconvo.core.access.auth import HeaderAuth
from aioconvo.core.answers.response import Response
from aioconvo.core.calls.client import APIClient
from aioconvo.core.json.model import Envelope
from aioconvo.core.operations.operation import Effect, Operation, PageKind
from aioconvo.core.paging.pagers import Cursor, CursorPager
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.core.wire.pool import SessionPool


class _Thing(Envelope):
    id: str


class _Things(Envelope):
    ids: list[str]
    next: str | None = None


GET = Operation("gadgets.things.get", "GetThing", "GET", "/things/{id}", _Thing, Effect.READ)
SEND = Operation("gadgets.things.send", "SendThing", "POST", "/things/{id}/send", _Thing, Effect.UNSAFE)
LIST = Operation("gadgets.things.list", "ListThings", "GET", "/things", _Things, Effect.READ, PageKind.CURSOR)


class GadgetClient(APIClient):
    """Everything that must not be seen is called canary here."""

    provider: ClassVar[str] = "gadgets"
    default_host: ClassVar[str] = "api.gadgets.test"

    async def get(self, thing: str = "canary-thing") -> Response[Any]:
        return await self.send(GET.request(thing, query={"q": "canary-query"}))

    async def post(self, thing: str = "canary-thing") -> Response[Any]:
        return await self.send(SEND.request(thing, body={"text": "canary-text"}))

    def list(self, **options: Any) -> AsyncPaginator[str]:
        def pager(mark: Any) -> CursorPager[_Things, str]:
            return CursorPager("after", lambda page: page.ids, lambda page: Cursor(page.next, page.next is not None), mark=mark)

        return self.paginate(LIST, (), pager, **options)


@pytest.fixture
async def gadget_pool(clock: Any) -> AsyncIterator[SessionPool]:
    async with SessionPool(clock=clock) as pool:
        yield pool


@pytest.fixture
def gadgets(wire: Any, gadget_pool: SessionPool) -> GadgetClient:
    return GadgetClient(base_url=wire.base_url, auth=HeaderAuth("X-Key", "canary-key"), pool=gadget_pool)
