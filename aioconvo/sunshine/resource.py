"""What the resources of Sunshine Conversations have in common."""

from __future__ import annotations

from typing import ClassVar

from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.markers import Style, camel


class Resource(APIResource):
    """A group of operations of one app."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    of_client: ClassVar[tuple[str, ...]] = ("app_id",)
