"""Run fuzz targets under atheris, guided by coverage: `python -m tests.fuzz.under_atheris --seconds 60 [target ...]`.

Each target runs in a process of its own, because libFuzzer ends the process it runs in. Without atheris there is nothing to do.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import logging
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

_SEEDS = 200
_CHILD = "AIOCONVO_FUZZ_TARGET"


def _child(name: str) -> None:
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415 -- does not install everywhere

    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=["aioconvo"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415 -- instrumented while it is imported
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


def _write_seeds(name: str, folder: Path) -> None:
    """Examples from hypothesis, for atheris to start from."""
    from tests.fuzz.inputs import INPUTS  # noqa: PLC0415 -- the child must not import the targets before it instruments them

    @settings(max_examples=_SEEDS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(INPUTS[name])
    def write(data: bytes) -> None:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)

    write()


def _fuzz(name: str, seconds: float) -> tuple[int, str]:
    """Executions, and what was printed if it found something."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        _write_seeds(name, corpus)
        command = [sys.executable, "-m", "tests.fuzz.under_atheris", f"-max_total_time={max(1, round(seconds))}"]
        command += ["-print_final_stats=1", "-max_len=4096", "-timeout=10", f"-artifact_prefix={folder}/", str(corpus)]
        environment = {**os.environ, _CHILD: name}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
        printed = ran.stdout + ran.stderr
        counted = re.search(r"stat::number_of_executed_units:\s*(\d+)", printed)
        if ran.returncode == 0:
            return int(counted.group(1)) if counted else 0, ""
        crash = "".join(f"input: {file.read_bytes()!r}\n" for file in Path(folder).glob("*-*"))
        told = [line for line in printed.splitlines() if not line.startswith(("INFO:", "WARNING:", "0x"))]
        return int(counted.group(1)) if counted else 0, "\n".join(told)[-4000:] + "\n" + crash


def main() -> int:
    """Run, print a line for each target; 1 when anything was found."""
    if _CHILD in os.environ:
        _child(os.environ[_CHILD])
        return 0
    if importlib.util.find_spec("atheris") is None:
        sys.stdout.write("atheris is not installed here; hypothesis alone has to do\n")
        return 0
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415 -- not in the child before it instruments

    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together")
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    options = parser.parse_args()
    sys.stdout.write("atheris\n")
    failed = 0
    for name in options.targets:
        executions, finding = _fuzz(name, options.seconds / len(options.targets))
        failed += bool(finding)
        sys.stdout.write(f"  {name:14} {executions:>9,} executions, {int(bool(finding))} findings\n{finding}")
        sys.stdout.flush()
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
