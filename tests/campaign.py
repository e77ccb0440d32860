"""How large a campaign is. The suite runs the short form of each; AIOCONVO_CAMPAIGN=full, `nox -s campaigns`, the long one."""

from __future__ import annotations

import os

FULL = os.environ.get("AIOCONVO_CAMPAIGN") == "full"


def examples(full: int) -> int:
    """How many examples of a property hypothesis makes; they are others at each run."""
    return full if FULL else max(5, full // 4)
