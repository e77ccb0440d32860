"""From figures to tables: costs by contestant, paired ratios, verdicts. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any, NamedTuple

from .workloads import SDKS, TARGETS, WORKLOADS, Target

__all__ = ["Spread", "base_of", "costs", "document", "ratios", "table", "verdicts"]

JSON = dict[str, Any]
_MICRO = 1e6


class Spread(NamedTuple):
    """Median, least and most."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.3g} ({self.least:.3g} - {self.most:.3g})"


def spread(values: list[float]) -> Spread:
    """Of at least one value."""
    return Spread(statistics.median(values), min(values), max(values))


def costs(name: str, results: JSON, contestant: str, cost: str | None = None) -> list[float]:
    """A contestant's cost in each round, in seconds or bytes, for one of what the workload counts."""
    workload = WORKLOADS[name]
    key = cost or workload.cost
    rounds = results["results"].get(contestant, [])
    return [one[key] / (1 if workload.per == "run" else one[workload.per]) for one in rounds]


def ratios(values: list[float], base: list[float]) -> list[float]:
    """Each round's cost over the base's cost in the same round."""
    return [value / other for value, other in zip(values, base, strict=False)]


def differences(values: list[float], base: list[float]) -> list[float]:
    """How much more than the base, in the same round."""
    return [value - other for value, other in zip(values, base, strict=False)]


def table(name: str, results: JSON) -> str:
    """One workload: ratios to its first contestant, and what they come from."""
    workload = WORKLOADS[name]
    is_time = workload.cost in {"cpu", "wall"}
    unit = f"{workload.cost}, {'us' if is_time else 'bytes'}" + ("" if workload.per == "run" else f" / {workload.per[:-1]}")
    compare, compared = (ratios, "ratio") if is_time else (differences, "bytes more")
    lines = [f"### {workload.title}", "", f"| | {compared} | {unit} | server busy |", "|---|---|---|---|"]
    for contestant in workload.contestants:
        values = costs(name, results, contestant)
        if not values:
            lines.append(f"| {contestant} | {results['missing'].get(contestant, 'not run')} | | |")
            continue
        base = costs(name, results, base_of(contestant, workload.contestants))
        shown = [value * _MICRO for value in values] if is_time else values
        ratio = str(spread(compare(values, base))) if base else ""
        rounds = results["results"][contestant]
        busy = (
            f"{statistics.median(one['server_cpu'] / one['process_wall'] for one in rounds):.0%}"
            if "server_cpu" in rounds[0]
            else ""
        )
        lines.append(f"| {contestant} | {ratio} | {spread(shown)} | {busy} |")
    return "\n".join(lines) + "\n"


def base_of(contestant: str, contestants: tuple[str, ...]) -> str:
    """Whom a contestant is compared with: the floor on the same event loop."""
    return "floor, asyncio" if contestant.endswith(", asyncio") and "floor, asyncio" in contestants else contestants[0]


_OF: dict[str, Callable[[list[float], list[float]], list[float]]] = {
    "ratio": ratios,
    "difference": differences,
    "cost": lambda values, _: values,
}


def verdict(target: Target, measured: JSON) -> tuple[Spread, bool] | None:
    """A target's figure and whether it is met; `None` where it was not measured."""
    base_workload = target.base_workload or target.workload
    if not {target.workload, base_workload} <= set(measured["workloads"]):
        return None
    values = costs(target.workload, measured["workloads"][target.workload], target.contestant)
    base = costs(base_workload, measured["workloads"][base_workload], target.base)
    if not values or not base:
        return None
    found = spread(_OF[target.of](values, base))
    met = found.median <= target.bound if target.relation == "<=" else found.median >= target.bound
    return found, met


def verdicts(measured: JSON) -> str:
    """The table of the targets."""
    lines = ["| what | target | measured: median (least - most) | | the floor itself |", "|---|---|---|---|---|"]
    for target in TARGETS:
        found = verdict(target, measured)
        told = ("", "not measured") if found is None else (str(found[0]), "met" if found[1] else "**not met**")
        floor = verdict(target._replace(base="floor"), measured) if target.contestant in SDKS.values() else None
        shown = "" if floor is None else str(floor[0])
        lines.append(f"| {target.title} | {target.relation} {target.bound:g} | {told[0]} | {told[1]} | {shown} |")
    return "\n".join(lines) + "\n"


def document(measured: JSON, instructions: str, export: str) -> str:
    """The whole of RESULTS.md, ratios first; `instructions` and `export` are tables that other commands made."""
    machine = measured["machine"]
    versions: dict[str, str] = {}
    for results in measured["workloads"].values():
        for rounds in results["results"].values():
            versions |= rounds[0].get("versions", {})
    told = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    where = (
        f"Python {machine['python']}, {machine['cpu']}, client on core {machine['client']}, server on core {machine['server']}."
    )
    head = f"# What it costs\n\nMade by `nox -s bench`. {where} {told}.\n\n{_HOW}\n## Targets\n\n"
    tables = "\n".join(table(name, results) for name, results in measured["workloads"].items())
    pictures = "\n".join(f"![{title}](plots/{name}.png)\n" for name, title in _PICTURES)
    counted = f"{_WHY}\n{instructions}\n{_PARTS}\n{_EXPORT}\n{export}"
    return f"{head}{verdicts(measured)}\n{pictures}\n{counted}\n## All workloads\n\n{tables}"


_PICTURES = (("ratios", "aioconvo over the floor, by workload"), ("cost", "cost of a page against its size"))

_WHY = """## Where a page goes

Made by `python -m benchmarks.instructions`: thousands of instructions a request in user space, counted by callgrind, so neither
caches nor other programs change them. How answers fall together changes what is on the wire a little.
`decode` is msgspec alone. `pager` checks that a page is in order, drops what came before
and keeps where to go on, which the floor does not do: it trusts the server, and loses or doubles items where it must not.
`call` is everything else of aioconvo: limits, retries, deadlines, counts, positions. `on the wire` is what is left:
aiohttp, the event loop, time limits and the check that a kept connection still lives. The last column is that of the floor; it
holds the parsing of its URL, while making one out of parts that are known to be good belongs to `call`.
"""

_PARTS = """What `call` and `pager` do, and the floor does not:

- SMS.CX: the id is checked, so that a wrong one is never sent, and put in lower case, the path is percent-encoded, and each
  answer may be a 204.
- Smooch has no GET of one noun; its row is the first page of a list, which is more than a GET: the paginator with the digest
  that stored positions carry, the check of `before` and `after`, and the pager, which is made, asked and given the page.
- UltraCart: each answer may be an error that came with a 200, and is looked at.
- Pages: the pager reads one member of each item, finds them in order, and by offset knows again rows that came before. These
  are loops in C already; to pay less is to check less.
- Item by item: a step of an asynchronous generator for each item, where the floor has a plain `for`.
"""

_EXPORT = """## What an export takes

Made by `python -m benchmarks.export_latency`: wall time against a server that takes its time to answer, the best of the rounds,
each program on one core. The loops, on aiohttp and msgspec or on a published SDK (many at a time: in as many threads), decode
every message and keep none, and the time of their lists of conversations is not counted. The exports read those lists, too,
beside the messages, and write all messages and where to go on into a new target. Smooch lists no conversations: the export asks
about each user, and the answer holds the whole of a conversation as short as these.
"""

_HOW = """Every figure is the median of the rounds, with the least and the most; a ratio compares two contestants in the same
round. CPU is user and system time of the contestant's process after a warm-up. Every contestant runs in a fresh process on
one core, in turns with the others, against a server on another core; "server busy" is the share of a core which that used,
start of the contestant included. The floor is one shared aiohttp session with the API's credentials as its headers, an
f-string URL and `msgspec.json.decode` into the same structs. Contestants run on uvloop unless they say asyncio; SDKs that
are synchronous run in threads. A cost by item or request makes contestants comparable that walked fewer pages. Plain
msgspec means structs with the same fields that are ordinary `msgspec.Struct`s with ordinary enums, without hooks; like
ours they are not seen by the collector. Beside the targets for SDKs stands what the floor reaches, which does nothing else.
"""
