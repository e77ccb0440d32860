"""A bot's events in an SQLite file: what outlives a process, and who else may have the file."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aioconvo.bot import SqliteStore
from aioconvo.bot.stores import sqlite
from aioconvo.bot.stores.journal import Journal
from aioconvo.bot.stores.store import Again, Dead, Handled
from aioconvo.core.errors import ConfigurationError, StoreError
from tests.bot.model import entry


async def opened(path: Path) -> SqliteStore:
    store = SqliteStore(path)
    await store.open(now=0.0)
    return store


async def test_what_a_process_left_is_handled_by_the_next(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    await store.accept([entry("done"), entry("running", "a:y", occurred=4.0), entry("waits", "a:y", occurred=3.0)], now=0.0)
    done, running = await store.claim(2, now=0.0)
    await store.finish(done, Handled(state=b"state"), now=0.0)
    await store.begin_reply(running, 0, now=0.0)
    await store.keep_position("convore", "here", now=0.0)
    await store.aclose()

    store = await opened(tmp_path / "bot.db")
    assert await store.accept([entry("done"), entry("running"), entry("new")], now=1.0) == 1
    new, again = sorted(await store.claim(9, now=1.0), key=lambda claim: claim.entry.key)
    assert (new.entry.key, new.entry.attempt, new.state) == ("new", 1, b"state")
    assert (again.entry.key, again.entry.attempt, len(again.replies)) == ("running", 2, 1)
    await store.finish(again, Handled(), now=1.0)
    (waits,) = await store.claim(9, now=1.0)
    assert (waits.entry.key, waits.entry.attempt, waits.entry.late) == ("waits", 1, True)
    assert await store.position("convore") == "here"
    await store.aclose()
    await store.aclose()


_KILLED = """
import asyncio, sys
from aioconvo.bot import SqliteStore
from tests.bot.model import entry

async def main():
    store = SqliteStore(sys.argv[1])
    await store.open(now=0.0)
    await store.claim(9, now=0.0)
    number = await store.position("sender") or "0"
    for number in range(int(number), 1000000):
        await asyncio.gather(*(store.accept([entry(f"{number}.{part}", f"a:{part}")], now=0.0) for part in range(5)))
        print(number, flush=True)

asyncio.run(main())
"""


async def test_what_was_accepted_before_a_kill_is_there_after_it(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _KILLED, str(tmp_path / "bot.db"), stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    for _ in range(20):
        last = int(await process.stdout.readline())
    with pytest.raises(ConfigurationError, match="another process has"):
        await opened(tmp_path / "bot.db")
    process.send_signal(signal.SIGKILL)
    rest, _ = await process.communicate()
    last = max([last, *(int(line) for line in rest.split())])
    store = await opened(tmp_path / "bot.db")
    answered = [entry(f"{number}.{part}", f"a:{part}") for number in range(last + 1) for part in range(5)]
    assert await store.accept(answered, now=0.0) == 0
    handled: list[str] = []
    while claims := await store.claim(9, now=0.0):
        handled += [claim.entry.key for claim in claims]
        await asyncio.gather(*(store.finish(claim, Handled(), now=0.0) for claim in claims))
    assert [key for key in handled if key.endswith(".0")][: last + 1] == [f"{number}.0" for number in range(last + 1)]
    assert len(set(handled)) == len(handled) >= len(answered)
    await store.aclose()


async def test_a_second_one_on_a_file_is_refused_in_the_same_process_too(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    with pytest.raises(ConfigurationError, match="only one can; stop that first, or have several share a RedisStore"):
        await opened(tmp_path / "bot.db")
    await store.accept([entry("1")], now=0.0)
    await store.aclose()
    await (await opened(tmp_path / "bot.db")).aclose()


@pytest.mark.may_block
async def test_a_file_that_is_no_store_is_refused_as_it_is(tmp_path: Path) -> None:
    other, text = tmp_path / "other.db", tmp_path / "text"
    db = sqlite3.connect(other)
    db.execute("CREATE TABLE cats (name TEXT)")
    db.commit()
    db.close()
    text.write_text("no database at all " * 100)
    for path, why in [(other, "not a store of events"), (text, "not a database"), (tmp_path / "no" / "where", "No such file")]:
        held = path.read_bytes() if path.exists() else None
        with pytest.raises(ConfigurationError, match=why):
            await opened(path)
        assert (path.read_bytes() if path.exists() else None) == held
    for name in ("", ":memory:"):
        with pytest.raises(ConfigurationError, match="MemoryStore"):
            SqliteStore(name)


@pytest.mark.may_block
async def test_a_store_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    await (await opened(path)).aclose()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 2")
    db.close()
    with pytest.raises(ConfigurationError, match="later version of aioconvo"):
        await opened(path)


@pytest.mark.may_block
async def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    path.touch()
    path.chmod(0o644)
    store = await opened(path)
    await store.accept([entry("1")], now=0.0)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}  # noqa: ASYNC240
    assert modes == dict.fromkeys(("bot.db", "bot.db-wal", "bot.db-shm", "bot.db.lock"), 0o600)
    await store.aclose()


@pytest.mark.may_block
async def test_bodies_of_handled_events_are_not_on_the_disk(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    await store.accept([entry("1", raw=b"canary " * 50), entry("2", raw=b"parrot " * 50)], now=0.0)
    (claim,) = await store.claim(1, now=0.0)
    await store.finish(claim, Handled(), now=0.0)
    (claim,) = await store.claim(1, now=0.0)
    await store.finish(claim, Dead(reason="ValueError"), now=0.0)
    await store.aclose()
    kept = (tmp_path / "bot.db").read_bytes()
    assert b"canary" not in kept
    assert b"parrot" in kept
    store = await opened(tmp_path / "bot.db")
    await store.prune(now=31 * 86400.0)
    await store.aclose()
    assert b"parrot" not in (tmp_path / "bot.db").read_bytes()


async def test_a_dead_letter_that_another_process_wants_waits_for_room(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "bot.db", max_waiting=1)
    await store.open(now=0.0)
    await store.accept([entry("dead")], now=0.0)
    (claim,) = await store.claim(9, now=0.0)
    await store.finish(claim, Dead(reason="ValueError"), now=0.0)
    await store.accept([entry("waits")], now=0.0)
    (letter,) = await store.beside().dead()
    assert letter == (await store.dead())[0]
    assert await store.beside().replay("dead", now=0.0)
    assert (await store.counts(now=0.0)).dead == len(await store.dead()) == 0
    (waits,) = await store.claim(9, now=1.0)
    assert waits.entry.key == "waits"
    assert not await store.claim(9, now=1.0)
    await store.finish(waits, Handled(), now=1.0)
    (again,) = await store.claim(9, now=2.0)
    assert (again.entry.key, again.entry.attempt, again.entry.accepted_at) == ("dead", 1, 2.0)
    await store.aclose()


async def test_what_comes_at_once_is_written_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await opened(tmp_path / "bot.db")
    writes: list[int] = []
    written = sqlite._written

    def write(journal: Journal, group: list[Any], tell: Callable[..., object]) -> None:
        writes.append(len(group))
        written(journal, group, tell)

    monkeypatch.setattr(sqlite, "_written", write)
    await asyncio.gather(*(store.accept([entry(str(number))], now=0.0) for number in range(600)))
    assert writes == [256, 256, 88]
    await asyncio.gather(*(store.accept([entry(str(number))], now=0.0) for number in range(600)), store.counts(now=0.0))
    assert sum(writes) == 1201
    await store.aclose()


class Disk:
    """Fails when it is told to."""

    def __init__(self, store: SqliteStore) -> None:
        assert store._journal is not None
        self.db = store._journal._db
        (self.pages,) = self.db.execute("PRAGMA page_count").fetchone()

    def fill(self) -> None:
        self.db.execute(f"PRAGMA max_page_count = {self.pages}")

    def free(self) -> None:
        self.db.execute("PRAGMA max_page_count = 1000000")


@pytest.mark.may_block
async def test_what_a_full_disk_refused_was_not_done(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    await store.accept([entry("1"), entry("2"), entry("3", "a:y")], now=0.0)
    (one,) = await store.claim(1, now=0.0)
    disk = Disk(store)
    disk.fill()
    many = [entry(f"m{number}", raw=b"x" * 5000) for number in range(100)]
    asked = [store.accept(many, now=0.0), store.finish(one, Handled(state=b"s"), now=0.0), store.claim(9, now=0.0)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreError] * 3
    assert all("database or disk is full" in str(answer) for answer in answers)
    disk.free()
    (other,) = await store.claim(9, now=0.0)  # what was claimed is claimed no more, what was before still is
    assert other.entry.key == "3"
    assert other.entry.attempt == 1
    assert await store.accept(many, now=0.0) == 100
    assert await store.finish(one, Handled(), now=0.0)
    assert (await store.counts(now=0.0)).waiting == 101
    await store.aclose()


async def test_what_was_claimed_for_nobody_is_claimed_again(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    await store.accept([entry("1")], now=0.0)
    for _ in range(3):
        claiming = asyncio.ensure_future(store.claim(1, now=0.0))
        await asyncio.sleep(0)
        claiming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await claiming
        await store.changed()
        while not (claims := await store.claim(1, now=0.0)):
            await store.changed()
        assert claims[0].entry.attempt == 1
        assert await store.accept([entry("1")], now=0.0) == 0
        await store.finish(claims[0], Again(due=0.0, counts=False), now=0.0)
    await store.aclose()


async def test_a_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "bot.db")
    with pytest.raises(StoreError, match="not open"):
        await store.accept([entry("1")], now=0.0)
    await store.open(now=0.0)
    await store.open(now=0.0)
    last = asyncio.ensure_future(store.accept([entry("1")], now=0.0))
    await asyncio.sleep(0)
    await store.aclose()
    assert await last == 1
    with pytest.raises(StoreError, match="not open"):
        await store.counts(now=0.0)


def test_one_store_serves_one_event_loop_after_the_other(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "bot.db")

    async def run(key: str) -> int:
        await store.open(now=0.0)
        await store.accept([entry(key)], now=0.0)
        await store.changed()
        waiting = (await store.counts(now=0.0)).waiting
        await store.aclose()
        return waiting

    assert [asyncio.run(run(key)) for key in "123"] == [1, 2, 3]


ROWS = 1_000_000 if os.environ.get("AIOCONVO_CAMPAIGN") == "full" else 3_000


def test_keys_are_forgotten_in_steps(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    journal = Journal(str(tmp_path / "bot.db"), 100, 100)
    with journal.transaction():
        journal._db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO keys SELECT 'sunshine:' || hex(randomblob(16)), i FROM n",
            (ROWS,),
        )
    steps, more = list[float](), True
    while more:
        begun = time.perf_counter()
        with journal.transaction():
            more = journal.prune(now=ROWS - 10.0)
        steps.append(time.perf_counter() - begun)
    assert journal._db.execute("SELECT count(*) FROM keys").fetchone() == (10,)
    assert len(steps) >= ROWS / 500
    record_property("longest step", max(steps))
    journal.close()
