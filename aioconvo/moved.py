"""Where modules, and names in them, are that had other names: until 0.3 the old names lead there, for pickles and programs.

Pickles name the modules of what they hold, so those that were written before the modules moved are read by these names.
"""

from __future__ import annotations

import functools
import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["OldNames"]

_UNTIL = "the old name goes with 0.3"
_MOVED = {
    "core.apart": "core.calls.apart",
    "core.asking": "core.paging.asking",
    "core.auth": "core.access.auth",
    "core.call": "core.calls.call",
    "core.capture": "core.calls.capture",
    "core.client": "core.calls.client",
    "core.codec": "core.json.codec core.json.model core.json.faults",
    "core.columns": "core.paging.columns",
    "core.connection": "core.wire.connection",
    "core.connector": "core.wire.connector",
    "core.cut": "core.json.cut",
    "core.decoding": "core.calls.decoding",
    "core.destination": "core.calls.destination",
    "core.drift": "core.json.drift",
    "core.echo": "core.calls.echo",
    "core.emptiness": "core.json.empty_lists",
    "core.entrance": "core.calls.entrance",
    "core.failures": "core.calls.failures",
    "core.framing": "core.wire.framing",
    "core.gate": "core.limits.gate",
    "core.hidden": "core.access.hidden",
    "core.hooks": "core.calls.hooks",
    "core.identity": "core.answers.identity",
    "core.inflate": "core.wire.inflate",
    "core.key": "core.access.key",
    "core.marks": "core.paging.marks",
    "core.members": "core.json.members",
    "core.memory_limits": "core.limits.memory",
    "core.mend": "core.json.mend",
    "core.moments": "core.json.moments",
    "core.noticed": "core.json.drift_kinds",
    "core.observer": "core.calls.observer",
    "core.offset": "core.paging.offset",
    "core.operation": "core.operations.operation",
    "core.operations.files": "core.encoding.files core.operations.markers",
    "core.operations.identity": "core.answers.identity",
    "core.operations.refusals": "core.answers.refusals",
    "core.operations.response": "core.answers.response",
    "core.options": "core.calls.options",
    "core.page": "core.paging.page",
    "core.pagers": "core.paging.pagers",
    "core.pagination": "core.paging.paginator",
    "core.positions": "core.paging.positions",
    "core.proxies": "core.wire.proxies",
    "core.refusals": "core.answers.refusals",
    "core.response": "core.answers.response",
    "core.retry_after": "core.retry.headers",
    "core.session": "core.wire.pool",
    "core.settings": "core.access.settings",
    "core.shared_limits": "core.limits.shared",
    "core.source": "core.json.source",
    "core.sqlite_limits": "core.limits.sqlite",
    "core.stats": "core.calls.stats",
    "core.time_limit": "core.wire.time_limit",
    "core.timed": "core.paging.timed",
    "core.token": "core.access.token",
    "core.validation": "core.operations.rules",
    "core.walks": "core.paging.walks",
    "core.watch": "core.calls.watch",
    "core.written_times": "core.json.written_times",
    "export.arrivals": "export.ledger.arrivals",
    "export.bulk": "export.ledger.bulk",
    "export.census": "export.targets.census",
    "export.dask_engine": "export.cluster.engine",
    "export.dask_limits": "export.cluster.limits",
    "export.deletions": "export.ledger.deletions",
    "export.duckdb": "export.targets.duckdb",
    "export.intake": "export.ledger.intake",
    "export.jsonl": "export.targets.jsonl",
    "export.ledger.lock": "core.file_lock",
    "export.lock": "core.file_lock",
    "export.parquet": "export.targets.parquet",
    "export.part_files": "export.targets.part_files",
    "export.part_mending": "export.targets.part_mending",
    "export.parts": "export.targets.parts",
    "export.ranks": "export.ledger.ranks",
    "export.report_figures": "export.report.figures",
    "export.report_transcript": "export.report.transcript",
    "export.sinks": "export.targets.sinks",
    "export.sqlite": "export.targets.sqlite",
    "export.tables": "export.ledger.tables",
    "export.times": "export.ledger.times",
    "export.transcripts": "export.targets.transcripts",
    "export.veil": "export.ledger.veil",
    "inbox.convore": "convore.inbox",
    "inbox.smooch": "smooch.inbox",
    "inbox.smscx": "smscx.inbox",
    "inbox.sunshine": "sunshine.inbox",
    "inbox.ultracart": "ultracart.inbox",
}
_PUBLIC = frozenset({"export.dask_engine", *(name for name in _MOVED if name.startswith("inbox."))})
"""What programs import by these names; the others stand in pickles only."""

_RENAMED = {
    "core.apart": {"readable": "core.calls.apart.make_readable"},
    "core.auth": {"printable": "core.access.auth.check_printable"},
    "core.client": {"ErrorWords": "core.answers.refusals.ErrorWords"},
    "core.framing": {"mended_head": "core.wire.framing.mend_head"},
    "core.gate": {name: f"core.limits.turnstile.{name}" for name in ("HeldBackError", "Turnstile", "Waits")},
    "core.limits": {"Starts": "core.limits.rule.Starts"},
    "core.moments": {"counted_as_utc": "core.json.moments.count_as_utc"},
    "core.positions": {"parsed": "core.paging.positions.parse_position"},
    "core.proxies": {"checked_proxy": "core.wire.proxies.check_proxy"},
    "core.retry": {name: f"core.retry.policy.{name}" for name in ("RETRY_STATUSES", "Decision", "RetryDebts", "Verdict")},
    "core.session": {"Answer": "core.wire.pool.RawResponse"},
    "core.settings": {"Environment": "core.access.environment.Environment", "merged": "core.access.settings.merge_headers"},
    "export.ledger": {name: f"export.ledger.ledger.{name}" for name in ("Ledger", "State")},
    "export.plan": {"agreed": "export.plan.agree"},
    "export.report": {"write": "export.report.page.write"},
    "export.targets": {"Targets": "export.run_targets.Targets"},
    "inbox.times": {"shifted": "inbox.times.shift"},
    "inbox.told": {"made_id": "inbox.told.make_id"},
    "inbox.walk": {"neutral": "inbox.walk.as_neutral"},
}
"""Names that are called otherwise now, or are elsewhere than the rest of their module."""

_HELD_OPERATIONS = frozenset(
    {
        *("convore.client", "convore.conversations", "convore.messages"),
        *("smooch.client", "smooch.conversations", "smooch.messages"),
        *("smscx.client", "smscx.conversations", "smscx.oauth"),
        *("sunshine.client", "sunshine.conversations", "sunshine.messages", "sunshine.participants"),
        *("ultracart.agents", "ultracart.client", "ultracart.conversations", "ultracart.messages", "ultracart.queues"),
    }
)
"""Modules that had a constant for each of their operations, such as `SEND`, and `OPERATIONS`."""


class OldNames:
    """Finds old modules: each is a module that looks its names up where they are now.

    Modules that are still there, and had more names, look up those.
    """

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """What loads a module of that name, if it is an old one, or has old names."""
        package, _, old = name.partition(".")
        if package != "aioconvo":  # programs have a `core.client` of their own
            return None
        if old in _MOVED:
            return ModuleSpec(name, self)  # type: ignore[arg-type] # it has what a loader must have
        if old not in _RENAMED and old not in _HELD_OPERATIONS:
            return None
        others = (one.find_spec(name, path, target) for one in sys.meta_path if not isinstance(one, OldNames))
        spec = next(filter(None, others), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:  # noqa: ARG002 -- the protocol's signature
        """A usual one."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Let the module look its names up; a warning, where programs can use another name."""
        old = module.__name__.removeprefix("aioconvo.")
        homes = [f"aioconvo.{home}" for home in _MOVED[old].split()]
        if old in _PUBLIC:
            warnings.warn(f"{module.__name__} is {homes[0]} now; {_UNTIL}", DeprecationWarning, stacklevel=2)
        module.__dict__["__getattr__"] = functools.partial(_find, old, homes)


class _Loader(Loader):
    """Loads a module as another loader does, then lets it look up its old names."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__loader__ = module.__spec__.loader = self._loader  # who asks for its source asks that one
        self._loader.exec_module(module)
        module.__dict__["__getattr__"] = functools.partial(_find, module.__name__.removeprefix("aioconvo."), ())


def _find(module: str, homes: Sequence[str], name: str) -> object:
    """What an old name of a module stands for."""
    for home in homes:
        found: object = getattr(importlib.import_module(home), name, None)
        if found is not None:
            return found
    if now := _RENAMED.get(module, {}).get(name):
        warnings.warn(f"aioconvo.{module}.{name} is aioconvo.{now} now; {_UNTIL}", DeprecationWarning, stacklevel=2)
        home, _, called = now.rpartition(".")
        return getattr(importlib.import_module(f"aioconvo.{home}"), called)
    if module in _HELD_OPERATIONS and name.isupper():
        return _find_operations(module, name)
    raise AttributeError(f"module 'aioconvo.{module}' has no attribute {name!r}")


def _find_operations(module: str, name: str) -> object:
    provider, _, noun = module.partition(".")
    told = importlib.import_module(f"aioconvo.{provider}").OPERATIONS
    held = told if noun == "client" else tuple(one for one in told if one.python.startswith(f"{module}."))
    by_name = {
        "OPERATIONS": held,
        **({} if noun == "client" else {one.python.rpartition(".")[2].upper().rstrip("_"): one for one in held}),
    }
    if name not in by_name:
        raise AttributeError(f"module 'aioconvo.{module}' has no attribute {name!r}")
    said = f"aioconvo.{module}.{name} is in aioconvo.{provider}.OPERATIONS now; {_UNTIL}"
    warnings.warn(said, DeprecationWarning, stacklevel=3)
    return by_name[name]
