"""`python -m benchmarks`: all workloads, `results/latest.json` and `RESULTS.md`; `--quick` for a smoke run without verdicts."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import export_latency, instructions, report, run
from .workloads import WORKLOADS

_HERE = Path(__file__).parent
# Enough to see that every program runs; the rest are variations of these.
_QUICK = (
    "get sunshine 16",
    "post sunshine 16",
    "pages sunshine_messages gzip",
    "pages smooch",
    "items ultracart",
    "decode sunshine.messages",
    "import",
    "import client",
    "latency",
    "memory 10 rss",
    "clients traced",
    "server",
)


def main() -> None:
    """Run, and write the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small round of a few workloads, no verdicts, nothing written")
    parser.add_argument("--only", action="append", metavar="WORD", help="workloads whose name holds this; may be repeated")
    parser.add_argument("--contestants", action="append", metavar="NAME", help="only these contestants")
    parser.add_argument("--rounds", type=int, help="rounds of each workload (by default 3 or as the workload says; quick: 1)")
    parser.add_argument("--sdks", type=Path, help="folder with an environment for each SDK")
    parser.add_argument("--out", type=Path, default=None if "--quick" in sys.argv else _HERE, help="where to write")
    options = parser.parse_args()
    names = [name for name in WORKLOADS if not options.only or any(word in name for word in options.only)]
    if options.quick and not options.only:
        names = [name for name in names if name in _QUICK]
    if not names:
        parser.error(f"no such workload; there are: {', '.join(WORKLOADS)}")
    run.compile_ahead()
    environment = run.Environment(options.sdks, options.quick)
    measured = {"machine": run.machine(), "workloads": {}}
    for name in names:
        workload = WORKLOADS[name]
        if options.contestants:
            chosen = tuple(one for one in workload.contestants if one in options.contestants)
            workload = workload._replace(contestants=chosen)
        if not workload.contestants:
            continue
        measured["workloads"][name] = run.measure(workload, options.rounds, environment)
        print(report.table(name, measured["workloads"][name]), flush=True)
    if not options.quick:
        print(report.verdicts(measured))
    # A part of the workloads must not take the place of a whole run.
    if options.out is not None and not options.only and not options.contestants:
        from . import plots  # noqa: PLC0415 -- matplotlib is only needed here

        (options.out / "results").mkdir(exist_ok=True)
        (options.out / "results" / "latest.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
        told = (module.OUT.read_text(encoding="utf-8") for module in (instructions, export_latency))
        document = report.document(measured, *told)
        (options.out / "RESULTS.md").write_text(document, encoding="utf-8")
        plots.draw(measured, options.out / "plots")


if __name__ == "__main__":
    main()
