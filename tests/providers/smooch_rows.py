"""Operations of Smooch as rows.

Origin of the answers: the vendor's public Postman collection and its documents of v1, names and secrets changed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from aioconvo.smooch import (
    AppSettings,
    AppUserReference,
    Confirmation,
    ConfirmationType,
    LinkMenuItem,
    MenuSettings,
    NewTelegram,
    NotificationAuthor,
    NotificationDestination,
    PostbackMenuItem,
    ReplyAction,
    Role,
    Submenu,
    TextMessage,
)

from .rows import Row

APP: dict[str, Any] = {
    "_id": "5b4931c01ef97e00eb402",
    "name": "Smooch Demo",
    "appToken": "aeuve3x4ihr3u54dxpxf9t",
    "settings": {"maskCreditCardNumbers": True},
}
KEY = {"_id": "app_5b85a397334c22154d2f", "name": "My App Key", "secret": "s3cret"}
JWT = {"jwt": "eyJ.redacted"}
ACCOUNT = {"_id": "5b85936b74480000222f2f53", "name": "Account"}
USER: dict[str, Any] = {
    "_id": "7494535bff5cef41a15be74d",
    "userId": "ada",
    "givenName": "Ada",
    "surname": "Lovelace",
    "email": "ada@example.org",
    "signedUpAt": "2019-01-14T18:55:12.515Z",
    "conversationStarted": True,
    "clients": [
        {
            "id": "F272EB80-D512-4C19-9AC0-BD259DAEAD91",
            "platform": "ios",
            "status": "active",
            "active": True,
            "lastSeen": "2019-01-14T16:55:59.364Z",
            "integrationId": "599ad41e49db6e243ad77d2f",
            "pushNotificationToken": "redacted",
            "appVersion": "1.0",
            "info": {"carrier": "Rogers", "devicePlatform": "iPhone8,4", "os": "iOS", "osVersion": "12.1.2"},
            "raw": {"buildNumber": "1.0", "vendor": "smooch"},
        }
    ],
    "pendingClients": [],
    "properties": {"favoriteFood": "prizza"},
}
ME = USER["_id"]
WEB: dict[str, Any] = {
    "_id": "5b4931fb22223453223b8b07",
    "type": "web",
    "status": "active",
    "displayStyle": "button",
    "brandColor": "00ff00",
    "businessName": "Walkthrough",
    "originWhitelist": None,
}
MENU: dict[str, Any] = {
    "items": [
        {"type": "link", "text": "Shop", "uri": "https://shop.example", "_id": "57b331fbf1c6aeba1f940dc7"},
        {"type": "submenu", "text": "More", "items": [{"type": "postback", "text": "Hello", "payload": "HELLO"}]},
    ],
    "settings": {"inputEnabled": True},
}
ITEMS: Any = [
    LinkMenuItem(text="Shop", uri="https://shop.example"),
    Submenu(text="More", items=[PostbackMenuItem(text="Hello", payload="HELLO")]),
]
SENT_MENU: dict[str, Any] = {
    "items": [
        {"type": "link", "text": "Shop", "uri": "https://shop.example"},
        {"type": "submenu", "text": "More", "items": [{"type": "postback", "text": "Hello", "payload": "HELLO"}]},
    ]
}
ASK = TextMessage(role=Role.APP_MAKER, text="How likely?", actions=[ReplyAction(text="10", payload="10")])
ASKED = {
    "role": "appMaker",
    "type": "text",
    "text": "How likely?",
    "actions": [{"type": "reply", "text": "10", "payload": "10"}],
}
TEMPLATE: dict[str, Any] = {"_id": "5b904125b2faeb0022201561", "name": "nps_survey", "message": ASKED}
DEPLOYMENT: dict[str, Any] = {
    "_id": "5d3f",
    "status": "unregistered",
    "hosting": "self",
    "baseUrl": "https://15555550167.whatsapp.example",
    "username": "smooch",
    "callbackUrl": "https://example.org/callback",
    "callbackSecret": "s3cret",
}
MEDIA = "https://media.smooch.io/conversation/c7f6/a77c/test.png"
POSTED: dict[str, Any] = {
    "message": {
        "_id": "55c8c1498590aa1900b9b9b1",
        "authorId": "c7f6e6d6c3a637261bd9656f",
        "role": "appUser",
        "type": "image",
        "name": "Ada",
        "text": "https://media.smooch.io/image.jpg",
        "mediaUrl": "https://media.smooch.io/image.jpg",
        "mediaType": "image/jpeg",
        "avatarUrl": "https://www.gravatar.com/image.jpg",
        "received": 1446599350.851,
    },
    "conversation": {"_id": "df0ebe56cbeab98589b8bfa7", "unreadCount": 0},
}
A = "/v1.1/apps/app1"
U = f"{A}/appusers/{ME}"
I = f"{A}/integrations/{WEB['_id']}"  # noqa: E741 -- a prefix like the two above
S = "/v1.1/serviceaccounts"
D = "/v1.1/whatsapp/deployments"


def keys(noun: str, owner: str, path: str) -> dict[str, Row]:
    """The operations about keys, which apps and service accounts have alike."""

    def of(client: Any) -> Any:
        return getattr(client, noun)

    one = f"{path}/keys/{KEY['_id']}"
    return {
        f"{noun}.create": Row(
            lambda c: of(c).create(owner, name="bot"),
            f"POST {path}/keys",
            {"key": KEY},
            {"name": "bot"},
            member="key",
            names="_id",
        ),
        f"{noun}.delete": Row(lambda c: of(c).delete(owner, KEY["_id"]), f"DELETE {one}"),
        f"{noun}.get": Row(
            lambda c: of(c).get(owner, KEY["_id"]), f"GET {one}", {"key": KEY}, member="key", names="_id", asked=True
        ),
        f"{noun}.get_jwt": Row(lambda c: of(c).get_jwt(owner, KEY["_id"]), f"GET {one}/jwt", JWT, names="jwt"),
        f"{noun}.list": Row(lambda c: of(c).list(owner), f"GET {path}/keys", {"keys": [KEY]}, member="keys", lists=True),
    }


ROWS: dict[str, Row] = {
    **keys("app_keys", "app2", "/v1.1/apps/app2"),
    **keys("service_account_keys", "svc2", f"{S}/svc2"),
    "app_users.create": Row(
        lambda c: c.app_users.create(
            user_id="ada", given_name="Ada", signed_up_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC), properties={"vip": True}
        ),
        f"POST {A}/appusers",
        {"appUser": USER},
        {"userId": "ada", "givenName": "Ada", "signedUpAt": "2026-01-02T00:00:00Z", "properties": {"vip": True}},
        member="appUser",
        names="_id",
    ),
    "app_users.delete": Row(lambda c: c.app_users.delete("ada l"), f"DELETE {A}/appusers/ada%20l"),
    "app_users.delete_profile": Row(
        lambda c: c.app_users.delete_profile(ME),
        f"DELETE {U}/profile",
        {"appUser": USER},
        member="appUser",
        names="_id",
    ),
    "app_users.get": Row(
        lambda c: c.app_users.get(ME), f"GET {U}", {"appUser": USER}, member="appUser", names="_id", asked=True
    ),
    "app_users.get_auth_code": Row(
        lambda c: c.app_users.get_auth_code(ME), f"GET {U}/authcode", {"authCode": "c0de"}, names="authCode"
    ),
    "app_users.link_channel": Row(
        lambda c: c.app_users.link_channel(
            ME,
            type="mailgun",
            address="ada@example.org",
            subject="Hi",
            confirmation=Confirmation(
                type=ConfirmationType.IMMEDIATE, message=TextMessage(role=Role.APP_MAKER, text="Is this you?")
            ),
        ),
        f"POST {U}/channels",
        {"appUser": USER},
        {
            "type": "mailgun",
            "address": "ada@example.org",
            "subject": "Hi",
            "confirmation": {
                "type": "immediate",
                "message": {"role": "appMaker", "type": "text", "text": "Is this you?"},
            },
        },
        member="appUser",
        names="_id",
        asked=True,
    ),
    "app_users.list_business_systems": Row(
        lambda c: c.app_users.list_business_systems(ME),
        f"GET {U}/businesssystems",
        {"businessSystems": [{"type": "slack", "channelId": "C1"}, {"type": "helpscout", "conversationId": "7"}]},
        member="businessSystems",
        lists=True,
    ),
    "app_users.list_channels": Row(
        lambda c: c.app_users.list_channels(ME),
        f"GET {U}/channels",
        {"channels": [{"type": "twilio", "phoneNumber": "+15145555555"}, {"type": "messenger", "userId": "198273192387"}]},
        member="channels",
        lists=True,
    ),
    "app_users.list_link_requests": Row(
        lambda c: c.app_users.list_link_requests(ME, integration_ids=["i1", "i2"]),
        f"GET {U}/linkrequest?integrationIds=i1,i2",
        {"linkRequests": [{"integrationId": "i1", "type": "messenger", "code": "lr_K4", "url": "https://m.me/1?ref=lr_K4"}]},
        member="linkRequests",
        lists=True,
    ),
    "app_users.merge": Row(
        lambda c: c.app_users.merge(surviving=AppUserReference(id="u1"), discarded=AppUserReference(id="u2")),
        f"POST {A}/appusers/merge",
        {},
        {"surviving": {"_id": "u1"}, "discarded": {"_id": "u2"}},
    ),
    "app_users.unlink_channel": Row(
        lambda c: c.app_users.unlink_channel("ada", "twilio"), f"DELETE {A}/appusers/ada/channels/twilio"
    ),
    "app_users.update": Row(
        lambda c: c.app_users.update("ada", surname="L."),
        f"PUT {A}/appusers/ada",
        {"appUser": USER},
        {"surname": "L."},
        member="appUser",
        names="_id",
    ),
    "apps.create": Row(
        lambda c: c.apps.create(name="My App", settings=AppSettings(echo_postback=True), metadata={"a": 1}),
        "POST /v1.1/apps",
        {"app": APP},
        {"name": "My App", "settings": {"echoPostback": True}, "metadata": {"a": 1}},
        member="app",
        names="_id",
    ),
    "apps.delete": Row(lambda c: c.apps.delete("app2"), "DELETE /v1.1/apps/app2"),
    "apps.get": Row(
        lambda c: c.apps.get(APP["_id"]), f"GET /v1.1/apps/{APP['_id']}", {"app": APP}, member="app", names="_id", asked=True
    ),
    "apps.get_sdk_ids": Row(
        lambda c: c.apps.get_sdk_ids("app2"),
        "GET /v1.1/apps/app2/sdks",
        {"androidIntegrationId": "5e13", "iosIntegrationId": "5d65", "webIntegrationId": "5e56"},
        names="webIntegrationId",
    ),
    "apps.list": Row(
        lambda c: c.apps.list(service_account_id="svc2", page_size=2),
        "GET /v1.1/apps?serviceAccountId=svc2&limit=2",
        {"apps": [APP], "hasMore": False, "offset": 0},
        member="apps",
        lists=True,
    ),
    "apps.update": Row(
        lambda c: c.apps.update(APP["_id"], name="x"),
        f"PUT /v1.1/apps/{APP['_id']}",
        {"app": APP},
        {"name": "x"},
        member="app",
        names="_id",
        asked=True,
    ),
    "attachments.delete": Row(
        lambda c: c.attachments.delete(media_url=MEDIA), f"POST {A}/attachments/remove", {}, {"mediaUrl": MEDIA}
    ),
    "attachments.upload": Row(
        lambda c: c.attachments.upload(b"\x89PNG", for_="message", user_id="ada"),
        f"POST {A}/attachments?access=public&for=message&userId=ada",
        {"mediaUrl": MEDIA, "mediaType": "image/png"},
        b"\x89PNG",
        names="mediaUrl",
    ),
    "deployments.activate": Row(
        lambda c: c.deployments.activate("5d3f", phone_number="+15550167", verified_name_certificate="CERT", method="sms"),
        f"POST {D}/5d3f/activate",
        {"deployment": DEPLOYMENT},
        {"phoneNumber": "+15550167", "verifiedNameCertificate": "CERT", "method": "sms"},
        member="deployment",
        names="_id",
        asked=True,
    ),
    "deployments.confirm_code": Row(
        lambda c: c.deployments.confirm_code("5d3f", code="123456"),
        f"POST {D}/5d3f/code/confirm",
        {"deployment": DEPLOYMENT | {"status": "registered"}},
        {"code": "123456"},
        member="deployment",
        names="_id",
        asked=True,
    ),
    "deployments.create": Row(
        lambda c: c.deployments.create(hosting="self", base_url="https://w.example", username="u", password="s3cret"),
        f"POST {D}",
        {"deployment": DEPLOYMENT},
        {"hosting": "self", "baseUrl": "https://w.example", "username": "u", "password": "s3cret"},
        member="deployment",
        names="_id",
    ),
    "deployments.delete": Row(lambda c: c.deployments.delete("5d3f"), f"DELETE {D}/5d3f"),
    "deployments.get": Row(
        lambda c: c.deployments.get("5d3f"),
        f"GET {D}/5d3f",
        {"deployment": DEPLOYMENT},
        member="deployment",
        names="_id",
        asked=True,
    ),
    "deployments.list": Row(
        lambda c: c.deployments.list(), f"GET {D}", {"deployments": [DEPLOYMENT]}, member="deployments", lists=True
    ),
    "integration_menus.create": Row(
        lambda c: c.integration_menus.create(WEB["_id"], items=ITEMS, settings=MenuSettings(input_enabled=False)),
        f"POST {I}/menu",
        {"menu": MENU},
        SENT_MENU | {"settings": {"inputEnabled": False}},
        member="menu",
        names=None,
    ),
    "integration_menus.delete": Row(lambda c: c.integration_menus.delete(WEB["_id"]), f"DELETE {I}/menu"),
    "integration_menus.get": Row(
        lambda c: c.integration_menus.get(WEB["_id"]), f"GET {I}/menu", {"menu": MENU}, member="menu", names=None
    ),
    "integration_menus.update": Row(
        lambda c: c.integration_menus.update(WEB["_id"], items=[]),
        f"PUT {I}/menu",
        {"menu": MENU},
        {"items": []},
        member="menu",
        names=None,
    ),
    "integrations.create": Row(
        lambda c: c.integrations.create(integration=NewTelegram(token="t0ken", display_name="Bot")),
        f"POST {A}/integrations",
        {"integration": WEB},
        {"type": "telegram", "token": "t0ken", "displayName": "Bot"},
        member="integration",
        names="_id",
    ),
    "integrations.delete": Row(lambda c: c.integrations.delete(WEB["_id"]), f"DELETE {I}"),
    "integrations.get": Row(
        lambda c: c.integrations.get(WEB["_id"]),
        f"GET {I}",
        {"integration": WEB},
        member="integration",
        names="_id",
        asked=True,
    ),
    "integrations.get_profile": Row(
        lambda c: c.integrations.get_profile(WEB["_id"]),
        f"GET {I}/profile",
        {"profile": {"about": "Shop", "websites": ["https://shop.example"]}},
        member="profile",
        names=None,
    ),
    "integrations.list": Row(
        lambda c: c.integrations.list(types="web,line", page_size=2),
        f"GET {A}/integrations?types=web,line&limit=2",
        {"integrations": [WEB], "hasMore": False, "offset": 0},
        member="integrations",
        lists=True,
    ),
    "integrations.update": Row(
        lambda c: c.integrations.update(WEB["_id"], brand_color="00ff00", origin_whitelist=[], fixed_intro_pane=False),
        f"PUT {I}",
        {"integration": WEB},
        {"brandColor": "00ff00", "originWhitelist": [], "fixedIntroPane": False},
        member="integration",
        names="_id",
        asked=True,
    ),
    "integrations.update_profile": Row(
        lambda c: c.integrations.update_profile(WEB["_id"], about="Shop", websites=["https://shop.example"]),
        f"PUT {I}/profile",
        {},
        {"about": "Shop", "websites": ["https://shop.example"]},
    ),
    "integrations.upload_profile_photo": Row(
        lambda c: c.integrations.upload_profile_photo(WEB["_id"], b"\x89PNG"),
        f"PUT {I}/profile/photo",
        {"photoUrl": "https://api.smooch.io/v1.1/icons/whatsapp/5c76?t=1"},
        b'name="source"; filename="file"\r\n',
        names="photoUrl",
    ),
    "menu.delete": Row(lambda c: c.menu.delete(), f"DELETE {A}/menu", {"menu": {"items": []}}, nothing=True),
    "menu.get": Row(lambda c: c.menu.get(), f"GET {A}/menu", {"menu": MENU}, member="menu", names=None),
    "menu.update": Row(
        lambda c: c.menu.update(items=ITEMS), f"PUT {A}/menu", {"menu": MENU}, SENT_MENU, member="menu", names=None
    ),
    "messages.post_image": Row(
        lambda c: c.messages.post_image("ada", b"\x89PNG", role=Role.APP_USER),
        f"POST {A}/appusers/ada/images",
        POSTED,
        b'name="role"\r\n\r\nappUser\r\n',
        names=None,
    ),
    "notifications.post": Row(
        lambda c: c.notifications.post(
            destination=NotificationDestination(integration_id="i1", destination_id="+15550167"),
            author=NotificationAuthor(role=Role.APP_MAKER, name="Shop"),
            message={"type": "template", "template": {"name": "order"}},
            message_schema="whatsapp",
        ),
        "POST /v1/apps/app1/notifications",
        {"notification": {"_id": "5f40"}},
        {
            "destination": {"integrationId": "i1", "destinationId": "+15550167"},
            "author": {"role": "appMaker", "name": "Shop"},
            "message": {"type": "template", "template": {"name": "order"}},
            "messageSchema": "whatsapp",
        },
        member="notification",
        names="_id",
    ),
    "service_accounts.create": Row(
        lambda c: c.service_accounts.create(name="Account"),
        f"POST {S}",
        {"serviceAccount": ACCOUNT},
        {"name": "Account"},
        member="serviceAccount",
        names="_id",
    ),
    "service_accounts.delete": Row(lambda c: c.service_accounts.delete(ACCOUNT["_id"]), f"DELETE {S}/{ACCOUNT['_id']}"),
    "service_accounts.get": Row(
        lambda c: c.service_accounts.get(ACCOUNT["_id"]),
        f"GET {S}/{ACCOUNT['_id']}",
        {"serviceAccount": ACCOUNT},
        member="serviceAccount",
        names="_id",
        asked=True,
    ),
    "service_accounts.list": Row(
        lambda c: c.service_accounts.list(page_size=2),
        f"GET {S}?limit=2",
        {"serviceAccounts": [ACCOUNT], "hasMore": False, "offset": 0},
        member="serviceAccounts",
        lists=True,
    ),
    "service_accounts.update": Row(
        lambda c: c.service_accounts.update(ACCOUNT["_id"], name="Hello"),
        f"PUT {S}/{ACCOUNT['_id']}",
        {"serviceAccount": ACCOUNT},
        {"name": "Hello"},
        member="serviceAccount",
        names="_id",
        asked=True,
    ),
    "templates.create": Row(
        lambda c: c.templates.create(name="nps_survey", message=ASK),
        f"POST {A}/templates",
        {"template": TEMPLATE},
        {"name": "nps_survey", "message": ASKED},
        member="template",
        names="_id",
    ),
    "templates.delete": Row(lambda c: c.templates.delete(TEMPLATE["_id"]), f"DELETE {A}/templates/{TEMPLATE['_id']}"),
    "templates.get": Row(
        lambda c: c.templates.get(TEMPLATE["_id"]),
        f"GET {A}/templates/{TEMPLATE['_id']}",
        {"template": TEMPLATE},
        member="template",
        names="_id",
        asked=True,
    ),
    "templates.list": Row(
        lambda c: c.templates.list(page_size=2),
        f"GET {A}/templates?limit=2",
        {"templates": [TEMPLATE], "hasMore": False, "offset": 0},
        member="templates",
        lists=True,
    ),
    "templates.update": Row(
        lambda c: c.templates.update(TEMPLATE["_id"], message=ASK),
        f"PUT {A}/templates/{TEMPLATE['_id']}",
        {"template": TEMPLATE},
        {"message": ASKED},
        member="template",
        names="_id",
        asked=True,
    ),
}
