"""SMS in the emulated SMS.CX account: kept, told of, called off."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from aioconvo.sandbox.changes import Change
from aioconvo.sandbox.exchange import Settings
from aioconvo.sandbox.smscx.routes import SmscxSandbox
from tests.sandbox.test_smscx_sandbox import NOBODY, NOW, ask

TO = "+447700900888"
KEY_ID = "8d1f3f0a-2b7c-4d5e-8f90-a1b2c3d4e5f6"
PLAIN: dict[str, Any] = {"to": [TO], "from": "SHOP", "text": "hi"}
LATER = PLAIN | {"scheduledDate": "2026-05-04 13:00:00"}


class Account:
    """An account, its clock, and what it told."""

    def __init__(self) -> None:
        self.now = NOW
        self.api = SmscxSandbox(Settings(conversations=6, messages=5, now=NOW, clock=lambda: self.now))
        self.told: list[Change] = []
        self.api.changes.watch(self.told.append)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        return ask(self.api, method, path, body)[1]

    def statuses(self) -> list[tuple[str, str]]:
        return [(one.message_id, one.payload["status"]) for one in self.told]


@pytest.fixture
def account() -> Account:
    return Account()


def code(answer: Any) -> int:
    found: int = answer["error"]["code"]
    return found


def test_what_is_sent_is_kept_and_told_of(account: Account) -> None:
    answer = account.ask("POST", "/sms", PLAIN | {"to": [TO, "+33123456789"], "text": "x" * 161, "trackData": KEY_ID})
    first, second = answer["data"]
    assert account.api.state()["sms"] == 2
    assert (answer["info"]["totalParts"], answer["info"]["totalCost"]) == (4, pytest.approx(0.18))
    assert answer["info"]["phoneNumbersByCountry"] == {"FR": 1, "GB": 1}
    assert (first["status"], second["countryIso"], first["trackData"]) == ("ACCEPTED", "FR", KEY_ID)
    stages = ("ACCEPTED", "SENT", "DELIVERED")
    assert account.statuses() == [(one["msgId"], stage) for one in (first, second) for stage in stages]
    reported = account.told[0].payload
    assert (reported["campaignId"], reported["trackData"]) == (answer["info"]["campaignId"], KEY_ID)
    assert account.told[0].conversation == TO


def test_a_message_that_fails_is_told_so(account: Account) -> None:
    account.api.changes.failing = 1
    account.ask("POST", "/sms", PLAIN)
    account.ask("POST", "/sms", PLAIN)
    assert [status for _, status in account.statuses()] == ["ACCEPTED", "SENT", "FAILED", "ACCEPTED", "SENT", "DELIVERED"]


@pytest.mark.parametrize("path", ["/sms", "/sms/campaign"])
def test_an_estimate_sends_nothing(account: Account, path: str) -> None:
    whom = {"to": [TO]} if path == "/sms" else {"groups": [1]}
    answer = account.ask("POST", f"{path}/estimate", {"from": "SHOP", "text": "hi", **whom})
    assert answer["info"]["totalCost"] > 0
    assert (account.told, account.api.state()["sms"]) == ([], 0)


def test_a_campaign_goes_to_each_contact_once(account: Account) -> None:
    answer = account.ask("POST", "/sms/campaign", {"groups": [1, 1], "from": "SHOP", "text": "hi"})
    assert len(answer["data"]) == len({one["to"] for one in answer["data"]}) == 6
    assert (answer["info"]["duplicatesRemoved"], answer["info"]["groups"][0]["phoneNumbers"]) == (6, 6)
    assert len(account.told) == 18


def test_the_same_id_sends_once(account: Account) -> None:
    first = account.ask("POST", "/sms", PLAIN | {"idempotencyId": KEY_ID})
    answer, again = ask(account.api, "POST", "/sms", PLAIN | {"idempotencyId": KEY_ID})
    assert (again, answer.headers["X-Idempotency-Id"]) == (first, KEY_ID)
    assert account.api.state()["sms"] == 1
    assert len(account.told) == 3


def test_what_is_scheduled_goes_when_its_time_has_come(account: Account) -> None:
    one = account.ask("POST", "/sms", LATER)["data"][0]
    assert (one["status"], one["scheduledAt"], account.told) == ("SCHEDULED", "2026-05-04 13:00:00", [])
    account.now += dt.timedelta(minutes=61)
    account.ask("GET", "/conversations")
    assert account.statuses() == [(one["msgId"], stage) for stage in ("ACCEPTED", "SENT", "DELIVERED")]
    account.ask("GET", "/conversations")
    assert len(account.told) == 3
    assert code(account.ask("DELETE", f"/sms/scheduled/{one['msgId']}")) == 1118


def test_what_is_called_off_never_goes(account: Account) -> None:
    one = account.ask("POST", "/sms", LATER)["data"][0]
    campaign = account.ask("POST", "/sms/campaign", {**LATER, "to": None, "groups": [1]})["info"]["campaignId"]
    off = account.ask("DELETE", f"/sms/scheduled/{one['msgId']}")["info"]
    assert off == {"msgId": one["msgId"], "parts": 1, "creditReturned": 0.045, "channel": "sms"}
    off = account.ask("DELETE", f"/sms/scheduled/campaign/{campaign}")["info"]
    assert (off["phoneNumbersDeleted"], off["creditReturned"]) == (6, pytest.approx(0.27))
    account.now += dt.timedelta(days=1)
    assert code(account.ask("DELETE", f"/sms/scheduled/{one['msgId']}")) == 1100
    assert code(account.ask("DELETE", f"/sms/scheduled/campaign/{NOBODY}")) == 1150
    assert account.told == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (PLAIN | {"to": []}, 1103),
        (PLAIN | {"to": ["+447700900123"] * 25_001}, 1103),
        (PLAIN | {"to": ["12"]}, 1207),
        (PLAIN | {"text": " "}, 1801),
        (PLAIN | {"idempotencyId": "mine"}, 1111),
        (PLAIN | {"from": "ab"}, 0),
        (PLAIN | {"scheduledDate": "2026-05-04T13:00:00Z"}, 0),
        (PLAIN | {"scheduledDate": "2020-05-04 13:00:00"}, 0),
        (b"{", 0),
    ],
)
def test_what_is_refused_sends_nothing(account: Account, body: object, expected: int) -> None:
    answer, told = ask(account.api, "POST", "/sms", body)
    assert (answer.status, code(told)) == (400, expected)
    assert (account.told, account.api.state()["sms"]) == ([], 0)
    assert code(account.ask("POST", "/sms/campaign", {"groups": [9], "from": "SHOP", "text": "hi"})) == 1101


def test_numbers_as_their_country_writes_them(account: Account) -> None:
    answer = account.ask("POST", "/sms", PLAIN | {"to": ["07700900123", "12"], "countryIso": "GB", "allowInvalid": True})
    assert [one["to"] for one in answer["data"]] == ["+447700900123"]
    assert (answer["info"]["totalInvalid"], answer["info"]["invalid"]) == (1, ["12"])


def test_an_answer_may_be_short(account: Account) -> None:
    short = account.ask("POST", "/sms", PLAIN | {"shortResponse": True})
    assert (short["data"], short["info"]["totalValid"]) == ([], 1)
    assert not {"text", "textAnalysis"} & account.ask("POST", "/sms", PLAIN | {"noTextDetails": True})["data"][0].keys()
