"""Logging through the standard names: what each level tells, and that nothing else can get in."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import Any

import pytest

import aioconvo
from aioconvo.core.json.drift import salvage
from aioconvo.core.retry.policy import RetryPolicy

GOOD = {"id": "7"}


def _lines(caplog: pytest.LogCaptureFixture, name: str) -> list[str]:
    return [f"{one.levelname} {one.getMessage()}" for one in caplog.records if one.name == name]


async def test_a_line_for_each_attempt_and_each_retry(wire: Any, gadgets: Any, caplog: pytest.LogCaptureFixture) -> None:
    wire.answers("GET", {"canary": "canary-body"}, status=503, headers={"X-Request-Id": "r1"})
    wire.answers("GET", GOOD)
    with caplog.at_level(logging.DEBUG, "aioconvo"):
        await gadgets.with_options(retry=RetryPolicy(backoff=0.0)).get()
    assert _lines(caplog, "aioconvo.client") == [
        "DEBUG gadgets.things.get: GET /things/{id}, attempt 1: 503 after 0.000 s, request id r1",
        "INFO gadgets.things.get: attempt 1 failed (503), next in 0.000 s",
        "DEBUG gadgets.things.get: GET /things/{id}, attempt 2: 200 after 0.000 s, request id None",
    ]
    assert "canary" not in caplog.text


async def test_a_fault_is_told_by_its_kind(wire: Any, gadgets: Any, caplog: pytest.LogCaptureFixture) -> None:
    wire._mock.post(f"{wire.base_url}/things/canary-thing/send", exception=TimeoutError("canary"))
    with caplog.at_level(logging.DEBUG, "aioconvo"), pytest.raises(aioconvo.MaybeSentError):
        await gadgets.post()
    told = "DEBUG gadgets.things.send: POST /things/{id}/send, attempt 1: APITimeoutError after 0.000 s, request id None"
    assert _lines(caplog, "aioconvo.client") == [told]
    assert "canary" not in caplog.text


async def test_the_escape_hatch_tells_no_path(wire: Any, gadgets: Any, caplog: pytest.LogCaptureFixture) -> None:
    wire.answers("GET", {}, status=404)
    with caplog.at_level(logging.DEBUG, "aioconvo"), pytest.raises(aioconvo.NotFoundError) as caught:
        await gadgets.request("GET", "/users/canary-user", query={"a": "canary"})
    assert len(_lines(caplog, "aioconvo.client")) == 1
    assert "canary" not in caplog.text + str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(("seconds", "warnings"), [(5.0, 0), (50.0, 1)])
async def test_long_waits_for_limits_are_a_warning_before_they_begin(
    wire: Any, gadgets: Any, clock: Any, caplog: pytest.LogCaptureFixture, seconds: float, warnings: int
) -> None:
    client = gadgets.with_options(limits=aioconvo.Limits(rates=[aioconvo.RateLimit(1, seconds)]))
    for _ in range(2):
        wire.answers("GET", GOOD)
        await client.get()
    assert clock.slept == [seconds]
    told = "WARNING gadgets: a credential's limits hold its requests back for 50 s"
    assert _lines(caplog, "aioconvo.limits") == [told] * warnings


async def test_nothing_is_gathered_when_nobody_listens(wire: Any, gadgets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioconvo.core.calls.observer.find_request_id", None)  # would fail if facts were gathered
    client_log = logging.getLogger("aioconvo.client")
    before = client_log.level
    client_log.setLevel(logging.WARNING)
    try:
        wire.answers("GET", GOOD)
        await gadgets.get()
    finally:
        client_log.setLevel(before)


def test_drift_is_told_under_its_own_name(caplog: pytest.LogCaptureFixture) -> None:
    from aioconvo.sunshine.pages import ConversationAnswer  # noqa: PLC0415 -- only here

    salvage(b'{"conversation": {"id": ["canary"], "type": "personal"}}', ConversationAnswer)
    assert "canary" not in caplog.text
    assert {record.name for record in caplog.records} <= {"aioconvo.drift"}


def test_a_program_without_logging_prints_nothing() -> None:
    code = "import aioconvo; aioconvo.ConvoreClient; import logging; logging.getLogger('aioconvo.limits').warning('canary')"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert ran.stderr == ran.stdout == ""
