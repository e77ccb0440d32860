"""All operations of SunshineClient, read where somebody asks for them."""

from __future__ import annotations

from aioconvo.core.operations.resource import operations

from .client import SunshineClient

__all__ = ["OPERATIONS"]

OPERATIONS = operations(SunshineClient)
