"""aioconvo's answers by provider and name, such as `sunshine.MessagePage`."""

from __future__ import annotations

import importlib

import msgspec

__all__ = ["answer_type"]


def answer_type(answer: str) -> type[msgspec.Struct]:
    """The struct of an answer."""
    provider, _, name = answer.partition(".")
    for module in ("pages", "models"):
        kind: type[msgspec.Struct] | None = getattr(importlib.import_module(f"aioconvo.{provider}.{module}"), name, None)
        if kind is not None:
            return kind
    raise LookupError(answer)
