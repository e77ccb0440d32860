"""A validating mock of each API takes what every declared operation sends, and its made-up answers are read without loss.

`nox -s mock` installs Prism with npm and runs this: every two arguments of an operation together, and 50 drawn combinations.
`-- PROVIDER` for one API, `--drawn N`, `--at-most N` combinations of two. Prism reads `specs/NAME.json` with these repairs.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import functools
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from aioconvo import InvalidRequestError
from aioconvo.core.errors import AioconvoError
from aioconvo.core.json.codec import decode, is_drifted
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.operations.operation import Request
from aioconvo.core.operations.signature import Declared
from tests.specs.drawing import Draw, pairs
from tests.specs.kept import PROVIDERS, SPECS, facts
from tests.specs.test_requests import OF, is_on_purpose, lost, theirs
from tests.test_declarations import BESIDES, SAMPLES, _request

REPAIRS = """
- A status `2XX`, for which Prism makes up no answer, is 200; an answer without a description gets one.
- Limits of which the lower one is above the upper one, as of SMS.CX's `include` and `exclude`, are left out.
- Time zones, ids and the like stay free text: what Prism makes up there fits no format that the documents do not name.
"""


# Smooch's specification has one object for all kinds of these, ours are a struct each: what another kind has is made up.
_OF_OTHER_KINDS = re.compile(
    r"\b(menu\.items|actions|items|messages?|extraMessages|content|confirmation)\b(\[\])?\.\w+: lost|\.items\[\]"
)

# What did not fit is kept as it came. It is counted and told, and fails no session: nobody has looked through it yet.
_DRIFTED = "answer: drifted"


def repaired(document: dict[str, Any]) -> dict[str, Any]:
    """The document as Prism can use it."""

    def mend(told: Any) -> Any:
        if isinstance(told, list):
            return [mend(one) for one in told]  # pyright: ignore[reportUnknownVariableType] -- untyped JSON
        if not isinstance(told, dict):
            return told
        made: dict[str, Any] = {name: mend(one) for name, one in told.items()}  # pyright: ignore[reportUnknownVariableType] -- as above
        if made.get("minLength", 0) > made.get("maxLength", float("inf")):
            del made["minLength"], made["maxLength"]
        if isinstance(told.get("responses"), dict):
            answers: dict[str, Any] = made["responses"]
            made["responses"] = {code.replace("2XX", "200"): {"description": "", **one} for code, one in answers.items()}
        return made

    mended: dict[str, Any] = mend(document)
    return mended


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def prism(command: Sequence[str], provider: str) -> Iterator[str]:
    """A mock of one API; where it listens."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{provider}.json"
        file.write_text(json.dumps(repaired(json.loads((SPECS / f"{provider}.json").read_text(encoding="utf-8")))))
        port = free_port()
        asked = [*command, "mock", "--dynamic", "--errors", "--port", str(port), str(file)]
        process = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)  # noqa: S603 -- ours
        try:
            assert process.stdout is not None
            told: list[str] = []
            for line in process.stdout:
                told.append(line)
                if "is listening on" in line:
                    break
            else:
                raise SystemExit(f"Prism did not start: {''.join(told)[-2000:]}")
            drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)  # noqa: S607 -- ours
            yield f"http://127.0.0.1:{port}"
            drain.kill()
            drain.wait()
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def requests(one: Declared, *, drawn: int, at_most: int) -> Iterator[Request[Any]]:
    """Every two arguments together, and drawn combinations."""
    told = facts(one.operation.provider)
    draws = random.Random(one.operation.python)  # noqa: S311 -- no secret
    draw = Draw(draws, told.shapes, SAMPLES)
    two = list(pairs(one))
    chosen = [*(two if len(two) <= at_most else draws.sample(two, at_most))]
    optional = [each.name for each in one.parameters if not each.required]
    chosen += [frozenset(name for name in optional if draws.random() < 0.5) for _ in range(drawn)]
    for names in chosen:
        given = draw.arguments(one, theirs(one), names)
        besides = BESIDES.get(one.operation.python, {})
        with contextlib.suppress(InvalidRequestError):  # they exclude each other
            yield _request(one, given if besides.keys() & given.keys() else given | besides)[0]


async def refused(session: aiohttp.ClientSession, root: str, one: Declared, request: Request[Any]) -> str | None:
    """What the mock refuses of a request, or what is lost of its answer."""
    body = request.body
    assert body is None or isinstance(body, bytes)
    headers = {"Accept": one.operation.accept or "application/json"}
    if request.content_type is not None:
        headers["Content-Type"] = request.content_type
    options: dict[str, Any] = {"data": body, "headers": headers, "allow_redirects": False}
    async with session.request(one.operation.method, root + request.target, **options) as answer:
        came = await answer.read()
        if answer.status >= HTTPStatus.BAD_REQUEST:
            return _violations(one, answer.status, came)
    kind = one.operation.response
    if kind is None or kind is bytes or not came or one.operation.redirects:
        return None
    try:
        made = decode(came, kind)
    except (BrokenBodyError, AioconvoError) as error:
        return None if is_on_purpose(one, "answer") else f"answer: {error}"
    if is_drifted(made):
        return _DRIFTED
    plain = msgspec.to_builtins(made, enc_hook=lambda unknown: unknown.json())
    gone = [text for text in lost(msgspec.json.decode(came), plain, "answer") if not is_on_purpose(one, text)]
    of_many = one.operation.provider == "smooch"
    left = [
        text
        for text in gone
        if _name(text) in _specified(one.operation.provider) and not (of_many and _OF_OTHER_KINDS.search(text))
    ]
    return "; ".join(left) or None


def _violations(one: Declared, status: int, came: bytes) -> str | None:
    """What the mock says is wrong with a request, without what is so on purpose."""
    told = json.loads(came)
    if "validation" not in told:
        return f"{status}: {told.get('title')} {told.get('detail')}"
    found = [(".".join(map(str, each["location"])), each["message"]) for each in told["validation"]]
    asked = [f"{place}: {words}" for place, words in found if not place.startswith("response")]
    return "; ".join(text for text in asked if not is_on_purpose(one, _ours(text))) or None


def _ours(text: str) -> str:
    """A place as the deviations write it; a member that is missing is told at what it is missing from."""
    place, _, words = text.partition(": ")
    missing = re.search(r"required property '(\w+)'", words)
    place = re.sub(r"\.\d+", "", place.removeprefix("request.")).replace("query.", "query ").replace("path.", "path ")
    return place if missing is None else f"query {missing[1]}" if place == "query" else f"{place}.{missing[1]}"


def _name(text: str) -> str:
    return text.partition(": ")[0].rpartition(".")[2].replace("[]", "")


@functools.cache
def _specified(provider: str) -> frozenset[str]:
    """Every name of a member that a specification has; Prism makes up others, where more are allowed."""
    names: set[str] = set()

    def look(told: Any) -> None:
        for one in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
            look(one)
        if isinstance(told, dict) and isinstance(told.get("properties"), dict):
            names.update(told["properties"])

    look(json.loads((SPECS / f"{provider}.json").read_text(encoding="utf-8")))
    return frozenset(names)


async def hold(provider: str, root: str, *, drawn: int, at_most: int) -> tuple[int, dict[str, collections.Counter[str]]]:
    """How many requests were sent, and what was refused by operation."""
    found: dict[str, collections.Counter[str]] = {}
    count = 0
    async with aiohttp.ClientSession() as session:
        for one in OF[provider]:
            asked = list(requests(one, drawn=drawn, at_most=at_most))
            count += len(asked)
            for start in range(0, len(asked), 16):
                told = await asyncio.gather(*(refused(session, root, one, each) for each in asked[start : start + 16]))
                for text in filter(None, told):
                    found.setdefault(one.operation.python, collections.Counter())[text[:300]] += 1
    return count, found


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(prog="nox -s mock --", description=__doc__)
    parser.add_argument("providers", nargs="*", default=PROVIDERS)
    parser.add_argument("--prism", required=True, help="the command")
    parser.add_argument("--drawn", type=int, default=50)
    parser.add_argument("--at-most", type=int, default=100_000)
    asked = parser.parse_args()
    failed = False
    for provider in asked.providers:
        begun = time.monotonic()
        with prism([asked.prism], provider) as root:
            count, found = asyncio.run(hold(provider, root, drawn=asked.drawn, at_most=asked.at_most))
        drifted = sum(counter[_DRIFTED] for counter in found.values())
        bad = sum(counter.total() for counter in found.values()) - drifted
        taken = f"{len(OF[provider])} operations, {count} requests"
        _tell(f"{provider}: {taken}, {bad} refused, {drifted} drifted, {time.monotonic() - begun:.0f} s")
        for python, counter in found.items():
            for text, times in counter.most_common(3):
                _tell(f"  {python} ({times}): {text}")
        failed |= bad > 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
