"""What type checkers see of SMS.CX's calls; see `convore`."""

from __future__ import annotations

from typing import assert_type

from aioconvo import AsyncPaginator, Page, SmscxClient
from aioconvo.smscx import (
    AddedContacts,
    ChatReply,
    Conversation,
    ConversationDetail,
    DeletedCampaign,
    DeletedContact,
    DeletedGroup,
    DeletedMessage,
    Group,
    GroupContact,
    GroupName,
    NewContact,
    Originator,
    OriginatorName,
    RichMedia,
    SmsBatch,
    SmsCampaign,
    SmsReply,
    Token,
    UpdatedContact,
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
    assert_type(await client.groups.create(name="news"), GroupName)
    assert_type(await client.groups.add_contacts(1, phone_numbers=["+1"]), AddedContacts)
    assert_type(await client.groups.add_contacts(1, phone_numbers=[NewContact(phone_number="+1")]), AddedContacts)
    assert_type(await client.groups.empty(1), GroupName | None)
    assert_type(await client.groups.delete(1), DeletedGroup | None)
    assert_type(await client.groups.update_contact(1, "c", email="a"), UpdatedContact | None)
    assert_type(await client.groups.delete_contact(1, "c"), DeletedContact | None)
    assert_type(client.groups.list(), AsyncPaginator[Group])
    assert_type(client.groups.list_contacts(1), AsyncPaginator[GroupContact])
    assert_type(await client.groups.export_xlsx(1), bytes)
    assert_type(await client.originators.create(originator="shop"), OriginatorName)
    assert_type(await client.originators.delete(1), OriginatorName | None)
    assert_type(client.originators.list(), AsyncPaginator[Originator])
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
    await client.groups.create("news")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.groups.list(page_size=3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.groups.list_contacts("1")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
