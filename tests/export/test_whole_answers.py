"""Smooch's users: the answer that tells of a short conversation holds all of it, so one request is all that it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import aioconvo
from aioconvo.export import Exporter, Summary
from aioconvo.sandbox import Sandbox
from tests.export.accounts import KINDS, exported, held, read, source, target

USERS = 6


@pytest.fixture
async def pool() -> AsyncIterator[aioconvo.SessionPool]:
    async with aioconvo.SessionPool() as pool:
        yield pool


async def export(sandbox: Sandbox, pool: aioconvo.SessionPool, out: Any, **options: Any) -> tuple[Summary, int]:
    """What a run tells, and how many requests it sent."""
    before = sum(sandbox.requests["smooch"].values())
    summary = await Exporter(source("smooch", sandbox, pool), out, **options).run()
    return summary, sum(sandbox.requests["smooch"].values()) - before


@pytest.mark.parametrize(("messages", "requests"), [(0, 1), (1, 1), (99, 1), (100, 3), (101, 3)])
async def test_how_many_requests_a_user_costs(messages: int, requests: int, pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    async with Sandbox(conversations=USERS, messages=messages) as sandbox:
        out = target("sqlite", tmp_path)
        summary, sent = await export(sandbox, pool, out)
        assert summary.complete
        assert (sent, await exported(out)) == (requests * USERS, held(sandbox, "smooch"))
        counts = summary.sources[0]
        assert (counts.listed, counts.due, counts.walked, counts.failed) == (USERS, USERS, USERS, 0)


async def test_a_later_run_brings_what_is_new_once(pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    async with Sandbox(conversations=USERS, messages=98) as sandbox:
        outs = [target(kind, tmp_path) for kind in KINDS]
        await export(sandbox, pool, outs)
        again, sent = await export(sandbox, pool, outs)
        assert (again.complete, again.sources[0].messages, sent) == (True, (0, 0, 98 * USERS), USERS)
        first, second = list(sandbox.providers["smooch"].state()["users"])[:2]
        for user, count in ((first, 1), (second, 2)):  # the second one's conversation outgrows a page
            for number in range(count):
                sandbox.providers["smooch"].receive_message(user, f"One more, {number}")
        third, sent = await export(sandbox, pool, [*outs, target("jsonl", tmp_path / "another")])
        assert third.complete
        assert sent == USERS + 2
        for out in (*outs, target("jsonl", tmp_path / "another")):
            assert await exported(out) == held(sandbox, "smooch")


async def test_the_bounds_of_an_export_hold_for_them(pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    async with Sandbox(conversations=USERS, messages=40) as sandbox:
        await export(sandbox, pool, target("jsonl", tmp_path))
        every = await read(target("jsonl", tmp_path))
        times = sorted(row["sent_at"] for row in every)
        since, until = times[len(times) // 4], times[len(times) // 2]
        bounded, _ = await export(sandbox, pool, target("sqlite", tmp_path), since=since, until=until)
        assert bounded.complete
        kept = {row["message_id"] for row in await read(target("sqlite", tmp_path))}
        assert kept == {row["message_id"] for row in every if since <= row["sent_at"] < until}
        assert 0 < len(kept) < len(every)
        channel = every[0]["channel"]
        by, _ = await export(sandbox, pool, target("jsonl", tmp_path / "channel"), channel=channel)
        assert {row["message_id"] for row in await read(target("jsonl", tmp_path / "channel"))} == {
            row["message_id"] for row in every if row["channel"] in {channel, None}
        }
        assert by.complete


async def test_a_walk_that_broke_off_is_ended_by_a_whole_answer(pool: aioconvo.SessionPool, tmp_path: Path) -> None:
    async with Sandbox(conversations=1, messages=250) as sandbox:
        out, smooch = target("sqlite", tmp_path), sandbox.providers["smooch"]
        (user,) = smooch.state()["users"]
        away: list[tuple[dict[str, Any], dict[str, Any]]] = []

        def leave(count: int) -> None:
            if count == 3:  # the list, a page, and now there is no such user
                for known in (smooch.app.users, smooch.app._by_user_id):
                    away.append((known, dict(known)))
                    known.clear()

        first = await Exporter(source("smooch", sandbox, pool, on_request=leave), out).run()
        assert (first.sources[0].failed, first.sources[0].messages.new, first.complete) == (1, 100, False)
        for known, users in away:
            known.update(users)
        client = aioconvo.SmoochClient(**sandbox.client_options("smooch"), pool=pool)
        await client.messages.delete_all(user)
        for number in range(3):
            smooch.receive_message(user, f"After the broom, {number}")
        summary, sent = await export(sandbox, pool, out)
        assert (summary.complete, sent, summary.sources[0].messages.new) == (True, 1, 3)
        assert await exported(out) >= held(sandbox, "smooch")
