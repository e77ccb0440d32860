"""`aioconvo list`, as a process of its own against a sandbox in another: every list, streaming, and every way to end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from aioconvo import SmoochClient, SunshineClient
from aioconvo.cli.app import app
from aioconvo.cli.choosing import PROVIDERS
from aioconvo.cli.listing import cells, columns, line
from aioconvo.cli.listings import Listing, listings
from aioconvo.cli.operations import catalogue
from aioconvo.convore import Conversation
from aioconvo.convore.pages import ConversationPage
from aioconvo.core.json.codec import decode
from aioconvo.sandbox.data import person
from aioconvo.sunshine import NewIntegration, NewWebhook
from tests.export.processes import Served, finish, sandbox, start

runner = CliRunner()
LISTINGS = [pytest.param(one, id=f"{provider} {one.python}") for provider in PROVIDERS for one in listings(provider).values()]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox("--conversations", 7, "--messages", 230) as running:
        yield running


def _told(served: Served, *arguments: object, expected: int = 0) -> str:
    """The command here, without the half second that a process of its own takes to start."""
    result = runner.invoke(app, ["list", *map(str, arguments)], env={**served.environ, "COLUMNS": "400"})
    assert result.exit_code == expected, result.output
    return result.output


def _lines(served: Served, *arguments: object) -> list[Any]:
    return [json.loads(text) for text in _told(served, *arguments, "--json").splitlines()]


def test_every_provider_lists_conversations_and_messages() -> None:
    operations = {row["python"] for row in catalogue()}
    for provider in PROVIDERS:
        found = listings(provider)
        assert set(found) >= {"conversations", "messages"}
        # What the API lists by itself is not taken from the inbox.
        own = {name for name, one in found.items() if not one.python.startswith("inbox.")}
        assert own >= {noun for noun in ("conversations", "messages") if f"{provider}.{noun}.list" in operations}


def _some_webhook(served: Served, provider: str) -> list[object]:
    """Makes a webhook and a key, of which there are none to begin with; the integration they are of, where there is one."""

    async def make() -> list[object]:
        if provider == "smooch":
            async with SmoochClient(**served.options(provider)) as smooch:
                await smooch.webhooks.create(target="https://example.org/hook", triggers=["postback"])
            return []
        webhook = NewWebhook(target="https://example.org/hook", triggers=["conversation:message"])
        async with SunshineClient(**served.options(provider)) as sunshine:
            made = await sunshine.integrations.create(integration=NewIntegration(type="custom", webhooks=[webhook]))
            await sunshine.integration_keys.create(str(made.id), display_name="bot")
        return [made.id]

    return asyncio.run(make())


# Lists that are of an item of another list.
OF = {
    "app_keys.list": "apps",
    "attachments.list_hits": "attachments",
    "groups.list_contacts": "groups",
    "numbers.list_inbound_sms": "numbers-rented",
    "reports.list_campaign_messages": "reports-campaigns",
    "service_account_keys.list": "service-accounts",
    "shortlinks.list_hits": "shortlinks",
    "switchboard_integrations.list": "switchboards",
}


# Lists that are asked for something.
ASKED = {
    "numbers.list_available": ["GB"],
    "pbx.phone_numbers.search": ["--country", "GB"],
    "reports.list": ["--period", "2026-11"],
}


def _some_of(served: Served, listing: Listing) -> list[object]:
    """Arguments that a list needs, found as a user finds them: in what another list says."""
    provider = listing.provider
    if listing.python in {"webhooks.list", "integration_keys.list"}:
        return _some_webhook(served, provider)
    if (of := OF.get(listing.python)) is not None:
        first = _lines(served, provider, of)[0]
        return [first["_id" if provider == "smooch" else "rentId" if of == "numbers-rented" else "id"]]
    if provider == "smooch":
        more = ["--integration-ids", "i1"] if listing.python == "app_users.list_link_requests" else []
        of_all: list[object] = [word for n in range(1, 8) for word in ("--users", f"user-{n}")]
        return ["user-1", *more] if listing.path_ids else of_all if listing.python.startswith("inbox.") else []
    filters = {"conversations.list": ["--user-external-id", "user-1"], "users.list": ["--email", person(0, 1).email]}
    filters |= {"clients.list": ["user-1"], "devices.list": ["user-1"]}
    if provider == "sunshine" and listing.python in filters:
        return [*filters[listing.python]]
    if listing.python in ASKED or not listing.path_ids:
        return [*ASKED.get(listing.python, [])]
    of_agents = listing.python.startswith("agents.")
    asked = ["--user-external-id", "user-1"] if provider == "sunshine" else []
    (first,) = _lines(served, provider, "agents.list_profiles" if of_agents else "conversations", *asked, "--limit", 1)
    return [first["user_id"] if of_agents else first.get("id") or first.get("conversationId") or first["conversation_uuid"]]


@pytest.mark.parametrize("listing", LISTINGS)
def test_every_list_of_the_catalogue(listing: Listing, served: Served) -> None:
    provider, needed = listing.provider, _some_of(served, listing)
    items = _lines(served, provider, listing.name, *needed)
    if listing.name == "messages":
        stored = served.ids(provider)
        expected = len(stored[str(needed[0])]) if needed else sum(map(len, stored.values()))
        assert len(items) == expected == len({json.dumps(item) for item in items})
    elif listing.name.startswith("conversations"):
        assert len(items) == 7
    assert items
    assert _lines(served, provider, listing.python, *needed, "--limit", 2) == items[:2]
    table = _told(served, provider, listing.name, *needed, "--limit", 2).splitlines()
    assert len(table) == 1 + len(items[:2])
    parts = [one for item in items[:2] for one in (item.values() if isinstance(item, dict) else [item])]
    shown = {str(value) for value in parts if isinstance(value, str | int)}
    assert all(any(one in row for one in shown) for row in table[1:]), (table, shown)  # such as its id
    for name in listing.path_ids:
        option = f"--{name.replace('_', '-')}"
        assert _lines(served, provider, listing.name, option, *needed, "--limit", 1) == items[:1]


@pytest.mark.parametrize("size", [["--page-size", 40], []])
def test_positions_go_on_exactly(size: Sequence[object], served: Served) -> None:
    (conversation, *_) = served.ids("convore")
    command = ["convore", "messages", "--conversation-id", conversation, "--format", "full", *size]
    found: list[Any] = []
    start_at: list[object] = []
    while len(found) < 230:
        arguments = ["list", *command, "--limit", 90, "--position", "--json", *start_at]
        result = runner.invoke(app, [*map(str, arguments)], env={**served.environ})
        assert result.exit_code == 0, result.output
        found += map(json.loads, result.stdout.splitlines())
        (position,) = result.stderr.splitlines()
        start_at = ["--start", position]
    assert found == _lines(served, *command)


def test_filters_are_those_of_the_method(served: Served) -> None:
    every = _lines(served, "convore", "conversations")
    wanted = [one for one in every if one["status"] in {"open", "done"}]
    assert 0 < len(wanted) < len(every)
    assert _lines(served, "convore", "conversations", "--statuses", "open", "--statuses", "done") == wanted
    assert _lines(served, "convore", "conversations", "--has-messages") == every
    assert _lines(served, "convore", "conversations", "--no-has-messages") == []
    times = sorted(one["created_at"] for one in every)
    later = _lines(served, "convore", "conversations", "--created-at-after", times[3])
    assert {one["created_at"] for one in later} == set(times[3:])
    chat = _lines(served, "ultracart", "conversations", "--medium", "websocket")
    assert {one["medium"] for one in chat} == {"websocket"}
    (user,) = {one for one in served.ids("smooch") if one == "user-2"}
    newest = _lines(served, "smooch", "messages", user, "--limit", 3)
    older = _lines(served, "smooch", "messages", user, "--before", newest[-1]["received"], "--limit", 2)
    assert older[0]["received"] < newest[-1]["received"]


WRONG = [
    (["nobody"], 2, "'nobody' is no provider; there are smscx"),
    (["smscx", "chats"], 2, "smscx has no list 'chats'; it has applications, applications-scopes, attachments"),
    (["smscx", "conversation"], 2, "Did you mean conversations?"),
    (["smooch", "conversations"], 2, "users"),
    (["sunshine", "messages"], 2, "give the id as CONVERSATION_ID or with --conversation-id"),
    (["sunshine", "messages", "x", "--conversation-id", "x"], 2, "give CONVERSATION_ID once"),
    (["sunshine", "messages", ".."], 2, "Error: "),
    (["sunshine", "messages", "nothing"], 1, "HTTP 404"),
    (["convore", "messages", "--limit", "some"], 2, "'some' is no number"),
    (["convore", "messages", "--limit", "-1"], 2, "limit"),
    (["smscx", "conversations", "--start", "nowhere"], 2, "start is no position"),
    (["convore", "conversations", "--created-at-after", "soon"], 2, "'soon' is no time"),
    (["convore", "conversations", "--rate-limit", "0"], 2, "above 0"),
    (["convore", "conversations", "--max-body", "much"], 2, "'much' is no size"),
    (["convore", "conversations", "--max-body", "10"], 1, "10 bytes"),
    (["convore", "conversations", "--base-url", "http://example.com"], 2, "https://"),
    (["convore", "conversations", "--nonsense"], 2, "No such option"),
    (["smooch", "conversations"], 2, "give --users; `aioconvo list smooch messages` takes the id of any user"),
    (["sunshine", "conversations"], 2, "give exactly one of --user-id or --user-external-id; got none"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG, ids=[" ".join(one) for one, _, _ in WRONG])
def test_wrong_use_is_told(arguments: list[str], code: int, words: str, served: Served) -> None:
    told = _told(served, *arguments, "--json", expected=code)
    assert words in " ".join(told.replace("│", " ").split())


def test_a_missing_credential_is_named(served: Served) -> None:
    without = Served(served.root, {**served.environ, "AIOCONVO_CONVORE_API_KEY": ""})
    assert "AIOCONVO_CONVORE_API_KEY" in _told(without, "convore", "messages", expected=2)
    wrong = Served(served.root, {**served.environ, "AIOCONVO_CONVORE_API_KEY": "another"})
    assert "HTTP 401" in _told(wrong, "convore", "messages", expected=1)


def test_a_proxy_of_another_kind_is_told_with_the_way_around_it(served: Served) -> None:
    proxied = Served(served.root, {**served.environ, "ALL_PROXY": "socks5://127.0.0.1:1"})
    told = _told(proxied, "convore", "conversations", expected=2)
    assert "ALL_PROXY" in told
    assert "--proxy none goes without one" in told
    assert len(_lines(proxied, "convore", "conversations", "--proxy", "none")) == 7


def test_another_server(served: Served) -> None:
    """`--base-url` goes before the variable; credentials stay those of the environment."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        elsewhere = {**served.environ, "AIOCONVO_CONVORE_BASE_URL": f"http://127.0.0.1:{nobody.getsockname()[1]}"}
        options = ["--base-url", f"{served.root}/convore", "--max-retries", 0]
        assert len(_lines(Served(served.root, elsewhere), "convore", "conversations", *options)) == 7


posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of Unix")


@posix_only
def test_the_commands_of_the_readme(served: Served) -> None:
    section = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8").partition("\n## Lists\n")[2]
    commands = section.partition("```sh\n")[2].partition("```")[0].splitlines()
    assert len(commands) == 4
    for command in commands:
        assert command.startswith("aioconvo list ")
        _told(served, *shlex.split(re.split(r" [>|] ", command)[0])[2:])


def test_a_process_of_its_own(served: Served) -> None:
    lines = finish(start(served, "list", "convore", "conversations", "--json")).splitlines()
    assert [json.loads(text)["id"] for text in lines] == [one["id"] for one in _lines(served, "convore", "conversations")]


@posix_only
def test_a_reader_that_goes_away_ends_it_as_it_ends_other_tools(served: Served) -> None:
    process = start(served, "list", "convore", "messages", "--json", stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["id"]
    process.stdout.close()
    assert process.stderr is not None
    told = process.stderr.read()
    process.stderr.close()
    assert (process.wait(30), told) == (-signal.SIGPIPE, "")


@posix_only
def test_interrupted_while_the_reader_pauses(served: Served) -> None:
    """Its pipe is full, so it waits in the middle of a write."""
    command = ["list", "convore", "messages", "--format", "full", "--page-size", 20, "--json", "--position"]
    process = start(served, *command, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline()
    before = -1
    while (now := served.requests("convore")) != before:  # until it asks for no more
        before = now
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    _, told = process.communicate()
    assert "Traceback" not in told
    assert len(told.splitlines()) == 1


@posix_only
def test_memory_is_flat() -> None:
    def peak(served: Served, limit: int) -> int:
        process = start(served, "list", "convore", "messages", "--limit", limit, "--json", stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        assert process.stdout is None
        return usage.ru_maxrss

    with sandbox("--conversations", 24, "--messages", 400) as large:
        assert peak(large, 9_600) - peak(large, 100) < 6_000  # kB; the items alone are 9.6 MB as Python objects


def test_a_line_is_a_line() -> None:
    body = b'{"id": "conv_1",\r\n  "snippet": "two\\nlines"}'
    item = decode(body, Conversation)
    assert line(item).count(b"\n") == 1
    assert json.loads(line(item)) == {"id": "conv_1", "snippet": "two\nlines"}


def test_a_line_is_what_came() -> None:
    """With members that have no field here, nulls, and numbers and times as they were spelled."""
    item = b'{"id":"conv_1", "new_member":{"deep":[1.50,1e3]},"snippet":null,"created_at":"2026-01-02T03:04:05.600+02:00"}'
    page = decode(b'{"data":[' + item + b',{"id":"conv_2"}],"next_cursor":null}', ConversationPage)
    assert line(page.data[0]) == item + b"\n"


def test_a_table_obeys_no_message() -> None:
    body = json.dumps({"id": "c" * 90, "snippet": "\x1b[2Jred\u202e" + " word" * 40})
    item = decode(body.encode(), Conversation)
    shown: Mapping[str, str] = dict(cells(item))
    assert shown["id"] == "c" * 90
    assert shown["snippet"].isprintable()
    assert len(shown["snippet"]) == 60
    assert "id" in columns([item])
