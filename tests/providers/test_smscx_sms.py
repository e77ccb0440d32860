"""SMS by SMS.CX: what is sent and what comes back, and when it is sent again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import aioconvo
from aioconvo.smscx import (
    Alphabet,
    ChatStatus,
    ScheduledChannel,
    SmsBatch,
    SmsCampaign,
    SmscxClient,
    TextEncoding,
    Transliteration,
)
from tests.faults.server import Close, FaultServer
from tests.providers.test_smscx import ID, INFO, KEY_ID, SENT

MOMENT = dt.datetime(2026, 12, 24, 19, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
ANALYSIS: dict[str, Any] = {
    "totalOriginalCost": 0.18,
    "totalOriginalParts": 4,
    "totalReplacedCost": 0.09,
    "totalReplacedParts": 2,
    "totalCostSaved": 0.09,
    "totalPartsSaved": 2,
    "text": {
        "original": {"text": "Ειδοποίηση", "length": 10, "parts": 2, "encoding": "UCS-2"},
        "replaced": {"text": "EIDOPOIHSH", "length": 10, "parts": 1, "encoding": "GSM-7", "characters": {"ω": 1}},
    },
}
TEXT = {"textAnalysis": {"length": 180, "unicode": False, "parts": 2}}
MESSAGE: dict[str, Any] = (
    SENT | TEXT | {"status": "ACCEPTED", "statusCode": 1, "errorCode": None, "inQuietHours": False, "parts": 2}
)
CAMPAIGN = INFO | {"duplicatesRemoved": 3, "groups": [{"id": 7, "name": "News", "phoneNumbers": 9}]}
EVERYTHING: dict[str, Any] = {
    "from_": "SHOP",
    "text": "hi",
    "scheduled_date": MOMENT,
    "is_utc": False,
    "dlr_callback_url": "https://example.org/dlr",
    "short_response": True,
    "no_text_details": True,
    "show_timezone": True,
    "transliteration": Transliteration(alphabet=Alphabet.GREEK, remove_emojis=True),
}
ON_THE_WIRE: dict[str, Any] = {
    "from": "SHOP",
    "text": "hi",
    "scheduledDate": "2026-12-24 18:00:00",
    "isUtc": False,
    "dlrCallbackUrl": "https://example.org/dlr",
    "shortResponse": True,
    "noTextDetails": True,
    "showTimezone": True,
    "transliteration": {"alphabet": "GREEK", "removeEmojis": True},
}


@pytest.fixture
def client(wire: Any) -> SmscxClient:
    return SmscxClient(api_key="k3y", base_url=wire.base_url)


@pytest.mark.parametrize(("method", "path"), [("send", "/sms"), ("estimate", "/sms/estimate")])
async def test_to_numbers(wire: Any, client: SmscxClient, method: str, path: str) -> None:
    info = INFO | {"transliterationAnalysis": ANALYSIS, "totalInQuietHours": 1, "invalid": ["12"]}
    wire.answers("POST", {"info": info, "data": [MESSAGE | {"trackData": KEY_ID}]})
    call: Callable[..., Coroutine[Any, Any, SmsBatch]] = getattr(client.sms, method)
    async with client:
        batch = await call(to=["+447700900123"], from_="SHOP", text="hi")
    assert (wire.last.method, wire.last.path) == ("POST", path)
    assert wire.last.json() == {"to": ["+447700900123"], "from": "SHOP", "text": "hi"}
    assert (batch.info.total_cost, batch.info.total_in_quiet_hours, batch.info.invalid) == (0.09, 1, ["12"])
    saved = batch.info.transliteration_analysis
    assert saved is not None
    assert (saved.total_cost_saved, saved.text.original.encoding) == (0.09, TextEncoding.UCS_2)
    assert saved.text.replaced.characters == {"ω": 1}
    message = batch.messages[0]
    assert (message.status, message.from_, message.track_data) == (ChatStatus.ACCEPTED, "SHOP", KEY_ID)
    assert message.created_at == dt.datetime(2024, 1, 31, 8, 6, tzinfo=dt.UTC)
    assert message.text_analysis is not None
    assert message.text_analysis.parts == 2


@pytest.mark.parametrize(("method", "path"), [("send", "/sms"), ("estimate", "/sms/estimate")])
async def test_all_that_goes_to_numbers(wire: Any, client: SmscxClient, method: str, path: str) -> None:
    wire.answers("POST", {"info": INFO | {"scheduled": True}, "data": []})
    key = {"idempotency_id": KEY_ID.upper()} if method == "send" else {}
    call: Callable[..., Coroutine[Any, Any, SmsBatch]] = getattr(client.sms, method)
    async with client:
        more: dict[str, Any] = {"country_iso": "GB", "allow_invalid": True, "track_data": KEY_ID.upper(), **key}
        batch = await call(to=["07700900123"], **EVERYTHING, **more)
    sent = {"to": ["07700900123"], "countryIso": "GB", "allowInvalid": True, "trackData": KEY_ID}
    assert wire.last.path == path
    assert wire.last.json() == ON_THE_WIRE | sent | ({"idempotencyId": KEY_ID} if key else {})
    assert (batch.info.scheduled, batch.messages) == (True, [])


@pytest.mark.parametrize(
    ("method", "path"), [("send_campaign", "/sms/campaign"), ("estimate_campaign", "/sms/campaign/estimate")]
)
async def test_to_groups(wire: Any, client: SmscxClient, method: str, path: str) -> None:
    wire.answers("POST", {"info": CAMPAIGN, "data": [MESSAGE | {"status": "SCHEDULED", "scheduledAt": "2026-12-24 18:00:00"}]})
    key = {"idempotency_id": KEY_ID} if method == "send_campaign" else {}
    call: Callable[..., Coroutine[Any, Any, SmsCampaign]] = getattr(client.sms, method)
    async with client:
        campaign = await call(groups=[7], **EVERYTHING, **key)
    assert wire.last.path == path
    assert wire.last.json() == ON_THE_WIRE | {"groups": [7]} | ({"idempotencyId": KEY_ID} if key else {})
    assert (campaign.info.duplicates_removed, campaign.info.groups[0].phone_numbers) == (3, 9)
    assert campaign.messages[0].scheduled_at == MOMENT


async def test_a_message_may_have_no_texts(wire: Any, client: SmscxClient) -> None:
    bare = {name: value for name, value in MESSAGE.items() if name not in {"text", "textAnalysis"}}
    wire.answers("POST", {"info": INFO, "data": [bare]})
    async with client:
        batch = await client.sms.send(to=["+447700900123"], from_="SHOP", text="hi", no_text_details=True)
    assert (batch.messages[0].msg_id, batch.messages[0].text, batch.messages[0].text_analysis) == (SENT["msgId"], None, None)


async def test_delete_scheduled(wire: Any, client: SmscxClient) -> None:
    wire.answers("DELETE", {"info": {"msgId": ID, "parts": 2, "creditReturned": 0.09, "channel": "sms"}})
    async with client:
        deleted = await client.sms.delete_scheduled(ID.upper())
    assert (wire.last.path, wire.last.body) == (f"/sms/scheduled/{ID}", b"")
    assert deleted is not None
    assert (deleted.credit_returned, deleted.channel) == (0.09, ScheduledChannel.SMS)


async def test_delete_scheduled_campaign(wire: Any, client: SmscxClient) -> None:
    counts = {"totalPhoneNumbers": 9, "totalParts": 18, "phoneNumbersDeleted": 8, "partsDeleted": 16}
    wire.answers("DELETE", {"info": {"campaignId": ID, **counts, "creditReturned": 0.72, "channel": "sms"}})
    async with client:
        deleted = await client.sms.delete_scheduled_campaign(ID)
    assert wire.last.path == f"/sms/scheduled/campaign/{ID}"
    assert deleted is not None
    assert (deleted.phone_numbers_deleted, deleted.parts_deleted) == (8, 16)


async def test_what_another_try_called_off_is_gone(wire: Any, client: SmscxClient) -> None:
    for _ in range(2):
        wire.answers("DELETE", {}, status=503)
        wire.answers("DELETE", {"error": {"type": "not_found", "code": 1100}}, status=404)
    async with client.with_options(retry=aioconvo.RetryPolicy(backoff=0.0)) as patient:
        assert await patient.sms.delete_scheduled(ID) is None
        assert await patient.sms.delete_scheduled_campaign(ID) is None
    assert len(wire.sent) == 4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"to": "+447700900123"}, "to must be a list of phone numbers"),
        ({"to": []}, "to must have 1 to 25000 numbers; got 0"),
        ({"to": ["+447700900123"] * 25_001}, "to must have 1 to 25000 numbers; got 25001"),
        ({"from_": "ab"}, "from_ must have 3 to 15 characters"),
        ({"text": ""}, "text is empty"),
        ({"country_iso": "GBR"}, "country_iso must have 2 characters"),
        ({"scheduled_date": MOMENT.replace(tzinfo=None)}, "scheduled_date must be a datetime with a time zone"),
        ({"scheduled_date": "2026-12-24 18:00:00"}, "scheduled_date must be a datetime with a time zone"),
        ({"track_data": "mine"}, "track_data must be a UUID"),
        ({"idempotency_id": "mine"}, "idempotency_id must be a UUID"),
        ({"idempotency_id": "00000000-0000-0000-0000-000000000000"}, "idempotency_id must be a UUID of version 1 to 5"),
    ],
)
async def test_what_is_refused_is_not_sent(wire: Any, client: SmscxClient, given: dict[str, Any], told: str) -> None:
    good: dict[str, Any] = {"to": ["+447700900123"], "from_": "SHOP", "text": "hi"}
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match=told):
            await client.sms.send(**good | given)
        with pytest.raises(aioconvo.InvalidRequestError, match="groups must have 1 or more groups"):
            await client.sms.send_campaign(groups=[], from_="SHOP", text="hi")
    assert wire.sent == []


@pytest.mark.parametrize(
    ("key", "trusted", "times"), [(KEY_ID, False, 1), (None, True, 1), (KEY_ID, True, 3)], ids=["unasked", "no key", "asked"]
)
async def test_what_may_have_arrived_is_sent_again_only_with_a_key_and_for_who_asks(
    key: str | None, trusted: bool, times: int
) -> None:
    retry = aioconvo.RetryPolicy(max_retries=2, backoff=0.0, trust_keys=trusted)
    async with (
        FaultServer(lambda _: Close(reset=True)) as server,
        SmscxClient(api_key="k", base_url=server.base_url, retry=retry) as client,
    ):
        for send in (
            client.sms.send(to=["+447700900123"], from_="SHOP", text="hi", idempotency_id=key),
            client.sms.send_campaign(groups=[7], from_="SHOP", text="hi", idempotency_id=key),
        ):
            before = len(server.seen)
            with pytest.raises(aioconvo.MaybeSentError) as caught:
                await send
            assert caught.value.call.idempotency_key == key
            assert len(server.seen) - before == times
            assert len({seen.body for seen in server.seen[before:]}) == 1


def test_trust_is_given_with_a_word() -> None:
    wrong: Any = "yes"
    with pytest.raises(aioconvo.ConfigurationError, match="trust_keys must be True or False"):
        aioconvo.RetryPolicy(trust_keys=wrong)
