"""Lists of several users' conversations, cut and gone on with at every place, while what was given leaves the lists."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from aioconvo.core.paging.pagers import Ask
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.sunshine import Conversation, ConversationType
from aioconvo.sunshine.inbox import _UsersPager
from aioconvo.sunshine.pages import ConversationPage, Meta

PAGE = 3
USERS = {"ann": list("abcdefg"), "bob": ["c"], "eve": [], "joe": list("xcgy")}
EVERY = list("abcdefgxy")


class Answer(NamedTuple):
    data: ConversationPage


class Server:
    """Each user's conversations, behind a cursor that is the id of the last one, also of one that is there no more."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.asked: list[tuple[str, str | None]] = []

    async def fetch(self, ask: Ask) -> Answer:
        query = dict(ask.query)
        user, after = query["user"], query.get("page[after]")
        self.asked.append((user, after))
        ids = USERS[user][0 if after is None else USERS[user].index(after) + 1 :]
        left = [one for one in ids if one not in self.gone]
        page = left[:PAGE]
        meta = Meta(has_more=len(left) > PAGE, after_cursor=page[-1] if page else None)
        conversations = [Conversation(id=one, type=ConversationType.PERSONAL) for one in page]
        return Answer(ConversationPage(conversations=conversations, meta=meta))

    def walk(self, **options: Any) -> AsyncPaginator[Conversation]:
        return AsyncPaginator(self.fetch, lambda mark: _UsersPager(list(USERS), "user", mark), walk="users", **options)


@pytest.mark.parametrize("cut", range(1, len(EVERY) + 1))
async def test_each_comes_once_wherever_the_walk_was_cut_and_whatever_left_meanwhile(cut: int) -> None:
    server, found, start = Server(), list[str | None](), None
    while start is not None or not found:
        pages = [page async for page in server.walk(limit=cut, start=start).pages()]
        given = [one.id for page in pages for one in page.items]
        found += given
        server.gone |= set(filter(None, given))
        start = pages[-1].position if pages[-1].has_more else None
        assert len(server.asked) <= 4 * len(EVERY)
    assert found == EVERY


async def test_a_page_that_was_cut_is_asked_for_from_behind_the_last_one_given() -> None:
    server = Server()
    page = await server.walk(limit=2)
    assert [one.id async for one in server.walk(start=page.position)] == EVERY[2:]
    assert server.asked[:2] == [("ann", None), ("ann", "b")]
