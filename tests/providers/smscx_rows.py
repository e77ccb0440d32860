"""Operations of SMS.CX about channels, numbers, one-time passwords, templates, links, opt-outs and reports, as rows.

Origin of the answers: the models of the vendor's SDK 0.1.13 and the payloads of its documents of API 1.0.2.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from aioconvo.smscx import Channel, RichMedia, StrategyStep

from .rows import Case, Row

ID = "c38fa60d-ce8f-4918-8b9d-d991bc44cb73"
OTHER = "11111111-2222-4333-8444-555555555555"
AT = "2024-01-31 08:05:09"
PHONE = "+33655550100"
NO_MORE = {"next": None, "previous": None, "size": 1}
LATER = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))


class Batch(Row):
    """What is sent, or would be sent, by a call: an answer names its campaign, and of a send each message."""

    def case(self) -> Case:
        """What becomes of other answers."""
        without = {"info": self.answer["info"] | {"campaignId": ""}}
        return Case(self.call, self.answer, (), (self.answer | without, {"data": []}))


def page(*items: Any, **info: Any) -> dict[str, Any]:
    """A page of a list, the last one."""
    return {"data": [*items], "paging": NO_MORE} | ({"info": info} if info else {})


CHAT: dict[str, Any] = {
    "msgId": OTHER,
    "status": "ACCEPTED",
    "statusCode": 1,
    "createdAt": AT,
    "inQuietHours": False,
    "cost": 0.045,
    "to": PHONE,
    "countryIso": "FR",
    "from": "SHOP",
    "text": "Hi Ada",
    "parts": 1,
    "errorCode": None,
    "trackData": ID,
    "scheduledAt": AT,
}
SENT: dict[str, Any] = {
    "campaignId": ID,
    "totalPhoneNumbers": 1,
    "totalValid": 1,
    "totalInvalid": 1,
    "totalCost": 0.045,
    "totalParts": 1,
    "totalInQuietHours": 0,
    "scheduled": True,
    "invalid": ["12"],
    "phoneNumbersByCountry": {"FR": 1},
}
BATCH = {"info": SENT, "data": [CHAT]}
CAMPAIGN = {"info": SENT | {"duplicatesRemoved": 0, "groups": [{"id": 1, "name": "All", "phoneNumbers": 1}]}, "data": [CHAT]}
BOTH = {"info": SENT, "data": [CHAT | {"channel": "viber"}]}
BOTH_CAMPAIGN = {"info": CAMPAIGN["info"], "data": [CHAT | {"channel": "viber"}]}
OFF = {"info": {"msgId": ID, "parts": 1, "creditReturned": 0.045, "channel": "viber"}}
CAMPAIGN_OFF = {
    "info": {
        "campaignId": ID,
        "totalPhoneNumbers": 2,
        "totalParts": 2,
        "phoneNumbersDeleted": 2,
        "partsDeleted": 2,
        "creditReturned": 0.1,
        "channel": "viber",
    }
}
BY_TEMPLATE: dict[str, Any] = {"from_": "SHOP", "template_id": 7, "custom_fields": {"name": "Ada"}, "scheduled_date": LATER}
TEMPLATE_SENT = {"from": "SHOP", "templateId": 7, "customFields": {"name": "Ada"}, "scheduledDate": "2026-11-30 08:00:00"}
STEPS = [StrategyStep(channel=Channel.VIBER, template_id=7), StrategyStep(channel=Channel.SMS, text="Hi")]
STEPS_SENT = {"from": "SHOP", "strategy": [{"channel": "viber", "templateId": 7}, {"channel": "sms", "text": "Hi"}], "ttl": 60}
TO = {"to": [PHONE], "trackData": ID}
GROUPS = {"groups": [1]}
OTP: dict[str, Any] = {
    "otpId": ID,
    "trackId": OTHER,
    "phoneNumber": PHONE,
    "countryIso": "FR",
    "status": "PENDING",
    "cost": 0.045,
    "parts": 1,
    "maxAttempts": 3,
    "attempts": 0,
    "ttl": 300,
    "dateCreated": AT,
    "dateExpires": AT,
    "otpCallbackUrl": None,
}
TEMPLATE: dict[str, Any] = {
    "id": 7,
    "name": "Hello",
    "channel": "viber",
    "text": "Hi {{name}}",
    "createdAt": AT,
    "approved": True,
}
LINK: dict[str, Any] = {
    "id": ID,
    "name": "Shop",
    "shortUrl": "https://s.example/a",
    "originalUrl": "https://shop.example.com/",
    "hits": 3,
    "dateCreated": AT,
}
FILE: dict[str, Any] = {
    "id": ID,
    "name": "Menu",
    "shortUrl": "https://s.example/b",
    "fileUrl": "https://files.example/b.pdf",
    "fileType": "application/pdf",
    "hits": 3,
    "dateCreated": AT,
}
HIT: dict[str, Any] = {"hitId": 1, "datetime": AT, "device": "mobile", "ipAddress": "203.0.113.7", "phoneNumber": PHONE}
OPTOUT: dict[str, Any] = {"id": 5, "phoneNumber": PHONE, "countryIso": "FR", "optoutFrom": "link", "datetime": AT}
ADDED = {"totalValid": 1, "totalInvalid": 0, "totalDuplicates": 0, "totalPhoneNumbers": 1, "invalid": []}
LOOKUP: dict[str, Any] = {
    "phoneNumber": PHONE,
    "lookupId": ID,
    "cost": 0.01,
    "mcc": "208",
    "mccmnc": "20801",
    "countryIso": "FR",
    "countryName": "France",
    "countryNameLocale": "France",
    "status": "ACTIVE",
    "statusDescription": "reachable",
    "ported": False,
    "roaming": False,
    "datetime": AT,
    "originalNetwork": {"name": "Orange", "mnc": "01"},
    "portedNetwork": {"name": None, "mnc": None},
    "roamingNetwork": {"countryIso": None},
}
BULK = {"lookupBulkId": ID, "totalPhoneNumbers": 1, "totalValid": 1, "totalCost": 0.01}
QUEUED = {"phoneNumber": PHONE, "countryIso": "FR", "cost": 0.01, "lookupId": OTHER, "datetime": AT}
VALID = {"phoneNumber": PHONE, "countryIso": "FR", "networkOperator": "Orange", "timezone": "Europe/Paris"}
RENTED: dict[str, Any] = {
    "rentId": ID,
    "numberId": OTHER,
    "phoneNumber": PHONE,
    "countryIso": "FR",
    "networkOperator": "Orange",
    "features": 1,
    "numberType": "mobile",
    "rentCost": 5.0,
    "setupCost": 0.0,
    "rentPeriod": 30,
    "rentStart": AT,
    "rentEnd": AT,
    "inboundSmsCost": 0.0,
    "outboundSmsCost": None,
    "renewCost": [{"days": 30, "cost": 5.0}],
    "inboundSms": {"total": 1, "cost": 0.0},
    "outboundSms": {"total": 0, "cost": 0.0},
    "minRent": 7,
    "autoRenew": True,
    "activeRent": True,
    "approved": True,
    "callbackUrl": None,
    "datetime": AT,
}
NEW_RENT = {name: RENTED[name] for name in ("rentId", "numberId", "phoneNumber", "countryIso", "rentStart", "rentEnd")} | {
    "rentCost": 5.0,
    "setupCost": 0.0,
    "autoRenew": True,
    "approved": True,
    "callbackUrl": None,
    "datetime": AT,
}
RENEWED = {name: value for name, value in NEW_RENT.items() if name not in {"setupCost", "approved"}}
TO_RENT = {
    "numberId": OTHER,
    "phoneNumber": None,
    "countryIso": "FR",
    "networkOperator": "Orange",
    "features": 1,
    "numberType": "mobile",
    "inboundSmsCost": 0.0,
    "setupCost": 0.0,
    "rentCost": [{"days": 30, "cost": 5.0}],
    "minRent": 7,
    "setupTime": "instant",
    "registration": False,
    "datetime": AT,
}
GOT = {"msgId": OTHER, "countryIso": "FR", "from": PHONE, "to": "+33655550101", "text": "Hi", "cost": 0.0, "receivedAt": AT}
REPORT: dict[str, Any] = {
    "msgId": ID,
    "status": "NO COVERAGE",
    "statusCode": 9,
    "inQuietHours": False,
    "createdAt": AT,
    "updatedAt": AT,
    "cost": 0.045,
    "to": PHONE,
    "countryIso": "FR",
    "from": "SHOP",
    "text": "Hi",
    "source": "api",
    "channel": "sms",
    "textAnalysis": {"length": 2, "unicode": False, "parts": 1},
}
REPORTED_CAMPAIGN: dict[str, Any] = {
    "id": ID,
    "name": "News",
    "from": "SHOP",
    "groups": [{"id": 1, "name": "All", "phoneNumbers": 1}],
    "totalPhoneNumers": 1,
    "parts": 1,
    "cost": 0.045,
    "text": "Hi",
    "source": "webapp",
    "channel": "sms",
    "datetimeAdded": AT,
    "status": {"accepted": 0, "delivered": 1, "failed": 0, "scheduled": 0, "noCoverage": 0},
}
CHAT_SETTINGS = {
    "dlrCallback": "https://hooks.example/dlr",
    "receiveCallback": None,
    "quietHours": {"start": "22:00", "stop": "08:00"},
}
SETTINGS: dict[str, Any] = {
    "sms": CHAT_SETTINGS | {"transliteration": {"alphabet": "NON_GSM", "removeEmojis": False}, "enforceOriginator": None},
    "viber": CHAT_SETTINGS,
    "whatsapp": CHAT_SETTINGS,
    "multichannel": CHAT_SETTINGS | {"ttl": 300, "expireAfterTtl": True},
    "shortlinks": {"shortlinksCallback": None},
    "attachments": {"attachmentsCallback": None},
    "optouts": {"optoutsCallback": None},
    "lookup": {"lookupCallback": None},
    "otp": {
        "from": "SHOP",
        "template": "{{pin}}",
        "pinType": "numbers",
        "pinLength": 6,
        "ttl": 300,
        "maxAttempts": 3,
        "otpCallback": None,
    },
}
APPLICATION: dict[str, Any] = {
    "id": 1,
    "applicationId": "app_1",
    "applicationSecret": "s3cret",
    "applicationName": "Shop",
    "scopes": "sms otp",
    "tokenExpiration": "24h",
    "createdAt": AT,
}
DETAIL = {"applicationId": "app_1", "name": "Shop", "scopes": "sms otp", "tokenExpiration": "24h", "settings": SETTINGS}
PRICES = {"FR": {"Orange": {"mcc": "208", "mnc": "01", "cost": 0.045}}}
PERIOD = {"start_date": dt.date(2026, 11, 1), "end_date": dt.date(2026, 11, 30)}
DAYS = "start_date=2026-11-01&end_date=2026-11-30"

ROWS: dict[str, Row] = {
    "accounts.get_balance": Row(
        lambda c: c.accounts.get_balance(),
        "GET /account/balance",
        {"balance": 0, "currency": "eur", "billing": "prepaid"},
        names=None,
    ),
    "accounts.get_channels_status": Row(
        lambda c: c.accounts.get_channels_status(),
        "GET /account/channels/status",
        {"sms": True, "viber": False, "whatsapp": False, "multichannel": True},
        names=None,
    ),
    "accounts.get_country_pricing": Row(
        lambda c: c.accounts.get_country_pricing("sms", "2way", "FR"), "GET /account/pricing/sms/2way/FR", PRICES, names=None
    ),
    "accounts.get_pricing": Row(
        lambda c: c.accounts.get_pricing("viber", "promotional"), "GET /account/pricing/viber/promotional", PRICES, names=None
    ),
    "applications.get": Row(
        lambda c: c.applications.get("app_1"), "GET /applications/app_1", DETAIL, names="applicationId", asked=True
    ),
    "applications.list": Row(
        lambda c: c.applications.list(), "GET /applications", {"data": [APPLICATION]}, member="data", lists=True
    ),
    "attachments.delete": Row(
        lambda c: c.attachments.delete(ID), f"DELETE /attachments/{ID}", {"info": {"id": ID}}, member="info", asked=True
    ),
    "attachments.list": Row(lambda c: c.attachments.list(), "GET /attachments", {"data": [FILE]}, member="data", lists=True),
    "attachments.list_hits": Row(
        lambda c: c.attachments.list_hits(ID, page_size=9),
        f"GET /attachments/{ID}?limit=9",
        page(HIT, **FILE),
        member="data",
        lists=True,
    ),
    "multichannel.delete_scheduled": Row(
        lambda c: c.multichannel.delete_scheduled(ID),
        f"DELETE /multichannel/scheduled/{ID}",
        OFF,
        member="info",
        names="msgId",
        asked=True,
    ),
    "multichannel.delete_scheduled_campaign": Row(
        lambda c: c.multichannel.delete_scheduled_campaign(ID),
        f"DELETE /multichannel/scheduled/campaign/{ID}",
        CAMPAIGN_OFF,
        member="info",
        names="campaignId",
        asked=True,
    ),
    "multichannel.estimate": Batch(
        lambda c: c.multichannel.estimate(to=[PHONE], from_="SHOP", strategy=STEPS, ttl=60, track_data=ID),
        "POST /multichannel/estimate",
        BOTH,
        STEPS_SENT | TO,
    ),
    "multichannel.estimate_campaign": Batch(
        lambda c: c.multichannel.estimate_campaign(groups=[1], from_="SHOP", strategy=STEPS, ttl=60),
        "POST /multichannel/campaign/estimate",
        BOTH_CAMPAIGN,
        STEPS_SENT | GROUPS,
    ),
    "multichannel.send": Batch(
        lambda c: c.multichannel.send(to=[PHONE], from_="SHOP", strategy=STEPS, ttl=60, track_data=ID),
        "POST /multichannel",
        BOTH,
        STEPS_SENT | TO,
    ),
    "multichannel.send_campaign": Batch(
        lambda c: c.multichannel.send_campaign(groups=[1], from_="SHOP", strategy=STEPS, ttl=60),
        "POST /multichannel/campaign",
        BOTH_CAMPAIGN,
        STEPS_SENT | GROUPS,
    ),
    "numbers.cancel_rent": Row(
        lambda c: c.numbers.cancel_rent(ID),
        f"DELETE /numbers/rent/{ID}",
        {"info": {"rentId": ID, "numberId": OTHER, "phoneNumber": PHONE, "countryIso": "FR", "creditReturned": 1.5}},
        member="info",
        names="rentId",
        asked=True,
    ),
    "numbers.get_lookup": Row(
        lambda c: c.numbers.get_lookup(ID), f"GET /numbers/lookup/lookupId/{ID}", LOOKUP, names="lookupId", asked=True
    ),
    "numbers.get_rent": Row(
        lambda c: c.numbers.get_rent(ID), f"GET /numbers/rent/{ID}", {"info": RENTED}, member="info", names="rentId", asked=True
    ),
    "numbers.list_available": Row(
        lambda c: c.numbers.list_available("FR", features=1, number_type="mobile", inbound_sms_sender=True),
        "GET /numbers/rent/available/FR?features=1&number_type=mobile&inbound_sms_sender=true",
        {"data": [TO_RENT]},
        member="data",
        lists=True,
    ),
    "numbers.list_bulk_lookup_results": Row(
        lambda c: c.numbers.list_bulk_lookup_results(ID),
        f"GET /numbers/lookup/lookupBulkId/{ID}",
        page(LOOKUP, **BULK),
        member="data",
        lists=True,
    ),
    "numbers.list_bulk_lookups": Row(
        lambda c: c.numbers.list_bulk_lookups(page_size=9),
        "GET /numbers/lookup?limit=9",
        page({"id": ID, "totalPhoneNumbers": 1, "totalValid": 1, "totalCost": 0.01, "datetimeAdded": AT}),
        member="data",
        lists=True,
    ),
    "numbers.list_inbound_sms": Row(
        lambda c: c.numbers.list_inbound_sms(ID),
        f"GET /numbers/rent/{ID}/inbound",
        page(GOT, rentId=ID, phoneNumber=PHONE, countryIso="FR"),
        member="data",
        lists=True,
    ),
    "numbers.list_rented": Row(
        lambda c: c.numbers.list_rented(country_iso="FR", active_rent=True, include="55"),
        "GET /numbers/rent?country_iso=FR&active_rent=true&include=55",
        {"data": [RENTED]},
        member="data",
        lists=True,
    ),
    "numbers.lookup": Row(
        lambda c: c.numbers.lookup(PHONE),
        "GET /numbers/lookup/%2B33655550100",
        {"data": LOOKUP},
        member="data",
        names="lookupId",
    ),
    "numbers.lookup_bulk": Row(
        lambda c: c.numbers.lookup_bulk(phone_numbers=[PHONE], lookup_callback_url="https://hooks.example/l"),
        "POST /numbers/lookup",
        {"info": BULK | {"totalInvalid": 0, "invalid": []}, "data": [QUEUED]},
        {"phoneNumbers": [PHONE], "lookupCallbackUrl": "https://hooks.example/l"},
        names=None,
    ),
    "numbers.renew_rent": Row(
        lambda c: c.numbers.renew_rent(ID, rent_period=30, callback_url=None),
        f"PATCH /numbers/rent/{ID}",
        {"info": RENEWED},
        {"rentPeriod": 30, "callbackUrl": None},
        member="info",
        names="rentId",
        asked=True,
    ),
    "numbers.rent": Row(
        lambda c: c.numbers.rent(number_id=OTHER, rent_period=30, auto_renew=True),
        "POST /numbers/rent",
        {"info": NEW_RENT},
        {"numberId": OTHER, "rentPeriod": 30, "autoRenew": True},
        member="info",
        names="rentId",
    ),
    "numbers.update_rent": Row(
        lambda c: c.numbers.update_rent(ID, auto_renew=False),
        f"PATCH /numbers/rent/{ID}/edit",
        {"info": {"autoRenew": False}},
        {"autoRenew": False},
        member="info",
        names=None,
    ),
    "numbers.validate": Row(
        lambda c: c.numbers.validate(PHONE),
        "GET /numbers/validate/%2B33655550100",
        {"data": VALID},
        member="data",
        names="phoneNumber",
    ),
    "numbers.validate_bulk": Row(
        lambda c: c.numbers.validate_bulk(phone_numbers=[PHONE]),
        "POST /numbers/validate",
        {"info": {"totalPhoneNumbers": 1, "totalValid": 1, "totalInvalid": 0}, "data": [VALID | {"invalid": False}]},
        {"phoneNumbers": [PHONE]},
        names=None,
    ),
    "optouts.add": Row(
        lambda c: c.optouts.add(phone_numbers=[PHONE], allow_invalid=True),
        "POST /optouts",
        {"info": ADDED},
        {"phoneNumbers": [PHONE], "allowInvalid": True},
        member="info",
        names=None,
    ),
    "optouts.delete": Row(
        lambda c: c.optouts.delete(5),
        "DELETE /optouts/5",
        {"info": {"id": "5", "phoneNumber": PHONE}},
        member="info",
        asked=True,
    ),
    "optouts.list": Row(
        lambda c: c.optouts.list(),
        "GET /optouts",
        page(OPTOUT, id="o", link="https://o.example/o", total=1),
        member="data",
        lists=True,
    ),
    "otp.cancel": Row(lambda c: c.otp.cancel(ID), f"DELETE /otp/{ID}", {"info": {"id": ID}}, member="info", asked=True),
    "otp.get": Row(lambda c: c.otp.get(ID.upper()), f"GET /otp/{ID}", OTP, names="otpId", asked=True),
    "otp.send": Row(
        lambda c: c.otp.send(phone_number=PHONE, from_="SHOP", ttl=300, pin_type="numbers", track_id=OTHER),
        "POST /otp",
        OTP,
        {"phoneNumber": PHONE, "from": "SHOP", "ttl": 300, "pinType": "numbers", "trackId": OTHER},
        names="otpId",
    ),
    "otp.verify": Row(
        lambda c: c.otp.verify(ID, pin="123456"), f"POST /otp/{ID}", {"status": "VERIFIED"}, {"pin": "123456"}, names="status"
    ),
    "reports.get_message": Row(
        lambda c: c.reports.get_message(ID),
        f"GET /reports/single/{ID}",
        {"data": REPORT},
        member="data",
        names="msgId",
        asked=True,
    ),
    "reports.get_summary": Row(
        lambda c: c.reports.get_summary("channel", **PERIOD, max_rows=9),
        f"GET /reports/summary/channel?{DAYS}&limit=9",
        {"data": {"sms": {"phoneNumbers": 1, "parts": 1, "costParts": 0.045}}},
        member="data",
        names=None,
    ),
    "reports.list": Row(
        lambda c: c.reports.list(period="2026-11", channel="sms", delivery_report="failed", country_iso="FR"),
        "GET /reports?period=2026-11&channel=sms&delivery_report=failed&country_iso=FR",
        page(REPORT, totalPhoneNumbers=1, totalCost=0.045, totalParts=1),
        member="data",
        lists=True,
    ),
    "reports.list_campaign_messages": Row(
        lambda c: c.reports.list_campaign_messages(ID), f"GET /reports/campaigns/{ID}", page(REPORT), member="data", lists=True
    ),
    "reports.list_campaigns": Row(
        lambda c: c.reports.list_campaigns(delivery_reports=True, source="webapp"),
        "GET /reports/campaigns?delivery_reports=true&source=webapp",
        page(REPORTED_CAMPAIGN, totalCampaigns=1),
        member="data",
        lists=True,
    ),
    "shortlinks.create": Row(
        lambda c: c.shortlinks.create(url="https://shop.example.com/", name="Shop"),
        "POST /shortlinks",
        {"info": {name: LINK[name] for name in ("id", "name", "originalUrl", "shortUrl")}},
        {"url": "https://shop.example.com/", "name": "Shop"},
        member="info",
    ),
    "shortlinks.delete": Row(
        lambda c: c.shortlinks.delete(ID), f"DELETE /shortlinks/{ID}", {"info": {"id": ID}}, member="info", asked=True
    ),
    "shortlinks.list": Row(lambda c: c.shortlinks.list(), "GET /shortlinks", {"data": [LINK]}, member="data", lists=True),
    "shortlinks.list_hits": Row(
        lambda c: c.shortlinks.list_hits(ID), f"GET /shortlinks/{ID}", page(HIT, **LINK), member="data", lists=True
    ),
    "shortlinks.update": Row(
        lambda c: c.shortlinks.update(ID, name="Shop", url="https://shop.example.com/"),
        f"PATCH /shortlinks/{ID}",
        {"info": {"id": ID}},
        {"name": "Shop", "url": "https://shop.example.com/"},
        member="info",
        asked=True,
    ),
    "templates.create": Row(
        lambda c: c.templates.create(text="Hi", name="Hello", channel="viber", rich_media=RichMedia(button_caption="Go")),
        "POST /templates",
        {"info": {"id": 7, "name": "Hello", "text": "Hi", "channel": "viber", "approved": False}},
        {"text": "Hi", "name": "Hello", "channel": "viber", "richMedia": {"buttonCaption": "Go"}},
        member="info",
    ),
    "templates.delete": Row(
        lambda c: c.templates.delete(7), "DELETE /templates/7", {"info": {"id": 7}}, member="info", asked=True
    ),
    "templates.get": Row(
        lambda c: c.templates.get(7),
        "GET /templates/7",
        {"data": TEMPLATE | {"locked": False, "type": "promotional", "richMedia": {"imageUrl": "https://i.example/1"}}},
        member="data",
        asked=True,
    ),
    "templates.list": Row(lambda c: c.templates.list(), "GET /templates", {"data": [TEMPLATE]}, member="data", lists=True),
    "templates.update": Row(
        lambda c: c.templates.update(7, text="Hi"),
        "PATCH /templates/7",
        {"info": {"id": 7}},
        {"text": "Hi"},
        member="info",
        asked=True,
    ),
    "whatsapp.delete_scheduled": Row(
        lambda c: c.whatsapp.delete_scheduled(ID),
        f"DELETE /whatsapp/scheduled/{ID}",
        OFF,
        member="info",
        names="msgId",
        asked=True,
    ),
    "whatsapp.estimate": Batch(
        lambda c: c.whatsapp.estimate(to=[PHONE], track_data=ID, **BY_TEMPLATE),
        "POST /whatsapp/estimate",
        BATCH,
        TEMPLATE_SENT | TO,
    ),
    "whatsapp.send": Batch(
        lambda c: c.whatsapp.send(to=[PHONE], track_data=ID, **BY_TEMPLATE), "POST /whatsapp", BATCH, TEMPLATE_SENT | TO
    ),
    "viber.delete_scheduled": Row(
        lambda c: c.viber.delete_scheduled(ID), f"DELETE /viber/scheduled/{ID}", OFF, member="info", names="msgId", asked=True
    ),
    "viber.delete_scheduled_campaign": Row(
        lambda c: c.viber.delete_scheduled_campaign(ID),
        f"DELETE /viber/scheduled/campaign/{ID}",
        CAMPAIGN_OFF,
        member="info",
        names="campaignId",
        asked=True,
    ),
    "viber.estimate": Batch(
        lambda c: c.viber.estimate(to=[PHONE], track_data=ID, **BY_TEMPLATE), "POST /viber/estimate", BATCH, TEMPLATE_SENT | TO
    ),
    "viber.estimate_campaign": Batch(
        lambda c: c.viber.estimate_campaign(groups=[1], **BY_TEMPLATE),
        "POST /viber/campaign/estimate",
        CAMPAIGN,
        TEMPLATE_SENT | GROUPS,
    ),
    "viber.send": Batch(
        lambda c: c.viber.send(to=[PHONE], track_data=ID, **BY_TEMPLATE), "POST /viber", BATCH, TEMPLATE_SENT | TO
    ),
    "viber.send_campaign": Batch(
        lambda c: c.viber.send_campaign(groups=[1], **BY_TEMPLATE), "POST /viber/campaign", CAMPAIGN, TEMPLATE_SENT | GROUPS
    ),
}
ROWS |= {
    "applications.list_scopes": Row(
        lambda c: c.applications.list_scopes(), "GET /applications/scopes", ["sms", "otp"], lists=True
    )
}
