"""Integrations of every kind of channel in Sunshine Conversations: what is sent to make and change them, and what comes back.

Origin of the answers: composed of the schemas' examples in the vendor's OpenAPI document 17.12.1, secrets changed.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo.sunshine import (
    FormField,
    NewAndroid,
    NewApple,
    NewChannel,
    NewInstagram,
    NewIos,
    NewLine,
    NewMailgun,
    NewMessagebird,
    NewMessenger,
    NewTelegram,
    NewTwilio,
    NewTwitter,
    NewUnity,
    NewViber,
    NewWeb,
    NewWhatsapp,
    PrechatCapture,
    SunshineClient,
)
from tests.providers.rows import differs

PATH = "/v2/apps/app1/integrations"
ID = "5e4af71a81966cfff3ef6550"
MADE: dict[str, tuple[NewChannel, dict[str, Any], dict[str, Any]]] = {
    "android": (
        NewAndroid(project_id="p", private_key="s3cret", show_ai_disclaimer=False),
        {"projectId": "p", "privateKey": "s3cret", "showAIDisclaimer": False},
        {"senderId": "1", "canUserSeeConversationList": False},
    ),
    "apple": (
        NewApple(business_id="b", api_secret="s3cret", msp_id="m"),
        {"businessId": "b", "apiSecret": "s3cret", "mspId": "m"},
        {"businessId": "b", "mspId": "m"},
    ),
    "instagram": (
        NewInstagram(page_access_token="s3cret", app_id="a", app_secret="s3cret", story_replies_enabled=False),
        {"pageAccessToken": "s3cret", "appId": "a", "appSecret": "s3cret", "storyRepliesEnabled": False},
        {"appId": "a", "businessName": "Shop", "pageId": "1", "userId": "2", "storyMentionsEnabled": True},
    ),
    "ios": (NewIos(certificate="s3cret", production=True), {"certificate": "s3cret", "production": True}, {"production": True}),
    "line": (NewLine(channel_secret="s3cret"), {"channelSecret": "s3cret"}, {"lineId": "l", "channelId": "1"}),
    "mailgun": (
        NewMailgun(api_key="s3cret", domain="d.example", incoming_address="in@d.example"),
        {"apiKey": "s3cret", "domain": "d.example", "incomingAddress": "in@d.example"},
        {"domain": "d.example", "incomingAddress": "in@d.example", "fromAddress": None},
    ),
    "messagebird": (
        NewMessagebird(access_key="s3cret", signing_key="s3cret", originator="1"),
        {"accessKey": "s3cret", "signingKey": "s3cret", "originator": "1"},
        {"originator": "1", "webhookSecret": "s3cret"},
    ),
    "messenger": (
        NewMessenger(page_access_token="s3cret", app_id="a", app_secret="s3cret"),
        {"pageAccessToken": "s3cret", "appId": "a", "appSecret": "s3cret"},
        {"appId": "a", "pageId": 123212323432123, "pageName": "An Awesome Page"},
    ),
    "telegram": (
        NewTelegram(token="s3cret", default_responder_id="r"),
        {"token": "s3cret", "defaultResponderId": "r"},
        {"botId": "b"},
    ),
    "twilio": (
        NewTwilio(account_sid="AC", auth_token="s3cret", phone_number_sid="PN"),
        {"accountSid": "AC", "authToken": "s3cret", "phoneNumberSid": "PN"},
        {"accountSid": "AC", "phoneNumberSid": "PN"},
    ),
    "twitter": (
        NewTwitter(
            tier="enterprise",
            consumer_key="s3cret",
            consumer_secret="s3cret",
            access_token_key="s3cret",
            access_token_secret="s3cret",
        ),
        {"tier": "enterprise"}
        | dict.fromkeys(("consumerKey", "consumerSecret", "accessTokenKey", "accessTokenSecret"), "s3cret"),
        {"tier": "enterprise", "envName": "prod"},
    ),
    "unity": (
        NewUnity(can_user_create_more_conversations=True),
        {"canUserCreateMoreConversations": True},
        {"attachmentsEnabled": True},
    ),
    "viber": (NewViber(token="s3cret"), {"token": "s3cret"}, {"uri": "Shop", "accountId": "1"}),
    "web": (
        NewWeb(brand_color="65758e", prechat_capture=PrechatCapture(enabled=True)),
        {"brandColor": "65758e", "prechatCapture": {"enabled": True}},
        {
            "buttonWidth": "58",
            "integrationOrder": ["59fc"],
            "originWhitelist": None,
            "prechatCapture": {"enabled": True, "fields": [{"type": "email", "name": "mail", "label": "Mail"}]},
            "defaultResponder": {"integrationId": ID, "inherited": True, "messageHistoryCount": 5},
        },
    ),
    "whatsapp": (
        NewWhatsapp(account_id="1", account_management_access_token="s3cret"),
        {"accountId": "1", "accountManagementAccessToken": "s3cret"},
        {"hsmFallbackLanguage": "en_US", "accountId": "1", "phoneNumber": "+15550167"},
    ),
}


@pytest.fixture
def client(wire: Any) -> SunshineClient:
    return SunshineClient(app_id="app1", key_id="app_key", secret="s3cret", base_url=wire.base_url)


@pytest.mark.parametrize("kind", MADE)
async def test_a_channel_of_each_kind(wire: Any, client: SunshineClient, kind: str) -> None:
    made, sent, told = MADE[kind]
    answer = {"id": ID, "type": kind, "status": "active", "displayName": "Shop", "showAIDisclaimer": True, **told}
    wire.answers("POST", {"integration": answer}, status=201)
    async with client:
        came = await client.integrations.create(integration=made)
    assert wire.last.path == PATH
    assert wire.last.json() == {"type": kind, **sent}
    assert differs(msgspec.json.decode(aioconvo.encode(came)), answer) == []
    assert "s3cret" not in f"{made!r}{came!r}"


async def test_settings_of_every_kind_can_be_changed(wire: Any, client: SunshineClient) -> None:
    wire.answers("PATCH", {"integration": {"id": ID, "type": "web"}})
    capture = PrechatCapture(enabled=True, fields=[FormField(type="email", name="mail", label="Mail")])
    async with client:
        await client.integrations.update(
            ID,
            default_responder_id=None,
            show_ai_disclaimer=False,
            private_key=None,
            certificate="c",
            story_replies_enabled=True,
            from_address=None,
            button_icon_url=None,
            integration_order=[],
            prechat_capture=capture,
            hsm_fallback_language="fr",
        )
        wrong: tuple[Any, ...] = ({"sender_id": ""}, {"display_name": ""}, {"authentication_message_secret": "x" * 87})
        for given in wrong:
            with pytest.raises(aioconvo.InvalidRequestError, match=next(iter(given))):
                await client.integrations.update(ID, **given)
        with pytest.raises(aioconvo.InvalidRequestError, match="display_name"):
            await client.integrations.create(integration=NewViber(token="t", display_name=""))
    assert len(wire.sent) == 1
    assert wire.last.json() == {
        "defaultResponderId": None,
        "showAIDisclaimer": False,
        "privateKey": None,
        "certificate": "c",
        "storyRepliesEnabled": True,
        "fromAddress": None,
        "buttonIconUrl": None,
        "integrationOrder": [],
        "prechatCapture": {"enabled": True, "fields": [{"type": "email", "name": "mail", "label": "Mail"}]},
        "hsmFallbackLanguage": "fr",
    }
