"""Clients of users of Sunshine Conversations: what is sent and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

import aioconvo
from aioconvo.sunshine import (
    Author,
    AuthorType,
    Confirmation,
    ConfirmationType,
    Destination,
    LinkTarget,
    MailgunCriteria,
    NewMessage,
    SunshineClient,
    TextContent,
)

ALL = "/v2/apps/app1/users/ada/clients"
CLIENT = {"id": "582dedf230e788746891281a", "type": "mailgun", "status": "pending", "externalId": None}
BUSINESS = Author(type=AuthorType.BUSINESS)
MAIL = MailgunCriteria(integration_id="i1", address="ada@example.org", primary=False)
TARGET = LinkTarget(conversation_id="c1")


@pytest.fixture
def client(wire: Any) -> SunshineClient:
    return SunshineClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url)


async def test_link_list_and_remove(wire: Any, client: SunshineClient) -> None:
    wire.answers("POST", {"client": CLIENT}, status=201)
    wire.answers("GET", {"clients": [CLIENT], "meta": {"hasMore": True, "afterCursor": CLIENT["id"]}})
    wire.answers("GET", {"clients": [CLIENT | {"id": "2"}], "meta": {"hasMore": False}})
    wire.answers("DELETE", {})
    message = NewMessage(author=BUSINESS, content=TextContent(text="Is this you?"))
    async with client:
        made = await client.clients.create(
            "ada",
            match_criteria=MAIL,
            confirmation=Confirmation(type=ConfirmationType.PROMPT, message=message),
            target=TARGET,
            brand_id="b1",
        )
        found = await client.clients.list("ada", brand_id="b1", page_size=1).collect()
        await client.clients.delete("ada", str(made.id))
    assert wire.sent[0].path == ALL
    assert wire.sent[0].query == [("brandId", "b1")]
    assert wire.sent[0].json() == {
        "matchCriteria": {"type": "mailgun", "integrationId": "i1", "address": "ada@example.org", "primary": False},
        "confirmation": {
            "type": "prompt",
            "message": {"author": {"type": "business"}, "content": {"type": "text", "text": "Is this you?"}},
        },
        "target": {"conversationId": "c1"},
    }
    assert (made.status, [one.id for one in found]) == ("pending", [CLIENT["id"], "2"])
    assert wire.sent[1].query == [("brandId", "b1"), ("page[size]", "1")]
    assert ("page[after]", CLIENT["id"]) in wire.sent[2].query
    assert wire.sent[3].path == f"{ALL}/{CLIENT['id']}"
    assert "ada@example" not in repr(MAIL)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (NewMessage(author=BUSINESS, content=TextContent(text="x" * 4097)), "4096 characters"),
        (NewMessage(author=Author(type=AuthorType.USER), content=TextContent(text="x")), "author.user_id"),
        (NewMessage(author=BUSINESS, content=TextContent(text="x"), destination=Destination()), "destination.integration_id"),
    ],
)
async def test_a_confirmation_that_could_not_be_posted_is_not_sent(
    wire: Any, client: SunshineClient, message: NewMessage, words: str
) -> None:
    confirmation = Confirmation(type=ConfirmationType.PROMPT, message=message)
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match=words):
            await client.clients.create("ada", match_criteria=MAIL, confirmation=confirmation, target=TARGET)
    assert wire.sent == []
