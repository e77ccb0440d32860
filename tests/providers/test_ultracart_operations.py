"""Operations of UltraCart outside of its phone system: what is sent, and what is made of what comes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

import aioconvo
from aioconvo import File
from aioconvo.core.calls import storage
from aioconvo.core.operations.resource import load
from aioconvo.ultracart import AgentStatusConfig, AgentStatusEvent, UltraCartClient
from aioconvo.ultracart.agents.pages import AgentStatusEventPage, status_history_pager
from aioconvo.ultracart.pages import Metadata, Rows
from tests.campaign import examples
from tests.providers.test_ultracart import result_set
from tests.providers.ultracart_rows import EVENT, ROOT, ROWS, SERVER, SESSION, URL, UUID

load(UltraCartClient)  # the first touch inside of a loop would hold it up


@pytest.fixture
def client(wire: Any) -> UltraCartClient:
    return UltraCartClient(simple_key="k", base_url=f"{wire.base_url}/rest/v2", max_retries=0)


@pytest.mark.parametrize("name", ROWS)
async def test_what_is_sent_and_what_comes(wire: Any, client: UltraCartClient, name: str) -> None:
    async with client:
        await ROWS[name].check(wire, client)
    assert wire.last.headers["x-ultracart-simple-key"] == "k"


async def test_the_history_is_walked_by_offsets(wire: Any, client: UltraCartClient) -> None:
    for place in range(2):
        wire.answers("POST", result_set(1, place, 2, more=not place) | {"events": [EVENT | {"event_uuid": f"e{place}"}]})
    async with client:
        found = await client.agents.status_history.search(status="Lunch", page_size=1).collect()
    assert [one.event_uuid for one in found] == ["e0", "e1"]
    assert [dict(one.query) for one in wire.sent] == [{"_limit": "1"}, {"_offset": "1", "_limit": "1"}]
    assert {one.body for one in wire.sent} == {b'{"status":"Lunch"}'}


@settings(max_examples=examples(40))
@given(count=st.integers(0, 12), size=st.integers(1, 4), moves=st.lists(st.sampled_from(["new", "gone", "still"]), max_size=8))
def test_every_change_of_a_status_comes_once_though_the_list_moves(count: int, size: int, moves: list[str]) -> None:
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    events = [AgentStatusEvent(event_uuid=f"e{n}", event_dts=day + dt.timedelta(hours=n)) for n in reversed(range(count))]
    stays = {one.event_uuid for one in events}
    came: list[str | None] = []
    pager = status_history_pager(page_size=size)(None)
    while (ask := pager.ask()) is not None:
        offset = int(dict(ask.query).get("_offset", "0"))
        page, total = events[offset : offset + size], len(events)
        rows = Rows(count=len(page), offset=offset, limit=size, total_records=total, more=offset + size < total)
        taken = pager.take(AgentStatusEventPage(events=page, metadata=Metadata(result_set=rows)))
        came += [one.event_uuid for one in taken.items]
        move = moves.pop() if moves else "still"
        if move == "new":
            events.insert(0, AgentStatusEvent(event_uuid=f"n{len(moves)}", event_dts=day + dt.timedelta(days=9 - len(moves))))
        elif move == "gone" and events:
            stays.discard(events.pop(len(moves) % len(events)).event_uuid)
    assert len(came) == len(set(came))
    assert stays <= set(came)


async def test_no_secret_is_shown(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"mcp_server": SERVER})
    wire.answers("PUT", SESSION)
    wire.answers("GET", {"conversation_knowledge_base_document_upload_url": URL})
    async with client:
        server = await client.agents.mcp_servers.get(7, UUID)
        session = await client.agents.test_sessions.start(7)
        url = await client.agents.knowledge_base.get_upload_url(7, "pdf")
    assert session.customer_auth is not None
    assert [server.header_value, session.customer_auth.jwt] == ["s3cret", "s3cret"]
    assert "s3cret" not in f"{server!r}{session!r}{session.customer_auth!r}{url!r}{url}"


async def test_what_is_too_long_is_not_sent(wire: Any, client: UltraCartClient) -> None:
    async with client:
        for status, words in ((AgentStatusConfig(color="#ff0000ff"), "color"), (AgentStatusConfig(name="x" * 101), "name")):
            with pytest.raises(aioconvo.InvalidRequestError, match=f"status_config.{words} must have up to"):
                await client.agents.status_configs.create(status_config=status)
        with pytest.raises(aioconvo.InvalidRequestError, match="a name with an ending"):
            await client.conversations.upload(b"x")
        with pytest.raises(aioconvo.InvalidRequestError, match="a name with an ending"):
            await client.agents.knowledge_base.upload(7, File(b"x", name="returns"))
    assert wire.sent == []


async def test_files_go_to_the_storage_and_are_then_named(
    wire: Any, client: UltraCartClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    put: list[tuple[str, bytes, str]] = []

    async def store(_: Any, url: str, file: File, *, told_as: str) -> None:
        assert isinstance(file.content, bytes)
        put.append((url, file.content, told_as))

    for module in ("conversations", "agents.knowledge_base"):
        monkeypatch.setattr(f"aioconvo.ultracart.{module}.put", store)
    assert storage.put is not store
    wire.answers("GET", {"conversation_multimedia_upload_url": URL})
    wire.answers("GET", {"conversation_knowledge_base_document_upload_url": URL})
    wire.answers("POST", {"document_uuid": UUID})
    async with client:
        assert await client.conversations.upload(File(b"png", name="a.b.png")) == "k/1.pdf"
        assert (await client.agents.knowledge_base.upload(7, File(b"pdf", name="returns.pdf"))).document_uuid == UUID
    assert [one.path for one in wire.sent][:2] == [
        f"{ROOT}/upload_url/png",
        f"{ROOT}/agent/profiles/7/knowledge_base/upload_url/pdf",
    ]
    assert wire.last.json() == {"original_file_name": "returns.pdf", "presigned_url": URL["url"]}
    assert put == [
        (URL["url"], b"png", "ultracart.conversations.upload"),
        (URL["url"], b"pdf", "ultracart.agents.knowledge_base.upload"),
    ]


async def test_what_is_changed_begins_with_what_came(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"mcp_server": SERVER})
    wire.answers("POST", {"mcp_server": SERVER})
    async with client:
        server = await client.agents.mcp_servers.get(7, UUID)
        await client.agents.mcp_servers.update(7, UUID, mcp_server=msgspec.structs.replace(server, priority=2))
    assert wire.last.json() == SERVER | {"priority": 2}
