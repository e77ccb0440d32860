"""Examples that run by themselves, each as its own process; those of webhooks and bots stand beside their tests."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_first_messages() -> None:
    ran = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-W", "error", str(EXAMPLES / "first_messages.py")], capture_output=True, text=True, check=True
    )
    lines = ran.stdout.splitlines()
    assert len(lines) == 3
    assert all(re.match(r"\d{4}-\d\d-\d\d \S+ (inbound|outbound) \S", line) for line in lines)
    assert ran.stderr == ""
