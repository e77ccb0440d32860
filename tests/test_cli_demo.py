"""`aioconvo demo`: what it shows on a terminal and on a pipe, what it counts, what it says of what fails, and its memory."""

from __future__ import annotations

import functools
import os
import re
import subprocess
from collections.abc import AsyncGenerator, Sequence
from typing import Any, cast

import pytest
from hypothesis import given, strategies as st
from typer.testing import CliRunner

from aioconvo import MaybeSentError, SessionPool, UnsupportedError
from aioconvo.cli import demo
from aioconvo.cli.app import app
from aioconvo.cli.choosing import PROVIDERS
from aioconvo.cli.tour import Counts, Tally, Tour
from aioconvo.core.errors import BadRequestError, CallFacts
from aioconvo.inbox import Inbox, Provider
from aioconvo.sandbox import Sandbox
from tests.export.processes import COMMAND

runner = CliRunner()
FACTS = CallFacts(provider="smscx", operation="smscx.conversations.reply_sms", method="POST", path="/")


PAGING = {
    "smscx": "single",
    "sunshine": "cursor",
    "smooch": "timestamp",
    "convore": "cursor",
    "ultracart": "offset, timestamp",
}


def _run(*arguments: object, expected: int = 0) -> str:
    result = runner.invoke(app, ["demo", *map(str, arguments)])
    assert result.exit_code == expected, result.output
    return result.output


def test_everything_comes_and_is_counted_on_a_pipe() -> None:
    told = _run("--conversations", 4, "--messages", 120, "--latency", 0)
    assert not re.search("[\u2500-\u259f]", told)  # boxes and bars
    lines = told.splitlines()
    (head,) = [line for line in lines if line.startswith("provider")]
    assert head.split() == ["provider", "paging", "conversations", "messages", "requests", "pages", "retries", "seconds", "all"]
    for provider in PROVIDERS:
        able = Provider(provider).inbox.capabilities
        assert f"{provider}: 480 messages, done in " in told
        (row,) = [line for line in lines if line.startswith(provider) and ":" not in line]
        assert row.removeprefix(provider).strip().startswith(PAGING.get(provider, ""))
        *_, conversations, messages, _, _, _, _, everything = row.split()
        assert (conversations, messages, everything) == ("4", "480", "yes")
        replied = "replied" if able.sends_text else "has no replies over REST"
        marked = "marked as read" if able.marks_read else "has no read marks"
        assert f"{provider}: {replied}; {marked}" in told
    assert "Every conversation and message came, each once." in told


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals")
def test_a_terminal_has_a_bar_for_each_provider() -> None:
    ours, theirs = os.openpty()
    environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    command = [*COMMAND, "demo", "--conversations", "3", "--latency", "0"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ)  # noqa: S603 -- our own command
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    assert process.wait(60) == 0, shown
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    for provider in PROVIDERS:
        assert re.search(rf"{provider} +━+[^\n]* 360/360", text), text
    assert len(re.findall(r"smscx +[━╸╺]+", text)) > 1  # it moves
    assert "each once" in text


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux tells that its other end is closed
        return b""


@pytest.mark.parametrize("options", [("--conversations", 0), ("--messages", 0), ("--conversations", 0, "--messages", 0)])
def test_nothing_to_fetch_is_complete(options: Sequence[object]) -> None:
    assert "each once" in _run(*options, "--faults", 0)


def test_a_service_that_always_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_MAX_RETRIES", 0)
    told = _run("--conversations", 2, "--faults", 1, expected=1)
    assert "Traceback" not in told
    for provider in PROVIDERS:
        assert re.search(rf"^{provider}: (the list of conversations|a conversation): \w+Error: ", told, re.MULTILINE)
    assert "INCOMPLETE: smscx, sunshine, smooch, convore, ultracart" in told


async def test_requests_and_pages_are_those_of_the_server() -> None:
    async with Sandbox(conversations=3, messages=230) as sandbox, SessionPool() as pool:
        for provider in PROVIDERS:
            tour = demo._tour(provider, sandbox, pool, 3)
            await tour.run(2)
            asked = sandbox.requests[provider]
            assert tour.counts.requests == sum(asked.values())
            assert tour.counts.pages > 0
            assert (tour.complete, tour.failures, tour.found.messages) == (True, 0, 690)


async def test_what_is_missing_or_doubled_is_not_complete() -> None:
    async with Sandbox(conversations=2, messages=3) as sandbox, SessionPool() as pool:
        for change in ([], ["a", "a"], ["a", "b", "c"]):
            tour = demo._tour("convore", sandbox, pool, 2)
            (name, ids), *others = sandbox.message_ids("convore")
            tour.stored = functools.partial(iter, [(name, [*ids[:1], *change]), *others])
            await tour.run(1)
            assert not tour.complete


class _Page:
    def __init__(self, texts: Sequence[str]) -> None:
        self.items = [type("Message", (), {"id": f"m{number}", "text": text}) for number, text in enumerate(texts)]


class _FakeInbox:
    """One conversation, and what each attempt to reply to it does: an error to raise, and whether it arrives all the same."""

    def __init__(self, *replies: tuple[Exception | None, bool], marked: Exception | None = None) -> None:
        self.replies = list(replies)
        self.texts = ["Hello"]
        self.marked = marked

    def messages(self, conversation: str) -> Any:
        texts = [*self.texts]

        class Listed:
            async def pages(self) -> AsyncGenerator[_Page]:
                yield _Page(texts)

            async def __aiter__(self) -> AsyncGenerator[Any]:
                for message in _Page(texts).items:
                    yield message

        assert conversation == "c1"
        return Listed()

    async def send_text(self, conversation: str, text: str) -> None:
        del conversation
        error, arrives = self.replies.pop(0)
        if arrives:
            self.texts.append(text)
        if error is not None:
            raise error

    async def mark_read(self, conversation: str) -> None:
        del conversation
        if self.marked is not None:
            raise self.marked


async def _toured(inbox: _FakeInbox) -> Tour:
    async def listed() -> AsyncGenerator[str]:
        yield "c1"

    tour = Tour("smscx", cast("Inbox", inbox), Counts(), listed, lambda: iter([("c1", ["m0"])]))
    await tour.run(1)
    assert tour.complete
    return tour


UNSURE, REFUSED = MaybeSentError("unsure", FACTS), BadRequestError("refused", FACTS, status=400)


@pytest.mark.parametrize(
    ("replies", "told", "failures"),
    [
        ([(None, True)], "replied", 0),
        ([(UNSURE, True)], "replied, which a fault hid", 0),
        ([(UNSURE, False), (None, True)], "replied", 0),
        ([(UNSURE, False)] * 5, "NOT replied: MaybeSentError: ", 1),
        ([(REFUSED, False)], "NOT replied: BadRequestError: ", 1),
        ([(UnsupportedError("none"), False)], "has no replies over REST", 0),
    ],
)
async def test_a_reply_is_sent_once_or_told(replies: list[tuple[Exception | None, bool]], told: str, failures: int) -> None:
    inbox = _FakeInbox(*replies)
    tour = await _toured(inbox)
    assert tour.told[0].startswith(told)
    assert tour.told[1] == "marked as read"
    assert tour.failures == failures
    assert len(inbox.texts) == 1 + ("replied" in told and "NOT" not in told)
    assert inbox.replies == []


async def test_an_api_without_read_marks_is_told_so() -> None:
    tour = await _toured(_FakeInbox((None, True), marked=UnsupportedError("none")))
    assert tour.told == ["replied", "has no read marks"]
    assert tour.failures == 0


async def test_a_failed_mark_is_told_and_counts() -> None:
    tour = await _toured(_FakeInbox((None, True), marked=REFUSED))
    assert tour.told[1].startswith("NOT marked as read: BadRequestError")
    assert tour.failures == 1


def test_a_failed_reply_is_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise REFUSED

    monkeypatch.setattr("aioconvo.smscx.inbox.SmscxInbox.send_text", refuse)
    told = _run("--conversations", 1, "--faults", 0, expected=1)
    assert "smscx: NOT replied: BadRequestError: " in told
    assert "FAILED on the way: smscx" in told


HEAPS = st.lists(st.tuples(st.sampled_from("ab"), st.lists(st.sampled_from(["1", "2", "3"]), max_size=4)), max_size=4)


@given(HEAPS, HEAPS)
def test_tallies_tell_heaps_apart(one: list[tuple[str, list[str]]], other: list[tuple[str, list[str]]]) -> None:
    def tally(heap: list[tuple[str, list[str]]]) -> Tally:
        made = Tally()
        for conversation, messages in heap:
            made.add(conversation, messages)
        return made

    def flat(heap: list[tuple[str, list[str]]]) -> list[tuple[str, str]]:
        return sorted((conversation, message) for conversation, messages in heap for message in messages)

    assert (tally(one) == tally(other)) == (flat(one) == flat(other))


@pytest.mark.skipif(os.name != "posix", reason="asks the system for a process's memory")
def test_memory_is_flat() -> None:
    def peak(conversations: int) -> int:
        command = [*COMMAND, "demo", "--messages", "100", "--latency", "0", "--conversations", str(conversations)]
        process = subprocess.Popen([*command, "--faults", "0"], stdout=subprocess.DEVNULL)  # noqa: S603 -- our own command
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return usage.ru_maxrss

    assert peak(28) - peak(4) < 8_000  # kB, for 12,000 messages more, whose bodies alone are 13,000
