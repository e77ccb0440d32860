"""Data of the caller's own, which Smooch keeps."""

from __future__ import annotations

from typing import Any

__all__ = ["Metadata"]

Metadata = dict[str, Any]
"""Flat: text, numbers and booleans only."""
