"""The examples of bots, run."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aioconvo.providers import Provider
from aioconvo.sandbox import Sandbox
from aioconvo.sandbox.bot_kit import BotUnderTest
from tests.bot.accounts import message
from tests.bot.asgi_client import living

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
Make = Callable[..., BotUnderTest]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Any]:
    monkeypatch.chdir(tmp_path)
    secrets = Sandbox().webhook_secrets
    for provider in Provider:
        for name, value in provider.sandbox.credentials.items():
            monkeypatch.setenv(f"AIOCONVO_{provider.upper()}_{name.upper()}", value)
        if provider in secrets:
            monkeypatch.setenv(f"AIOCONVO_{provider.upper()}_WEBHOOK_SECRETS", secrets[provider])

    def from_file(name: str) -> Any:
        spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        return module

    return from_file


async def test_one_bot_over_five_providers(load: Callable[[str], Any], aioconvo_bot: Make) -> None:
    kit = aioconvo_bot(load("bot_five_providers").bot)
    for provider in Provider:
        user = await kit.user(provider)
        said = ["hello", "order", "tea", "order", "milk", "bye"]
        heard = []
        for text in said:
            await user.says(text)
            heard.append(await user.hears())
        assert heard == [
            "You said: hello. Write 'order' to order something.",
            "What would you like?",
            "So far: tea. Write 'order' for more.",
            "What would you like?",
            "So far: tea, milk. Write 'order' for more.",
            "You said: bye. Write 'order' to order something.",
        ], provider
    assert kit.failures == []


@pytest.mark.may_block  # the store's file is opened here
async def test_mounted_into_fastapi(load: Callable[[str], Any]) -> None:
    module = load("bot_fastapi")
    secret = Sandbox().webhook_secrets["sunshine"]
    async with living(module.app) as requests:
        path, headers = "/bots/hooks/sunshine", {"x-api-key": secret}
        body = message(app="sandbox-app")
        assert await requests.post(path, body, headers={"x-api-key": "wrong"}) == 401
        assert await requests.get("/bots/ready") == 200
        empty = b'{"app":{"id":"sandbox-app"},"events":[]}'
        assert await requests.post(path, empty, headers=headers) == 200
    assert await requests.post(path, body, headers=headers) == 503
