"""What an export takes beside the loops that people write, one request at a time and many.

`python -m benchmarks.export_latency --sdks FOLDER` takes some minutes and writes `results/export.md`, which RESULTS.md
includes. The loops, on aiohttp and msgspec or on a published SDK, decode every message and keep none, and the time of their
lists of conversations is not counted. The exports read those lists, too, and write all messages and where to go on into a new
target.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from . import run
from .workloads import EXPORTS, SDKS, Workload

__all__ = ["OUT"]

OUT = Path(__file__).parent / "results" / "export.md"
_PROVIDERS = ("sunshine", "smooch", "smscx", "ultracart", "convore")
_LOOP = "floor"
_SHOWN = {_LOOP: "aiohttp + msgspec"}
_ALL, _TENTH, _MESSAGES, _PAGE, _DELAY_MS = 2_000, 200, 50, 100, 20
_MANY = 32


class _Time(NamedTuple):
    """Seconds for all conversations, of the best round; `scaled`: of a tenth of them, times ten."""

    seconds: float
    scaled: bool

    def __str__(self) -> str:
        return f"{'~' if self.scaled else ''}{self.seconds:.{1 if self.seconds >= 10 else 2}f}"  # noqa: PLR2004 -- three digits


def _conversations(provider: str, name: str, concurrency: int) -> int:
    """How many are fetched: one at a time takes minutes, so one provider's must do, and a tenth of the others'."""
    whole = concurrency > 1 or (provider == _PROVIDERS[0] and name != SDKS[provider])
    return _ALL if whole else _TENTH


def _workload(provider: str, names: tuple[str, ...], concurrency: int) -> Workload:
    each: dict[str, tuple[dict[str, Any], tuple[str, ...], int]] = {}
    for name in names:
        count = _conversations(provider, name, concurrency)
        lists = ("--pages", str(count // _PAGE), "--items", str(_PAGE), "--messages", str(_MESSAGES))
        each[name] = ({"conversations": count}, (*lists, "--delay-ms", str(_DELAY_MS)), count * _MESSAGES)
    job = {"workload": "fanout", "provider": provider, "concurrency": concurrency}
    return Workload(f"export {provider} {concurrency}", provider, names, job, cost="wall", each=each)


def _measured(
    provider: str, names: tuple[str, ...], concurrency: int, rounds: int, environment: run.Environment
) -> dict[str, _Time]:
    """The times of those who could run."""
    workload = _workload(provider, names, concurrency)
    times = {}
    for name, figures in run.measure(workload, rounds, environment)["results"].items():
        count = _conversations(provider, name, concurrency)
        times[name] = _Time(min(one[workload.cost] for one in figures) * _ALL / count, count != _ALL)
    return times


def _head(base: str) -> str:
    return (
        f"{_ALL:,} conversations of {_MESSAGES} messages, {_DELAY_MS} ms to each answer. "
        f"~: {_TENTH} conversations, times {_ALL // _TENTH}.\n\n"
        f"| | | 1 at a time, s | {_MANY} at a time, s | messages a second | times faster | at {_MANY} over that of {base} |\n"
        "|---|---|---|---|---|---|---|"
    )


def _rows(provider: str, alone: dict[str, _Time], many: dict[str, _Time], base: str) -> str:
    lines = []
    for name, time in many.items():
        rate, faster = _ALL * _MESSAGES / time.seconds, alone[name].seconds / time.seconds
        beside = time.seconds / many[base].seconds
        shown = _SHOWN.get(name, name)
        lines.append(f"| {provider} | {shown} | {alone[name]} | {time} | {rate:,.0f} | {faster:.1f} | {beside:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print each provider's rows as they come, and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.export_latency", description=__doc__)
    parser.add_argument("--providers", nargs="+", choices=_PROVIDERS, default=_PROVIDERS)
    parser.add_argument("--kinds", nargs="+", choices=EXPORTS, default=["jsonl", "sqlite"])
    parser.add_argument("--rounds", type=int, default=3, help=f"at {_MANY} at a time; one at a time runs once")
    parser.add_argument("--sdks", type=Path, help="folder with an environment for each SDK")
    parser.add_argument("--out", type=Path, default=OUT, help="the file for the table")
    given = parser.parse_args()
    run.compile_ahead()
    environment = run.Environment(given.sdks)
    exports = [EXPORTS[kind] for kind in given.kinds]
    parts = [_head(exports[0])]
    print(parts[0], flush=True)
    for provider in given.providers:
        names = (_LOOP, *exports, *([SDKS[provider]] if provider in SDKS else []))
        alone = _measured(provider, names, 1, 1, environment)
        many = _measured(provider, names, _MANY, given.rounds, environment)
        parts.append(_rows(provider, alone, many, exports[0]))
        print(parts[-1], flush=True)
    given.out.write_text("\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
