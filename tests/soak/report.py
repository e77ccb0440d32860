"""The soak's plot."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PANELS = (
    ("memory (RSS), MB", lambda sample: sample["rss_kb"] / 1024),
    ("open file descriptors", lambda sample: sample["descriptors"]),
    ("asyncio tasks", lambda sample: sample["tasks"]),
    ("requests under way (pool)", lambda sample: sample["in_use"]),
    ("actions a second", None),
    ("errors so far", lambda sample: sample["errors"]),
)


def plot(file: Path, samples: Sequence[Mapping[str, Any]], warm_up: float) -> None:
    """Draw every series over time; the warm-up, which no bound looks at, is shaded."""
    importlib.import_module("matplotlib").use("Agg")
    pyplot = importlib.import_module("matplotlib.pyplot")
    minutes = [sample["second"] / 60 for sample in samples]
    figure, axes = pyplot.subplots(3, 2, figsize=(12, 9), sharex=True, layout="constrained")
    for axis, (title, get) in zip(axes.flat, PANELS, strict=True):
        values = _rates(samples) if get is None else [get(sample) for sample in samples]
        axis.plot(minutes, values, linewidth=1)
        axis.axvspan(0, minutes[int(len(minutes) * warm_up)], alpha=0.12, color="grey", linewidth=0)
        axis.set_title(title, fontsize=10)
        axis.set_ylim(0, 1.1 * max(1, *values))
        axis.grid(alpha=0.3)
    for axis in axes[-1]:
        axis.set_xlabel("minutes")
    figure.suptitle("aioconvo soak: five clients, one pool, with faults (grey: warm-up)")
    figure.savefig(file, dpi=100)
    pyplot.close(figure)


def _rates(samples: Sequence[Mapping[str, Any]]) -> list[float]:
    pairs = itertools.pairwise(samples)
    rates = [(later["calls"] - one["calls"]) / (later["second"] - one["second"]) for one, later in pairs]
    return [rates[0] if rates else 0.0, *rates]
