"""Operations of Sunshine Conversations about apps, keys, devices, consent and what channels are told, as rows.

Origin of the answers: the examples of the vendor's OpenAPI document 17.12.1.
"""

from __future__ import annotations

from typing import Any

from aioconvo.sunshine import (
    AppleReference,
    AppSettings,
    InteractiveDataRef,
    MetaConversion,
    MetaConversionPayload,
)

from .rows import Row

APP: dict[str, Any] = {
    "id": "67a0e55ef0305f4a391e9d69",
    "displayName": "My Test App",
    "settings": {
        "appLocalizationEnabled": True,
        "echoPostback": False,
        "maskCreditCardNumbers": True,
        "multiConvoEnabled": False,
        "useAnimalNames": False,
    },
}
WHOLE = APP | {"metadata": {"lang": "en-ca"}, "subdomain": "test-domain"}
KEY = {"id": "app_1", "displayName": "bot", "secret": "s3cret"}
DEVICE: dict[str, Any] = {
    "id": "5d9b870dda96abc332625ccc",
    "guid": "f1c7abea2d49429db10094be820d5f80",
    "clientId": "5d9b870dda96abc332625cc8",
    "integrationId": "5d83a25d9916b64a83ed25e8",
    "type": "web",
    "status": "active",
    "info": {"currentTitle": "My Web Page", "vendor": "zendesk"},
    "lastSeen": "2025-01-28T17:59:58.331Z",
}
REF: dict[str, Any] = {
    "url": "https://p61.example/M58",
    "bid": "com.apple.messages:x",
    "key": "00c0d1",
    "signature": "81a6",
    "owner": "M58C",
}
PURCHASE: dict[str, Any] = {"event_name": "Purchase", "event_time": 1675999999, "action_source": "business_messaging"}
MEDIA = "https://media.example/5f3/cat.png"
USERS = "/v2/apps/app1/users/ada"
CONVERSATION = "/v2/apps/app1/conversations/c1"

ROWS: dict[str, Row] = {
    "app_keys.create": Row(
        lambda c: c.app_keys.create("app2", display_name="bot"),
        "POST /v2/apps/app2/keys",
        {"key": KEY},
        {"displayName": "bot"},
        member="key",
    ),
    "app_keys.delete": Row(lambda c: c.app_keys.delete("app2", "app_1"), "DELETE /v2/apps/app2/keys/app_1"),
    "app_keys.get": Row(
        lambda c: c.app_keys.get("app2", "app_1"), "GET /v2/apps/app2/keys/app_1", {"key": KEY}, member="key", asked=True
    ),
    "app_keys.list": Row(
        lambda c: c.app_keys.list("app2"), "GET /v2/apps/app2/keys", {"keys": [KEY]}, member="keys", lists=True
    ),
    "apps.create": Row(
        lambda c: c.apps.create(display_name=None, settings=AppSettings(echo_postback=False), metadata=None),
        "POST /v2/apps",
        {"app": APP},
        {"displayName": None, "settings": {"echoPostback": False}, "metadata": None},
        member="app",
    ),
    "apps.delete": Row(lambda c: c.apps.delete("app2"), "DELETE /v2/apps/app2"),
    "apps.get": Row(lambda c: c.apps.get(APP["id"]), f"GET /v2/apps/{APP['id']}", {"app": WHOLE}, member="app", asked=True),
    "apps.list": Row(
        lambda c: c.apps.list(service_account_id="svc_1", page_size=3),
        "GET /v2/apps?filter[serviceAccountId]=svc_1&page[size]=3",
        {"apps": [APP], "meta": {"hasMore": False}},
        member="apps",
        lists=True,
    ),
    "apps.update": Row(
        lambda c: c.apps.update(APP["id"], settings=AppSettings(conversation_retention_seconds=0)),
        f"PATCH /v2/apps/{APP['id']}",
        {"app": APP},
        {"settings": {"conversationRetentionSeconds": 0}},
        member="app",
        asked=True,
    ),
    "attachments.delete": Row(
        lambda c: c.attachments.delete(media_url=MEDIA), "POST /v2/apps/app1/attachments/remove", {}, {"mediaUrl": MEDIA}
    ),
    "conversations.post_conversion_events": Row(
        lambda c: c.conversations.post_conversion_events(
            "c1", whatsapp=MetaConversion(payload=MetaConversionPayload(data=[PURCHASE]))
        ),
        f"POST {CONVERSATION}/conversionEvents",
        {"conversionEvents": {"datasetId": 1234567890123456, "eventsReceived": 1}},
        {"whatsapp": {"payload": {"data": [PURCHASE]}}},
        member="conversionEvents",
        names="datasetId",
    ),
    "devices.get": Row(
        lambda c: c.devices.get("ada", DEVICE["id"], brand_id="b1"),
        f"GET {USERS}/devices/{DEVICE['id']}?brandId=b1",
        {"device": DEVICE},
        member="device",
        asked=True,
    ),
    "devices.list": Row(
        lambda c: c.devices.list("ada", brand_id="b1"),
        f"GET {USERS}/devices?brandId=b1",
        {"devices": [DEVICE]},
        member="devices",
        lists=True,
    ),
    "oauth.get_token": Row(
        lambda c: c.oauth.get_token(code="c0de"),
        "POST /oauth/token",
        {"access_token": "eyJ.redacted", "token_type": "Bearer"},
        {"code": "c0de", "grant_type": "authorization_code", "client_id": "partner", "client_secret": "s3cret"},
        names="access_token",
    ),
    "oauth.get_token_info": Row(lambda c: c.oauth.get_token_info(), "GET /v2/tokenInfo", {"app": WHOLE}, member="app"),
    "oauth.revoke": Row(lambda c: c.oauth.revoke(), "DELETE /oauth/authorization"),
}
# What it answers is not this API's, and may be anything.
DOWNLOAD = Row(
    lambda c: c.conversations.download_message_ref(
        "c1", user_id="u1", apple=AppleReference(interactive_data_ref=InteractiveDataRef(**REF))
    ),
    f"POST {CONVERSATION}/download",
    {"data": {"replyMessage": {"title": "Red"}}, "error": None},
    {"userId": "u1", "apple": {"interactiveDataRef": REF}},
)
