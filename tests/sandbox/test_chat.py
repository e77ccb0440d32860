"""The chat page without a browser: who is let in, what is told, what a person can do, and the bot's process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import pathlib
import re
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from yarl import URL

from aioconvo.providers import Provider
from aioconvo.sandbox import Sandbox, chat
from aioconvo.sandbox.chat.child import ChildBot, State
from aioconvo.sandbox.chat.guard import refusal
from tests.sandbox.receiver import receiver

FILES = pathlib.Path(chat.__file__).parent
ATTACK = "</script><img src=x onerror=alert(1)>"


def token_of(sandbox: Sandbox) -> str:
    return sandbox._chat.token


@contextlib.asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[tuple[Sandbox, aiohttp.ClientSession]]:
    async with Sandbox(conversations=2, messages=1, **options) as sandbox, aiohttp.ClientSession() as session:
        yield sandbox, session


async def asked(
    session: aiohttp.ClientSession, sandbox: Sandbox, path: str = "", method: str = "GET", **headers: str
) -> tuple[int, str]:
    told = {"Origin": f"http://127.0.0.1:{sandbox.port}"} if method == "POST" else {}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    async with session.request(
        method, sandbox.chat_url + path, headers=told, data=b"{}" if method == "POST" else None
    ) as answer:
        return answer.status, await answer.text()


async def act(session: aiohttp.ClientSession, sandbox: Sandbox, **what: Any) -> tuple[int, str]:
    headers = {"Origin": f"http://127.0.0.1:{sandbox.port}", "X-Chat-Token": token_of(sandbox)}
    async with session.post(sandbox.chat_url + "/act", json=what, headers=headers) as answer:
        return answer.status, await answer.text()


@contextlib.asynccontextmanager
async def streamed(session: aiohttp.ClientSession, sandbox: Sandbox) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    async def read(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
        async for line in answer.content:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])

    async with session.get(sandbox.chat_url + "/events", headers={"X-Chat-Token": token_of(sandbox)}) as answer:
        assert answer.content_type == "text/event-stream"
        yield read(answer)


GOOD = {"host": "127.0.0.1:80", "origin": "http://127.0.0.1:80", "x-chat-token": "right"}


@pytest.mark.parametrize(
    ("method", "changed", "reason"),
    [
        ("POST", {}, None),
        ("GET", {"origin": None}, None),
        ("GET", {"host": "localhost:80", "origin": None}, None),
        ("GET", {"host": "[::1]:80", "origin": "http://[::1]:80"}, None),
        ("GET", {"host": "evil.example.com"}, "open the page as"),
        ("GET", {"host": "127.0.0.1"}, "open the page as"),
        ("GET", {"host": "127.0.0.1:81", "origin": "http://127.0.0.1:81"}, "open the page as"),
        ("GET", {"host": None}, "open the page as"),
        ("GET", {"origin": "http://evil.example.com"}, "another page"),
        ("GET", {"origin": "null"}, "another page"),
        ("GET", {"origin": "https://127.0.0.1:80"}, "another page"),
        ("GET", {"origin": "http://127.0.0.1:8000"}, "another page"),
        ("POST", {"origin": None}, "another page"),
        ("POST", {"origin": ""}, "another page"),
        ("GET", {"origin": None, "sec-fetch-site": "cross-site"}, "another page"),
        ("GET", {"origin": None, "sec-fetch-site": "same-site"}, "another page"),
        ("GET", {"origin": None, "sec-fetch-site": "none"}, None),
        ("POST", {"x-chat-token": None}, "token"),
        ("POST", {"x-chat-token": "wrong"}, "token"),
        ("POST", {"x-chat-token": "r\u00efght"}, "token"),
    ],
)
def test_who_is_let_in(method: str, changed: dict[str, str | None], reason: str | None) -> None:
    headers = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    found = refusal(method, headers, port=80, token="right")
    assert found is None if reason is None else found is not None and reason in found


async def test_foreign_hosts_are_refused_everywhere() -> None:
    async with opened() as (sandbox, session):
        for path in ("", "/chat.js", "/events"):
            assert (await asked(session, sandbox, path, Host="evil.example.com:80", X_Chat_Token=token_of(sandbox)))[0] == 403
        assert (await asked(session, sandbox, "/act", "POST", Host="evil.example.com:80", X_Chat_Token=token_of(sandbox)))[
            0
        ] == 403


async def test_foreign_origins_are_refused_everywhere() -> None:
    async with opened() as (sandbox, session):
        for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/act")):
            headers = {"Origin": "http://evil.example.com", "X_Chat_Token": token_of(sandbox)}
            assert (await asked(session, sandbox, path, method, **headers))[0] == 403


async def test_without_the_token_nothing_is_told_and_nothing_done() -> None:
    async with opened() as (sandbox, session), opened() as (other, _):
        before = sandbox.state()
        for wrong in ({}, {"X_Chat_Token": "guess"}, {"X_Chat_Token": token_of(other)}):
            assert (await asked(session, sandbox, "/events", **wrong))[0] == 403
            assert (await asked(session, sandbox, "/act", "POST", **wrong))[0] == 403
        assert sandbox.state() == before
        assert len(token_of(sandbox)) >= 32
        assert token_of(sandbox) != token_of(other)
        assert token_of(sandbox) not in str(sandbox.state()) + repr(sandbox)


async def test_every_answer_has_the_policy() -> None:
    async with opened() as (sandbox, session):
        for path, status in (("", 200), ("/chat.css", 200), ("/chat.js", 200), ("/icon.svg", 200), ("/no", 404), ("/act", 403)):
            async with session.get(sandbox.chat_url + path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert answer.status == status
                assert "default-src 'none'" in policy
                assert "script-src 'self';" in policy
                assert "unsafe" not in policy
                assert "frame-ancestors 'none'" in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert "Access-Control-Allow-Origin" not in answer.headers
        for path in ("/../server.py", "/%2e%2e/server.py", "/page.py", "/index.html"):
            async with session.get(URL(sandbox.chat_url + path, encoded=True)) as answer:
                assert answer.status == 404


def test_the_page_has_no_script_of_its_own_and_never_makes_html() -> None:
    page = (FILES / "index.html").read_text()
    assert re.findall(r"<script[^>]*>", page) == ['<script type="module" src="/chat/chat.js">']
    assert not re.search(r"\son\w+=|style=|javascript:|https?://", page)
    script = (FILES / "chat.js").read_text()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "srcdoc", "setHTML"):
        assert word not in script
    assert "url(" not in (FILES / "chat.css").read_text()


@pytest.mark.parametrize("provider", [str(one) for one in Provider])
async def test_a_person_writes_and_every_page_is_told(provider: str) -> None:
    async with (
        receiver() as hook,
        opened(callbacks={"sunshine": hook.url}) as (sandbox, session),
        streamed(session, sandbox) as first,
        streamed(session, sandbox) as second,
    ):
        hello = await anext(first)
        assert await anext(second) == hello
        shown = {one["name"]: one for one in hello["providers"]}
        assert list(shown) == ["sunshine", "smooch", "smscx", "convore", "ultracart"]
        customer = shown[provider]["customers"][0]
        status, answer = await act(session, sandbox, do="say", provider=provider, user=customer["id"], text=ATTACK)
        assert (status, json.loads(answer)) == (200, {"conversation": customer["conversation"]})
        for stream in (first, second):
            told = await anext(stream)
            assert (told["type"], told["kind"], told["ours"]) == ("change", "message", False)
            assert (told["provider"], told["conversation"]) == (provider, customer["conversation"])
            assert told["text"] == ATTACK
        if provider == "sunshine":
            told = await anext(first)
            assert (told["type"], told["events"], told["status"]) == ("delivery", ["conversation:message"], 200)
        async with streamed(session, sandbox) as late:
            assert [each["text"] for each in (await anext(late))["changes"]] == [ATTACK]


async def test_where_there_are_no_customers_a_visitor_writes() -> None:
    async with Sandbox(conversations=0, messages=0) as sandbox, aiohttp.ClientSession() as session:
        async with streamed(session, sandbox) as stream:
            hello = await anext(stream)
        for one in hello["providers"]:
            (visitor,) = one["customers"][-1:]
            status, answer = await act(session, sandbox, do="say", provider=one["name"], user=visitor["id"], text="Hello")
            assert status == 200
            assert json.loads(answer)["conversation"]


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        ({"do": "say", "user": "user-1", "text": " \n"}, 400, "1 to 1000 characters"),
        ({"do": "say", "user": "user-1", "text": "x" * 1_001}, 400, "1 to 1000 characters"),
        ({"do": "say", "text": "x"}, 400, "who"),
        ({"do": "delete", "user": "user-1"}, 400, "nothing a customer does"),
        ({"do": "say", "provider": "telegram", "user": "a", "text": "x"}, 400, "nothing a customer does"),
        ({"do": "say", "user": "user-1", "text": "x", "more": 1}, 400, "nothing a customer does"),
        ({"do": "start"}, 409, "no bot"),
        ({"do": "kill"}, 409, "no bot"),
        ({"do": "type", "user": "user-1"}, 204, ""),
        ({"do": "read", "user": "user-1"}, 204, ""),
    ],
)
async def test_what_a_person_cannot_do_is_told_in_words(what: dict[str, Any], status: int, words: str) -> None:
    async with opened() as (sandbox, session):
        found, text = await act(session, sandbox, **what)
        assert (found, words in text) == (status, True)


async def test_pages_let_go_when_the_sandbox_closes_and_are_told_of_a_reset() -> None:
    async with opened() as (sandbox, session), streamed(session, sandbox) as stream:
        await anext(stream)
        sandbox.says("convore", sandbox.customers("convore")[0].id, "Hello")
        assert (await anext(stream))["text"] == "Hello"
        sandbox.reset()
        again = await anext(stream)
        assert (again["type"], again["changes"]) == ("hello", [])
        await sandbox.aclose()
        assert [each async for each in stream] == []


async def test_a_bot_is_started_killed_and_started_again() -> None:
    async with receiver() as somebody:
        port = URL(somebody.url).port or 0  # where the bot is taken to listen
        states: list[State] = []
        running = asyncio.Event()
        bot = ChildBot([sys.executable, "-c", "import time; time.sleep(60)"], port=port)

        def changed(state: State) -> None:
            states.append(state)
            if state is State.RUNNING:
                running.set()

        bot.watch = changed
        await bot.kill()
        for _ in range(2):
            await bot.start()
            await bot.start()
            assert await bot.is_running()
            await bot.kill()
        assert states == [State.STARTING, State.RUNNING, State.STOPPED] * 2


async def test_a_bot_that_ends_by_itself_is_stopped() -> None:
    bot = ChildBot([sys.executable, "-c", "raise SystemExit(3)"], port=9)
    await bot.start()
    assert not await bot.is_running()
    assert bot.state is State.STOPPED


async def test_a_bot_that_cannot_be_started_is_told() -> None:
    async with opened() as (sandbox, session):
        sandbox.attach_bot(ChildBot(["/nonexistent/program"], port=9))
        status, text = await act(session, sandbox, do="start")
        assert (status, "cannot be started: No such file" in text) == (500, True)
