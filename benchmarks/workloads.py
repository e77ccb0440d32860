"""Who is measured doing what, and which ratios must hold: data only."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

__all__ = ["COLLECTORS", "CONTESTANTS", "EXPORTS", "SDKS", "TARGETS", "WORKLOADS", "Contestant", "Target", "Workload"]


class Contestant(NamedTuple):
    """A program of `contestants/`, what it adds to every job, and whose Python runs it (`""`: this one)."""

    file: str
    job: dict[str, Any]
    environment: str = ""


class Workload(NamedTuple):
    """A job, the server it needs, and who does it. The first contestant is what the others are compared with.

    Costs are `cpu`, `wall` or bytes (`rss`, `traced`) by one of what `per` says; `items` is how many must have been seen.
    `each` changes the job for some contestants: slow ones walk fewer pages, on a server of their own.
    """

    name: str
    title: str
    contestants: tuple[str, ...]
    job: dict[str, Any]
    server: tuple[str, ...] | None = None
    per: Literal["requests", "items", "run"] = "run"
    cost: str = "cpu"
    items: int | None = None
    rounds: int | None = None
    each: dict[str, tuple[dict[str, Any], tuple[str, ...], int]] = {}  # noqa: RUF012 -- data, never changed


class Target(NamedTuple):
    """A ratio of two contestants' costs (or their difference, or one's cost alone), and its bound."""

    title: str
    workload: str
    contestant: str
    base: str
    relation: Literal["<=", ">="]
    bound: float
    base_workload: str | None = None
    of: Literal["ratio", "difference", "cost"] = "ratio"


_UVLOOP = {"loop": "uvloop"}
_ASYNCIO = {"loop": "asyncio"}

CONTESTANTS: dict[str, Contestant] = {
    "floor": Contestant("floor.py", _UVLOOP),
    "aioconvo": Contestant("ours.py", _UVLOOP),
    "floor, asyncio": Contestant("floor.py", _ASYNCIO),
    "aioconvo, asyncio": Contestant("ours.py", _ASYNCIO),
    "aiohttp + json": Contestant("aiohttp_json.py", _UVLOOP),
    "aiohttp + pydantic": Contestant("aiohttp_pydantic.py", _UVLOOP),
    "httpx + pydantic": Contestant("httpx_pydantic.py", _UVLOOP),
    "raw protocol": Contestant("raw.py", _UVLOOP),
    "ceiling": Contestant("ceiling.py", _UVLOOP),
    "Sunshine SDK": Contestant("sdk_sunshine.py", {}, "sunshine"),
    "smooch SDK": Contestant("sdk_smooch.py", {}, "smooch"),
    "UltraCart SDK": Contestant("sdk_ultracart.py", {}, "ultracart"),
    "smscx SDK": Contestant("sdk_smscx.py", {}, "smscx"),
    "aioconvo, prefetch 1": Contestant("ours.py", _UVLOOP | {"prefetch": 1}),
    "aioconvo, prefetch 8": Contestant("ours.py", _UVLOOP | {"prefetch": 8}),
    "aioconvo, 32 at once": Contestant("ours.py", _UVLOOP | {"concurrency": 32}),
    "floor, 32 at once": Contestant("floor.py", _UVLOOP | {"concurrency": 32}),
    "plain msgspec": Contestant("decode.py", {"variant": "plain"}),
    "aioconvo's decode": Contestant("decode.py", {"variant": "ours"}),
    "aioconvo's decode, drift": Contestant("decode.py", {"variant": "drift"}),
    "natives encoded anew": Contestant("rows.py", {"variant": "anew"}),
    "natives as they came": Contestant("rows.py", {"variant": "slices"}),
    "msgspec, asyncio": Contestant("imports.py", {"statement": "import asyncio, msgspec"}),
    "import aioconvo": Contestant("imports.py", {"statement": "import aioconvo"}),
    "aiohttp, msgspec": Contestant("imports.py", {"statement": "import aiohttp, msgspec"}),
    "one client class": Contestant("imports.py", {"statement": "import aioconvo; aioconvo.SunshineClient"}),
    "all five": Contestant(
        "imports.py",
        {
            "statement": "import aioconvo; aioconvo.SunshineClient, aioconvo.SmoochClient, aioconvo.ConvoreClient,"
            " aioconvo.SmscxClient, aioconvo.UltraCartClient"
        },
    ),
    "clients": Contestant("clients.py", _UVLOOP),
}

EXPORTS = {kind: f"aioconvo's export to {kind}" for kind in ("jsonl", "jsonl.gz", "sqlite", "parquet", "duckdb")}
"""Contestants by the kind of target. They run on the event loop that the command runs on."""

COLLECTORS: dict[str, dict[str, Any]] = {
    "Python's defaults": {},
    "gc.freeze()": {"freeze": True},
    "gc.set_threshold(50_000, 20, 100)": {"thresholds": [50_000, 20, 100]},
    "both": {"freeze": True, "thresholds": [50_000, 20, 100]},
}
"""Settings of Python's garbage collector, and what they add to a job."""

CONTESTANTS.update({name: Contestant("export.py", _ASYNCIO | {"kind": kind}) for kind, name in EXPORTS.items()})

SDKS = {
    "sunshine": "Sunshine SDK",
    "sunshine_messages": "Sunshine SDK",
    "smooch": "smooch SDK",
    "ultracart": "UltraCart SDK",
    "smscx": "smscx SDK",
}
"""The contestants that are published SDKs, by provider."""

_SLOW_TO_GET = (*dict.fromkeys(SDKS.values()), "httpx + pydantic")
_TWO = ("floor", "aioconvo")
_BOTH_LOOPS = (*_TWO, "floor, asyncio", "aioconvo, asyncio")
_OTHERS = ("aiohttp + json", "aiohttp + pydantic", "httpx + pydantic", "raw protocol")

_ONE = ("--pages", "1", "--items", "1")
_LONG = ("--pages", "200", "--items", "100")
_SHORT = ("--pages", "20", "--items", "100")
_SLOW = ("--pages", "50", "--items", "100", "--delay-ms", "20")
_CROWD = ("--pages", "20", "--items", "100", "--messages", "10", "--delay-ms", "20")


def _sdk(provider: str, job: dict[str, Any], server: tuple[str, ...], items: int) -> dict[str, Any]:
    return {SDKS[provider]: (job, server, items)} if provider in SDKS else {}


def _get(provider: str, concurrency: int, contestants: tuple[str, ...], extra: tuple[str, ...] = ()) -> Workload:
    count = 8000
    named = f"get {provider} {concurrency}" + ("".join(extra).replace("--", " "))
    return Workload(
        named,
        f"small GETs, {provider}, concurrency {concurrency}" + (", cookies" if extra else ""),
        contestants,
        {"workload": "get", "provider": provider, "count": count, "concurrency": concurrency},
        (*_ONE, *extra),
        "requests",
        items=count,
        each={name: ({"count": count // 8}, (*_ONE, *extra), count // 8) for name in _SLOW_TO_GET},
    )


def _walk(provider: str, kind: str, contestants: tuple[str, ...], *, gzipped: bool = False) -> Workload:
    repeat = 5
    how = "by pages" if kind == "pages" else "item by item"
    return Workload(
        f"{kind} {provider}" + (" gzip" if gzipped else ""),
        f"200 pages of 100, {provider}, {how}" + (", gzip" if gzipped else ""),
        contestants,
        {"workload": kind, "provider": provider, "repeat": repeat},
        (*_LONG, "--gzip") if gzipped else _LONG,
        "items",
        items=repeat * 20_000,
        each=_sdk(provider, {"repeat": 1}, (*_SHORT, "--gzip") if gzipped else _SHORT, 2_000),
    )


_CURSOR, _TIMESTAMP, _OFFSET = "sunshine_messages", "smooch", "ultracart"

_LISTS = (
    "sunshine.conversations",
    "sunshine.messages",
    "sunshine.participants",
    "smooch.messages",
    "convore.messages",
    "convore.conversations",
    "ultracart.conversations",
    "ultracart.messages",
    "ultracart.search",
    "smscx.conversations",
)
_EXPORTED = ("sunshine.messages", "smooch.messages", "convore.messages")
_WITH_UNIONS = ("sunshine.messages", "smooch.messages")


def _fan_out(concurrency: int, contestants: tuple[str, ...], conversations: int) -> Workload:
    return Workload(
        f"fan-out {concurrency}",
        f"{conversations} conversations of 10 messages, 20 ms latency, {concurrency} at once",
        contestants,
        {"workload": "fanout", "provider": "sunshine", "conversations": conversations, "concurrency": concurrency},
        _CROWD,
        "items",
        "wall",
        conversations * 10,
        rounds=2,
    )


def _memory(pages: int, cost: str) -> Workload:
    return Workload(
        f"memory {pages} {cost}",
        f"memory over {pages} pages, {'resident' if cost == 'rss' else 'traced'}",
        ("memory floor", "memory aioconvo"),
        {"provider": _CURSOR, "pages": pages, "traced": cost == "traced"},
        ("--pages", str(pages), "--items", "100"),
        cost=cost,
        rounds=1 if pages > 1000 else 3,  # noqa: PLR2004 -- the longest
    )


CONTESTANTS["memory floor"] = Contestant("memory.py", _UVLOOP | {"who": "floor"})
CONTESTANTS["memory aioconvo"] = Contestant("memory.py", _UVLOOP | {"who": "aioconvo"})

_ALL: tuple[Workload, ...] = (
    _get("sunshine", 1, (*_TWO, *_OTHERS, "Sunshine SDK")),
    _get("sunshine", 16, (*_BOTH_LOOPS, *_OTHERS, "Sunshine SDK")),
    _get("sunshine", 128, (*_BOTH_LOOPS, *_OTHERS)),
    _get("sunshine", 16, _TWO, ("--cookies",)),
    _get("smooch", 16, (*_TWO, "smooch SDK")),
    _get("ultracart", 16, (*_TWO, "UltraCart SDK")),
    _get("smscx", 16, (*_TWO, "smscx SDK")),
    _get("convore", 16, _TWO),
    Workload(
        "post sunshine 16",
        "POST of a message, sunshine, concurrency 16",
        (*_TWO, *_OTHERS, "Sunshine SDK"),
        {"workload": "post", "provider": "sunshine", "count": 8000, "concurrency": 16},
        _ONE,
        "requests",
        items=8000,
        each={name: ({"count": 1000}, _ONE, 1000) for name in _SLOW_TO_GET},
    ),
    _walk("sunshine", "pages", (*_TWO, *_OTHERS, "Sunshine SDK")),
    _walk(_CURSOR, "pages", (*_BOTH_LOOPS, *_OTHERS, "Sunshine SDK")),
    _walk(_TIMESTAMP, "pages", (*_BOTH_LOOPS, *_OTHERS, "smooch SDK")),
    _walk(_OFFSET, "pages", (*_BOTH_LOOPS, *_OTHERS, "UltraCart SDK")),
    _walk("convore", "pages", _TWO),
    *(_walk(provider, "pages", _BOTH_LOOPS, gzipped=True) for provider in (_CURSOR, _TIMESTAMP, _OFFSET)),
    *(_walk(provider, "items", _BOTH_LOOPS) for provider in (_CURSOR, _TIMESTAMP, _OFFSET)),
    *(
        Workload(
            f"size {size}",
            f"pages of {size} messages, sunshine",
            (*_TWO, "aiohttp + pydantic", "httpx + pydantic", "raw protocol"),
            {"workload": "pages", "provider": _CURSOR, "repeat": 5},
            ("--pages", "200", "--items", str(size)),
            "requests",
            items=1000 * size,
        )
        for size in (1, 10, 300)
    ),
    *(
        Workload(
            f"decode {name}",
            f"decode a page of 100, {name}",
            ("plain msgspec", "aioconvo's decode", *(["aioconvo's decode, drift"] if name in _WITH_UNIONS else [])),
            {"list": name, "count": 2000},
            None,
            "requests",
        )
        for name in _LISTS
    ),
    *(
        Workload(
            f"rows {name}",
            f"a page of 100 from its body to an export's rows, {name}",
            ("natives encoded anew", "natives as they came"),
            {"list": name, "count": 2000},
            None,
            "requests",
        )
        for name in _EXPORTED
    ),
    Workload("import", "import", ("msgspec, asyncio", "import aioconvo"), {}, rounds=15),
    Workload("import client", "import", ("aiohttp, msgspec", "one client class", "all five"), {}, rounds=15),
    Workload(
        "import memory",
        "memory of imports",
        ("aiohttp, msgspec", "import aioconvo", "one client class", "all five"),
        {},
        cost="rss",
    ),
    Workload(
        "latency",
        "50 pages, 20 ms latency, 10 ms of work a page",
        ("aioconvo", "aioconvo, prefetch 1", "floor"),
        {"workload": "latency", "provider": _CURSOR, "work_ms": 10},
        _SLOW,
        cost="wall",
        items=5000,
        rounds=2,
    ),
    Workload(
        "offset",
        "50 offset pages, 20 ms latency",
        ("aioconvo", "aioconvo, prefetch 8", "floor"),
        {"workload": "pages", "provider": _OFFSET},
        _SLOW,
        cost="wall",
        items=5000,
    ),
    _fan_out(1, ("floor", "aioconvo"), 200),
    _fan_out(32, ("floor", "aioconvo"), 2000),
    *(_memory(pages, "rss") for pages in (10, 100, 1_000, 10_000)),
    *(_memory(pages, "traced") for pages in (10, 100, 1_000)),
    Workload(
        "clients resident",
        "one more client on a pool, resident, idle and after a request",
        ("clients",),
        {"count": 1000, "traced": False},
        _ONE,
        cost="rss",
    ),
    Workload(
        "clients traced",
        "one more client on a pool, traced, idle and after a request",
        ("clients",),
        {"count": 1000, "traced": True},
        _ONE,
        cost="traced",
    ),
    Workload(
        "server",
        "the server's ceiling: requests without a parser, 16 connections",
        ("ceiling",),
        {"workload": "get", "provider": "sunshine", "count": 40_000, "concurrency": 16},
        _ONE,
        "requests",
        "wall",
        40_000,
    ),
)
WORKLOADS: dict[str, Workload] = {workload.name: workload for workload in _ALL}


def _floor(title: str, workload: str, bound: float) -> list[Target]:
    return [
        Target(title, workload, "aioconvo", "floor", "<=", bound),
        Target(f"{title}, asyncio", workload, "aioconvo, asyncio", "floor, asyncio", "<=", bound),
    ]


def _cheaper(sdk: str, workload: str, bound: float) -> Target:
    return Target(f"{sdk}, {workload}: times aioconvo's cost", workload, sdk, "aioconvo", ">=", bound)


TARGETS: tuple[Target, ...] = (
    *_floor("small GETs, concurrency 16", "get sunshine 16", 1.0),
    *_floor("small GETs, concurrency 128", "get sunshine 128", 1.0),
    *(target for one in (_CURSOR, _TIMESTAMP, _OFFSET) for target in _floor(f"pages, {one}", f"pages {one}", 1.0)),
    *(target for one in (_CURSOR, _TIMESTAMP, _OFFSET) for target in _floor(f"pages, {one}, gzip", f"pages {one} gzip", 1.0)),
    *(target for one in (_CURSOR, _TIMESTAMP, _OFFSET) for target in _floor(f"item by item, {one}", f"items {one}", 1.03)),
    *(Target(f"decode, {name}", f"decode {name}", "aioconvo's decode", "plain msgspec", "<=", 1.05) for name in _LISTS),
    *(
        Target(f"one unknown tag in 100, {name}", f"decode {name}", "aioconvo's decode, drift", "aioconvo's decode", "<=", 3.0)
        for name in _WITH_UNIONS
    ),
    *(
        Target(f"an export's rows, {name}", f"rows {name}", "natives as they came", "natives encoded anew", "<=", 1.0)
        for name in _EXPORTED
    ),
    _cheaper("Sunshine SDK", f"pages {_CURSOR}", 22.0),
    _cheaper("Sunshine SDK", "get sunshine 16", 2.8),
    _cheaper("UltraCart SDK", "pages ultracart", 50.0),
    _cheaper("UltraCart SDK", "get ultracart 16", 6.5),
    _cheaper("smooch SDK", "pages smooch", 7.8),
    _cheaper("smooch SDK", "get smooch 16", 2.2),
    _cheaper("smscx SDK", "get smscx 16", 4.5),
    Target("prefetch of one page, 20 ms latency", "latency", "aioconvo, prefetch 1", "aioconvo", "<=", 0.7),
    Target("offset pages side by side, times faster", "offset", "aioconvo", "aioconvo, prefetch 8", ">=", 6.0),
    Target("fan-out at 32, times faster than at 1", "fan-out 1", "aioconvo", "aioconvo", ">=", 28.0, "fan-out 32"),
    Target("import aioconvo", "import", "import aioconvo", "msgspec, asyncio", "<=", 1.05),
    Target("import aioconvo and touch a client class", "import client", "one client class", "aiohttp, msgspec", "<=", 1.1),
    Target(
        "10,000 pages, bytes above floor", "memory 10000 rss", "memory aioconvo", "memory floor", "<=", 2e6, of="difference"
    ),
    Target(
        "10,000 pages, bytes above 100",
        "memory 10000 rss",
        "memory aioconvo",
        "memory aioconvo",
        "<=",
        2e6,
        "memory 100 rss",
        "difference",
    ),
    Target("one more client, bytes", "clients traced", "clients", "clients", "<=", 10_000, of="cost"),
)
