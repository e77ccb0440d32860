"""The checks of one published SDK, against a sandbox: `python -m tests.end_to_end.run_sdk PYTHON PROVIDER`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CHECKS = Path(__file__).with_name("published_sdks.py")


def main(python: str, provider: str) -> int:
    """The exit code of the checks."""
    command = [sys.executable, "-m", "aioconvo", "sandbox", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:  # noqa: S603 -- ours
        try:
            assert sandbox.stdout is not None
            told, text = None, ""
            for line in sandbox.stdout:  # the object is told over several lines
                text += line
                if line.startswith("}"):
                    told = json.loads(text)
                    break
            if told is None:
                raise SystemExit("the sandbox did not start")
            return subprocess.call([python, str(CHECKS), provider, told[provider]["base_url"]])  # noqa: S603 -- ours
        finally:
            sandbox.terminate()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
