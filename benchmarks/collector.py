"""`python -m benchmarks.collector`: what settings of Python's garbage collector change in the cost of a small GET."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import report, run
from .workloads import COLLECTOR

__all__ = ["main"]


def main() -> None:
    """Measure in turns, and print each setting's CPU time beside Python's defaults: median, least and most of the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    run.compile_ahead()
    measured = run.measure(COLLECTOR, parser.parse_args().rounds, run.Environment(sdks=Path(), quick=False))["results"]
    costs = {name: [one["cpu"] / one["requests"] for one in rounds] for name, rounds in measured.items()}
    print("| small GETs of Sunshine, 16 at once, uvloop | ratio | CPU, us |\n|---|---|---|")
    for name in COLLECTOR.contestants:
        ratio = report.spread(report.ratios(costs[name], costs[COLLECTOR.contestants[0]]))
        print(f"| {name} | {ratio} | {report.spread([cost * 1e6 for cost in costs[name]])} |")


if __name__ == "__main__":
    main()
