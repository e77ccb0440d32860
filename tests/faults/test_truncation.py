"""Answers that are cut, bombs, endless or rubbish: the whole data or a typed error, and never much memory."""

from __future__ import annotations

import asyncio
import collections
import functools
import gzip
import json
import os
import sys
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import aioconvo
from aioconvo.convore import ConvoreClient
from aioconvo.sandbox import Sandbox
from aioconvo.smooch import SmoochClient
from aioconvo.smscx import SmscxClient
from aioconvo.sunshine import SunshineClient
from aioconvo.ultracart import UltraCartClient
from tests.campaign import FULL
from tests.faults.server import Answer, Endless, FaultServer, Framing, Raw, Seen, Step

CLIENTS: Mapping[str, Any] = {
    "sunshine": SunshineClient,
    "smooch": SmoochClient,
    "convore": ConvoreClient,
    "smscx": SmscxClient,
    "ultracart": UltraCartClient,
}
Ids = Mapping[str, Sequence[str]]
# Every kind of list answer: what is asked of a client, given the ids that the sandbox holds.
LISTS: Mapping[str, Callable[[Any, Ids], Awaitable[Any]]] = {
    "sunshine conversations": lambda client, _ids: client.conversations.list(user_external_id="user-1"),
    "sunshine messages": lambda client, ids: client.messages.list(next(iter(ids))),
    "sunshine participants": lambda client, ids: client.participants.list(next(iter(ids))),
    "smooch messages": lambda client, _ids: client.messages.list("user-1"),
    "convore conversations": lambda client, _ids: client.conversations.list(),
    "convore messages": lambda client, _ids: client.messages.list(),
    "smscx conversations": lambda client, _ids: client.conversations.list(),
    "smscx messages": lambda client, ids: client.conversations.get(next(iter(ids))),
    "ultracart conversations": lambda client, _ids: client.conversations.list(),
    "ultracart search": lambda client, _ids: client.conversations.search(),
    "ultracart messages": lambda client, ids: client.messages.list(next(iter(ids))),
    "convore request": lambda client, _ids: client.request("GET", "/v1/messages"),
    "ultracart queues": lambda client, _ids: client.queues.list_statuses().collect(),
}
FORMS = [(encoding, framing) for encoding in (None, "gzip", "deflate") for framing in Framing]


class Body(NamedTuple):
    """One kind of list answer: its bytes, and what a client makes of them."""

    content: bytes
    found: Any


class Bodies(NamedTuple):
    of: Mapping[str, Body]
    ids: Mapping[str, Ids]
    credentials: Mapping[str, Mapping[str, str]]


def _found(result: Any) -> Any:
    if isinstance(result, aioconvo.Response):
        return result.data
    return result.items if isinstance(result, aioconvo.Page) else result


@pytest.fixture
async def bodies() -> Bodies:
    """The sandbox's own answers, which have the shape of the real ones."""
    of: dict[str, Body] = {}
    async with Sandbox(conversations=6, messages=12) as sandbox, aioconvo.SessionPool() as pool:
        ids = {name: state["ids"] for name, state in sandbox.state().items()}
        for kind, ask in LISTS.items():
            provider = kind.partition(" ")[0]
            client = CLIENTS[provider](**sandbox.client_options(provider), pool=pool)
            with aioconvo.capture_responses() as responses:
                found = _found(await ask(client, ids[provider]))
            of[kind] = Body(responses[0].body, found)
        return Bodies(of, ids, {name: end.credentials for name, end in sandbox.endpoints.items()})


class Cutter:
    """Serves `/<kind>/<form>/<percent>/...`: the first answer cut there, the second one too where the percent is odd."""

    def __init__(self, bodies: Bodies) -> None:
        self._wires: dict[tuple[str, str], tuple[bytes, bytes]] = {}
        self._bodies = bodies
        self.asked: collections.Counter[str] = collections.Counter()

    def __call__(self, seen: Seen) -> Step:
        place = seen.target[1:].partition("/-/")[0]
        kind, form, percent = place.split("/")
        head, body = self._wire(kind, form)
        self.asked[place] += 1
        whole = self.asked[place] == 2 and int(percent) % 2 == 0
        # The last one is not a hundredth: it is all but the last byte.
        end = len(body) if whole else len(body) - 1 if percent == "100" else len(body) * int(percent) // 100
        return Raw(head + body[:end])

    def _wire(self, kind: str, form: str) -> tuple[bytes, bytes]:
        if (kind, form) not in self._wires:
            encoding, framing = FORMS[int(form)]
            answer = Answer(200, self._bodies.of[kind.replace("-", " ")].content, framing=framing, encoding=encoding)
            body = answer.wire_body()
            self._wires[kind, form] = (answer.wire_head(len(body)), body)
        return self._wires[kind, form]


async def _ask_cut(bodies: Bodies, pool: aioconvo.SessionPool, url: str, kind: str, place: str) -> str:
    provider = kind.partition(" ")[0]
    options = {**bodies.credentials[provider], "base_url": f"{url}/{place}/-"}
    retry = aioconvo.RetryPolicy(max_retries=1, budget=None)  # hardly any of these calls is answered well
    client = CLIENTS[provider](**options, pool=pool, retry=retry)
    try:
        found = _found(await LISTS[kind](client, bodies.ids[provider]))
    except aioconvo.CallError as error:
        return type(error).__name__
    return "whole" if found == bodies.of[kind].found else f"SHORT {place}"


async def test_no_answer_is_accepted_short(bodies: Bodies, clock: Any, record_property: Any) -> None:
    """R22: every kind of list answer, cut at every hundredth, in nine forms; one cut of twenty here, each in the campaign."""
    step = 1 if FULL else 20
    cases = [
        (kind, f"{kind.replace(' ', '-')}/{form}/{percent}")
        for row, kind in enumerate(LISTS)
        for form in range(len(FORMS))
        for percent in range((row + form * 3) % step, 101, step)
    ]
    cutter = Cutter(bodies)
    results: collections.Counter[str] = collections.Counter()
    async with FaultServer(cutter) as server, aioconvo.SessionPool(size=20, clock=clock) as pool:
        for start in range(0, len(cases), 200):
            results.update(
                await asyncio.gather(
                    *(_ask_cut(bodies, pool, server.base_url, kind, place) for kind, place in cases[start : start + 200])
                )
            )
        assert pool.in_use() == 0
    figure = f"{len(cases)} cuts, {len(server.seen)} answers: {dict(results)}"
    record_property("R22", figure)
    print(figure)  # noqa: T201 -- the figure
    assert set(results) <= {"whole", "APIConnectionError", "ResponseDecodeError"}
    assert {int(place.rpartition("/")[2]) for _, place in cases} == set(range(101))
    for _, place in cases:
        assert cutter.asked[place] == 2, place  # what was cut was asked for again, once


def _bomb(mebibytes: int) -> bytes:
    """A gzip body of about 1 kB for each MiB of zeros it inflates to: one block, repeated."""
    squeeze = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = squeeze.compress(bytes(2**20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(mebibytes):
        check = zlib.crc32(bytes(2**20), check)
    trailer = check.to_bytes(4, "little") + (mebibytes << 20).to_bytes(4, "little")
    return gzip.compress(b"", mtime=0)[:10] + block * mebibytes + squeeze.flush() + trailer


def _list_of(item: bytes, count: int) -> Answer:
    return Answer(body=b'{"data": [' + (item + b",") * (count - 1) + item + b"]}", encoding="gzip")


CHILD = str(Path(__file__).with_name("memory_child.py"))
GZIP = [("Content-Encoding", "gzip")]
HTML = [("Content-Type", "text/html")]
PAGE = b"<html><head><title>Sorry</title></head><body><h1>We are down for maintenance</h1></body></html>"


@functools.cache
def bad() -> Mapping[str, tuple[Step, str | None, str]]:
    """Answers by name, the error each is, and words of it; made where they are asked for, since they take a while."""
    bomb, many = _bomb(300), b"X-Many: aaaaaa\r\n" * 2**16
    return {
        "bomb": (Answer(body=bomb, headers=GZIP), "ResponseDecodeError", "more than 33554432 bytes"),
        "bomb-chunked": (Answer(body=bomb, headers=GZIP, framing=Framing.CHUNKED), "ResponseDecodeError", "more than"),
        "bomb-in-close": (Answer(body=bomb, headers=GZIP, framing=Framing.CLOSE), "ResponseDecodeError", "more than"),
        "bomb-on-500": (Answer(500, bomb, headers=GZIP), "InternalServerError", "HTTP 500"),
        "endless": (Endless(), "ResponseDecodeError", "more than 33554432 bytes"),
        "endless-gzip": (Endless(encoding="gzip"), "ResponseDecodeError", "more than 33554432 bytes"),
        "one-long-header": (
            Raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 2**20 + b"\r\n\r\n{}"),
            "APIConnectionError",
            "headers are too large",
        ),
        "many-headers": (
            Raw(b"HTTP/1.1 200 OK\r\n" + many + b"\r\n{}"),
            "APIConnectionError",
            "headers are too large",
        ),
        "many-trailers": (
            Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + many + b"\r\n"),
            "APIConnectionError",
            "convore.messages.list",  # broken or no valid HTTP: as its pieces arrive
        ),
        "garbage-gzip": (Answer(body=os.urandom(5000), headers=GZIP), "ResponseDecodeError", "damaged"),
        "html-on-200": (
            Answer(body=PAGE, headers=HTML),
            "ResponseDecodeError",
            "no complete JSON (a web page came; check base_url)",
        ),
        "moved": (Answer(302), "UnexpectedRedirectError", "HTTP 302 (redirects are not followed; check base_url)"),
        "no-http": (Raw(b"SSH-2.0-OpenSSH\r\n\r\n"), "APIConnectionError", "no valid HTTP"),
        "html-502": (Answer(502, PAGE, HTML), "InternalServerError", "HTTP 502"),
        "no-body": (Answer(body=b""), "ResponseDecodeError", "no complete JSON"),
        "many-drifted-items": (_list_of(b'{"id": 1}', 100_000), None, ""),
        "ten-million-drifted-items": (_list_of(b"{}", 10_000_000), None, ""),  # read: most of them as one `Unknown`
    }


def _bad(seen: Seen) -> Step:
    name = seen.target[1:].partition("/")[0]
    return Answer(body=b'{"data": []}') if name == "good" else bad()[name][0]


@pytest.mark.parametrize("form", FORMS, ids=str)
async def test_nothing_at_all_is_no_answer(form: tuple[str | None, Framing]) -> None:
    """R22: a body that is cut before its first byte does not pass for an empty one, also where any JSON would do."""
    encoding, framing = form
    answer = Answer(body=b'{"data": []}', encoding=encoding, framing=framing, cut=0)
    async with FaultServer(lambda _seen: answer) as server, aioconvo.SessionPool() as pool:
        client = ConvoreClient(base_url=server.base_url, api_key="k", pool=pool, max_retries=0)
        with pytest.raises((aioconvo.APIConnectionError, aioconvo.ResponseDecodeError)):
            await client.request("GET", "/x")
        empty = await client.request("DELETE", "/x") if framing is Framing.CLOSE else None
    assert empty is None or empty.data is None


async def test_bombs_and_endless_bodies_are_errors_and_cost_little_memory(record_property: Any) -> None:
    """R21: the errors are typed, and the process that asks grows by 64 MiB at most, measured from outside the loop."""
    async with FaultServer(_bad) as server:
        child = await asyncio.create_subprocess_exec(
            sys.executable, CHILD, server.base_url, *bad(), stdout=asyncio.subprocess.PIPE
        )
        told, _ = await child.communicate()
        asked = collections.Counter(seen.target[1:].partition("/")[0] for seen in server.seen)
    outcomes = [json.loads(line) for line in told.splitlines()]
    for outcome in outcomes:
        print(outcome)  # noqa: T201 -- the figures
    figure = f"a bomb of 300 MiB among them; growth of at most {max(outcome['growth'] for outcome in outcomes)} MiB"
    record_property("R21", figure)
    print(figure)  # noqa: T201 -- the figure
    assert [outcome["name"] for outcome in outcomes] == list(bad())
    for outcome in outcomes:
        _, error, words = bad()[outcome["name"]]
        assert outcome["error"] == error, outcome
        assert words in outcome.get("words", ""), outcome
        # What is read is kept: the body, the rest of its list once more, and as text while it is cut.
        assert outcome["growth"] <= (64.0 if error else 128.0), outcome
    counts = {outcome["name"]: outcome["items"] for outcome in outcomes if outcome["error"] is None}
    assert counts == {"ten-million-drifted-items": 20_001, "many-drifted-items": 100_000}
    assert asked == {"good": 1, **dict.fromkeys(bad(), 1)}
