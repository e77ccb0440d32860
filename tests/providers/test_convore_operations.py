"""Operations of Convore: what is sent, and what is made of what comes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import aioconvo
from aioconvo.convore import ConvoreClient, ConvoreMailChannel, NewGmailConnector, NewSesConnector
from tests.providers.convore_rows import ADA, CONNECTOR, DRAFT, FLOW, ROWS

LISTS = [name for name, row in ROWS.items() if row.lists]


@pytest.fixture
def client(wire: Any) -> ConvoreClient:
    return ConvoreClient(api_key="k", base_url=wire.base_url, max_retries=0)


@pytest.mark.parametrize("name", ROWS)
async def test_what_is_sent_and_what_comes(wire: Any, client: ConvoreClient, name: str) -> None:
    async with client:
        await ROWS[name].check(wire, client)
    assert wire.last.headers["authorization"] == "Bearer k"


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_is_walked_by_its_cursors(wire: Any, client: ConvoreClient, name: str) -> None:
    item = ROWS[name].content[0]
    wire.answers("GET", {"data": [item | {"id": "1"}], "next_cursor": "c2"})
    wire.answers("GET", {"data": [], "next_cursor": "c3"})
    wire.answers("GET", {"data": [item | {"id": "2"}], "next_cursor": ""})
    wire.answers("GET", {"data": None, "total_count": 0})
    async with client:
        assert [one.id for one in await ROWS[name].call(client).collect()] == ["1", "2"]
        assert await ROWS[name].call(client).collect() == []
    first, second, third, _ = (dict(one.query) for one in wire.sent)
    assert "cursor" not in first
    assert [second["cursor"], third["cursor"]] == ["c2", "c3"]
    assert first.keys() == second.keys() - {"cursor"}


async def test_a_list_of_one_conversation_holds_no_other_s_drafts(wire: Any, client: ConvoreClient) -> None:
    wire.answers("GET", {"data": [DRAFT, DRAFT | {"conversation_id": "conv_2"}]})
    wire.answers("POST", DRAFT | {"conversation_id": "conv_2"})
    async with client:
        with pytest.raises(aioconvo.WrongAnswerError, match="another conversation"):
            await client.drafts.list(conversation_id="conv_1")
        with pytest.raises(aioconvo.WrongAnswerError, match="another conversation"):
            await client.drafts.create(conversation_id="conv_1")


async def test_what_breaks_a_rule_is_not_sent(wire: Any, client: ConvoreClient) -> None:
    elsewhere = ConvoreMailChannel(sender_name="Shop", address="support@gmail.com")
    calls: list[tuple[Any, str]] = [
        (lambda: client.drafts.create(from_="a@b.example", sender=ADA), "exclude each other"),
        (lambda: client.drafts.update("d", to=["a@b.example"], recipients=[ADA]), "exclude each other"),
        (lambda: client.drafts.list(conversation_id=""), "conversation_id is empty"),
        (lambda: client.labels.list(channel_id=["a"], channel_ids=["b"]), "exclude each other"),
        (lambda: client.labels.list(channel_ids=[]), "channel_ids is empty"),
        (lambda: client.contacts.list(contact_handle_token=[]), "contact_handle_token is empty"),
        (lambda: client.channels.list(page_size=101), "1 to 100"),
        (lambda: client.channels.create(connector_id="c", convore_mail=elsewhere), "at a domain of Convore's"),
    ]
    async with client:
        for call, words in calls:
            with pytest.raises(aioconvo.InvalidRequestError, match=words):
                await call()
    assert wire.sent == []


async def test_no_secret_is_shown(wire: Any, client: ConvoreClient) -> None:
    new = NewGmailConnector(client_id="g-1", client_secret="s3cret")
    amazon = NewSesConnector(access_key_id="AKIA1", secret_access_key="s3cret", region="eu-west-1")
    wire.answers("POST", FLOW)
    wire.answers("POST", CONNECTOR, status=500)
    wire.answers("GET", {"error": "code=s3cret"}, status=400)
    shown = [repr(new), str(new), repr(amazon)]
    async with client:
        flow = await client.authorization_flows.create(connector_id="c", success_redirect_uri="s", error_redirect_uri="e")
        shown += [repr(flow), str(flow)]
        for call in (
            client.connectors.create(provider="ses", ses=amazon),
            client.connect.handle_authorization_code(code="s3cret"),
        ):
            with pytest.raises(aioconvo.APIStatusError) as caught:
                await call
            shown += [str(caught.value), repr(caught.value)]
    assert flow.grant_url.endswith("s3cret")
    assert not [text for text in shown if "s3cret" in text]


async def test_where_a_person_is_sent_after_allowing_access(wire: Any, client: ConvoreClient) -> None:
    there = "https://shop.example/ok?channel=chnnl_2"
    wire.answers("GET", body=b"<html>moved</html>", status=302, headers={"Location": there})
    async with client:
        assert await client.connect.handle_authorization_code(code="c/1", state="s") == there
        assert wire.last.path == "/connect/callback"
        assert wire.last.query == [("code", "c/1"), ("state", "s")]
        wire.answers("GET", status=302)
        with pytest.raises(aioconvo.UnexpectedRedirectError):
            await client.connect.handle_authorization_code(error="access_denied")
        wire.answers("GET", {"ok": True})
        with pytest.raises(aioconvo.MaybeSentError, match="no redirect"):
            await client.connect.handle_authorization_code(code="c")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image/png", b"\x89PNG"),
        ("text/html", b"<!DOCTYPE html><p>Hi</p>"),
        ("application/json", b'{"success":false,"error":{"code":7}}'),
        ("application/json", b"no json at all"),
    ],
)
async def test_whatever_comes_is_the_file(wire: Any, client: ConvoreClient, tmp_path: Path, kind: str, content: bytes) -> None:
    for _ in range(2):
        wire.answers("GET", body=content, headers={"Content-Type": kind, "Content-Length": str(len(content))})
    async with client:
        download = client.attachments.download("attch/1")
        assert await download == content
        assert await asyncio.to_thread((await download.save(tmp_path / "x")).read_bytes) == content
        wire.answers("GET", {"error": "gone"}, status=404)
        with pytest.raises(aioconvo.NotFoundError):
            await download
    assert wire.last.path == "/v1/attachments/attch%2F1/download"
    assert wire.last.headers["accept"] == "*/*"
