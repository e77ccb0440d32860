"""All operations of ConvoreClient, read where somebody asks for them."""

from __future__ import annotations

from aioconvo.core.operations.resource import operations

from .client import ConvoreClient

__all__ = ["OPERATIONS"]

OPERATIONS = operations(ConvoreClient)
