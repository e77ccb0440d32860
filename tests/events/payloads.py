"""What senders send, as files: `payloads/`, with where each one is from in `origins.json`. Values are made up."""

from __future__ import annotations

import functools
import json
import pathlib
from typing import NamedTuple

from aioconvo.providers import Provider

ROOT = pathlib.Path(__file__).parent / "payloads"
OF_ANOTHER_VERSION = "sunshine/v1-1-payload-at-a-v2-address.json"


class Payload(NamedTuple):
    """One body."""

    provider: Provider
    name: str
    raw: bytes


@functools.cache
def payloads() -> list[Payload]:
    """All of them but the one that has come to the wrong address."""
    rows = json.loads((ROOT / "origins.json").read_text())
    files = [row["file"] for row in rows if row["file"] != OF_ANOTHER_VERSION]
    return [Payload(Provider(file.partition("/")[0]), file, (ROOT / file).read_bytes()) for file in files]


@functools.cache
def hostile() -> dict[str, bytes]:
    """Bodies that nobody ought to send, by name; they are made for Sunshine Conversations."""
    return {file.stem: file.read_bytes() for file in sorted((ROOT / "hostile").iterdir())}
