"""How the history of statuses of UltraCart's agents goes on."""

from __future__ import annotations

from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.columns import Column, column, identities
from aioconvo.core.paging.pagers import Listing, pages_by
from aioconvo.ultracart.models.agent_statuses import AgentStatusEvent
from aioconvo.ultracart.pages import Told, by_offset, microseconds

__all__ = ["AgentStatusEventPage", "status_history_pager"]

_uuids: Column[AgentStatusEvent] = identities(lambda events: [event.event_uuid for event in events])
_times: Column[AgentStatusEvent] = column(lambda events: [event.event_dts for event in events])


class AgentStatusEventPage(Told, kw_only=True):
    """A page of changes of statuses; `total` counts those of all pages."""

    events: list[AgentStatusEvent]
    total: int | None = None


@pages_by(PageKind.OFFSET)
def status_history_pager(*, page_size: int | None) -> Listing[AgentStatusEventPage, AgentStatusEvent]:
    """Changes of statuses, each once. Their order is not documented: the newest first, or the whole list is read again."""
    return by_offset(lambda page: page.events, _uuid, _time, ids=_uuids, moments=_times, page_size=page_size)


# An item that is no object at all has no members.


def _uuid(event: AgentStatusEvent) -> str | None:
    return getattr(event, "event_uuid", None)


def _time(event: AgentStatusEvent) -> int | None:
    return microseconds(getattr(event, "event_dts", None))
