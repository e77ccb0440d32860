"""The items of SMS.CX's callbacks, for every event that its documents or libraries name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from aioconvo.sandbox.data import number, uuid_id

from .data import Conversation, stamp

__all__ = ["EVENTS", "SENDER", "inbound", "report"]

JSON = dict[str, Any]

SENDER: Final = "SANDBOX"
_OURS: Final = "+447700900000"
_REPORTS: Final = {"ACCEPTED": (1, None), "SENT": (2, None), "DELIVERED": (3, None), "FAILED": (4, 17)}


def _received(channel: str) -> Callable[[int, Conversation, int], JSON]:
    return lambda seed, talk, at: inbound(talk, uuid_id(seed, "sample", channel, at), "Hello, where is my order?", at)


def inbound(talk: Conversation, message_id: str, text: str, at: int) -> JSON:
    """A message of a contact."""
    sent = {"msgId": message_id, "from": talk.phone, "countryIso": talk.country, "to": _OURS, "text": text}
    return {**sent, "cost": 0.0, "receivedAt": stamp(at)}


def report(seed: int, message_id: str, status: str, at: int, *, campaign: str = "", track: str | None = None) -> JSON:
    """How far a message of the business got; `track` is what it was sent with."""
    code, error = _REPORTS[status]
    return {
        "campaignId": campaign or uuid_id(seed, "smscx campaign", message_id),
        "msgId": message_id,
        "statusCode": code,
        "status": status,
        "errorCode": error,
        "datetime": stamp(at),
        "trackData": track,
    }


def _hit(seed: int, talk: Conversation, at: int) -> JSON:
    return {
        "hitId": number(seed, "hit", at) % 10_000,
        "shortlinkId": "ab12",
        "url": "https://shop.example.com/promo",
        "device": "mobile",
        "browser": "Chrome",
        "browserVersion": "122.0",
        "os": "Android",
        "osVersion": "14",
        "brand": "Acme",
        "model": "One",
        "screenResolution": "1080x2400",
        "acceptLanguage": "en-GB",
        "referrer": None,
        "ipAddress": "192.0.2.1",
        "countryIso": talk.country,
        "city": "Leeds",
        "datetime": stamp(at),
        "phoneNumber": talk.phone,
        "campaignId": uuid_id(seed, "smscx campaign", "hit"),
        "groupId": None,
    }


def _optout(seed: int, talk: Conversation, at: int) -> JSON:
    return {
        "hitId": number(seed, "optout", at) % 10_000,
        "optoutId": "cd34",
        "optoutUrl": "https://optout.example.com/cd34",
        "optoutType": "link",
        "countryIso": talk.country,
        "datetime": stamp(at),
        "phoneNumber": talk.phone,
        "campaignId": None,
        "groupId": None,
    }


def _otp(seed: int, talk: Conversation, at: int) -> JSON:
    return {
        "otpId": uuid_id(seed, "otp", at),
        "trackId": None,
        "phoneNumber": talk.phone,
        "countryIso": talk.country,
        "status": "VERIFIED",
        "cost": 0.045,
        "parts": 1,
        "maxAttempts": 3,
        "attempts": 1,
        "ttl": 300,
        "otpCallbackUrl": None,
        "dateCreated": stamp(at - 20_000),
        "dateExpires": stamp(at + 280_000),
    }


def _lookup(seed: int, talk: Conversation, at: int) -> JSON:
    nowhere = {"countryIso": None, "countryName": None, "mcc": None, "mnc": None, "name": None}
    return {
        "phoneNumber": talk.phone,
        "lookupBulkId": None,
        "lookupId": uuid_id(seed, "lookup", at),
        "cost": 0.005,
        "mcc": "234",
        "mccmnc": "23410",
        "countryIso": talk.country,
        "countryName": "United Kingdom",
        "countryNameLocale": "United Kingdom",
        "status": "ACTIVE",
        "statusDescription": "Active",
        "ported": False,
        "roaming": False,
        "originalNetwork": {"name": "Operator A", "mnc": "10"},
        "portedNetwork": {"name": None, "mnc": None},
        "roamingNetwork": nowhere,
        "datetime": stamp(at),
    }


EVENTS: Final[Mapping[str, Callable[[int, Conversation, int], JSON]]] = MappingProxyType(
    {
        "dlr_update": lambda seed, _, at: report(seed, uuid_id(seed, "sent"), "DELIVERED", at),
        "receive_sms": _received("sms"),
        # Unconfirmed: named in an enum, without a model; taken to be as receive_sms.
        "receive_viber": _received("viber"),
        "receive_whatsapp": _received("whatsapp"),
        "shortlink_hit": _hit,
        "shortlink_hit_update": _hit,
        "attachment_hit": _hit,
        "attachment_hit_update": _hit,
        "new_optout": _optout,
        "otp_update": _otp,
        # Unconfirmed: both libraries call a lookup otp_update; what it is called in truth is not known.
        "number_lookup": _lookup,
    }
)
