"""The README's programs are run as they stand there, against the sandbox."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from aioconvo.export import verify
from aioconvo.sandbox import Sandbox

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def _program(heading: str) -> dict[str, Any]:
    """The names that the first Python block under a heading defines."""
    section = re.split(r"^## ", README, flags=re.MULTILINE)
    text = next(part for part in section if part.startswith(heading + "\n"))
    block = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert block is not None
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(block.group(1), f"README.md, {heading}", "exec"), names)  # noqa: S102 -- our own README
    return names


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch) -> Any:
    async with Sandbox(conversations=6, messages=120) as running:
        for provider in running.endpoints:
            for key, value in running.client_options(provider).items():
                monkeypatch.setenv(f"AIOCONVO_{provider.upper()}_{key.upper()}", value)
        yield running


async def test_web_app(sandbox: Sandbox) -> None:
    app = _program("In a web app")["make_app"]()
    conversation = next(iter(sandbox.state()["sunshine"]["ids"]))
    async with TestClient(TestServer(app)) as browser:
        answer = await browser.get(f"/conversations/{conversation}/latest")
        assert answer.status == 200
        assert len((await answer.json())["ids"]) == 100
        assert (await browser.get(f"/conversations/{'0' * 24}/latest")).status == 404


async def test_batch_fetcher(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    await _program("In a batch fetcher")["main"]()
    stored = sandbox.state()["convore"]
    assert capsys.readouterr().out == f"{stored['conversations']} conversations, {stored['messages']} messages\n"


async def test_lists_made_by_hand() -> None:
    await _program("Lists")["main"]()


async def test_bot(sandbox: Sandbox) -> None:
    names = _program("In a bot")
    before = sandbox.state()["smscx"]["messages"]
    async with names["aioconvo"].SmscxClient.from_env() as smscx:
        answered = await names["answer_unread"](smscx)
        assert answered > 0
        assert sandbox.state()["smscx"]["messages"] == before + answered
        assert await names["answer_unread"](smscx) == 0
    loop = asyncio.create_task(names["main"]())
    await asyncio.sleep(0)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop


async def test_all_providers_alike(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    await _program("All providers alike")["main"]()
    told = capsys.readouterr().out.splitlines()
    assert {line.split()[2] for line in told} == {"smscx", "ultracart"}
    times = [dt.datetime.fromisoformat(line[: line.index("+00:00") + 6]) for line in told]
    assert times == sorted(times)
    assert all(sandbox.requests[name] for name in ("smscx", "ultracart"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that a program writes into."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_export(sandbox: Sandbox, here: Path) -> None:
    assert await _program("Export")["main"]()
    held = await asyncio.to_thread(verify, f"jsonl:{here / 'support'}")
    assert (held.conversations, held.messages) == (6, sandbox.state()["convore"]["messages"])


async def test_what_is_going_on(sandbox: Sandbox) -> None:
    stats = await _program("What is going on")["main"]()
    assert stats.requests >= sandbox.state()["convore"]["messages"] // 100
    assert (stats.errors, stats.pool_in_use) == ({}, 0)


def test_options_and_test_example() -> None:
    names = _program("Retries, limits, time")
    assert names["patient"].pool is names["client"].pool
    assert "test_walk" in _program("Sandbox")


def test_two_commands_stand_there() -> None:
    assert len(re.findall(r"^python3 -m venv \.venv && ", README, re.MULTILINE)) == 2
