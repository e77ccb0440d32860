"""Groups of contacts of SMS.CX."""

from __future__ import annotations

from typing import ClassVar

from aioconvo.core.calls.client import APIResource
from aioconvo.core.calls.download import Download
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect


class Groups(APIResource):
    """Groups of contacts."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel

    @operation(
        "GET /groups/{groupId}/csv", Effect.READ, name="export_group_to_csv", accept="application/csv, text/csv, */*;q=0.1"
    )
    def export_csv(self, group_id: int) -> Download:
        """Export the contacts of a group as CSV: `await` its bytes or `.text()`, or `.save(path)` it, whatever its size.

        Raises:
            NotFoundError: No such group (code 1200; when awaited).
        """
        ...
