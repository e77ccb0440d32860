"""R15, R16: whole programs under `-X dev -W error`: fork, Ctrl-C, the README's programs, and what they leave behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from aioconvo.sandbox import Sandbox
from tests.faults.server import Answer, FaultServer, Seen, Step, Wait
from tests.faults.thread import in_thread


def conversation(seen: Seen) -> Answer:
    """The conversation that is asked for."""
    return Answer(body=b'{"conversation":{"id":"%b","type":"personal"}}' % seen.target.rpartition("/")[2].encode())


README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
Record = Callable[[str, object], None]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="programs are forked and sent SIGINT")


def start(program: str, place: Path | None = None, variables: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", program]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(variables or {})}
    return subprocess.Popen(  # noqa: S603 -- our own program
        command, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def end(process: subprocess.Popen[str], *, interrupt: bool = False) -> tuple[str, str]:
    """What a program wrote to stdout and stderr; asyncio's remarks on a slow machine are left out."""
    try:
        if interrupt:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    return out, "\n".join(line for line in err.splitlines() if not line.startswith("Executing <"))


def told(record_property: Record, figure: str) -> None:
    print(figure)  # noqa: T201 -- the figure
    record_property("figure", figure)


def until(happened: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if happened():
            return
        time.sleep(0.005)
    raise AssertionError("it did not happen within 10 s")


FORK = """
import asyncio, os, sys
import aioconvo

client = aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", base_url=sys.argv[1])

async def get(name):
    return (await client.conversations.get(name)).id

left, leaves = os.pipe()

def in_child():
    assert asyncio.run(get("child-1")) == "child-1"
    asyncio.run(client.aclose())
    assert client.pool.closed

async def parent():
    await get("parent-1")
    child = os.fork()  # with a connection open, and the parent's loop running
    if child == 0:
        return None
    os.read(left, 1)  # as long as the child is in the loop of both, it could read what comes for its parent
    await asyncio.gather(*(get("parent-2") for _ in range(2)))
    _, status = await asyncio.to_thread(os.waitpid, child, 0)
    await get("parent-3")
    assert not client.pool.closed
    await client.aclose()
    return status
"""


def test_fork_after_import_and_after_use(record_property: Record) -> None:
    """R16: a child makes connections of its own, and closing them takes nothing from its parent's."""
    main = """
runner = asyncio.Runner()
status = runner.run(parent())
if status is None:
    os.write(leaves, b"x")
    in_child()
    os._exit(0)
runner.close()
assert status == 0, status
"""
    with in_thread(FaultServer(conversation)) as server:
        program = FORK.replace("sys.argv[1]", repr(server.base_url)) + main
        process = start(program)
        _, err = end(process)
        assert (process.returncode, err) == (0, "")
        by_target: dict[str, set[int]] = {}
        for seen in server.seen:
            by_target.setdefault(seen.target.rpartition("/")[2], set()).add(seen.connection)
        told(record_property, f"connections by call, fork with one open: {by_target}")
        assert by_target["parent-1"] <= by_target["parent-2"]
        assert by_target["parent-3"] <= by_target["parent-2"]
        assert not by_target["child-1"] & (by_target["parent-1"] | by_target["parent-2"] | by_target["parent-3"])
        assert len(server.seen) == 5


JITTER = """
import asyncio, os
import aioconvo

class Clock:
    slept = []
    def monotonic(self): return 0.0
    def time(self): return 0.0
    async def sleep(self, seconds): self.slept.append(seconds)

pool = aioconvo.SessionPool(clock=Clock())
client = aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", base_url="http://127.0.0.1:9", pool=pool)

async def fail():
    try:
        await client.conversations.get("c")
    except aioconvo.APIConnectionError:
        print(*Clock.slept, flush=True)

for _ in range(4):
    if os.fork() == 0:
        asyncio.run(fail())
        os._exit(0)
    os.wait()
"""


def test_forked_workers_do_not_try_again_in_step(record_property: Record) -> None:
    """R9: workers forked from one process (a preloaded web server) draw different pauses."""
    process = start(JITTER)
    out, err = end(process)
    pauses = [tuple(map(float, line.split())) for line in out.splitlines()]
    told(record_property, f"pauses of 4 forked workers: {pauses}")
    assert (process.returncode, err) == (0, "")
    assert len(pauses) == 4
    assert len({pause for worker in pauses for pause in worker}) == 12


IMPORTS = """
import asyncio, json, sys
import aioconvo

options = json.loads({options!r})
clients = {{name: getattr(aioconvo, name)(**given) for name, given in options.items()}}
lists = {{
    "SmoochClient": lambda client: client.messages.list("user-1"),
    "SunshineClient": lambda client: client.conversations.list(user_external_id="user-1"),
}}
before = set(sys.modules)

async def main():
    for name, client in clients.items():
        async with client:
            await lists.get(name, lambda client: client.conversations.list())(client)

asyncio.run(main())
print(*sorted(set(sys.modules) - before))
"""


def test_nothing_is_imported_while_a_loop_runs(record_property: Record) -> None:
    """R30: names are loaded lazily, but all a client needs is there when it is made: no file is read inside the loop."""
    names = ("SmscxClient", "SunshineClient", "SmoochClient", "ConvoreClient", "UltraCartClient")
    with in_thread(Sandbox(conversations=2, messages=2)) as sandbox:
        options = {name: sandbox.client_options(name.removesuffix("Client").lower()) for name in names}
        process = start(IMPORTS.format(options=json.dumps(options)))
        out, err = end(process)
    told(record_property, f"modules imported by the first calls of {len(names)} clients: {out.split()}")
    assert (process.returncode, err) == (0, "")
    assert out.split() == []


INTERRUPTED = """
import asyncio, sys
import aioconvo

client = aioconvo.SunshineClient(app_id="a", key_id="k", secret="s", base_url={url!r})

async def main():
    await client.conversations.get("quick")  # leaves a connection open
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(client.conversations.get("slow-" + str(number)))
        group.create_task(client.messages.list("slow-walk", prefetch=2).collect())

asyncio.run(main())
"""


def test_ctrl_c_leaves_nothing_open(record_property: Record) -> None:
    """R16: SIGINT with 21 requests under way, on a client that nobody closes: no "Unclosed", no task destroyed."""

    def script(seen: Seen) -> Step | list[Step]:
        return [Wait(30), conversation(seen)] if "slow" in seen.target else conversation(seen)

    with in_thread(FaultServer(script)) as server:
        process = start(INTERRUPTED.format(url=server.base_url))
        until(lambda: len(server.seen) == 22)
        _, err = end(process, interrupt=True)
    told(record_property, f"SIGINT with 21 under way: exit {process.returncode}, last line {err.splitlines()[-1]!r}")
    assert err.rstrip().endswith("KeyboardInterrupt")
    assert _complaints(err) == []


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with in_thread(Sandbox(conversations=6, messages=120)) as running:
        yield running


def _program(heading: str) -> str:
    section = next(part for part in re.split(r"^## ", README, flags=re.MULTILINE) if part.startswith(heading + "\n"))
    block = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert block is not None
    return block.group(1)


def _variables(sandbox: Sandbox) -> Mapping[str, str]:
    return {
        f"AIOCONVO_{provider.upper()}_{key.upper()}": value
        for provider in sandbox.endpoints
        for key, value in sandbox.client_options(provider).items()
    }


def _complaints(err: str) -> list[str]:
    return [line for line in err.splitlines() if re.search(r"Warning|[Uu]nclosed|never |destroyed|ignored in", line)]


def test_readme_batch_fetcher(sandbox: Sandbox, record_property: Record) -> None:
    """R16: the program runs to its end without a word on stderr."""
    process = start(_program("In a batch fetcher"), variables=_variables(sandbox))
    out, err = end(process)
    told(record_property, f"batch fetcher under -X dev -W error: {out.strip()}, {len(err)} bytes on stderr")
    assert (process.returncode, out, err) == (0, "6 conversations, 720 messages\n", "")


def test_readme_bot_stopped_by_ctrl_c(sandbox: Sandbox, tmp_path: Path, record_property: Record) -> None:
    """R16: SIGINT while the bot replies: it ends after what it has begun, with exit code 0."""
    asked, convore = sandbox.requests["convore"], sandbox.providers["convore"]
    (customer, *_) = convore.customers()
    secrets = {f"AIOCONVO_{name.upper()}_WEBHOOK_SECRETS": secret for name, secret in sandbox.webhook_secrets.items()}
    variables = {**_variables(sandbox), **secrets, "PORT": "0"}
    process = start(_program("In a bot"), tmp_path, variables)
    until(lambda: bool(asked.get("list_events")))
    convore.says(customer.id, "hello")
    until(lambda: bool(asked.get("send_message")))
    _, err = end(process, interrupt=True)
    told(record_property, f"bot under -X dev -W error, SIGINT: {len(_complaints(err))} complaints on stderr")
    assert process.returncode == 0, err
    assert asked["send_message"] == 1
    assert _complaints(err) == []


def test_readme_web_app_stopped_by_ctrl_c(sandbox: Sandbox, record_property: Record) -> None:
    """R16: a web app that served requests, among them one that failed, stops clean."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = start(_program("In a web app"), variables={**_variables(sandbox), "PORT": str(port)})
    assert process.stdout is not None
    assert "Running on" in process.stdout.readline()
    conversation = next(iter(sandbox.providers["sunshine"].state()["ids"]))
    statuses = [_get(port, f"/conversations/{one}/latest") for one in (conversation, "0" * 24, conversation)]
    _, err = end(process, interrupt=True)
    told(record_property, f"web app under -X dev -W error: answers {statuses}, {len(_complaints(err))} complaints")
    assert statuses == ["200", "404", "200"]
    assert process.returncode == 0
    assert all('"GET /conversations/' in line for line in err.splitlines()), err  # only the access log of debug mode


def _get(port: int, path: str) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        return connection.makefile("rb").readline().decode().split(" ")[1]
