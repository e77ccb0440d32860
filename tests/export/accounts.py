"""The sandbox's accounts as sources of an export, what they hold, and what a target holds of them."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import aioconvo
from aioconvo.export import Completeness, Source, rows, verify
from aioconvo.providers import Provider
from aioconvo.sandbox import Sandbox

CLIENTS: dict[str, Any] = {str(one): one.client for one in Provider}
PROVIDERS = list(CLIENTS)
KINDS = ["jsonl", "jsonl.gz", "sqlite"]
Key = tuple[str, str, str]


def source(
    name: str,
    sandbox: Sandbox,
    pool: aioconvo.SessionPool,
    account: str = "shop",
    *,
    on_request: Callable[[int], object] | None = None,
    **options: Any,
) -> Source:
    """The account of one provider, with all its conversations, unless `options` of `Source` say otherwise.

    `on_request` is told the number of each request that is about to be sent.
    """
    numbers = itertools.count(1)
    hooks = None if on_request is None else aioconvo.Hooks(on_request=lambda _: on_request(next(numbers)))
    client = CLIENTS[name](**sandbox.client_options(name), pool=pool, max_retries=20, hooks=hooks)
    if not options and name == "sunshine":
        options = {"external_users": ["user-1"]}  # the sandbox's first user takes part in every conversation
    if not options and name == "smooch":
        options = {"users": list(sandbox.providers["smooch"].state()["users"])}
    return Source(client, account, **options)


def held(sandbox: Sandbox, *names: str) -> Counter[Key]:
    """Every message the sandbox has: provider, the conversation as an export names it, and the message's id."""
    found: Counter[Key] = Counter()
    for name in names:
        state = sandbox.providers[name].state()
        users: object = state.get("users")
        ids = {user: state["ids"][one] for user, one in users.items()} if isinstance(users, dict) else state["ids"]
        found.update((name, conversation, one) for conversation, messages in ids.items() for one in messages)
    return found


async def read(target: str) -> list[dict[str, Any]]:
    """Every message row of a target, read in a thread: it is files that are read."""
    return await asyncio.to_thread(lambda: list(rows(target)))


async def exported(target: str) -> Counter[Key]:
    """Every message a target holds, as often as it holds it."""
    return keys(await read(target))


async def checked(target: str) -> Completeness:
    """What `verify` tells of a target, in a thread."""
    return await asyncio.to_thread(verify, target)


def keys(messages: Iterable[dict[str, Any]]) -> Counter[Key]:
    return Counter((row["provider"], row["conversation_id"], row["message_id"]) for row in messages)


def target(kind: str, directory: Path) -> str:
    """The name of a target of that kind."""
    return f"{kind}:{directory / kind}"
