"""Exports of the sandbox: all of it, then what is new; stopped, refused, failing, bounded."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import itertools
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import aioconvo
from aioconvo.export import (
    Account,
    Batch,
    Exporter,
    ExportError,
    Progress,
    Source,
    Step,
    Summary,
    Verdict,
    conversation_states,
    engine,
)
from aioconvo.sandbox import Sandbox
from tests.export.accounts import CLIENTS, KINDS, PROVIDERS, checked, exported, held, keys, read, source, target

CONVERSATIONS, MESSAGES = 4, 102


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(conversations=CONVERSATIONS, messages=MESSAGES) as sandbox:
        yield sandbox


@pytest.fixture
async def pool() -> AsyncIterator[aioconvo.SessionPool]:
    async with aioconvo.SessionPool() as pool:
        yield pool


def asked(sandbox: Sandbox, *names: str) -> int:
    """Requests for pages. What a conversation of UltraCart ran over is asked besides where this process did not list it."""
    return sum(sum(sandbox.requests[name].values()) - _mediums_asked(sandbox, name) for name in names)


def _mediums_asked(sandbox: Sandbox, name: str) -> int:
    return sandbox.requests[name].get("get_conversation", 0) if name == "ultracart" else 0


@pytest.mark.parametrize("kind", KINDS)
async def test_all_providers_into_one_target(kind: str, sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    out = target(kind, tmp_path)
    sources = [source(name, sandbox, pool) for name in PROVIDERS]
    summary = await Exporter(sources, out).run()
    assert summary.complete
    assert not summary.stopped
    assert await exported(out) == held(sandbox, *PROVIDERS)
    for counts in summary.sources:
        assert counts.messages == (CONVERSATIONS * MESSAGES, 0, 0)
        assert (counts.walked, counts.failed, counts.due, counts.listing) == (CONVERSATIONS, 0, CONVERSATIONS, False)
    found = await checked(out)
    assert (found.conversations, found.messages) == (5 * CONVERSATIONS, 5 * CONVERSATIONS * MESSAGES)
    assert found.complete
    for state in await asyncio.to_thread(lambda: list(conversation_states(out))):
        assert (state.verdict, state.reached_end, state.messages, state.gap) == (Verdict.COMPLETE, True, MESSAGES, 0)
        assert state.first is not None
        assert state.last is not None
        assert state.first < state.last


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_second_run_brings_what_is_new_and_asks_no_more(
    name: str, sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path
) -> None:
    targets = [target(kind, tmp_path) for kind in KINDS]
    await Exporter(source(name, sandbox, pool), targets).run()
    unchanged = await Exporter(source(name, sandbox, pool), targets).run()
    again = 0 if name != "smscx" else CONVERSATIONS  # whose list does not tell of replies: each is looked at
    assert (unchanged.sources[0].walked, unchanged.sources[0].messages[:2]) == (again, (0, 0))

    conversation = next(iter(held(sandbox, name)))[1]
    for word in ("Is it", "still there?"):
        sandbox.providers[name].receive_message(conversation, word)
    before = asked(sandbox, name)
    summary = await Exporter(source(name, sandbox, pool), targets).run()
    assert summary.complete
    counts = summary.sources[0]
    assert counts.messages[:2] == (2, 0)
    assert counts.walked == (again or 1)
    lists = 1 if name != "smooch" else CONVERSATIONS
    # Only Convore's and SMS.CX's messages cannot be asked for from a time on.
    assert asked(sandbox, name) - before == lists + (again or 1) + (name == "convore")
    for out in targets:
        assert await exported(out) == held(sandbox, name)
        assert {row["text"] for row in await read(out)} >= {"Is it", "still there?"} or name == "convore"


async def test_an_exporter_may_run_each_night(sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    out = target("sqlite", tmp_path)
    exporter = Exporter(source("ultracart", sandbox, pool), out)
    assert (await exporter.run()).complete
    sandbox.providers["ultracart"].receive_message(next(iter(held(sandbox, "ultracart")))[1], "Is it still there?")
    again = await exporter.run()
    (counts,) = again.sources
    assert (again.complete, counts.messages.new, counts.listed, len(again.targets)) == (True, 1, CONVERSATIONS, 1)
    assert await exported(out) == held(sandbox, "ultracart")


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("at", [1, 2, 4])
async def test_a_stopped_run_is_gone_on_with(
    name: str, at: int, sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path
) -> None:
    out, whole = target("sqlite", tmp_path), target("jsonl", tmp_path / "whole")
    await Exporter(source(name, sandbox, pool), whole).run()
    once = asked(sandbox, name)

    def stop(count: int) -> None:
        if count == at:
            first.stop()

    first = Exporter(source(name, sandbox, pool, on_request=stop), out, concurrency=2)
    summary = await first.run()
    assert summary.stopped
    assert not summary.complete
    assert not (await checked(out)).complete
    # What was in flight when it was stopped is finished, no page more.
    assert at <= asked(sandbox, name) - once <= at + 2
    rest = await Exporter(source(name, sandbox, pool), out, concurrency=2).run()
    assert rest.complete
    assert await exported(out) == held(sandbox, name)
    assert asked(sandbox, name) == 2 * once
    assert summary.sources[0].messages.new + rest.sources[0].messages.new == CONVERSATIONS * MESSAGES
    assert rest.sources[0].messages.seen_before == 0


@pytest.mark.parametrize("kind", ["sqlite", "jsonl"])
@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_cancelled_run_loses_only_pages_in_flight(
    kind: str, name: str, sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path
) -> None:
    out, whole = target(kind, tmp_path), target("jsonl", tmp_path / "whole")
    await Exporter(source(name, sandbox, pool), whole).run()
    once = asked(sandbox, name)
    in_flight = 0
    for at in (1, 3, 2):
        before = asked(sandbox, name)
        told: list[Progress] = []
        running: list[asyncio.Task[Summary]] = []

        def cancel(count: int, at: int = at, running: list[asyncio.Task[Summary]] = running) -> None:
            if count == at:
                running[0].cancel()

        one = source(name, sandbox, pool, on_request=cancel)
        running.append(asyncio.create_task(Exporter(one, out, concurrency=3, on_progress=told.append).run()))
        with contextlib.suppress(asyncio.CancelledError):
            await running[0]
        committed = told[-1].sources[0].pages + len({one.sources[0].listed for one in told} - {0}) if told else 0
        in_flight += asked(sandbox, name) - before - committed
    await Exporter(source(name, sandbox, pool), out, concurrency=3).run()
    assert (await checked(out)).complete
    assert await exported(out) == held(sandbox, name)
    assert asked(sandbox, name) <= 2 * once + in_flight


async def test_a_conversation_that_fails_does_not_stop_the_rest(
    sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path
) -> None:
    out = target("sqlite", tmp_path)
    known = sorted({conversation for _, conversation, _ in held(sandbox, "ultracart")})
    ids = ["no-such-uuid\n", *(f"{one}\n" for one in known), "\n", known[0]]
    first = await Exporter(source("ultracart", sandbox, pool, conversations=iter(ids)), out).run()
    assert (first.complete, first.unknowns) == (True, 1)
    (unknown,) = first.targets[0][1].unknown
    assert unknown.conversation == "no-such-uuid"
    assert await exported(out) == held(sandbox, "ultracart")
    for named, unknowns in ((["no-such-uuid"], 1), ([], 0)):  # it was a wrong id, which is put right
        before = asked(sandbox, "ultracart")
        again = await Exporter(source("ultracart", sandbox, pool, conversations=named), out).run()
        assert (again.sources[0].failed, again.sources[0].walked, again.complete, again.unknowns) == (1, 0, True, unknowns)
        assert asked(sandbox, "ultracart") == before + 1
    before = asked(sandbox, "ultracart")
    last = await Exporter(source("ultracart", sandbox, pool, conversations=[]), out).run()
    assert last.targets[0][1].verdicts == {Verdict.COMPLETE: CONVERSATIONS, Verdict.GONE: 1}
    assert (last.complete, asked(sandbox, "ultracart")) == (True, before)


async def test_a_user_whom_the_api_does_not_know_does_not_stop_the_rest(
    sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path
) -> None:
    out = target("jsonl", tmp_path)
    users = ["nobody\n", *(f"{user}\n" for user in sandbox.providers["smooch"].state()["users"]), "\n"]
    for _ in range(2):
        summary = await Exporter(source("smooch", sandbox, pool, users=iter(users)), out).run()
        (unknown,) = summary.targets[0][1].unknown
        assert (unknown.user, unknown.account.provider) == ("nobody", "smooch")
        assert await exported(out) == held(sandbox, "smooch")
        assert (summary.complete, summary.unknowns) == (True, 1)  # nothing is missing, and it is told at each run
    last = await Exporter(source("smooch", sandbox, pool, users=users[1:]), out).run()
    assert (last.complete, last.unknowns) == (True, 0)


@pytest.mark.parametrize("choice", ["users", "conversations"])
async def test_ids_that_take_their_time_keep_nobody_else_waiting(
    choice: str, sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path
) -> None:
    users, others_are_done = list(sandbox.providers["smooch"].state()["users"]), threading.Event()

    def slowly() -> Iterator[str]:
        assert others_are_done.wait(30)
        yield from users

    def watch(progress: Progress) -> None:
        if progress.sources[0].messages.new == CONVERSATIONS * MESSAGES:
            others_are_done.set()

    options: dict[str, Any] = {choice: slowly()}
    sources = [source("convore", sandbox, pool), source("smooch", sandbox, pool, **options)]
    assert (await Exporter(sources, target("sqlite", tmp_path), on_progress=watch).run()).complete
    assert await exported(target("sqlite", tmp_path)) == held(sandbox, "convore", "smooch")


async def test_lists_and_conversations_share_the_requests_that_are_under_way(
    sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path
) -> None:
    under_way: list[int] = [0]
    hooks = aioconvo.Hooks(
        on_request=lambda _: under_way.append(under_way[-1] + 1), on_response=lambda _: under_way.append(under_way[-1] - 1)
    )
    client = aioconvo.SmoochClient(**sandbox.client_options("smooch"), pool=pool, hooks=hooks)
    one = Source(client, "shop", users=list(sandbox.providers["smooch"].state()["users"]))
    await Exporter(one, target("jsonl", tmp_path), concurrency=1).run()
    assert max(under_way) == 1


@pytest.mark.parametrize("at", [2, 7])  # in the list of conversations; in the messages of one
async def test_a_position_that_expired_begins_anew(at: int, pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    day = 1

    async def answer(request: web.Request) -> web.Response:
        told, _, place = request.query.get("cursor", f"{day}-0").partition("-")
        if told != str(day):
            return web.json_response({"error": "this cursor has expired"}, status=400)
        items = [{"id": f"{request.query.get('conversation_id', 'c')}{place}"}]
        following = f"{day}-{int(place) + 1}" if int(place) < 4 else None
        return web.json_response({"data": items, "next_cursor": following})

    app = web.Application()
    app.router.add_get("/v1/{list}", answer)
    async with TestServer(app) as server:

        def account(on_request: Callable[[aioconvo.RequestFacts], None] | None = None) -> Source:
            options: dict[str, Any] = {"api_key": "key", "base_url": str(server.make_url("")), "pool": pool}
            return Source(aioconvo.ConvoreClient(**options, hooks=aioconvo.Hooks(on_request=on_request)), "shop")

        def stop(_: aioconvo.RequestFacts) -> None:
            if next(requests) == at:
                first.stop()

        requests, out = itertools.count(1), target("jsonl", tmp_path)
        first = Exporter(account(stop), out, concurrency=1)
        assert not (await first.run()).complete
        day = 2
        summary = await Exporter(account(), out).run()
    assert summary.complete
    assert await exported(out) == Counter(("convore", f"c{one}", f"c{one}{two}") for one in range(5) for two in range(5))


async def test_a_page_for_nobody_waits_for_what_ended_who_writes() -> None:
    """A cancelled run would raise what its walks saw of that, in place of CancelledError: a race that no test can force."""
    pages, written = anyio.create_memory_object_stream[Batch](1)
    with pages, anyio.move_on_after(0) as scope:
        written.close()
        await engine.send_page(pages, Batch(account=Account("convore", "shop"), step=Step()))
    assert scope.cancelled_caught


async def test_refused_credentials_end_the_source_and_are_told(sandbox: Sandbox, tmp_path: Path) -> None:
    options = {**sandbox.client_options("convore"), "api_key": "revoked"}
    async with CLIENTS["convore"](**options) as client:
        summary = await Exporter(Source(client, "shop"), target("sqlite", tmp_path)).run()
    assert not summary.complete
    (unfinished,) = summary.targets[0][1].lists
    assert unfinished.fault is not None
    assert unfinished.fault.type == "AuthenticationError"
    assert "revoked" not in str(unfinished)
    assert asked(sandbox, "convore") == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_another_account_or_other_options_are_refused(
    kind: str, sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path
) -> None:
    out = target(kind, tmp_path)
    now = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    await Exporter(source("convore", sandbox, pool), out).run()
    before = await exported(out)
    refused: list[tuple[Source, dict[str, Any], str]] = [
        (source("convore", sandbox, pool, "other"), {}, "holds convore of the account shop, not of other"),
        (source("convore", sandbox, pool), {"since": now}, "was exported without since, not with since 2030-01-01"),
        (source("convore", sandbox, pool), {"until": now}, "was exported without until, not with until 2030"),
        (source("convore", sandbox, pool), {"channel": "c"}, "was exported without channel, not with channel c"),
        (source("convore", sandbox, pool, conversations=["a"]), {}, "holds convore:shop chosen by all, not by conversations"),
    ]
    requests = asked(sandbox, "convore")
    for one, options, told in refused:
        with pytest.raises(ExportError, match=told) as caught:
            await Exporter(one, out, **options).run()
        assert "--fresh" in str(caught.value)
    assert (await exported(out), asked(sandbox, "convore")) == (before, requests)
    summary = await Exporter(source("ultracart", sandbox, pool), out).run()  # another provider is no mixing
    assert summary.complete
    assert await exported(out) == held(sandbox, "convore", "ultracart")
    fresh = await Exporter(source("convore", sandbox, pool, "other"), out, fresh=True).run()
    assert fresh.complete
    assert await exported(out) == held(sandbox, "convore")


@pytest.mark.parametrize("name", PROVIDERS)
async def test_bounds_in_time(name: str, sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    whole, out = target("jsonl", tmp_path / "whole"), target("sqlite", tmp_path)
    await Exporter(source(name, sandbox, pool), whole).run()
    everything = await read(whole)
    times = sorted(row["sent_at"] for row in everything)
    since, until = times[len(times) // 3], times[-len(times) // 3]
    for _ in range(2):
        summary = await Exporter(source(name, sandbox, pool), out, since=since, until=until).run()
        assert summary.complete
        assert await exported(out) == keys(row for row in everything if since <= row["sent_at"] < until)


async def test_one_channel(sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    whole, out = target("jsonl", tmp_path / "whole"), target("sqlite", tmp_path)
    await Exporter(source("smscx", sandbox, pool), whole).run()
    everything = await read(whole)
    assert len({row["channel"] for row in everything}) > 1
    await Exporter(source("smscx", sandbox, pool), out, channel="viber").run()
    assert await exported(out) == keys(row for row in everything if row["channel"] == "viber")


async def test_a_target_more_is_filled_by_the_next_run(sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    first, second = target("sqlite", tmp_path), target("jsonl", tmp_path / "more")
    await Exporter(source("ultracart", sandbox, pool), first).run()
    summary = await Exporter(source("ultracart", sandbox, pool), [first, second]).run()
    assert summary.complete
    assert await exported(first) == await exported(second) == held(sandbox, "ultracart")


@pytest.mark.parametrize("at", [2, 5])
async def test_targets_that_stand_at_different_places_agree(
    at: int, sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path
) -> None:
    first, second = target("sqlite", tmp_path), target("jsonl", tmp_path / "more")

    def stop(progress: Progress) -> None:
        if progress.sources[0].pages >= at:
            exporter.stop()

    for targets in ([first], [second, first], [second]):
        exporter = Exporter(source("sunshine", sandbox, pool), targets, concurrency=1, on_progress=stop)
        await exporter.run()
    summary = await Exporter(source("sunshine", sandbox, pool), [first, second]).run()
    assert summary.complete
    assert await exported(first) == await exported(second) == held(sandbox, "sunshine")


async def test_progress_counts_up_to_the_end(sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    told: list[Progress] = []
    exporter = Exporter(source("smooch", sandbox, pool), target("sqlite", tmp_path), on_progress=told.append)
    summary: Summary = await exporter.run()
    messages = [sum(one.sources[0].messages) for one in told]
    assert messages == sorted(messages)
    assert told[-1].sources == summary.sources
    last = told[-1].sources[0]
    assert (last.seconds_left, last.listed) == (0.0, CONVERSATIONS)
    assert last.rate > 0
    assert told[0].sources[0].seconds_left is None


async def test_wrong_use_is_told(sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    convore = source("convore", sandbox, pool)
    wrong: list[tuple[Any, Any, dict[str, Any], str]] = [
        ([], "a.sqlite", {}, "at least one source"),
        ([convore, source("convore", sandbox, pool)], "a.sqlite", {}, "two sources are the same account"),
        (convore, [], {}, "at least one target"),
        (convore, "a.sqlite", {"concurrency": 0}, "concurrency must be 1 or more; got 0"),
        (convore, "a.sqlite", {"overlap": dt.timedelta(-1)}, "overlap and refresh must not be negative"),
        (convore, "a.sqlite", {"refresh": dt.timedelta(-1)}, "overlap and refresh must not be negative"),
    ]
    for sources, targets, options, told in wrong:
        with pytest.raises(ExportError, match=told):
            Exporter(sources, targets, **options)
    with pytest.raises(aioconvo.InvalidRequestError, match="since must be a datetime with a time zone"):
        Exporter(convore, "a.sqlite", since=dt.datetime(2024, 1, 1))  # noqa: DTZ001 -- that is what is refused
    for name in ("sunshine", "smooch"):
        with pytest.raises(ExportError, match="--users-from FILE"):
            Source(CLIENTS[name](**sandbox.client_options(name), pool=pool))
    choices: list[tuple[dict[str, Any], str]] = [
        ({"users": ["u"]}, "convore does not list by user"),
        ({"users": ["u"], "conversations": ["c"]}, "give one of users and conversations"),
    ]
    for options, told in choices:
        with pytest.raises(ExportError, match=told):
            source("convore", sandbox, pool, **options)
    with pytest.raises(ExportError, match="takes your own ids of users as users="):
        source("smooch", sandbox, pool, external_users=["u"])
    for out, told in (("out", "tells no kind of target"), ("sqlite:", "names no path")):
        with pytest.raises(ExportError, match=told):
            await Exporter(convore, out).run()
    with pytest.raises(ExportError, match="no such file"):
        await checked(str(tmp_path / "none.sqlite"))


async def test_accounts_are_told_apart_without_a_name(sandbox: Sandbox, pool: aioconvo.SessionPool) -> None:
    named = {Source(CLIENTS["convore"](api_key=key, base_url="http://127.0.0.1:1")).account.name for key in ("a", "b")}
    assert len(named) == 2
    same = {Source(CLIENTS["convore"](**sandbox.client_options("convore"), pool=pool)).account for _ in range(2)}
    assert len(same) == 1
    apps = {
        Source(CLIENTS["smooch"](app_id="app", key_id=key, secret="s"), users=["u"]).account.name for key in ("old", "rotated")
    }
    assert len(apps) == 1
    assert "revoked" not in repr(Source(CLIENTS["convore"](api_key="revoked")))


async def test_a_walk_that_begins_anew_leaves_no_gap(sandbox: Sandbox, pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    """Newest messages come first: what is older than them is missing until a walk has ended, whoever began it."""
    first, second = target("sqlite", tmp_path), target("jsonl", tmp_path / "more")
    for out in (first, second):  # each has the newest page of a conversation, by a walk of its own
        running: list[Exporter] = []

        def stop(count: int, running: list[Exporter] = running) -> None:
            if count == 2:
                running[0].stop()

        running.append(Exporter(source("sunshine", sandbox, pool, on_request=stop), out, concurrency=1))
        await running[0].run()
        found = await checked(out)
        assert (found.messages, found.complete) == (100, False)
    summary = await Exporter(source("sunshine", sandbox, pool), [first, second], overlap=dt.timedelta()).run()
    assert summary.complete
    assert await exported(first) == await exported(second) == held(sandbox, "sunshine")


def test_an_export_waits_for_its_own_limits_unless_that_is_bounded() -> None:
    client = aioconvo.UltraCartClient(simple_key="k", max_retries=7)
    own = Source(client).client.portable_options["retry"]
    assert (own.patience >= 86400.0 * 365, own.max_wait, own.max_retries) == (True, 60.0, 7)
    bounded = client.with_options(retry=aioconvo.RetryPolicy(max_own_wait=5.0))
    assert Source(bounded).client.portable_options["retry"].patience == 5.0
