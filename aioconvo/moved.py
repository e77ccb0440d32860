"""Where modules are that had other names: until 0.3 the old names lead there, for pickles and for programs.

Pickles name the modules of what they hold, so those that were written before the modules moved are read by these names.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["OldNames"]

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
    "export.lock": "export.ledger.lock",
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


class OldNames:
    """Finds old modules: each is a module that looks its names up where they are now."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:  # noqa: ARG002 -- the protocol's signature
        """What loads a module of that name, if it is an old one."""
        return ModuleSpec(name, self) if name.removeprefix("aioconvo.") in _MOVED else None  # type: ignore[arg-type] # it has what a loader must have

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:  # noqa: ARG002 -- as above
        """A usual one."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Let the module look its names up; a warning, where programs can use another name."""
        old = module.__name__.removeprefix("aioconvo.")
        homes = [f"aioconvo.{home}" for home in _MOVED[old].split()]
        if old in _PUBLIC:
            said = f"{module.__name__} is {homes[0]} now; the old name goes with 0.3"
            warnings.warn(said, DeprecationWarning, stacklevel=2)

        def find(name: str) -> object:
            for home in homes:
                found: object = getattr(importlib.import_module(home), name, None)
                if found is not None:
                    return found
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

        module.__dict__["__getattr__"] = find
