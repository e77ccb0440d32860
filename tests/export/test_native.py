"""`native` is what the API sent, byte for byte, of every provider and in every kind of target."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

import aioconvo
from aioconvo.core.json.codec import decode as read
from aioconvo.core.json.mend import drive, mend
from aioconvo.core.json.model import Unknown
from aioconvo.export import Exporter, Source, open_sink, rows, verify
from aioconvo.export.schema import MESSAGES, ConversationRow, MessageRow, as_dict, decode_row, digest, encode_row, message_lines
from aioconvo.inbox import Message, Provider
from aioconvo.sandbox import Sandbox
from tests.export.accounts import CLIENTS, PROVIDERS, source
from tests.export.targets import EVERY_KIND

_ODD = '"newMember": {"n": [1, 2.50, 1E3, 12345678901234567890123, null],\n "t": "\\u00e9\\/ é"}'


def root(sandbox: Sandbox) -> str:
    return str(sandbox.client_options("convore")["base_url"]).rpartition("/convore")[0]


def strange(value: Any) -> Any:
    """The same JSON with a member in each object that nobody knows."""
    if isinstance(value, dict):
        return {**{name: strange(one) for name, one in value.items()}, "_odd": 1}
    return [strange(one) for one in value] if isinstance(value, list) else value


@contextlib.asynccontextmanager
async def in_front_of(sandbox: Sandbox) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that gives the sandbox's answers with unknown members, odd numbers, spaces and line breaks; what it gave."""
    given: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in {"host", "content-length"}}
        url = f"{root(sandbox)}{request.rel_url}"
        async with session.request(request.method, url, data=body or None, headers=headers) as answer:
            content = await answer.text()
        if answer.content_type == "application/json" and content:
            content = json.dumps(strange(json.loads(content)), indent=1).replace('"_odd": 1', _ODD)
            given.append(content)
        return web.Response(text=content, status=answer.status, content_type=answer.content_type)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with aiohttp.ClientSession(auto_decompress=True) as session:
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}", given
        finally:
            await runner.cleanup()


@pytest.mark.parametrize("name", PROVIDERS)
async def test_natives_are_the_bytes_that_came(name: str, tmp_path: Path) -> None:
    async with (
        Sandbox(conversations=3, messages=7) as sandbox,
        in_front_of(sandbox) as (url, given),
        aioconvo.SessionPool() as pool,
    ):
        options = sandbox.client_options(name)
        options["base_url"] = options["base_url"].replace(root(sandbox), url)
        client = CLIENTS[name](**options, pool=pool)
        known = source(name, sandbox, pool)
        chosen: dict[str, Any] = {} if known.selection == "all" else {known.selection: list(known.ids or ())}
        inbox = client.inbox.with_options(participants=True) if name == "sunshine" else client.inbox
        names = [f"{kind}:{tmp_path / kind}" for kind in EVERY_KIND]
        summary = await Exporter(Source(client, "shop", inbox=inbox, **chosen), names).run()
    assert summary.complete
    nouns = {one.partition(".")[0] for one in summary.unknown_members}
    assert f"{name} Message" in nouns
    assert all(one.endswith(".newMember") for one in summary.unknown_members)
    every = "".join(given)
    for kind, out in zip(EVERY_KIND, names, strict=True):
        sink = open_sink(out)
        messages = await asyncio.to_thread(list[MessageRow], sink.messages())
        conversations = await asyncio.to_thread(list[ConversationRow], sink.conversations())
        assert (len(messages), len(conversations)) == (21, 3)
        exact = kind in {"sqlite", "duckdb", "parquet"}
        for native in [bytes(row.native).decode() for row in messages] + [bytes(row.native).decode() for row in conversations]:
            assert "newMember" in native
            assert (native in every) if exact else (native.replace("\n", " ") in every.replace("\n", " ")), kind
        if name == "sunshine":
            people = [one for row in conversations for one in as_dict(row)["participants"]]
            assert people
            assert all(one["native"]["newMember"]["t"] == "é/ é" for one in people)
        held = await asyncio.to_thread(verify, out, deep=True)
        assert (held.complete, held.damage) == (True, ())


@pytest.mark.parametrize(
    "raw",
    [b'{"a":"half \\ud83d"}', b'{"a":NaN}', b'{"a":"\xff"}', b'{"a":Infinity,\n"b":1}', b'{"a":"\x1e"}'],
)
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_what_is_no_json_stands_as_text(kind: str, raw: bytes, tmp_path: Path) -> None:
    from tests.export.targets import listed, opened, page, target  # noqa: PLC0415 -- for this test alone

    message = Message(Provider.CONVORE, "c", "m", Unknown(raw))
    lines = message_lines([message], "shop", "c")
    row = decode_row(MESSAGES, lines.rows[0])
    sink = opened(kind, tmp_path)
    sink.commit([listed("c"), page(row, ended=True)])
    sink.close()
    (back,) = open_sink(target(kind, tmp_path)).messages()
    assert as_dict(back)["native"] == raw.decode("utf-8", "backslashreplace")


def test_line_breaks_do_not_make_a_row_another_one() -> None:
    row = message_lines([Message(Provider.CONVORE, "c", "m", Unknown(b'{"a":\r\n 1}'))], "shop", "c")
    flat = encode_row(msgspec.structs.replace(decode_row(MESSAGES, row.rows[0]), native=msgspec.Raw(b'{"a":   1}')))
    assert row.digests[0] == digest(flat)


def test_a_native_of_a_struct_made_here_is_its_json() -> None:
    native = read(b'{"id": "m"}', aioconvo.convore.models.Message)
    made = msgspec.structs.replace(native, subject="s")
    (row,) = message_lines([Message(Provider.CONVORE, "c", "m", made)], "shop", "c").rows
    assert as_dict(decode_row(MESSAGES, row))["native"] == {"id": "m", "subject": "s"}


async def test_sqlite_finds_members_that_the_library_does_not_know(tmp_path: Path) -> None:
    out = tmp_path / "out.sqlite"
    async with (
        Sandbox(conversations=1, messages=2) as sandbox,
        in_front_of(sandbox) as (url, _),
        aioconvo.SessionPool() as pool,
    ):
        options = sandbox.client_options("convore")
        options["base_url"] = options["base_url"].replace(root(sandbox), url)
        await Exporter(Source(CLIENTS["convore"](**options, pool=pool), "shop"), out).run()

    def ask() -> list[Any]:
        with contextlib.closing(sqlite3.connect(out)) as db:
            return db.execute("SELECT native ->> '$.newMember.n[1]' FROM messages").fetchall()

    assert await asyncio.to_thread(ask) == [(2.5,), (2.5,)]


_CONVERSATION = (
    '{"id":"c","channel_id":"ch","status":"open","priority":"low","participants":[],"created_at":"2026-01-01T00:00:00Z"}'
)
_MESSAGE = (
    '{"id":"m%d","channel_id":"ch","conversation_id":"c","direction":"inbound","date":"2026-01-01T00:00:00Z",'
    '"text_body":"hi",%s}'
)
_STRANGE = {
    "half of a pair without a field": r'"z":"\udc00x"',
    "a name with NUL": r'"\u0000":1',
    "names with quotes": r'"a\"b":1,"c\\d":[]',
    "a name of half of a pair": r'"\ud83d":1',
    "a whole number of thousands of digits": f'"z":{"9" * 5000}',
    "a number beyond all bounds": '"z":-1e999',
    "NaN at depth": '"z":[{"a":[NaN,-Infinity]}]',
    "twice the same name": '"z":1,"z":{"z":2}',
    "deep": f'"z":{"[" * 900}{"]" * 900}',
    "too deep": f'"z":{"[" * 50_000}"\\"]"{"]" * 50_000}',
}


@contextlib.asynccontextmanager
async def serving(*items: str) -> AsyncIterator[str]:
    """A Convore of one conversation with these messages."""

    async def conversations(_: web.Request) -> web.Response:
        return web.Response(text=f'{{"data":[{_CONVERSATION}]}}', content_type="application/json")

    async def messages(_: web.Request) -> web.Response:
        return web.Response(text=f'{{"data":[{",".join(items)}]}}', content_type="application/json")

    app = web.Application()
    app.router.add_get("/v1/conversations", conversations)
    app.router.add_get("/v1/messages", messages)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("which", [*_STRANGE, "all"])
async def test_a_strange_member_costs_neither_its_page_nor_the_export(which: str, tmp_path: Path) -> None:
    chosen = list(_STRANGE.values()) if which == "all" else [_STRANGE[which]]
    items = [_MESSAGE % (number, member) for number, member in enumerate(['"y":1', *chosen])]
    kinds = EVERY_KIND if which == "all" else ["sqlite"]
    names = [f"{kind}:{tmp_path / kind}" for kind in kinds]
    async with serving(*items) as url, aioconvo.ConvoreClient(api_key="a-key-of-tests", base_url=url, max_retries=0) as client:
        summary = await Exporter(Source(client, "shop"), names).run()
    assert (summary.complete, summary.sources[0].messages.new) == (True, len(items))
    assert "convore Message.y" in summary.unknown_members
    assert all(one.isprintable() for one in summary.unknown_members)
    assert len(summary.unknown_members) > 1
    for out in names:
        told = {row["message_id"]: row for row in await asyncio.to_thread(lambda: list(rows(out)))}  # noqa: B023 -- awaited here
        assert told.keys() == {f"m{number}" for number in range(len(items))}
        assert {row["text"] for row in told.values()} == {"hi"}
        assert (await asyncio.to_thread(verify, out, deep=True)).complete


def test_what_is_nested_too_deeply_stands_as_its_text() -> None:
    deep = f'{"[" * 1500}"]",{{"a":NaN}}{"]" * 1500}'
    read = json.loads(drive(mend(f'{{"a":[1, {deep}, 2],"b":"{{["}}'.encode(), None)))
    assert (read["a"][0], read["a"][2], read["b"]) == (1, 2, "{[")
    inner, depth = read["a"][1], 2
    while isinstance(inner, list):
        inner, depth = inner[0], depth + 1
    assert depth == 200
    assert inner == deep[198:-198]
