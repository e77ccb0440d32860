"""What every operation makes of every kind of answer: good, empty, an error in a 200, and the answer to another call."""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib
import inspect
from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo import convore as cv, smooch as so, sunshine as su
from aioconvo.cli.operations import catalogue
from aioconvo.core.answers.refusals import Telling
from aioconvo.core.operations.operation import Effect
from aioconvo.providers import Provider
from aioconvo.ultracart.pages import Told
from tests.inbox import natives
from tests.providers import convore_rows, smooch_rows, smscx_rows, sunshine_rows, test_ultracart_pbx as pbx, ultracart_rows
from tests.providers.rows import Call, Case

UUID = "c38fa60d-ce8f-4918-8b9d-d991bc44cb73"
OTHER_UUID = "11111111-2222-4333-8444-555555555555"
EFFECTS = {row["python"]: Effect(row["effect"]) for row in catalogue()}
SAFE = {Effect.READ, Effect.IDEMPOTENT}

INFO = {"conversationId": UUID, "phoneNumber": "+447700900123", "countryIso": "GB"}
REPLY = {
    "campaignId": OTHER_UUID,
    "totalPhoneNumbers": 1,
    "totalValid": 1,
    "totalInvalid": 0,
    "totalCost": 0.05,
    "totalParts": 1,
    "scheduled": False,
}
SMS = {
    "msgId": OTHER_UUID,
    "status": "SENT",
    "createdAt": "2024-01-31 08:05:09",
    "cost": 0.05,
    "to": "+447700900123",
    "countryIso": "GB",
    "from": "Shop",
    "text": "Hi",
    "parts": 1,
    "textAnalysis": {"length": 2, "unicode": False, "parts": 1},
}
CHAT = SMS | {"status": "ACCEPTED", "statusCode": 1, "inQuietHours": False}
SENT = CHAT | {"msgId": UUID}
BATCH = REPLY | {"campaignId": UUID}
CAMPAIGN = BATCH | {"duplicatesRemoved": 0, "groups": [{"id": 1, "name": "Everybody", "phoneNumbers": 1}]}
GROUP = {
    "id": 7,
    "name": "News",
    "totalPhoneNumbers": 3,
    "totalCost": 0.1,
    "totalOptouts": 0,
    "createdAt": "2024-01-31 08:05:09",
}
CONTACT: dict[str, Any] = {
    "id": UUID,
    "phoneNumber": "+447700900123",
    "countryIso": "GB",
    "groupId": 7,
    "optout": False,
    "dateAdded": "2024-01-31 08:05:09",
}
NO_MORE = {"next": None, "previous": None, "size": 1}
ADDED: dict[str, Any] = {
    "totalCost": 0.1,
    "totalValid": 1,
    "totalInvalid": 0,
    "totalDuplicates": 0,
    "totalPhoneNumbers": 1,
    "invalid": [],
}
ORIGINATOR = {"id": 7, "originator": "SHOP", "isDefault": True, "approved": True, "createdAt": "2024-01-31 08:05:09"}
CALLED_OFF = {"msgId": UUID, "parts": 1, "creditReturned": 0.05, "channel": "sms"}
CAMPAIGN_OFF = {
    "campaignId": UUID,
    "totalPhoneNumbers": 2,
    "totalParts": 2,
    "phoneNumbersDeleted": 2,
    "partsDeleted": 2,
    "creditReturned": 0.1,
    "channel": "sms",
}
SUNSHINE: dict[str, Any] = {"id": "029c31f25a21b47effd7be90", "type": "personal"}
POSTED = {"id": "5f40256af057d0000d7a3e5b", "received": "2024-01-31T08:05:09.120Z", "author": {"type": "business"}}
HOOK = {"id": "5e5f", "target": "https://example.org", "triggers": ["conversation:message"], "secret": "s3cret"}
SMOOCH_HOOK = {"_id": "5e5f", "target": "https://example.org", "triggers": ["message:appUser"], "secret": "s3cret"}
OWN = {"id": "6e5f", "type": "custom", "status": "active", "webhooks": [HOOK]}
NEW = su.NewIntegration(
    type="custom", webhooks=[su.NewWebhook(target="https://example.org", triggers=["conversation:message"])]
)
EVENT = {
    "id": "event_01hggtpfewf0y91nde7cz02p0k",
    "type": "message_inbound_received",
    "object_id": "msg_01hggtpfewf0y91nde7cz02p0k",
    "object_type": "message",
    "created_at": "2023-12-01T10:15:00.250Z",
}
USER: dict[str, Any] = {"id": "7494535bff5cef41a15be74d", "externalId": "ada", "profile": {"givenName": "Ada"}}
PARTICIPANT: dict[str, Any] = {"id": "5ef2", "userId": USER["id"], "userExternalId": "ada", "unreadCount": 0}
LINKED: dict[str, Any] = {"id": "8ef2", "type": "whatsapp", "status": "pending"}
BOARD: dict[str, Any] = {"id": "5ef2", "enabled": True}
PLACE: dict[str, Any] = {"id": "6ef2", "name": "bot", "integrationId": "6e5f", "integrationType": "custom"}
SMOOCH: dict[str, Any] = {"_id": "df0ebe56cbeab98589b8bfa7", "unreadCount": 0}
CONVORE, MESSAGE = natives.CONVORE_CONVERSATION, natives.CONVORE_MESSAGE
NOW = dt.datetime(2024, 1, 31, tzinfo=dt.UTC)
API_KEY = {
    "id": "key_1",
    "name": "shop",
    "organization_id": "org_1",
    "publishable_key": "pk_1",
    "secret_key_display": "sk_...9",
    "disabled": False,
    "hide_secret_key": True,
}
ORGANIZATION = {"id": "org_1", "name": "Shop"}
PERSON = {
    "id": "user_1",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "organization_ids": ["org_1"],
    "system_role": "user",
}
ADA = cv.Participant(
    handle=cv.ContactHandle(type=cv.ContactHandleType.EMAIL, value="ada@example.org"), role=cv.ParticipantRole.FROM
)
TEXT = so.TextMessage(role=so.Role.APP_MAKER, text="Hi")
BUSINESS = su.Author(type=su.AuthorType.BUSINESS)
NO_ROWS = {"result_set": {"count": 0, "limit": 100, "more": False, "offset": 0, "total_records": 0}}
ROWS = {"result_set": {"count": 1, "limit": 100, "more": False, "offset": 0, "total_records": 1}}


def of_page(call: Call, good: Any, *empty: Any, wrong: tuple[Any, ...] = ()) -> Case:
    return Case(call, good, empty, wrong=wrong)


def uc(**payload: Any) -> dict[str, Any]:
    return {"success": True, "metadata": {}, **payload}


CASES: dict[str, Case] = {
    "smscx.conversations.get": Case(
        lambda c: c.conversations.get(UUID.upper()),
        {"info": INFO, "data": [natives.SMSCX_MESSAGE]},
        ({"info": INFO, "data": []}, {"info": INFO, "data": {}}, {"info": INFO, "data": None}),
        ({"info": {}, "data": []}, {"info": None, "data": []}, {"info": INFO | {"conversationId": ""}, "data": []}),
        (
            {"info": INFO | {"conversationId": OTHER_UUID}, "data": []},
            {"info": INFO | {"conversationId": OTHER_UUID}, "data": {}},
        ),
    ),
    "smscx.conversations.list": of_page(
        lambda c: c.conversations.list(),
        {"data": [natives.SMSCX_CONVERSATION]},
        {"data": []},
        {"data": {}},
        {"data": None},
        None,
    ),
    "smscx.conversations.mark_read": Case(
        lambda c: c.conversations.mark_read(UUID),
        {"info": {"id": UUID.upper()}},
        ({"info": None}, {"info": {}}, {"info": {"id": None}}),
        wrong=({"info": {"id": OTHER_UUID}},),
    ),
    "smscx.conversations.reply_sms": Case(
        lambda c: c.conversations.reply_sms(UUID, text="Hi"),
        {"info": REPLY, "data": SMS},
        (),
        ({"info": REPLY, "data": {}}, {"info": REPLY, "data": SMS | {"msgId": None}}, {"info": REPLY, "data": None}),
    ),
    "smscx.conversations.reply_viber": Case(
        lambda c: c.conversations.reply_viber(UUID, text="Hi"),
        {"info": REPLY, "data": CHAT},
        (),
        ({"info": REPLY, "data": {}},),
    ),
    "smscx.conversations.reply_whatsapp": Case(
        lambda c: c.conversations.reply_whatsapp(UUID, text="Hi"),
        {"info": REPLY, "data": CHAT},
        (),
        ({"info": REPLY, "data": {}},),
    ),
    "smscx.groups.add_contacts": Case(
        lambda c: c.groups.add_contacts(7, phone_numbers=["+447700900123"]), {"info": ADDED}, (), ({"info": {}}, {"info": None})
    ),
    "smscx.groups.create": Case(
        lambda c: c.groups.create(name="News"),
        {"info": {"id": 7, "name": "News"}},
        (),
        ({"info": {}}, {"info": None}, {"info": {"id": 0, "name": "News"}}, {"info": {"id": None, "name": "News"}}),
    ),
    "smscx.groups.delete": Case(
        lambda c: c.groups.delete(7),
        {"info": {"id": 7, "name": "News", "totalPhoneNumbers": 3}},
        (),
        ({"info": {}}, {"info": None}),
        ({"info": {"id": 8, "name": "News", "totalPhoneNumbers": 3}},),
    ),
    "smscx.groups.delete_contact": Case(
        lambda c: c.groups.delete_contact(7, UUID.upper()),
        {"info": {"id": UUID, "phoneNumber": "+447700900123", "countryIso": "GB"}},
        (),
        ({"info": {}}, {"info": None}),
        ({"info": {"id": OTHER_UUID, "phoneNumber": "+447700900123", "countryIso": "GB"}},),
    ),
    "smscx.groups.empty": Case(
        lambda c: c.groups.empty(7),
        {"info": {"id": 7, "name": "News"}},
        (),
        ({"info": {}}, {"info": None}),
        ({"info": {"id": 77, "name": "News"}},),
    ),
    "smscx.groups.list": of_page(lambda c: c.groups.list(), {"data": [GROUP]}, {"data": []}, {"data": {}}, {"data": None}),
    "smscx.groups.list_contacts": of_page(
        lambda c: c.groups.list_contacts(7),
        {"info": GROUP, "data": [CONTACT], "paging": NO_MORE},
        {"info": GROUP, "data": [], "paging": NO_MORE},
        {"info": GROUP, "data": {}, "paging": NO_MORE},
        {"info": GROUP, "data": None, "paging": NO_MORE},
        wrong=({"info": GROUP | {"id": 8}, "data": [CONTACT], "paging": NO_MORE},),
    ),
    "smscx.groups.update_contact": Case(
        lambda c: c.groups.update_contact(7, UUID.upper(), email="ada@example.org"),
        {"info": {"id": UUID, "groupId": "7"}},
        (),
        ({"info": {}}, {"info": None}),
        ({"info": {"id": OTHER_UUID, "groupId": "7"}},),
    ),
    "smscx.oauth.get_token": Case(
        lambda c: c.oauth.get_token(), {"access_token": "t", "expires_in": 5}, (), ({"access_token": ""}, {"expires_in": 5})
    ),
    "smscx.originators.create": Case(
        lambda c: c.originators.create(originator="SHOP"),
        {"info": {"id": 7, "originator": "SHOP"}},
        (),
        ({"info": {}}, {"info": None}, {"info": {"id": 0, "originator": "SHOP"}}),
    ),
    "smscx.originators.delete": Case(
        lambda c: c.originators.delete(7),
        {"info": {"id": 7, "originator": "SHOP"}},
        (),
        ({"info": {}}, {"info": None}),
        ({"info": {"id": 8, "originator": "SHOP"}},),
    ),
    "smscx.originators.list": of_page(
        lambda c: c.originators.list(), {"data": [ORIGINATOR]}, {"data": []}, {"data": {}}, {"data": None}
    ),
    "smscx.sms.delete_scheduled": Case(
        lambda c: c.sms.delete_scheduled(UUID.upper()),
        {"info": CALLED_OFF},
        (),
        ({"info": {}}, {"info": None}, {"info": CALLED_OFF | {"msgId": ""}}),
        ({"info": CALLED_OFF | {"msgId": OTHER_UUID}},),
    ),
    "smscx.sms.delete_scheduled_campaign": Case(
        lambda c: c.sms.delete_scheduled_campaign(UUID.upper()),
        {"info": CAMPAIGN_OFF},
        (),
        ({"info": {}}, {"info": None}, {"info": CAMPAIGN_OFF | {"campaignId": ""}}),
        ({"info": CAMPAIGN_OFF | {"campaignId": OTHER_UUID}},),
    ),
    "smscx.sms.estimate": Case(
        lambda c: c.sms.estimate(to=["+447700900123"], from_="Shop", text="Hi"),
        {"info": BATCH, "data": [SENT]},
        ({"info": BATCH, "data": []}, {"info": BATCH, "data": {}}, {"info": BATCH, "data": None}),
        ({"info": {}, "data": [SENT]}, {"info": None, "data": []}, {"info": BATCH | {"campaignId": ""}, "data": [SENT]}),
    ),
    "smscx.sms.estimate_campaign": Case(
        lambda c: c.sms.estimate_campaign(groups=[1], from_="Shop", text="Hi"),
        {"info": CAMPAIGN, "data": [SENT]},
        ({"info": CAMPAIGN, "data": []}, {"info": CAMPAIGN, "data": {}}, {"info": CAMPAIGN, "data": None}),
        ({"info": {}, "data": [SENT]}, {"info": None, "data": []}, {"info": CAMPAIGN | {"campaignId": ""}, "data": [SENT]}),
    ),
    "smscx.sms.send": Case(
        lambda c: c.sms.send(to=["+447700900123"], from_="Shop", text="Hi"),
        {"info": BATCH, "data": [SENT]},
        ({"info": BATCH | {"totalValid": 0}, "data": []}, {"info": BATCH | {"totalValid": 0}, "data": {}}),
        (
            *({"info": BATCH, "data": []}, {"info": BATCH, "data": [{}]}, {"info": BATCH, "data": [SENT | {"msgId": None}]}),
            *({"info": {}, "data": [SENT]}, {"info": BATCH | {"campaignId": ""}, "data": [SENT]}),
        ),
    ),
    "smscx.sms.send_campaign": Case(
        lambda c: c.sms.send_campaign(groups=[1], from_="Shop", text="Hi", short_response=True),
        {"info": CAMPAIGN, "data": []},
        ({"info": CAMPAIGN, "data": {}}, {"info": CAMPAIGN, "data": None}),
        ({"info": {}, "data": []}, {"info": None, "data": []}, {"info": CAMPAIGN | {"campaignId": ""}, "data": []}),
    ),
    "sunshine.attachments.upload": Case(
        lambda c: c.attachments.upload(b"\x89PNG"),
        {"attachment": {"mediaUrl": "https://example.org/a.png", "mediaType": "image/png"}},
        (),
        ({"attachment": {}}, {"attachment": None}),
    ),
    "sunshine.conversations.create": Case(
        lambda c: c.conversations.create(type="personal"),
        {"conversation": SUNSHINE},
        (),
        ({"conversation": {"type": "personal"}},),
    ),
    "sunshine.conversations.delete": Case(lambda c: c.conversations.delete("c1"), {}),
    "sunshine.conversations.get": Case(
        lambda c: c.conversations.get(SUNSHINE["id"]),
        {"conversation": SUNSHINE},
        (),
        ({"conversation": {}}, {"conversation": SUNSHINE | {"id": None}}),
        ({"conversation": SUNSHINE | {"id": "1" * 24}},),
    ),
    "sunshine.conversations.list": of_page(
        lambda c: c.conversations.list(user_id="u"),
        {"conversations": [SUNSHINE], "meta": {"hasMore": False}},
        {"conversations": [], "meta": {"hasMore": False}},
        {"conversations": None, "meta": {"hasMore": False}},
        {"meta": {"hasMore": False}},
    ),
    "sunshine.conversations.update": Case(
        lambda c: c.conversations.update(SUNSHINE["id"], display_name="x"),
        {"conversation": SUNSHINE},
        (),
        ({"conversation": {}},),
        ({"conversation": SUNSHINE | {"id": "1" * 24}},),
    ),
    "sunshine.integration_keys.create": Case(
        lambda c: c.integration_keys.create("6e5f", display_name="bot"),
        {"key": {"id": "int_1", "secret": "s3cret"}},
        (),
        ({"key": {}}, {"key": {"secret": "s3cret"}}),
    ),
    "sunshine.integration_keys.delete": Case(lambda c: c.integration_keys.delete("6e5f", "int_1"), {}),
    "sunshine.integration_keys.get": Case(
        lambda c: c.integration_keys.get("6e5f", "int_1"),
        {"key": {"id": "int_1", "secret": "s3cret"}},
        (),
        ({"key": {}},),
        ({"key": {"id": "int_2"}},),
    ),
    "sunshine.integration_keys.list": of_page(
        lambda c: c.integration_keys.list("6e5f"), {"keys": [{"id": "int_1"}]}, {"keys": []}
    ),
    "sunshine.integrations.create": Case(
        lambda c: c.integrations.create(integration=NEW),
        {"integration": OWN},
        (),
        ({"integration": {"type": "custom"}}, {"integration": OWN | {"id": ""}}),
    ),
    "sunshine.integrations.delete": Case(lambda c: c.integrations.delete("6e5f"), {}),
    "sunshine.integrations.get": Case(
        lambda c: c.integrations.get("6E5F"),
        {"integration": OWN},
        (),
        ({"integration": {"type": "custom"}},),
        ({"integration": OWN | {"id": "7e5f"}},),
    ),
    "sunshine.integrations.list": of_page(
        lambda c: c.integrations.list(),
        {"integrations": [OWN], "meta": {"hasMore": False}},
        {"integrations": [], "meta": {"hasMore": False}},
        {"integrations": None, "meta": {"hasMore": False}},
        {"meta": {"hasMore": False}},
    ),
    "sunshine.integrations.update": Case(
        lambda c: c.integrations.update("6e5f", display_name="x"),
        {"integration": OWN},
        (),
        ({"integration": {"type": "custom"}},),
        ({"integration": OWN | {"id": "7e5f"}},),
    ),
    "sunshine.messages.delete": Case(lambda c: c.messages.delete("c1", "m1"), {}),
    "sunshine.messages.delete_all": Case(lambda c: c.messages.delete_all("c1"), {}),
    "sunshine.messages.list": of_page(
        lambda c: c.messages.list("c1"),
        {"messages": [natives.SUNSHINE_MESSAGE], "meta": {"hasMore": False}},
        {"messages": [], "meta": {"hasMore": False}},
        {"messages": None, "meta": {"hasMore": False}},
        {"meta": {"hasMore": False}},
    ),
    "sunshine.messages.post": Case(
        lambda c: c.messages.post("c1", author=BUSINESS, content=su.TextContent(text="Hi")),
        {"messages": [POSTED]},
        (),
        ({"messages": []}, {"messages": [{}]}, {"messages": [POSTED | {"id": ""}]}),
    ),
    "sunshine.participants.list": of_page(
        lambda c: c.participants.list("c1"),
        {"participants": natives.SUNSHINE_CONVERSATION["participants"], "meta": {"hasMore": False}},
        {"participants": None, "meta": {"hasMore": False}},
        {"meta": {"hasMore": False}},
    ),
    "sunshine.activities.post": Case(lambda c: c.activities.post("c1", author=BUSINESS, type="typing:start"), {}),
    "sunshine.participants.join": Case(
        lambda c: c.participants.join("c1", user_external_id="ada"),
        {"participant": PARTICIPANT},
        (),
        ({"participant": {}}, {"participant": {"userId": "7494"}}),
        ({"participant": PARTICIPANT | {"userExternalId": "bob"}},),
    ),
    "sunshine.participants.leave": Case(lambda c: c.participants.leave("c1", participant_id="p1"), {}),
    "sunshine.switchboard_integrations.create": Case(
        lambda c: c.switchboard_integrations.create("5ef2", name="bot", integration_id="6e5f"),
        {"switchboardIntegration": PLACE},
        (),
        ({"switchboardIntegration": {}}, {"switchboardIntegration": {"name": "bot"}}),
    ),
    "sunshine.switchboard_integrations.delete": Case(lambda c: c.switchboard_integrations.delete("5ef2", "6ef2"), {}),
    "sunshine.switchboard_integrations.list": of_page(
        lambda c: c.switchboard_integrations.list("5ef2"), {"switchboardIntegrations": [PLACE]}, {"switchboardIntegrations": []}
    ),
    "sunshine.switchboard_integrations.update": Case(
        lambda c: c.switchboard_integrations.update("5ef2", "6ef2", name="bot"),
        {"switchboardIntegration": PLACE},
        (),
        ({"switchboardIntegration": {"name": "bot"}},),
        ({"switchboardIntegration": PLACE | {"id": "7ef2"}},),
    ),
    "sunshine.switchboards.accept_control": Case(lambda c: c.switchboards.accept_control("c1"), {}),
    "sunshine.switchboards.create": Case(
        lambda c: c.switchboards.create(),
        {"switchboard": BOARD},
        (),
        ({"switchboard": {"enabled": True}}, {"switchboard": None}),
    ),
    "sunshine.switchboards.delete": Case(lambda c: c.switchboards.delete("5ef2"), {}),
    "sunshine.switchboards.list": of_page(lambda c: c.switchboards.list(), {"switchboards": [BOARD]}, {"switchboards": []}),
    "sunshine.switchboards.offer_control": Case(
        lambda c: c.switchboards.offer_control("c1", switchboard_integration="next"), {}
    ),
    "sunshine.switchboards.pass_control": Case(lambda c: c.switchboards.pass_control("c1", switchboard_integration="next"), {}),
    "sunshine.switchboards.release_control": Case(lambda c: c.switchboards.release_control("c1"), {}),
    "sunshine.switchboards.update": Case(
        lambda c: c.switchboards.update("5ef2", enabled=True),
        {"switchboard": BOARD},
        (),
        ({"switchboard": {"enabled": True}},),
        ({"switchboard": BOARD | {"id": "6ef2"}},),
    ),
    "sunshine.clients.create": Case(
        lambda c: c.clients.create(
            "ada",
            match_criteria=su.WhatsappCriteria(integration_id="6e5f", phone_number="+447700900123"),
            confirmation=su.Confirmation(type=su.ConfirmationType.IMMEDIATE),
            target=su.LinkTarget(conversation_id="c1"),
        ),
        {"client": LINKED},
        (),
        ({"client": {}}, {"client": {"type": "whatsapp"}}),
    ),
    "sunshine.clients.delete": Case(lambda c: c.clients.delete("ada", "8ef2"), {}),
    "sunshine.clients.list": of_page(
        lambda c: c.clients.list("ada"),
        {"clients": [LINKED], "meta": {"hasMore": False}},
        {"clients": None, "meta": {"hasMore": False}},
        {"meta": {"hasMore": False}},
    ),
    "sunshine.users.create": Case(
        lambda c: c.users.create(external_id="ada"),
        {"user": USER},
        (),
        ({"user": {}}, {"user": None}, {"user": USER | {"id": ""}}),
    ),
    "sunshine.users.delete": Case(lambda c: c.users.delete("ada"), {}),
    "sunshine.users.delete_personal_information": Case(
        lambda c: c.users.delete_personal_information(USER["id"]),
        {"user": USER},
        (),
        ({"user": {}},),
        ({"user": USER | {"id": "7e5f"}},),
    ),
    "sunshine.users.get": Case(
        lambda c: c.users.get("ada"),
        {"user": USER},
        (),
        ({"user": {}}, {"user": {"externalId": "ada"}}),
        ({"user": {"id": "7e5f"}}, {"user": USER | {"externalId": "bob"}}),
    ),
    "sunshine.users.list": of_page(lambda c: c.users.list(email="ada@example.org"), {"users": [USER]}, {"users": []}),
    "sunshine.users.sync": Case(
        lambda c: c.users.sync("900", surviving_zendesk_id="901"),
        {"user": USER | {"zendeskId": "901"}},
        (),
        ({"user": {}},),
        ({"user": USER | {"zendeskId": "900"}},),
    ),
    "sunshine.users.update": Case(
        lambda c: c.users.update("ada", profile=su.Profile(locale="fr")),
        {"user": USER},
        (),
        ({"user": {}},),
        ({"user": USER | {"externalId": "bob"}},),
    ),
    "sunshine.webhooks.create": Case(
        lambda c: c.webhooks.create("6e5f", target="https://example.org", triggers=["conversation:message"]),
        {"webhook": HOOK},
        (),
        ({"webhook": HOOK | {"id": None}}, {"webhook": {}}),
    ),
    "sunshine.webhooks.delete": Case(lambda c: c.webhooks.delete("6e5f", "5e5f"), {}),
    "sunshine.webhooks.get": Case(
        lambda c: c.webhooks.get("6e5f", "5e5f"),
        {"webhook": HOOK},
        (),
        ({"webhook": {}},),
        ({"webhook": HOOK | {"id": "4e5f"}},),
    ),
    "sunshine.webhooks.list": of_page(lambda c: c.webhooks.list("6e5f"), {"webhooks": [HOOK]}, {"webhooks": []}),
    "sunshine.webhooks.update": Case(
        lambda c: c.webhooks.update("6e5f", "5e5f", triggers=[]),
        {"webhook": HOOK},
        (),
        ({"webhook": {}},),
        ({"webhook": HOOK | {"id": "4e5f"}},),
    ),
    "smooch.conversations.post_activity": Case(
        lambda c: c.conversations.post_activity("u", type="typing:start"),
        {"conversation": SMOOCH},
        (),
        ({"conversation": {}}, {"conversation": {"unreadCount": 0}}),
    ),
    "smooch.conversations.reset_unread_count": Case(lambda c: c.conversations.reset_unread_count("u"), {}),
    "smooch.messages.delete": Case(lambda c: c.messages.delete("u", "m1"), {}),
    "smooch.messages.delete_all": Case(lambda c: c.messages.delete_all("u"), {}),
    "smooch.messages.list": of_page(
        lambda c: c.messages.list("u"),
        natives.SMOOCH_ANSWER,
        {"conversation": SMOOCH, "messages": []},
        {"conversation": SMOOCH, "messages": None},
    ),
    "smooch.messages.post": Case(
        lambda c: c.messages.post("u", message=TEXT),
        {"message": natives.SMOOCH_MESSAGE},
        (),
        ({"message": {}}, {"message": {"role": "appMaker"}, "conversation": SMOOCH}),
    ),
    "smooch.webhooks.create": Case(
        lambda c: c.webhooks.create(target="https://example.org", triggers=["message:appUser"]),
        {"webhook": SMOOCH_HOOK},
        (),
        ({"webhook": SMOOCH_HOOK | {"_id": ""}}, {"webhook": {}}),
    ),
    "smooch.webhooks.delete": Case(lambda c: c.webhooks.delete("5e5f"), {}),
    "smooch.webhooks.get": Case(
        lambda c: c.webhooks.get("5e5f"),
        {"webhook": SMOOCH_HOOK},
        (),
        ({"webhook": {}},),
        ({"webhook": SMOOCH_HOOK | {"_id": "4e5f"}},),
    ),
    "smooch.webhooks.list": of_page(lambda c: c.webhooks.list(), {"webhooks": [SMOOCH_HOOK]}, {"webhooks": []}),
    "smooch.webhooks.update": Case(
        lambda c: c.webhooks.update("5e5f", triggers=[]),
        {"webhook": SMOOCH_HOOK},
        (),
        ({"webhook": {}},),
        ({"webhook": SMOOCH_HOOK | {"_id": "4e5f"}},),
    ),
    "convore.admin.api_keys.create": Case(
        lambda c: c.admin.api_keys.create(name="shop"), API_KEY, (), ({"name": "shop"}, {"id": ""})
    ),
    "convore.admin.api_keys.list": of_page(lambda c: c.admin.api_keys.list(), {"data": [API_KEY]}, {"data": []}),
    "convore.admin.api_keys.update": Case(
        lambda c: c.admin.api_keys.update("key_1", disabled=True),
        API_KEY,
        (),
        ({"name": "shop"},),
        (API_KEY | {"id": "key_2"},),
    ),
    "convore.admin.organizations.create": Case(
        lambda c: c.admin.organizations.create(name="Shop", owner_user_id="user_1"), ORGANIZATION, (), ({"name": "Shop"},)
    ),
    "convore.admin.organizations.list": of_page(lambda c: c.admin.organizations.list(), [ORGANIZATION], []),
    "convore.admin.users.get": Case(
        lambda c: c.admin.users.get("user_1"), PERSON, (), ({"name": "Ada"},), (PERSON | {"id": "user_2"},)
    ),
    "convore.admin.users.get_current": Case(lambda c: c.admin.users.get_current(), PERSON, (), ({"name": "Ada"},)),
    "convore.conversations.get": Case(
        lambda c: c.conversations.get(CONVORE["id"].upper()),
        CONVORE,
        (),
        ({"status": "open"}, CONVORE | {"id": None}),
        (CONVORE | {"id": "conv_other"},),
    ),
    "convore.conversations.list": of_page(
        lambda c: c.conversations.list(),
        {"data": [CONVORE]},
        {"data": []},
        {"data": None, "total_count": 0},
        {"total_count": 0},
    ),
    "convore.events.get": Case(
        lambda c: c.events.get(EVENT["id"].upper()),
        EVENT,
        (),
        ({"type": "message_inbound_received"}, EVENT | {"id": ""}),
        (EVENT | {"id": "event_0"},),
    ),
    "convore.events.list": of_page(
        lambda c: c.events.list(object_id=EVENT["object_id"].upper()),
        {"data": [EVENT, {"id": "event_without"}, 7]},
        {"data": []},
        {"data": None, "total_count": 0},
        wrong=({"data": [EVENT, EVENT | {"object_id": "msg_0"}]},),
    ),
    "convore.messages.get": Case(
        lambda c: c.messages.get(MESSAGE["id"]),
        MESSAGE,
        (),
        ({"body": "x"}, MESSAGE | {"id": ""}),
        (MESSAGE | {"id": "msg_0"},),
    ),
    "convore.messages.import_": Case(
        lambda c: c.messages.import_(date=NOW, sender=ADA, recipients=[], conversation_id=MESSAGE["conversation_id"]),
        MESSAGE,
        (),
        ({"body": "x"}, {"message": "stored"}),
        (MESSAGE | {"conversation_id": "conv_other"},),
    ),
    "convore.messages.list": of_page(
        lambda c: c.messages.list(conversation_id=MESSAGE["conversation_id"].upper()),
        {"data": [MESSAGE, {"id": "msg_without"}, 7]},
        {"data": []},
        {"data": None, "total_count": 0},
        wrong=({"data": [MESSAGE, MESSAGE | {"conversation_id": "conv_other"}]},),
    ),
    "convore.messages.send": Case(
        lambda c: c.messages.send(body="Hi", conversation_id=MESSAGE["conversation_id"]),
        MESSAGE,
        (),
        ({"body": "x"}, {"status": "queued"}),
        (MESSAGE | {"conversation_id": "conv_other"},),
    ),
    "convore.messages.update": Case(
        lambda c: c.messages.update(MESSAGE["id"], snippet="x"), MESSAGE, (), ({"body": "x"},), (MESSAGE | {"id": "msg_0"},)
    ),
    "ultracart.agents.authorize_websocket": Case(
        lambda c: c.agents.authorize_websocket(),
        uc(agent_auth={"jwt": "j", "websocket_url": "wss://example.org"}),
        (),
        (uc(), uc(agent_auth={}), uc(agent_auth={"chat_user": True})),
    ),
    "ultracart.agents.keep_alive": Case(lambda c: c.agents.keep_alive(), uc()),
    "ultracart.conversations.get": Case(
        lambda c: c.conversations.get(UUID.upper()),
        uc(conversation={"conversation_uuid": UUID}),
        (),
        (uc(), uc(conversation={}), uc(conversation={"closed": True})),
        (uc(conversation={"conversation_uuid": OTHER_UUID, "conversation_arn": "arn:1"}),),
    ),
    "ultracart.conversations.get_upload_url": Case(
        lambda c: c.conversations.get_upload_url("png"),
        uc(conversation_multimedia_upload_url={"key": "k", "url": "https://example.org"}),
        (),
        (uc(), uc(conversation_multimedia_upload_url={"key": "k"})),
    ),
    "ultracart.conversations.join": Case(lambda c: c.conversations.join(UUID), uc()),
    "ultracart.conversations.leave": Case(lambda c: c.conversations.leave(UUID), uc()),
    "ultracart.conversations.list": of_page(
        lambda c: c.conversations.list(),
        uc(conversations=[natives.ULTRACART_CONVERSATION], metadata=ROWS),
        uc(),
        uc(conversations=None),
        uc(conversations={}),
        uc(metadata=NO_ROWS),
        uc(error={}, metadata=NO_ROWS),
    ),
    "ultracart.conversations.mark_read": Case(lambda c: c.conversations.mark_read(UUID), uc()),
    "ultracart.conversations.search": of_page(
        lambda c: c.conversations.search(text_search="x"),
        uc(records=[natives.ULTRACART_CONVERSATION], total=1),
        uc(),
        uc(records=None, total=0),
        uc(total=0, metadata=NO_ROWS),
    ),
    "ultracart.conversations.start": Case(
        lambda c: c.conversations.start(conversation_arn="arn:1"),
        uc(conversation={"conversation_uuid": UUID}),
        (),
        (uc(), uc(conversation={})),
        (uc(conversation={"conversation_uuid": UUID, "conversation_arn": "arn:2"}),),
    ),
    "ultracart.messages.list": of_page(
        lambda c: c.messages.list(UUID),
        uc(conversation_messages=[natives.ULTRACART_MESSAGE], metadata=ROWS),
        uc(),
        uc(conversation_messages=None, metadata=NO_ROWS),
    ),
    "ultracart.queues.list_statuses": of_page(
        lambda c: c.queues.list_statuses(), uc(queue_statuses=[{"queue_name": "shop"}]), uc(), uc(queue_statuses=None)
    ),
    "ultracart.queues.update_status": Case(lambda c: c.queues.update_status("shop", agent_status="available"), uc()),
}


def of_noun(name: str, noun: pbx.Noun) -> dict[str, Case]:
    """The operations that the nouns of UltraCart's phone system have in common."""

    def group(client: Any) -> Any:
        return getattr(client.pbx, name)

    body: Any = {noun.member: noun.given}
    nameless = (uc(), noun.answer(**{noun.named: None}))
    wrong = (noun.answer(**{noun.named: OTHER_UUID}),)
    cases = {
        "create": Case(lambda c: group(c).create(**body), noun.answer(), (), nameless),
        "delete": Case(lambda c: group(c).delete(pbx.UUID), noun.answer(), (), nameless[1:], wrong),
        "get": Case(lambda c: group(c).get(pbx.UUID), noun.answer(), (), nameless, wrong),
        "list": of_page(lambda c: group(c).list(), uc(**{noun.plural: [noun.payload]}), uc(), uc(**{noun.plural: None})),
        "update": Case(lambda c: group(c).update(pbx.UUID, **body), noun.answer(), (), nameless, wrong),
    }
    if name in {"classes_of_service", "phone_numbers"}:  # which answer nothing
        cases["delete"] = Case(cases["delete"].call, uc())
    return {f"ultracart.pbx.{name}.{method}": cases[method] for method in noun.methods.split()}


def of_row(row: pbx.Row) -> Case:
    """Another operation of UltraCart's phone system."""
    good = uc(**row.answer) if row.answer else {}
    (member, payload), *more = [one for one in row.answer.items() if one[0] not in {"success", "metadata"}] or [("", None)]
    if isinstance(payload, list) and not more:
        return of_page(lambda c: row.call(c.pbx), good, uc(), uc(**{member: None}))
    nameless = (uc(), uc(**{member: None})) if payload and not more else ()
    return Case(lambda c: row.call(c.pbx), good, (), nameless)


CASES |= {name: case for noun in pbx.NOUNS.items() for name, case in of_noun(*noun).items()}
CASES |= {f"ultracart.pbx.{name}": of_row(row) for name, row in pbx.ROWS.items()}
CASES |= {f"convore.{name}": row.case() for name, row in convore_rows.ROWS.items()}
CASES |= {f"smooch.{name}": row.case() for name, row in smooch_rows.ROWS.items()}
CASES |= {f"smscx.{name}": row.case() for name, row in smscx_rows.ROWS.items() if row.answer is not smscx_rows.PRICES}
CASES |= {f"sunshine.{name}": row.case() for name, row in sunshine_rows.ROWS.items()}
CASES |= {f"ultracart.{name}": row.case() for name, row in ultracart_rows.ROWS.items()}
NO_ANSWER = {name for name, case in CASES.items() if case.good in ({}, uc())} | {
    "smscx.conversations.mark_read",
    "smooch.menu.delete",
}
ERRORS = [
    {"error": "down for maintenance"},
    {"error": {"type": "server", "message": "down for maintenance", "code": 9, "description": "down for maintenance"}},
    {"errors": [{"code": "x", "title": "down for maintenance"}]},
    {"success": False, "message": "down for maintenance"},
    {"success": False, "error": {"user_message": "down for maintenance"}},
    {"status": "error", "message": "down for maintenance"},
]
BESIDE: list[dict[str, Any]] = [
    {"error": "half of it"},
    {"error": {"code": "x", "message": "half of it"}},
    {"success": False},
    {"ok": False},
]
OF_OAUTH = {
    "smscx.oauth.get_token": {"application_id": "a", "application_secret": "s"},
    "sunshine.oauth.get_token": {"client_id": "a", "client_secret": "s"},
}
METHODS = {row["python"]: row["method"] for row in catalogue()}
each = pytest.mark.parametrize("name", CASES)


def test_every_operation_is_here() -> None:
    anything = {bytes, dict[str, Any]}
    every = [one for provider in Provider for one in provider.operations]
    open_ = {one.python for one in every if one.response in anything or one.redirects}  # which hold anything, or nothing
    assert CASES.keys() == EFFECTS.keys() - open_


def client_of(name: str, wire: Any) -> Any:
    provider = Provider(name.partition(".")[0])
    keys = (
        {"application_id": "a", "application_secret": "s"} if name.startswith("smscx.oauth.") else provider.sandbox.credentials
    )
    if name == "sunshine.oauth.get_token":
        keys = {"client_id": "partner", "client_secret": "s3cret"}
    return provider.client(base_url=wire.base_url, max_retries=0, **keys)


async def answered(name: str, wire: Any, body: bytes, status: int = 200) -> Any:
    """What the operation makes of that answer: its result, all items of it if it is a list, or its error."""
    wire.answers(METHODS[name], body=body, status=status)
    async with client_of(name, wire) as client:
        came = CASES[name].call(client)
        try:
            return await (came if inspect.isawaitable(came) and not hasattr(came, "collect") else came.collect())
        except aioconvo.AioconvoError as error:
            return error


def encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)


@each
async def test_a_good_answer(wire: Any, name: str) -> None:
    case = CASES[name]
    more: dict[str, Any] = {"error": None, "errors": [], "brand_new": 1}
    for good in (case.good, case.good | more if case.good and isinstance(case.good, dict) else case.good):
        came = await answered(name, wire, encoded(good))
        assert not isinstance(came, Exception), came
        assert (came is None) == (name in NO_ANSWER)


@each
async def test_an_answer_that_holds_nothing_and_is_good(wire: Any, name: str) -> None:
    for body in CASES[name].empty:
        came = await answered(name, wire, encoded(body))
        assert not isinstance(came, Exception), (body, came)
        assert not getattr(came, "messages", came)


@each
async def test_what_says_nothing(wire: Any, name: str) -> None:
    for body in (b"", b" ", b"{}", b"null", b'{"ok":true}', b"[]", b"true", b'"ok"', b'{"message":"Timed out"}'):
        came = await answered(name, wire, body)
        if name in NO_ANSWER:
            assert came is None, body
        elif (name == "smscx.conversations.list" and body == b"null") or (body == b"[]" and isinstance(CASES[name].good, list)):
            assert came == []
        elif name.startswith("ultracart.") and body == b'{"ok":true}' and isinstance(came, list | Told | None):
            assert came == [] or name.endswith(".delete") or isinstance(came, Told)  # it says that all went well
        else:
            assert isinstance(came, aioconvo.ResponseDecodeError), (body, came)
            assert isinstance(came, aioconvo.MaybeSentError) == (EFFECTS[name] not in SAFE), (body, came)
            assert came.status == 200


@each
async def test_a_204(wire: Any, name: str) -> None:
    came = await answered(name, wire, b"", 204)
    if name in NO_ANSWER or (name.startswith("smscx.") and name != "smscx.otp.verify") or name.endswith(".delete"):
        assert not came
    else:
        assert isinstance(came, aioconvo.ResponseDecodeError), came


@each
async def test_a_web_page(wire: Any, name: str) -> None:
    for body in (b"<html>login</html>", b"<!DOCTYPE html>"):
        assert isinstance(await answered(name, wire, body), aioconvo.ResponseDecodeError), body


@each
async def test_an_error_in_a_200(wire: Any, name: str) -> None:
    for error in ERRORS:
        came = await answered(name, wire, encoded(error))
        assert isinstance(came, aioconvo.APIStatusError), (error, came)
        assert not isinstance(came, aioconvo.MaybeSentError), (error, came)
        assert came.status == 400
        assert "down for maintenance" in str(came)
        assert "HTTP 200" in str(came)


@each
async def test_an_error_beside_what_was_asked_for(wire: Any, name: str) -> None:
    goods: list[dict[str, Any]] = [one for one in (CASES[name].good, *CASES[name].empty) if isinstance(one, dict)]
    for error in BESIDE:
        for good in goods:  # an error alone is a plain one
            # The only member of the answer about a PIN may stand beside any error.
            unsure = good and EFFECTS[name] not in SAFE and name != "smscx.otp.verify"
            told = aioconvo.MaybeSentError if unsure else aioconvo.APIStatusError
            came = await answered(name, wire, encoded(good | error))
            assert isinstance(came, told), (error, good, came)
            assert "half of it" in str(came) or "error" not in error


@each
async def test_an_answer_that_does_not_name_what_it_must(wire: Any, name: str) -> None:
    for body in CASES[name].nameless:
        came = await answered(name, wire, encoded(body))
        assert isinstance(came, aioconvo.ResponseDecodeError), (body, came)
        assert not isinstance(came, aioconvo.WrongAnswerError)
        assert isinstance(came, aioconvo.MaybeSentError) == (EFFECTS[name] not in SAFE)


@each
async def test_the_answer_to_another_call(wire: Any, name: str) -> None:
    for body in CASES[name].wrong:
        came = await answered(name, wire, encoded(body))
        assert isinstance(came, aioconvo.WrongAnswerError), (body, came)
        assert isinstance(came, aioconvo.MaybeSentDecodeError) is (EFFECTS[name] not in SAFE), (body, came)
        assert "another" in str(came)


async def test_what_names_a_thing_in_another_way_is_no_wrong_answer(wire: Any) -> None:
    dashless = UUID.replace("-", "")
    wire.answers("GET", {"info": INFO | {"conversationId": dashless}, "data": []})
    async with aioconvo.SmscxClient(api_key="k", base_url=wire.base_url) as smscx:
        assert (await smscx.conversations.get(UUID)).messages == []
    wire.answers("GET", MESSAGE | {"external_message_id": "<A@mail>"})
    async with aioconvo.ConvoreClient(api_key="k", base_url=wire.base_url) as convore:
        assert (await convore.messages.get("<a@mail>")).id == MESSAGE["id"]
    arn = f"arn:ultracart:conversation:DEMO:conversation:{UUID}"
    wire.answers("GET", {"conversation": {"conversation_uuid": UUID, "conversation_arn": arn}})
    async with aioconvo.UltraCartClient(simple_key="k", base_url=wire.base_url) as ultracart:
        assert (await ultracart.conversations.get(arn)).conversation_uuid == UUID
        for name in (arn, arn.upper(), UUID):
            for only in (True, False):
                wire.answers("PUT", {"conversation": {"conversation_uuid": UUID, "conversation_arn": arn}})
                found = await ultracart.conversations.start(conversation_arn=name, resolve_only=only)
                assert found is not None
                assert found.conversation_uuid == UUID
        wire.answers("PUT", uc(conversation={"conversation_uuid": OTHER_UUID, "conversation_arn": "arn:7"}))
        with pytest.raises(aioconvo.WrongAnswerError, match="another conversation"):
            await ultracart.conversations.start(conversation_arn=arn, resolve_only=True)


@pytest.mark.parametrize("noun", ["messages", "participants"])
async def test_links_of_sunshine_name_the_conversation(wire: Any, noun: str) -> None:
    def page(link: str | None) -> dict[str, Any]:
        return {noun: [], "meta": {"hasMore": False}, "links": {"prev": link, "next": link}}

    async with client_of("sunshine.", wire) as sunshine:
        own = getattr(sunshine, noun)
        base = "https://api.test/sc/v2/apps/a/conversations/"
        for link in (
            f"{base}c%201/{noun}?page[before]=x",
            f"{base}C%201/{noun}",
            "https://api.test/elsewhere?page[after]=y",
            None,
        ):
            wire.answers("GET", page(link))
            assert await own.list("c 1").collect() == []
        wire.answers("GET", page(f"{base}other/{noun}?page[before]=x"))
        with pytest.raises(aioconvo.WrongAnswerError, match="another conversation"):
            await own.list("c 1").collect()


async def test_all_pages_of_smooch_are_of_one_conversation(wire: Any) -> None:
    def page(conversation: Any, first: int, count: int) -> dict[str, Any]:
        messages = [natives.SMOOCH_MESSAGE | {"_id": f"{first + n:024x}", "received": first + n} for n in range(count)]
        return {"conversation": conversation, "messages": messages}

    async with aioconvo.SmoochClient(app_id="a", key_id="k", secret="s", base_url=wire.base_url) as smooch:
        for last in ({"_id": SMOOCH["_id"].upper(), "unreadCount": 1}, None):
            wire.answers("GET", page(SMOOCH, 1000, 100))
            wire.answers("GET", page(last, 900, 5))
            assert len(await smooch.messages.list("u").collect()) == 105
        wire.answers("GET", page(SMOOCH, 1000, 100))
        wire.answers("GET", page({"_id": "0" * 24, "unreadCount": 0}, 900, 5))
        with pytest.raises(aioconvo.WrongAnswerError, match="another conversation"):
            await smooch.messages.list("u").collect()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (uc(), None),
        (uc(conversation=None), None),
        (uc(conversation={}), None),
        (uc(conversation={"conversation_uuid": UUID}), UUID),
        ({"conversation": {"conversation_uuid": UUID}}, UUID),
    ],
)
async def test_to_look_for_a_conversation_only(wire: Any, body: Any, found: str | None) -> None:
    wire.answers("PUT", body)
    wire.answers("PUT", status=204)
    async with client_of("ultracart.", wire) as client:
        came = await client.conversations.start(conversation_arn="arn:1", resolve_only=True)
        assert (None if came is None else came.conversation_uuid) == found
        assert await client.conversations.start(conversation_arn="arn:1", resolve_only=True) is None
    assert wire.last.json() == {"conversation_arn": "arn:1", "resolve_only": True}


@pytest.mark.parametrize("body", [{}, {"conversation": None}, {"conversation": {}}, [], None, {"success": None}])
async def test_no_answer_to_a_search_is_not_nothing_found(wire: Any, body: Any) -> None:
    wire.answers("PUT", body=encoded(body))
    async with client_of("ultracart.", wire) as client:
        with pytest.raises(aioconvo.ResponseDecodeError):
            await client.conversations.start(conversation_arn="arn:1", resolve_only=True)


@pytest.mark.parametrize(
    "body",
    [
        {"success": True, "metadata": ROWS},
        {"success": True, "metadata": {"result_set": {"more": True}}},
        {"metadata": NO_ROWS},
        {"success": True, "conversations": {"1": natives.ULTRACART_CONVERSATION}},
        {"success": True, "conversations": "none"},
    ],
)
async def test_a_list_that_is_missing_is_not_empty_where_that_is_not_clear(wire: Any, body: Any) -> None:
    assert isinstance(await answered("ultracart.conversations.list", wire, encoded(body)), aioconvo.ResponseDecodeError)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("smscx.conversations.list", {"data": {"1": natives.SMSCX_CONVERSATION}}),
        ("smscx.conversations.list", {"conversations": []}),
        ("smscx.conversations.get", {"info": INFO}),
        ("smscx.conversations.get", {"data": None}),
        ("sunshine.conversations.list", {"conversations": None}),
        ("sunshine.conversations.list", {"conversations": None, "meta": {"hasMore": True}}),
        ("sunshine.messages.list", {"meta": {}}),
        ("smooch.messages.list", {"conversation": SMOOCH}),
        ("smooch.messages.list", {"messages": None}),
        ("convore.conversations.list", {"data": None}),
        ("convore.conversations.list", {"data": None, "total_count": 3}),
        ("convore.messages.list", {"data": None, "total_count": 0, "next_cursor": "c"}),
    ],
)
async def test_null_is_no_empty_list_where_that_is_not_clear(wire: Any, name: str, body: Any) -> None:
    assert isinstance(await answered(name, wire, encoded(body)), aioconvo.ResponseDecodeError)


async def test_errors_in_a_200_are_tried_again_as_their_status_says(wire: Any, clock: Any) -> None:
    wire.answers("GET", {"errors": [{"code": "too_many_requests", "title": "slow"}]}, headers={"Retry-After": "2"})
    wire.answers("GET", {"error": {"code": "service_unavailable"}})
    wire.answers("GET", {"conversation": SUNSHINE})
    async with aioconvo.SessionPool(clock=clock) as pool:
        client = aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", base_url=wire.base_url, pool=pool)
        assert (await client.conversations.get(SUNSHINE["id"])).id == SUNSHINE["id"]
        assert client.stats().rate_limited == 1
    assert len(wire.sent) == 3


@pytest.mark.parametrize(
    ("name", "body", "kind", "code"),
    [
        ("smscx.conversations.get", {"error": {"type": "not_found", "message": "m", "code": 1180}}, "NotFoundError", "1180"),
        ("smscx.conversations.list", {"error": {"type": "invalid_api_key", "code": 1}}, "AuthenticationError", "1"),
        ("sunshine.messages.list", {"errors": [{"code": "conversation_not_found"}]}, "NotFoundError", "conversation_not_found"),
        ("smooch.messages.list", {"error": {"code": "forbidden"}}, "PermissionDeniedError", "forbidden"),
        ("convore.messages.get", {"error": {"code": "conflict"}}, "ConflictError", "conflict"),
        ("ultracart.conversations.get", {"error": {"error_code": "410"}}, "GoneError", "410"),
        ("ultracart.conversations.get", {"error": "maintenance"}, "BadRequestError", "maintenance"),
        ("ultracart.conversations.get", {"error": "invalid_token"}, "AuthenticationError", "invalid_token"),
    ],
)
async def test_the_error_of_its_code(wire: Any, name: str, body: Any, kind: str, code: str) -> None:
    came = await answered(name, wire, encoded(body))
    assert type(came).__name__ == kind
    assert came.code == code


async def test_inboxes_tell_too(wire: Any) -> None:
    other = MESSAGE | {"conversation_id": "conv_other"}
    wire.answers("GET", {"data": [other]})
    wire.answers("GET", {"data": [MESSAGE]})
    wire.answers("POST", other)
    wire.answers("PATCH", CONVORE | {"id": "conv_other"})
    async with client_of("convore.", wire) as convore:
        with pytest.raises(aioconvo.WrongAnswerError):
            await convore.inbox.messages(MESSAGE["conversation_id"]).collect()
        with pytest.raises(aioconvo.WrongAnswerError, match="another conversation") as caught:
            await convore.inbox.send_text(MESSAGE["conversation_id"], "Hi")
        assert isinstance(caught.value, aioconvo.MaybeSentError)
        with pytest.raises(aioconvo.WrongAnswerError):
            await convore.inbox.mark_read(CONVORE["id"])
    wire.answers("GET", {"info": INFO | {"conversationId": OTHER_UUID}, "data": []})
    wire.answers("GET", {"info": INFO, "data": {}})
    async with client_of("smscx.", wire) as smscx:
        with pytest.raises(aioconvo.WrongAnswerError):
            await smscx.inbox.messages(UUID).collect()
        assert await smscx.inbox.messages(UUID).collect() == []


@pytest.mark.parametrize("body", [b"", b"{}", b'{"ok":true}', b"null"])
async def test_inboxes_need_no_answer_to_mark_read(wire: Any, body: bytes) -> None:
    methods = {"smscx": "GET", "sunshine": "POST", "smooch": "POST", "convore": "PATCH", "ultracart": "PUT"}
    for name, method in methods.items():
        wire.answers(method, body=body)
        wire.answers(method, {"error": "no"})
        async with client_of(f"{name}.", wire) as client:
            await client.inbox.mark_read(UUID)
            with pytest.raises(aioconvo.APIStatusError):
                await client.inbox.mark_read(UUID)
        await asyncio.sleep(0)


ENVELOPES = [
    kind
    for provider in ("smscx", "sunshine", "smooch", "convore", "ultracart")
    for kind in vars(importlib.import_module(f"aioconvo.{provider}.pages")).values()
    if isinstance(kind, type) and issubclass(kind, Telling) and kind.__module__ == f"aioconvo.{provider}.pages"
]


@pytest.mark.parametrize("kind", ENVELOPES)
def test_the_members_of_an_answer_have_names_and_no_order(kind: type[Telling]) -> None:
    """What an API adds may stand anywhere among them."""
    own = set(kind.__struct_fields__) - {name for base in kind.__bases__ for name in getattr(base, "__struct_fields__", ())}
    parameters = inspect.signature(kind).parameters
    assert {parameters[name].kind for name in own} <= {inspect.Parameter.KEYWORD_ONLY}
