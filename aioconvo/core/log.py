"""The library's loggers: `aioconvo.client`, `.limits`, `.drift`, `.hooks`.

They tell operations, path templates, statuses, counts and seconds. Credentials, path values, queries and bodies are never
handed to them, so there is nothing to redact.
"""

from __future__ import annotations

import logging

__all__ = ["logger"]

# Without it, Python prints the warnings of a library on stderr when the program has not configured logging.
logging.getLogger("aioconvo").addHandler(logging.NullHandler())


def logger(name: str) -> logging.Logger:
    """The logger `aioconvo.<name>`."""
    return logging.getLogger(f"aioconvo.{name}")
