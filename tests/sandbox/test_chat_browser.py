"""The chat page in a real browser: somebody writes, a bot answers, is killed, and answers all when it is back."""

from __future__ import annotations

import asyncio
import base64
import pathlib
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from blockbuster import BlockBuster

from aioconvo.cli import bot_demo
from aioconvo.sandbox import Sandbox

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome", "chrome"])), None)
pytestmark = [pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")

AXE = pathlib.Path(axe.__file__).with_name("axe.min.js")
ATTACK = '<img src="/chat/icon.svg" onerror="document.title=1"><script>document.title=2</script>'
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def unguarded(blockbuster: BlockBuster) -> Iterator[None]:
    """Playwright's own loop reads files."""
    blockbuster.deactivate()
    yield
    blockbuster.activate()


@pytest.fixture(scope="module")
def browser(unguarded: None) -> Iterator[Any]:
    del unguarded
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox in a thread with a loop of its own, and the demo's bot, which has not been started."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = bot_demo.serving(tmp_path_factory.mktemp("bot") / "bot.db", pause=0.0)
    try:
        sandbox, _ = asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result()
        yield sandbox
    finally:
        asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def page(browser: Any, served: Sandbox) -> Iterator[Any]:
    """The page, freshly loaded; an error in it fails the test."""
    problems: list[str] = []
    page = browser.new_page(viewport=DESK)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(served.chat_url)
    page.locator("#bot:not([hidden])").wait_for()
    yield page
    page.close()
    assert not problems


def write(page: Any, text: str) -> None:
    before = page.locator(".mine").count()
    page.fill("#text", text)
    page.keyboard.press("Enter")
    playwright.expect(page.locator(".mine")).to_have_count(before + 1)


def test_killed_and_started_again_before_ones_eyes(page: Any) -> None:
    state, answers = page.locator("#bot-state"), page.locator(".theirs p")
    page.get_by_role("button", name="Start the bot").click()
    playwright.expect(state).to_have_text("running", timeout=20_000)
    write(page, "Hello")
    playwright.expect(answers).to_have_text(["You said: Hello"])
    playwright.expect(page.locator(".mine small")).to_contain_text("Read")
    page.get_by_role("button", name="Kill the bot").click()
    playwright.expect(state).to_have_text("stopped")
    for text in ("one", "two", ATTACK):
        write(page, text)
    playwright.expect(page.locator("#deliveries tr.again").first).to_contain_text("again in 15 s")
    playwright.expect(answers).to_have_count(1)
    page.get_by_role("button", name="Start the bot").click()
    playwright.expect(answers).to_have_count(4, timeout=20_000)
    playwright.expect(answers).to_have_text([f"You said: {text}" for text in ("Hello", "one", "two", ATTACK)])
    playwright.expect(page.locator("#deliveries tr.delivered").first).to_contain_text("200")
    assert page.locator("#messages img, #messages script").count() == 0
    assert page.title() == "Sandbox chat"
    page.reload()
    playwright.expect(answers).to_have_count(4)


def test_a_bot_that_is_killed_types_no_more(page: Any, served: Sandbox) -> None:
    button, typing = page.locator("#bot-button"), page.locator("#typing")
    if page.locator("#bot-state").text_content() == "stopped":
        button.click()
    playwright.expect(button).to_have_text("Kill the bot")
    conversation = served.customers("sunshine")[0].conversation
    login = base64.b64encode(b"app_sandbox:sandbox-secret").decode()
    page.request.post(
        f"{served.endpoints['sunshine'].base_url}/v2/apps/sandbox-app/conversations/{conversation}/activity",
        data={"author": {"type": "business"}, "type": "typing:start"},
        headers={"Authorization": f"Basic {login}"},
    )
    playwright.expect(typing).to_be_visible()
    button.click()
    playwright.expect(typing).to_be_hidden()


def test_nothing_for_axe_to_find_and_nothing_wider_than_the_screen(page: Any) -> None:
    write(page, "long" * 60)
    page.evaluate(AXE.read_text())
    page.locator("#providers label").first.hover()  # the chosen one, which must stay readable
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        box = page.get_by_role("button", name="Send").bounding_box()
        assert box["x"] + box["width"] <= size["width"]
        assert box["y"] + box["height"] <= size["height"]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert [(each["id"], each["nodes"][0]["target"]) for each in found["violations"]] == [], (size, scheme)


def test_everything_is_done_by_keyboard(page: Any, served: Sandbox) -> None:
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "customer"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    playwright.expect(page.locator("#customer option").first).to_contain_text("+4477009")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("by keyboard")
    page.keyboard.press("Enter")
    playwright.expect(page.locator(".mine p")).to_have_text(["by keyboard"])
    second = served.customers("smscx")[1]
    written = served.providers["smscx"]._by_id[second.conversation].messages()
    assert "by keyboard" in [each.text for each in written if each.received]
    page.keyboard.press("Shift+Tab")
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "bot-button"
