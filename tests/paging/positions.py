"""Lists of the sandbox that positions are stored of, for all five providers: by the client and by the inbox.

`python -m tests.paging.positions` writes positions as the present code makes them; those in `positions_0_1.json` were written
by version 0.1.0, whose positions had no version of their own.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aioconvo
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.positions import ListIdentity, Position, parse_position
from aioconvo.sandbox import Sandbox

__all__ = ["CUTS", "LISTS", "clients", "first_items", "lists", "name_of", "stored", "walk_from"]

NOW = dt.datetime(2026, 1, 15, 12, tzinfo=dt.UTC)
_CLIENTS = {
    "smscx": aioconvo.SmscxClient,
    "sunshine": aioconvo.SunshineClient,
    "smooch": aioconvo.SmoochClient,
    "convore": aioconvo.ConvoreClient,
    "ultracart": aioconvo.UltraCartClient,
}
SINCE, UNTIL = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


def stored(mark: Mark) -> Mark:
    """A mark as another process has it: through the text of a position."""
    identity = ListIdentity("", "", "a list", None, "", "")
    return parse_position(str(Position(identity, mark)), identity).mark


Listed = Callable[..., aioconvo.AsyncPaginator[Any]]


@asynccontextmanager
async def clients(**options: Any) -> AsyncIterator[dict[str, Any]]:
    """A client of each provider at a sandbox that holds the same at every run."""
    async with Sandbox(conversations=12, messages=9, seed=0, now=NOW) as sandbox, AsyncExitStack() as stack:
        made: dict[str, Any] = {}
        for name, kind in _CLIENTS.items():
            client: Any = kind(**sandbox.client_options(name), **options)
            made[name] = await stack.enter_async_context(client)
            made[f"{name} ids"] = list(sandbox.state()[name]["ids"])
            made[f"{name} messages"] = next(iter(sandbox.state()[name]["ids"].values()))
        yield made


def _sized(listed: Listed, *values: Any, **filters: Any) -> Listed:
    return lambda page_size=4, **options: listed(*values, page_size=page_size, **filters, **options)


def _unsized(listed: Listed, *values: Any, **filters: Any) -> Listed:
    def sized(page_size: int | None = None, **options: Any) -> aioconvo.AsyncPaginator[Any]:  # noqa: ARG001 -- as those that take one
        return listed(*values, **filters, **options)

    return sized


def lists(made: Mapping[str, Any]) -> dict[str, Listed]:
    """Every list, by name."""
    smscx, sunshine, smooch = made["smscx"], made["sunshine"], made["smooch"]
    convore, ultracart = made["convore"], made["ultracart"]
    ids = {name: made[f"{name} ids"][0] for name in _CLIENTS}
    ids["smooch"] = user = external = "user-1"
    found: dict[str, Listed] = {
        "smscx conversations": _unsized(smscx.conversations.list),
        "sunshine conversations": _sized(sunshine.conversations.list, user_external_id=external),
        "sunshine messages": _unsized(sunshine.messages.list, ids["sunshine"]),
        "sunshine messages after": _unsized(sunshine.messages.list, ids["sunshine"], after=made["sunshine messages"][0]),
        "sunshine participants": _sized(sunshine.participants.list, ids["sunshine"]),
        "smooch messages": _unsized(smooch.messages.list, user),
        "smooch messages after": _unsized(smooch.messages.list, user, after=0),
        "convore conversations": _sized(convore.conversations.list, has_messages=True),
        "convore messages": _sized(convore.messages.list, conversation_id=ids["convore"], format="full"),
        "ultracart conversations": _sized(ultracart.conversations.list),
        "ultracart search": _sized(ultracart.conversations.search, visible_filter=True),
        "ultracart messages": _sized(ultracart.messages.list, ids["ultracart"]),
        "smooch inbox conversations": _unsized(smooch.inbox.conversations, users=[f"user-{number}" for number in range(1, 6)]),
        "sunshine inbox conversations": _unsized(
            sunshine.inbox.conversations, external_users=["user-1", "user-2"], since=SINCE
        ),
    }
    for name in ("smscx", "convore", "ultracart"):
        found[f"{name} inbox conversations"] = _unsized(made[name].inbox.conversations)
    for name in _CLIENTS:
        found[f"{name} inbox messages"] = _unsized(made[name].inbox.messages, ids[name], since=SINCE, until=UNTIL)
    return found


LISTS = (
    "smscx conversations",
    "sunshine conversations",
    "sunshine messages",
    "sunshine messages after",
    "sunshine participants",
    "smooch messages",
    "smooch messages after",
    "convore conversations",
    "convore messages",
    "ultracart conversations",
    "ultracart search",
    "ultracart messages",
    "smooch inbox conversations",
    "sunshine inbox conversations",
    "smscx inbox conversations",
    "convore inbox conversations",
    "ultracart inbox conversations",
    "smscx inbox messages",
    "sunshine inbox messages",
    "smooch inbox messages",
    "convore inbox messages",
    "ultracart inbox messages",
)
CUTS = (1, 3, 6, None)
"""How many items a walk is bounded to before its last page's position is stored; `None`: its first page as it comes."""


def name_of(item: Any) -> str:
    """What tells an item from the others of its list."""
    for member in ("conversation_message_uuid", "conversation_uuid", "msg_id", "id", "conversation_id"):
        name = getattr(item, member, None)
        if isinstance(name, str):
            return name
    raise TypeError(type(item).__name__)


async def first_items(listed: Listed, cut: int | None) -> tuple[list[str], str]:
    """The names of the first items, and the position after them."""
    pages = [await listed()] if cut is None else [page async for page in listed(limit=cut).pages()]
    return [name_of(item) for page in pages for item in page.items], pages[-1].position


async def walk_from(listed: Listed, start: str | None) -> list[str]:
    """The names of all items from a position on."""
    return [name_of(item) for item in await listed(start=start).collect()]


async def _main() -> None:
    async with clients() as made:
        found: list[dict[str, Any]] = []
        for name, listed in lists(made).items():
            for cut in CUTS:
                given, position = await first_items(listed, cut)
                rest = await walk_from(listed, position)
                found.append({"list": name, "limit": cut, "position": position, "given": given, "rest": rest})
    json.dump(found, sys.stdout, indent=1)


if __name__ == "__main__":
    asyncio.run(_main())
