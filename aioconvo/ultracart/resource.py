"""What the resources of UltraCart conversations have in common."""

from __future__ import annotations

from typing import ClassVar

from aioconvo.core.calls.client import APIResource
from aioconvo.core.json.model import Envelope

from .pages import Told


class UltraCartResource(APIResource):
    """A group of operations, whose answers say something of themselves beside their payload."""

    __slots__ = ()
    envelope: ClassVar[type[Envelope]] = Told
