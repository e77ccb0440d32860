"""All operations of UltraCartClient, read where somebody asks for them."""

from __future__ import annotations

from aioconvo.core.operations.resource import operations

from .client import UltraCartClient

__all__ = ["OPERATIONS"]

OPERATIONS = operations(UltraCartClient)
