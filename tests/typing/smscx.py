"""What type checkers see of SMS.CX's calls; see `convore`."""

from __future__ import annotations

from typing import assert_type

from aioconvo import AsyncPaginator, Page, SmscxClient
from aioconvo.smscx import (
    ChatReply,
    Conversation,
    ConversationDetail,
    DeletedCampaign,
    DeletedMessage,
    RichMedia,
    SmsBatch,
    SmsCampaign,
    SmsReply,
    Token,
)
from aioconvo.smscx.conversations import Conversations
from aioconvo.smscx.oauth import OAuth


async def calls(client: SmscxClient) -> None:
    assert_type(client.conversations, Conversations)
    assert_type(client.oauth, OAuth)
    assert_type(await client.conversations.get("c"), ConversationDetail)
    assert_type(await client.conversations.reply_sms("c", text="t"), SmsReply)
    assert_type(await client.conversations.reply_viber("c", text="t", rich_media=None), ChatReply)
    assert_type(await client.conversations.reply_whatsapp("c", text="t", rich_media=RichMedia(image_url="u")), ChatReply)
    assert_type(await client.oauth.get_token(scope=["sms"]), Token)
    assert_type(client.conversations.list(limit=3), AsyncPaginator[Conversation])
    assert_type(await client.conversations.list(), Page[Conversation])
    assert_type(await client.sms.send(to=["+1"], from_="shop", text="t"), SmsBatch)
    assert_type(await client.sms.estimate(to=["+1"], from_="shop", text="t"), SmsBatch)
    assert_type(await client.sms.send_campaign(groups=[1], from_="shop", text="t"), SmsCampaign)
    assert_type(await client.sms.estimate_campaign(groups=[1], from_="shop", text="t"), SmsCampaign)
    assert_type(await client.sms.delete_scheduled("m"), DeletedMessage | None)
    assert_type(await client.sms.delete_scheduled_campaign("c"), DeletedCampaign | None)
    nothing = await client.conversations.mark_read("c")  # type: ignore[func-returns-value]
    assert_type(nothing, None)


async def wrong_calls(client: SmscxClient) -> None:
    await client.conversations.get()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.get(3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.conversations.reply_sms("c", "t")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.reply_sms("c", text=None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.conversations.reply_sms("c", text="t", rich_media=None)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.reply_viber("c", text="t", rich_media="u")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.oauth.get_token("sms")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.conversations.list(page_size=3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.sms.send(to="+1", from_="shop", text="t")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.sms.send(["+1"], from_="shop", text="t")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.sms.send_campaign(groups=["1"], from_="shop", text="t")  # type: ignore[list-item] # pyright: ignore[reportArgumentType]
    await client.sms.estimate(to=["+1"], from_="shop", text="t", idempotency_id="k")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
