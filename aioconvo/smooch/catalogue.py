"""All operations of SmoochClient, read where somebody asks for them."""

from __future__ import annotations

from aioconvo.core.operations.resource import operations

from .client import SmoochClient

__all__ = ["OPERATIONS"]

OPERATIONS = operations(SmoochClient)
