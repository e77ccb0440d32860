"""All operations of SmscxClient, read where somebody asks for them."""

from __future__ import annotations

from aioconvo.core.operations.resource import operations

from .client import SmscxClient

__all__ = ["OPERATIONS"]

OPERATIONS = operations(SmscxClient)
