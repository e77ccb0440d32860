"""How the search of calls of UltraCart's phone system goes on."""

from __future__ import annotations

from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.columns import Column, column, identities
from aioconvo.core.paging.pagers import Listing, pages_by
from aioconvo.ultracart.pages import Told, by_offset, microseconds

from .models.calls import PbxCall

__all__ = ["CallPage", "call_pager"]

_uuids: Column[PbxCall] = identities(lambda calls: [call.call_uuid for call in calls])
_times: Column[PbxCall] = column(lambda calls: [call.created_at_dts for call in calls])


class CallPage(Told, kw_only=True):
    """A page of calls."""

    calls: list[PbxCall]


@pages_by(PageKind.OFFSET)
def call_pager(*, sort: str | None, page_size: int | None) -> Listing[CallPage, PbxCall]:
    """Calls, each once. The order without `sort` is not documented: the newest first, or the whole list is read again."""
    order = _created if sort is None else None
    return by_offset(lambda page: page.calls, _uuid, order, ids=_uuids, moments=_times, page_size=page_size)


# An item that is no object at all has no members.


def _uuid(call: PbxCall) -> str | None:
    return getattr(call, "call_uuid", None)


def _created(call: PbxCall) -> int | None:
    return microseconds(getattr(call, "created_at_dts", None))
