"""A page's rows for an export, from its body on: `native` as the slices that came, or encoded anew."""

from __future__ import annotations

import importlib
from typing import Any

import measured
from measured import Counts, Job

import aioconvo
from aioconvo.core.json.codec import decode
from aioconvo.export.schema import message_lines
from benchmarks import bodies


def main(job: Job) -> dict[str, Any]:
    """The figures of one job; `requests` are pages."""
    provider = job["list"].partition(".")[0]
    kind: type[Any] = importlib.import_module(f"aioconvo.{provider}.pages").MessagePage
    unified: Any = importlib.import_module(f"aioconvo.{provider}.inbox").messages
    body = bodies.page(job["list"], 0, 100, 20_000)
    # What the plain decode gives does not know the body it came in.
    read = aioconvo.decode if job["variant"] == "slices" else decode
    (items,) = (one for one in kind.__struct_fields__ if isinstance(getattr(decode(body, kind), one), list))

    def repeated(count: int) -> Counts:
        for _ in range(count):
            message_lines(unified(getattr(read(body, kind), items), "c1"), "account", "c1")
        return Counts(count, count * 100)

    return measured.measure(lambda: repeated(job["count"] // 10), lambda: repeated(job["count"]))


if __name__ == "__main__":
    measured.write(main(measured.read_job()), ["msgspec"])
