"""Pictures of the figures: ratios by workload, and the cost of a page against its size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

from . import report
from .workloads import WORKLOADS

__all__ = ["draw"]

JSON = dict[str, Any]
# Okabe and Ito's colours, which all kinds of colour vision tell apart.
_COLOURS = {
    "aioconvo": "#0072B2",
    "aioconvo, asyncio": "#56B4E9",
    "aiohttp + json": "#009E73",
    "aiohttp + pydantic": "#E69F00",
    "httpx + pydantic": "#D55E00",
    "raw protocol": "#000000",
    "floor": "#999999",
}


def draw(measured: JSON, folder: Path) -> None:
    """Write the pictures as PNG files."""
    folder.mkdir(exist_ok=True)
    mpl.use("agg")
    _ratios(measured, folder / "ratios.png")
    _cost(measured, folder / "cost.png")


def _ratios(measured: JSON, path: Path) -> None:
    """A row for each workload that has the floor in it, a dot for each contestant, on a logarithmic axis."""
    compared = {
        name: found for name, found in measured["workloads"].items() if "floor" in found["results"] and name in WORKLOADS
    }
    compared = {name: found for name, found in compared.items() if WORKLOADS[name].cost == "cpu"}
    figure, axes = plt.subplots(figsize=(9, 1.5 + 0.35 * len(compared)), layout="constrained")
    for contestant, colour in _COLOURS.items():
        rows, medians, below, above = [], [], [], []
        for row, (name, found) in enumerate(compared.items()):
            values = report.costs(name, found, contestant)
            if not values or contestant == "floor":
                continue
            base = report.costs(name, found, report.base_of(contestant, WORKLOADS[name].contestants))
            spread = report.spread(report.ratios(values, base))
            rows.append(row)
            medians.append(spread.median)
            below.append(spread.median - spread.least)
            above.append(spread.most - spread.median)
        if rows:
            axes.errorbar(medians, rows, xerr=[below, above], fmt="o", color=colour, label=contestant, capsize=2)
    axes.axvline(1.0, color=_COLOURS["floor"], label="floor")
    axes.set_xscale("log")
    axes.set_xticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
    axes.set_yticks(range(len(compared)), [WORKLOADS[name].title for name in compared])
    axes.invert_yaxis()
    axes.set_xlabel("CPU over the floor's (median, least to most)")
    axes.set_title("CPU by workload")
    axes.grid(visible=True, axis="x", alpha=0.3)
    axes.legend(loc="upper center", bbox_to_anchor=(0.3, -0.12), ncols=3)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _cost(measured: JSON, path: Path) -> None:
    """CPU of one request against the items in its answer."""
    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    for contestant, colour in _COLOURS.items():
        points: list[tuple[int, float]] = []
        for name, found in measured["workloads"].items():
            rounds = found["results"].get(contestant)
            if name.startswith("size ") and rounds:
                costs = report.costs(name, found, contestant)
                points.append((rounds[0]["items"] // rounds[0]["requests"], report.spread(costs).median * 1e6))
        if points:
            points.sort()
            axes.plot([size for size, _ in points], [cost for _, cost in points], "o-", color=colour, label=contestant)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("messages on a page")
    axes.set_ylabel("CPU of a page, microseconds (median)")
    axes.set_title("Cost of a page against its size, Sunshine messages")
    axes.grid(visible=True, which="both", alpha=0.3)
    if axes.has_data():
        axes.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)
