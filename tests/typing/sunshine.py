"""What type checkers see of Sunshine's calls; see `convore`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

from aioconvo import AsyncPaginator, File, Page, SunshineClient
from aioconvo.sunshine import (
    App,
    AppKey,
    AppSettings,
    Attachment,
    Author,
    AuthorType,
    Client,
    Conversation,
    ConversionEvents,
    Device,
    Integration,
    IntegrationKey,
    Message,
    MetaConversion,
    MetaConversionPayload,
    NewIntegration,
    NewTelegram,
    NewWebhook,
    Participant,
    Profile,
    Switchboard,
    SwitchboardIntegration,
    TextContent,
    Token,
    User,
    Webhook,
)
from aioconvo.sunshine.conversations import Conversations

BUSINESS = Author(type=AuthorType.BUSINESS)


async def calls(client: SunshineClient) -> None:
    assert_type(client.conversations, Conversations)
    assert_type(await client.conversations.create(type="personal", display_name=None), Conversation)
    assert_type(await client.conversations.get("c"), Conversation)
    assert_type(await client.conversations.update("c", metadata={"a": "b"}), Conversation)
    assert_type(client.conversations.list(user_id="u"), AsyncPaginator[Conversation])
    assert_type(await client.messages.post("c", author=BUSINESS, content=TextContent(text="t")), list[Message])
    assert_type(await client.messages.list("c"), Page[Message])
    async for participant in client.participants.list("c", limit=3):
        assert_type(participant, Participant)
    assert_type(await client.attachments.upload(Path("x.png")), Attachment)
    assert_type(await client.attachments.upload(File(b"x", name="x.png"), for_="message"), Attachment)
    own = NewIntegration(type="custom", webhooks=[NewWebhook(target="t", triggers=["conversation:message"])])
    assert_type(await client.integrations.create(integration=own), Integration)
    assert_type(await client.integrations.create(integration={"type": "telegram", "token": "t"}), Integration)
    assert_type(await client.integrations.create(integration=NewTelegram(token="t")), Integration)
    assert_type(await client.integrations.update("i", brand_color="65758e", origin_whitelist=None), Integration)
    assert_type(await client.integration_keys.create("i", display_name="n"), IntegrationKey)
    assert_type(client.webhooks.list("i"), AsyncPaginator[Webhook])
    assert_type(await client.users.create(external_id="u", profile=Profile(given_name="Ada", locale=None)), User)
    assert_type(await client.users.sync("9", surviving_zendesk_id="8"), User)
    assert_type(await client.users.list(email="e"), Page[User])
    assert_type(await client.clients.list("u"), Page[Client])
    assert_type(await client.participants.join("c", user_id="u"), Participant)
    assert_type(await client.switchboards.create(), Switchboard)
    assert_type(await client.switchboard_integrations.create("s", name="bot"), SwitchboardIntegration)
    assert_type(await client.switchboard_integrations.list("s"), Page[SwitchboardIntegration])
    assert_type(await client.apps.create(display_name=None, settings=AppSettings(echo_postback=True)), App)
    assert_type(client.apps.list(page_size=5), AsyncPaginator[App])
    assert_type(await client.app_keys.list("a"), Page[AppKey])
    assert_type(await client.devices.get("u", "d"), Device)
    assert_type(client.oauth.authorize_url(state="s"), str)
    assert_type(await client.oauth.get_token(code="c"), Token)
    assert_type(await client.oauth.get_token_info(), App)
    await client.oauth.revoke()
    await client.attachments.delete(media_url="m")
    assert_type(await client.conversations.download_message_ref("c", user_id="u"), dict[str, Any])
    sold = MetaConversion(payload=MetaConversionPayload(data=[{"event_name": "Purchase"}]))
    assert_type(await client.conversations.post_conversion_events("c", whatsapp=sold), ConversionEvents)
    await client.activities.post("c", author=BUSINESS, type="typing:start")
    await client.switchboards.pass_control("c", switchboard_integration="next", metadata={"first": True})
    nothing = await client.messages.delete("c", "m")  # type: ignore[func-returns-value]
    assert_type(nothing, None)


async def wrong_calls(client: SunshineClient) -> None:
    await client.conversations.create(display_name="n")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.create(type="personal", participants=["u"])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]
    await client.messages.post("c", author=BUSINESS)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.messages.post("c", author="me", content=TextContent(text="t"))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.messages.delete("c")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.messages.list("c", page_size=3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.integrations.create(integration="custom")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.webhooks.create("i", target="t")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.users.update("u", profile={"givenName": "Ada"})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.users.list()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.switchboards.pass_control("c")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.participants.leave("c", "p")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.apps.get()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.oauth.get_token()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.attachments.delete("m")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.post_conversion_events("c", whatsapp=[{}])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.participants.list()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.attachments.upload("x.png")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.attachments.upload(b"x", access="private")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
