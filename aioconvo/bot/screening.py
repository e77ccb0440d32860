"""Which messages a handler gets to see: what somebody wrote to this bot. Pure."""

from __future__ import annotations

from typing import Any

from aioconvo.events.models import Event, MessageReceived
from aioconvo.inbox.models import Direction, Kind

__all__ = ["reaches_handlers"]

_AGENTS = "zd:"  # how the types of Zendesk's own integrations begin, such as the agent workspace's


def reaches_handlers(event: Event, switchboard: str | None = None) -> bool:
    """Whether handlers get this event; watchers get all.

    Own messages, internal notes and notices are no messages to the bot, whatever an API calls them. While another integration
    has control of a conversation, what is written in it is not for this bot: `switchboard` is the bot's own name, or its
    integration id, in the switchboard. Without it only Zendesk's own integrations, which are people's desks, are known to be
    others.
    """
    if not isinstance(event, MessageReceived):
        return True
    message = event.message
    if message.direction not in {Direction.INBOUND, None} or message.kind is Kind.ACTIVITY:
        return False
    return not _is_anothers(_in_control(event.native), switchboard)


def _in_control(native: Any) -> Any:
    """The integration that answers the conversation now, as Sunshine Conversations tells it with each event."""
    return getattr(getattr(native, "conversation", None), "active_switchboard_integration", None)


def _is_anothers(active: Any, switchboard: str | None) -> bool:
    if active is None:
        return False
    names = {getattr(active, field, None) for field in ("name", "id", "integration_id")}
    if switchboard is not None:
        return switchboard not in names
    kind = getattr(active, "integration_type", None)
    return isinstance(kind, str) and kind.startswith(_AGENTS)
