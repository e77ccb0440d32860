"""What type checkers see of Smooch's calls; see `convore.py` for how it is checked."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from aioconvo import AsyncPaginator, File, Page, SmoochClient
from aioconvo.smooch import (
    App,
    AppUser,
    AppUserReference,
    Attachment,
    Confirmation,
    ConfirmationType,
    Conversation,
    Deployment,
    Integration,
    IntegrationProfile,
    LinkMenuItem,
    LinkRequest,
    Menu,
    MenuItem,
    Message,
    NewTelegram,
    Notification,
    NotificationAuthor,
    NotificationDestination,
    PostedMessage,
    ProfilePhoto,
    Role,
    SdkIds,
    SecretKey,
    ServiceAccount,
    Submenu,
    Template,
    TextMessage,
)
from aioconvo.smooch.messages import Messages


async def calls(client: SmoochClient) -> None:
    assert_type(client.messages, Messages)
    assert_type(await client.messages.post("u", message=TextMessage(role=Role.APP_MAKER, text="t")), PostedMessage)
    assert_type(client.messages.list("u", after=0, limit=3), AsyncPaginator[Message])
    assert_type(await client.messages.list("u", before="1700000000.5"), Page[Message])
    assert_type(await client.conversations.post_activity("u", type="typing:start"), Conversation)
    await client.conversations.reset_unread_count("u")
    await client.messages.delete("u", "m")
    await client.messages.delete_all("u")
    assert_type(await client.messages.post_image("u", Path("x.png"), role=Role.APP_USER), PostedMessage)
    assert_type(await client.attachments.upload(File(b"x", name="x.png"), user_id="u"), Attachment)
    assert_type(await client.app_users.create(user_id="u", properties={"vip": True}), AppUser)
    later = Confirmation(type=ConfirmationType.PROMPT)
    assert_type(await client.app_users.link_channel("u", type="twilio", phone_number="+1", confirmation=later), AppUser)
    assert_type(client.app_users.list_link_requests("u", integration_ids=["i"]), AsyncPaginator[LinkRequest])
    await client.app_users.merge(surviving=AppUserReference(id="a"), discarded=AppUserReference(id="b"))
    assert_type(await client.apps.list(page_size=3), Page[App])
    assert_type(await client.apps.get_sdk_ids("a"), SdkIds)
    assert_type((await client.app_keys.get_jwt("a", "k")).jwt, str)
    assert_type(await client.service_account_keys.create("s", name="n"), SecretKey)
    assert_type(client.service_accounts.list(), AsyncPaginator[ServiceAccount])
    assert_type(await client.integrations.create(integration=NewTelegram(token="t")), Integration)
    assert_type(await client.integrations.create(integration={"type": "new"}), Integration)
    assert_type(await client.integrations.upload_profile_photo("i", b"x"), ProfilePhoto)
    assert_type(await client.integrations.get_profile("i"), IntegrationProfile)
    items: list[MenuItem] = [LinkMenuItem(text="t", uri="u"), Submenu(text="t", items=[])]
    assert_type(await client.menu.update(items=items), Menu)
    assert_type(await client.integration_menus.create("i", items=items), Menu)
    template = await client.templates.create(name="n", message=TextMessage(role=Role.APP_MAKER, text="t"))
    assert_type(template, Template)
    assert_type(template.message.type, str | None)
    assert_type(
        await client.deployments.activate("d", phone_number="p", verified_name_certificate="c", method="sms"), Deployment
    )
    someone = NotificationDestination(integration_id="i", destination_id="+1")
    by = NotificationAuthor(role=Role.APP_MAKER)
    assert_type(await client.notifications.post(destination=someone, author=by, message={"type": "text"}), Notification)
    async for message in client.messages.list("u"):
        assert_type(message, Message)


async def wrong_calls(client: SmoochClient) -> None:
    await client.messages.delete("u")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.messages.delete("u", 3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.messages.post("u", text="t")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.messages.post("u", message="t")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.conversations.post_activity("u")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.conversations.post_activity("u", type=3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.messages.list("u", page_size=3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.attachments.upload("x.png")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.messages.post_image("u", b"x")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.integrations.create(integration="telegram")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.templates.create(name="n", message="t")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.app_users.merge(surviving="a", discarded="b")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.apps.get()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.messages.list("u", before=[])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
