"""Run fuzz targets under hypothesis for a bounded time: `python -m tests.fuzz.under_hypothesis --seconds 60 [target ...]`."""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
import traceback
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from hypothesis import HealthCheck, given, seed, settings

from tests.fuzz.inputs import INPUTS
from tests.fuzz.targets import TARGETS

_BATCH = 250
_VARIANTS = 20
_PIECES = (
    b"null",
    b"-1",
    b"1e999",
    b'"',
    b"[",
    b"{",
    b"}",
    b"\\ud800",
    b"\xff",
    b"\r\n",
    b"\x00",
    b"/../",
    b"%2e",
    b"9" * 5000,
    b"[" * 3000,
)


class _Found(NamedTuple):
    executions: int
    findings: list[str]


def _variants(data: bytes) -> Iterator[bytes]:
    """An input and some that are like it, because drawing one takes longer than trying twenty."""
    yield data
    chance = random.Random(zlib.crc32(data))  # noqa: S311 -- the same variants each time the input is tried
    for _ in range(_VARIANTS):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.randrange(12))
        middle = chance.choice((b"", chance.randbytes(1), data[start:end] * 2, chance.choice(_PIECES)))
        yield data[:start] + middle + data[end:]


def _fuzz(name: str, seconds: float, first_seed: int) -> _Found:
    """Batches with new seeds until the time is over; a target that fails is left at its first finding."""
    executions = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:

        @seed(first_seed + executions)
        @settings(max_examples=_BATCH, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(INPUTS[name])
        def batch(data: bytes) -> None:
            nonlocal executions
            for variant in _variants(data) if time.monotonic() < until else ():
                executions += 1
                try:
                    TARGETS[name](variant)
                except Exception as error:
                    error.add_note(f"input: {variant!r}")
                    raise

        try:
            batch()
        except Exception:  # noqa: BLE001 -- whatever it is, it is the finding
            return _Found(executions, [traceback.format_exc(limit=-6)])
    return _Found(executions, [])


def main() -> int:
    """Run, print a line for each target; 1 when anything was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    given_options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    sys.stdout.write(f"hypothesis, seed {given_options.seed}\n")
    failed = 0
    for name in given_options.targets:
        found = _fuzz(name, given_options.seconds / len(given_options.targets), given_options.seed)
        failed += len(found.findings)
        sys.stdout.write(f"  {name:14} {found.executions:>9,} executions, {len(found.findings)} findings\n")
        sys.stdout.writelines(found.findings)
        sys.stdout.flush()
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
