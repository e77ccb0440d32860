"""Smooch's lists by offset, which tell `hasMore` and where a page begins, or nothing: what stays comes, and comes once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from aioconvo.core.paging.pagers import Ask
from aioconvo.smooch import App, Integration, Role, ServiceAccount, Template, TextMessage
from aioconvo.smooch.more_pages import (
    AppPage,
    IntegrationPage,
    ServiceAccountPage,
    TemplatePage,
    app_pager,
    integration_pager,
    service_account_pager,
    template_pager,
)
from tests.campaign import examples

USUAL = 25  # items a page where no size is asked for
LISTS: dict[str, tuple[Callable[..., Any], Any, str, Callable[[str], Any]]] = {
    "apps": (app_pager, AppPage, "apps", lambda key: App(id=key, app_token="t", name="n")),
    "integrations": (integration_pager, IntegrationPage, "integrations", lambda key: Integration(id=key, type="web")),
    "accounts": (service_account_pager, ServiceAccountPage, "service_accounts", lambda key: ServiceAccount(id=key, name="n")),
    "templates": (
        template_pager,
        TemplatePage,
        "templates",
        lambda key: Template(id=key, name="n", message=TextMessage(role=Role.APP_MAKER, text="t")),
    ),
}
each = pytest.mark.parametrize("noun", LISTS)


class Server:
    """A list in the order in which things were made."""

    def __init__(self, noun: str, count: int, size: int | None, *, tells: bool) -> None:
        _, self._page, self._member, self._item = LISTS[noun]
        self.keys = [f"{noun}-{number}" for number in range(count)]
        self._size = size or USUAL
        self._tells = tells

    def answer(self, ask: Ask) -> Any:
        offset = int(dict(ask.query).get("offset", "0"))
        shown = self.keys[offset : offset + self._size]
        told = {"has_more": offset + len(shown) < len(self.keys), "offset": offset} if self._tells else {}
        return self._page(**{self._member: [self._item(key) for key in shown]}, **told)


def walk(noun: str, server: Server, size: int | None, between: Iterator[list[int]], *, anew: bool) -> list[str]:
    """All ids of a walk; between two requests more is made, at any place. `anew`: each page in a process of its own."""
    make = LISTS[noun][0](page_size=size)
    pager = make(None)
    found: list[str] = []
    while (ask := pager.ask()) is not None:
        found += [one.id for one in pager.take(server.answer(ask)).items]
        for place in next(between, []):
            server.keys.insert(place % (len(server.keys) + 1), f"new-{len(server.keys)}")
        if anew:
            pager = make(pager.mark())
    return found


@each
@settings(max_examples=examples(60), deadline=None)
@given(
    count=st.integers(0, 60),
    size=st.none() | st.integers(1, 9),
    tells=st.booleans(),
    made=st.lists(st.lists(st.integers(0, 60), max_size=2), max_size=6),
    anew=st.booleans(),
)
def test_what_was_there_comes_once(
    noun: str, count: int, size: int | None, tells: bool, made: list[list[int]], anew: bool
) -> None:
    server = Server(noun, count, size, tells=tells)
    there = set(server.keys)
    found = walk(noun, server, size, iter(made), anew=anew)
    assert len(found) == len(set(found))
    assert there <= set(found)


@each
@pytest.mark.parametrize("tells", [True, False])
def test_a_list_that_stands_still_costs_a_request_a_page(noun: str, tells: bool) -> None:
    for count in (0, 4, 5, 6):
        server, pager, asked = Server(noun, count, 5, tells=tells), LISTS[noun][0](page_size=5)(None), 0
        while (ask := pager.ask()) is not None:
            asked += 1
            pager.take(server.answer(ask))
        assert asked <= -(-max(count, 1) // 5) + (not tells)
