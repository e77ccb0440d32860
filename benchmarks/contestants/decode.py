"""Decoding alone: a list page of 100 by aioconvo, by plain structs with the same fields, and with one item of unknown kind."""

from __future__ import annotations

import importlib
import json
import logging
from collections.abc import Callable
from typing import Any

import measured
import twins
from measured import Counts, Job

from aioconvo.core.json.codec import decode
from benchmarks import bodies

_PAGES = {
    "sunshine.conversations": "ConversationPage",
    "sunshine.messages": "MessagePage",
    "sunshine.participants": "ParticipantPage",
    "smooch.messages": "MessagePage",
    "convore.messages": "MessagePage",
    "convore.conversations": "ConversationPage",
    "ultracart.conversations": "ConversationPage",
    "ultracart.messages": "MessagePage",
    "ultracart.search": "SearchPage",
    "smscx.conversations": "ConversationPage",
}
_MIDDLE = 50


def drifted(name: str, body: bytes) -> bytes:
    """The page with one item in the middle whose kind this version does not know."""
    page: dict[str, Any] = json.loads(body)
    item = page["messages"][_MIDDLE]
    if name == "smooch.messages":
        item["actions"] = [{"_id": "1", "type": "hologram", "text": "Look"}]
    else:
        item["content"] = {"type": "hologram", "mediaUrl": "https://media.example.com/1.holo"}
    return json.dumps(page, ensure_ascii=False).encode()


def main(job: Job) -> dict[str, Any]:
    """The figures of one job; `requests` are pages."""
    name = job["list"]
    kind: type[Any] = getattr(importlib.import_module(f"aioconvo.{name.partition('.')[0]}.pages"), _PAGES[name])
    body = bodies.page(name, 0, 100, 20_000)
    plain = job["variant"] == "plain"
    work: Callable[[bytes], object] = twins.plain_decoder(kind) if plain else lambda given: decode(given, kind)
    if job["variant"] == "drift":
        logging.disable()  # it is told once for each kind, not for each page
        body = drifted(name, body)

    def repeated(count: int) -> Counts:
        for _ in range(count):
            work(body)
        return Counts(count, count * 100)

    return measured.measure(lambda: repeated(job["count"] // 10), lambda: repeated(job["count"]))


if __name__ == "__main__":
    measured.write(main(measured.read_job()), ["msgspec"])
