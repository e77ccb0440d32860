"""Export: every conversation of an account, complete and resumable, into files and databases.

    async with aioconvo.ConvoreClient.from_env() as convore:
        summary = await Exporter(Source(convore), ["out.sqlite", "jsonl:out"]).run()
    sys.exit(0 if summary.complete else 1)

Names are loaded when they are first touched: who writes one kind of target does not load the others' libraries.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aioconvo.export.targets.sinks import Sink, open_sink, rows

    from .batch import Account, Batch, Committed, Fault, Identity, Step
    from .completeness import (
        Completeness,
        ConversationState,
        UnfinishedList,
        Unknown,
        Verdict,
        conversation_states,
        verify,
    )
    from .engine import Exporter
    from .errors import ExportError, TargetError
    from .progress import Progress, SourceCounts, Summary
    from .source import Source

__all__ = [
    "Account",
    "Batch",
    "Committed",
    "Completeness",
    "ConversationState",
    "ExportError",
    "Exporter",
    "Fault",
    "Identity",
    "Progress",
    "Sink",
    "Source",
    "SourceCounts",
    "Step",
    "Summary",
    "TargetError",
    "UnfinishedList",
    "Unknown",
    "Verdict",
    "conversation_states",
    "open_sink",
    "rows",
    "verify",
]

_HOMES = {
    "Account": ".batch",
    "Batch": ".batch",
    "Committed": ".batch",
    "Completeness": ".completeness",
    "ConversationState": ".completeness",
    "ExportError": ".errors",
    "Exporter": ".engine",
    "Fault": ".batch",
    "Identity": ".batch",
    "Progress": ".progress",
    "Sink": ".targets.sinks",
    "Source": ".source",
    "SourceCounts": ".progress",
    "Step": ".batch",
    "Summary": ".progress",
    "TargetError": ".errors",
    "UnfinishedList": ".completeness",
    "Unknown": ".completeness",
    "Verdict": ".completeness",
    "conversation_states": ".completeness",
    "open_sink": ".targets.sinks",
    "rows": ".targets.sinks",
    "verify": ".completeness",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
