"""Messages of the emulated SMS.CX account: sent, estimated, kept until their time, called off."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from aioconvo.sandbox.data import milliseconds, uuid_id
from aioconvo.sandbox.exchange import Reply, Request, Route

from .data import COSTS, SentSms, stamp, text_analysis
from .groups import Groups
from .numbers import country_of, number_of
from .refusals import Refused, decoded, invalid, refusal

if TYPE_CHECKING:
    from aioconvo.sandbox.clock import Clock
    from aioconvo.sandbox.exchange import Settings

    from .telling import Telling

_MOST_NUMBERS: Final = 25_000
_WRONG: Final = "A parameter is missing or not valid"

_Sender = Annotated[str, msgspec.Meta(min_length=3, max_length=15)]
_Country = Annotated[str, msgspec.Meta(min_length=2, max_length=2)]


class _Transliteration(msgspec.Struct, rename="camel"):
    alphabet: str
    remove_emojis: bool = False


class _Asked(msgspec.Struct, rename="camel", kw_only=True):
    sender: _Sender = msgspec.field(name="from")
    scheduled_date: str | None = None
    is_utc: bool = True
    dlr_callback_url: str | None = None
    short_response: bool = False
    no_text_details: bool = False
    show_timezone: bool = False
    idempotency_id: str | None = None
    track_data: str | None = None
    # Of a batch.
    to: list[str] | None = None
    country_iso: _Country | None = None
    allow_invalid: bool = False
    # Of a campaign.
    groups: list[int] | None = None

    def told(self) -> tuple[str, str]:
        """What goes, and by which channel."""
        raise NotImplementedError


class _Text(_Asked, rename="camel", kw_only=True):
    text: str
    transliteration: _Transliteration | None = None

    def told(self) -> tuple[str, str]:
        return self.text, "sms"


class _Template(_Asked, rename="camel", kw_only=True):
    template_id: int
    custom_fields: dict[str, str] = {}


class _Viber(_Template, rename="camel", kw_only=True):
    def told(self) -> tuple[str, str]:
        return f"Template {self.template_id}", "viber"


class _Whatsapp(_Template, rename="camel", kw_only=True):
    def told(self) -> tuple[str, str]:
        return f"Template {self.template_id}", "whatsapp"


class _Step(msgspec.Struct, rename="camel"):
    channel: Literal["sms", "viber", "whatsapp"]
    template_id: int | None = None
    text: str | None = None


class _Strategy(_Asked, rename="camel", kw_only=True):
    strategy: Annotated[list[_Step], msgspec.Meta(min_length=1)]
    ttl: int = 300

    def told(self) -> tuple[str, str]:
        first = self.strategy[0]  # everybody here has every channel
        return first.text or f"Template {first.template_id}", first.channel


Made = tuple[dict[str, Any], list[SentSms]]


class Sends:
    """What was sent by one channel, and the routes to it."""

    path: str
    message: str
    """What the API's own names of its operations call a message."""
    asked: type[_Asked]

    def __init__(self, settings: Settings, clock: Clock, changes: Telling, groups: Groups) -> None:
        self._settings = settings
        self._clock = clock
        self._changes = changes
        self._groups = groups
        self._made = 0
        self._replayed: dict[tuple[str, str], Reply] = {}
        self.sent: dict[str, SentSms] = {}
        self.routes = self._routes()

    def _routes(self) -> tuple[Route, ...]:
        name, path, message = self.path, f"/{self.path}", self.message
        one = (
            Route("POST", path, f"send_{message}", self._send),
            Route("POST", f"{path}/estimate", f"estimate_{message}", self._estimate),
            Route("DELETE", f"{path}/scheduled/{{msgId}}", f"delete_scheduled_{message}", self._delete),
        )
        if name == "whatsapp":  # which has no campaigns
            return one
        campaign = f"{name}_campaign"
        return (
            *one,
            Route("POST", f"{path}/campaign", f"send_{campaign}", self._send_campaign),
            Route("POST", f"{path}/campaign/estimate", f"estimate_{campaign}", self._estimate_campaign),
            Route("DELETE", f"{path}/scheduled/campaign/{{campaignId}}", f"delete_scheduled_{campaign}", self._delete_campaign),
        )

    def release(self) -> None:
        """Send what was kept and whose time has come."""
        now = milliseconds(self._settings.clock())
        for one in [one for one in self.sent.values() if one.waits and one.at <= now]:
            one.waits = False
            self._changes.handed_over(one)

    def _send(self, request: Request, _: Mapping[str, str]) -> Reply:
        asked = decoded(request, self.asked, _WRONG)
        return self._once(request, asked, self._batch(asked))

    def _estimate(self, request: Request, _: Mapping[str, str]) -> Reply:
        asked = decoded(request, self.asked, _WRONG)
        return Reply(200, _answer(asked, *self._batch(asked)))

    def _send_campaign(self, request: Request, _: Mapping[str, str]) -> Reply:
        asked = decoded(request, self.asked, _WRONG)
        return self._once(request, asked, self._campaign(asked))

    def _estimate_campaign(self, request: Request, _: Mapping[str, str]) -> Reply:
        asked = decoded(request, self.asked, _WRONG)
        return Reply(200, _answer(asked, *self._campaign(asked)))

    def _once(self, request: Request, asked: _Asked, made: Made) -> Reply:
        """Send it; what a second request with the same id is answered is not documented, here it is the first answer."""
        key = (request.path, asked.idempotency_id or "")
        if asked.idempotency_id is not None and key in self._replayed:
            return self._replayed[key]
        info, messages = made
        for one in messages:
            self.sent[one.id] = one
            if not one.waits:
                self._changes.handed_over(one)
        headers = {} if asked.idempotency_id is None else {"X-Idempotency-Id": asked.idempotency_id}
        answer = Reply(200, _answer(asked, info, messages), headers)
        if asked.idempotency_id is not None:
            self._replayed[key] = answer
        return answer

    def _batch(self, asked: _Asked) -> Made:
        to = asked.to or []
        if not 1 <= len(to) <= _MOST_NUMBERS:
            raise invalid("The number of phone numbers must be from 1 to 25000", 1103)
        numbers = [number_of(one, asked.country_iso) for one in to]
        bad = [written for written, number in zip(to, numbers, strict=True) if number is None]
        if bad and not asked.allow_invalid:
            refused = refusal(400, "invalid_param", "Some phone numbers are not valid", 1207)
            raise Refused(Reply(refused.status, {**refused.body, "invalid": bad}))
        info, messages = self._make(asked, [one for one in numbers if one is not None])
        if bad:
            info |= {"totalPhoneNumbers": len(numbers), "totalInvalid": len(bad), "invalid": bad}
        return info, messages

    def _campaign(self, asked: _Asked) -> Made:
        groups = [self._groups.get(one) for one in asked.groups or ()]
        found = [one for one in groups if one is not None]
        if not groups or len(found) != len(groups):
            raise invalid("Group ID not found", 1101)
        numbers = [contact.phone for group in found for contact in group.contacts.values()]
        once = list(dict.fromkeys(numbers))
        info, messages = self._make(asked, once)
        shown = [{"id": one.id, "name": one.name, "phoneNumbers": len(one.contacts)} for one in found]
        return info | {"duplicatesRemoved": len(numbers) - len(once), "groups": shown}, messages

    def _make(self, asked: _Asked, numbers: Iterable[str]) -> Made:
        if asked.idempotency_id is not None and not _is_uuid(asked.idempotency_id):
            raise invalid("Idempotency ID is not a valid UUID", 1111)
        text, channel = asked.told()
        if not text.strip():
            raise invalid("Text message cannot be empty", 1801)
        seed, now = self._settings.seed, self._clock.tick()
        at = now if asked.scheduled_date is None else _scheduled(asked.scheduled_date)
        if at < now:
            raise invalid("The scheduled date has passed")
        self._made += 1
        campaign = uuid_id(seed, f"smscx {self.path} campaign", self._made)
        parts = text_analysis(text)["parts"] if channel == "sms" else 1
        messages = [
            SentSms(
                id=uuid_id(seed, f"smscx {self.path}", self._made, place),
                campaign=campaign,
                to=number,
                country=country_of(number),
                sender=asked.sender,
                text=text,
                channel=channel,
                parts=parts,
                cost=COSTS[channel] * parts,
                created=now,
                at=at,
                # What is no UUID is dropped without a word.
                track=asked.track_data if asked.track_data is not None and _is_uuid(asked.track_data) else None,
                waits=at > now,
            )
            for place, number in enumerate(numbers)
        ]
        countries = [one.country for one in messages]
        info: dict[str, Any] = {
            "campaignId": campaign,
            "totalPhoneNumbers": len(messages),
            "totalValid": len(messages),
            "totalInvalid": 0,
            "totalCost": sum(one.cost for one in messages),
            "totalParts": parts * len(messages),
            "dlrCallbackUrl": asked.dlr_callback_url,
            "scheduled": at > now,
            "phoneNumbersByCountry": {country: countries.count(country) for country in sorted(set(countries))},
        }
        return info, messages

    def _delete(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        one = self.sent.get(parameters["msgId"])
        if one is None:
            raise Refused(refusal(404, "not_found", "Message ID not found", 1100))
        _called_off([one])
        del self.sent[one.id]
        info = {"msgId": one.id, "parts": one.parts, "creditReturned": one.cost, "channel": self.path}
        return Reply(200, {"info": info})

    def _delete_campaign(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        campaign = parameters["campaignId"]
        messages = [one for one in self.sent.values() if one.campaign == campaign]
        if not messages:
            raise Refused(refusal(404, "not_found", "Campaign ID not found", 1150))
        _called_off(messages)
        for one in messages:
            del self.sent[one.id]
        parts = sum(one.parts for one in messages)
        counts = {"totalPhoneNumbers": len(messages), "phoneNumbersDeleted": len(messages)}
        returned = {"totalParts": parts, "partsDeleted": parts, "creditReturned": sum(one.cost for one in messages)}
        return Reply(200, {"info": {"campaignId": campaign, **counts, **returned, "channel": self.path}})


class Sms(Sends):
    """By SMS."""

    path, message, asked = "sms", "sms", _Text


class Viber(Sends):
    """By Viber."""

    path, message, asked = "viber", "viber_message", _Viber


class Whatsapp(Sends):
    """By WhatsApp."""

    path, message, asked = "whatsapp", "whatsapp_message", _Whatsapp


class Multichannel(Sends):
    """By the first channel of a strategy."""

    path, message, asked = "multichannel", "multichannel_message", _Strategy


def _answer(asked: _Asked, info: dict[str, Any], messages: Iterable[SentSms]) -> dict[str, Any]:
    return {"info": info, "data": [] if asked.short_response else [_shown(one, asked) for one in messages]}


def _shown(one: SentSms, asked: _Asked) -> dict[str, Any]:
    more: dict[str, Any] = {} if one.track is None else {"trackData": one.track}
    if one.waits:
        more["scheduledAt"] = stamp(one.at)
    if not asked.no_text_details:
        more["text"] = one.text
        if isinstance(asked, _Text):
            more["textAnalysis"] = text_analysis(one.text)
    if isinstance(asked, _Strategy):
        more["channel"] = one.channel
    return {
        "msgId": one.id,
        "status": "SCHEDULED" if one.waits else "ACCEPTED",
        "statusCode": 5 if one.waits else 1,
        "errorCode": None,
        "createdAt": stamp(one.created),
        "inQuietHours": False,
        "cost": one.cost,
        "to": one.to,
        "countryIso": one.country,
        "from": one.sender,
        "parts": one.parts,
        **more,
    }


def _called_off(messages: Iterable[SentSms]) -> None:
    if not all(one.waits for one in messages):
        raise Refused(refusal(403, "access_denied", "The message is not scheduled", 1118))


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _scheduled(text: str) -> int:
    """When to send, as milliseconds since 1970; here everybody lives in UTC."""
    try:
        return milliseconds(dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=dt.UTC))
    except ValueError as error:
        raise invalid("The scheduled date is not valid") from error
