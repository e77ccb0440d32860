"""Messages and conversations that a server does not tell any more, and tells again: exports against the sandbox, end to end."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

import aioconvo
from aioconvo.export import Exporter, Source, conversation_states, open_sink, rows, verify
from aioconvo.sandbox import Sandbox
from tests.export.accounts import CLIENTS, PROVIDERS, source

_EVER = dt.timedelta(days=36_500)


def without(value: Any, hidden: set[str]) -> Any:
    """The same JSON, whose lists do not hold the objects of these ids; of `fewer/ID` the count of messages is one less."""
    if isinstance(value, dict):
        fewer = any(f"fewer/{one}" in hidden for one in value.values())
        return {name: one - 1 if fewer and name == "message_count" else without(one, hidden) for name, one in value.items()}
    if not isinstance(value, list):
        return value
    return [
        without(one, hidden) for one in value if not (isinstance(one, dict) and hidden.intersection(map(str, one.values())))
    ]


@contextlib.asynccontextmanager
async def hiding(sandbox: Sandbox, hidden: set[str]) -> AsyncIterator[tuple[str, str]]:
    """The sandbox's root, and that of a server that gives its answers without what is in `hidden` at that moment."""
    root = str(sandbox.client_options("convore")["base_url"]).rpartition("/convore")[0]

    async def handle(request: web.Request) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in {"host", "content-length"}}
        body = await request.read() or None
        async with session.request(request.method, f"{root}{request.rel_url}", data=body, headers=headers) as answer:
            text = await answer.text()
        if answer.content_type == "application/json" and text:
            text = json.dumps(without(json.loads(text), hidden))
        return web.Response(text=text, status=answer.status, content_type=answer.content_type)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        try:
            yield root, f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


@pytest.mark.parametrize("name", PROVIDERS)
async def test_what_is_not_told_any_more_is_marked_and_taken_back(name: str, tmp_path: Path) -> None:
    out, hidden = str(tmp_path / "out.sqlite"), set[str]()
    async with (
        Sandbox(conversations=3, messages=7) as sandbox,
        hiding(sandbox, hidden) as (root, url),
        aioconvo.SessionPool() as pool,
    ):
        options = sandbox.client_options(name)
        options["base_url"] = options["base_url"].replace(root, url)
        known = source(name, sandbox, pool)
        chosen: dict[str, Any] = {} if known.selection == "all" else {known.selection: list(known.ids or ())}
        client = CLIENTS[name](**options, pool=pool)

        async def exported() -> tuple[set[str], set[str]]:
            """The ids of messages and of conversations that are marked after one more export."""
            assert (await Exporter(Source(client, "shop", **chosen), out, refresh=_EVER).run()).complete
            assert (await asyncio.to_thread(verify, out, deep=True)).complete
            messages = await asyncio.to_thread(lambda: list(rows(out)))
            assert len(messages) == 21
            conversations = await asyncio.to_thread(lambda: list(open_sink(out).conversations()))
            assert len(conversations) == 3
            return (
                {row["message_id"] for row in messages if row["deleted_at"] is not None},
                {row.conversation_id for row in conversations if row.deleted_at is not None},
            )

        assert await exported() == (set(), set())
        victim = (await asyncio.to_thread(lambda: list(rows(out))))[3]
        hidden.update((victim["message_id"], f"fewer/{victim['conversation_id']}"))
        assert await exported() == ({victim["message_id"]}, set())
        states = await asyncio.to_thread(lambda: list(conversation_states(out)))
        assert sum(one.deleted for one in states) == 1
        hidden.clear()
        assert await exported() == (set(), set())
        if known.selection == "all":
            hidden.add(victim["conversation_id"])
            assert (await exported())[1] == {victim["conversation_id"]}
            hidden.clear()
            assert await exported() == (set(), set())


@pytest.mark.parametrize(
    ("name", "messages", "told", "seen"),
    [
        ("smscx", 7, False, True),
        ("sunshine", 7, False, False),
        ("smooch", 7, False, True),
        ("smooch", 150, False, False),
        ("convore", 7, False, False),
        ("convore", 7, True, True),
        ("ultracart", 7, False, False),
        ("ultracart", 7, True, True),
    ],
)
async def test_what_a_run_sees_that_fetches_nothing_anew(
    name: str, messages: int, told: bool, seen: bool, tmp_path: Path
) -> None:
    """As the README says it, `told`: the list of conversations tells that there is one message less."""
    out, hidden = str(tmp_path / "out.sqlite"), set[str]()
    async with (
        Sandbox(conversations=2, messages=messages) as sandbox,
        hiding(sandbox, hidden) as (root, url),
        aioconvo.SessionPool() as pool,
    ):
        options = sandbox.client_options(name)
        options["base_url"] = options["base_url"].replace(root, url)
        known = source(name, sandbox, pool)
        chosen: dict[str, Any] = {} if known.selection == "all" else {known.selection: list(known.ids or ())}
        client = CLIENTS[name](**options, pool=pool)

        async def marked() -> set[str]:
            assert (await Exporter(Source(client, "shop", **chosen), out).run()).complete
            found = await asyncio.to_thread(lambda: list(rows(out)))
            return {row["message_id"] for row in found if row["deleted_at"] is not None}

        assert await marked() == set()
        found = await asyncio.to_thread(lambda: list(rows(out)))
        victim = min(
            (row for row in found if row["conversation_id"] == found[0]["conversation_id"]), key=lambda row: row["sent_at"]
        )
        hidden.update((victim["message_id"], *([f"fewer/{victim['conversation_id']}"] if told else [])))
        assert await marked() == ({victim["message_id"]} if seen else set())
