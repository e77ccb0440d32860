"""One-time passwords in the sandbox: right and wrong PINs, the last attempt, the end of their life."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from aioconvo.sandbox.exchange import Request, Settings
from aioconvo.sandbox.smscx.routes import SmscxSandbox

KEY = {"x-api-key": "sandbox-key"}
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Account:
    def __init__(self) -> None:
        self.now = NOW
        self.api = SmscxSandbox(Settings(conversations=1, messages=1, now=NOW, clock=lambda: self.now))

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        raw = b"" if body is None else msgspec.json.encode(body)
        answer = self.api.answer(Request(method, path, (), KEY, raw))
        told = msgspec.json.decode(answer.encoded())
        return answer.status, told["error"]["code"] if "error" in told else told

    def send(self, **more: Any) -> str:
        status, told = self.ask("POST", "/otp", {"phoneNumber": "+33655550100", **more})
        assert (status, told["status"], told["attempts"], "pin" in told) == (201, "PENDING", 0, False)
        return f"/otp/{told['otpId']}"

    def pin(self, path: str) -> str:
        pin: str = self.api.state()["pins"][path.removeprefix("/otp/")]
        return pin


@pytest.fixture
def account() -> Account:
    return Account()


def test_a_right_pin_is_right_once(account: Account) -> None:
    path = account.send(pinLength=8, trackId="t")
    assert len(account.pin(path)) == 8
    assert account.ask("POST", path, {"pin": "wrong"}) == (400, 2029)
    assert account.ask("POST", path, {"pin": account.pin(path)}) == (200, {"status": "VERIFIED"})
    assert account.ask("POST", path, {"pin": account.pin(path)}) == (400, 2023)
    told = account.ask("GET", path.upper().replace("/OTP", "/otp"))[1]
    assert (told["status"], told["attempts"], told["trackId"]) == ("VERIFIED", 2, "t")
    assert account.ask("DELETE", path) == (403, 2031)


def test_attempts_end(account: Account) -> None:
    path = account.send(maxAttempts=2)
    assert [account.ask("POST", path, {"pin": "wrong"})[1] for _ in range(3)] == [2029, 2027, 2026]
    assert account.ask("POST", path, {"pin": account.pin(path)}) == (400, 2026)


def test_a_pin_ends_with_its_life_or_is_called_off(account: Account) -> None:
    path, other = account.send(ttl=60), account.send()
    assert account.ask("DELETE", other) == (200, {"info": {"id": other.removeprefix("/otp/")}})
    assert account.ask("DELETE", other) == (403, 2030)
    assert account.ask("POST", other, {"pin": account.pin(other)}) == (400, 2024)
    account.now += dt.timedelta(seconds=61)
    assert account.ask("POST", path, {"pin": account.pin(path)}) == (400, 2025)
    assert account.ask("GET", path)[1]["status"] == "EXPIRED"


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", "/otp", {"phoneNumber": "12"}, (400, 2002)),
        ("POST", "/otp", {"phoneNumber": "+33655550100", "ttl": 59}, (400, 2001)),
        ("GET", "/otp/none", None, (404, 2021)),
        ("POST", "/otp/none", {"pin": "1"}, (404, 2021)),
        ("DELETE", "/otp/none", None, (404, 2021)),
    ],
)
def test_what_is_refused(account: Account, method: str, path: str, body: Any, told: Any) -> None:
    assert account.ask(method, path, body) == told
