"""Switchboards of Sunshine Conversations, which say who answers a conversation; as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model

__all__ = ["Switchboard", "SwitchboardIntegration"]


class Switchboard(Model, rename="camel"):
    """What passes conversations from one integration to another. The default one gets new conversations."""

    id: str
    enabled: bool
    default_switchboard_integration_id: str | None = None


class SwitchboardIntegration(Model, rename="camel"):
    """An integration's place at a switchboard.

    - `next_switchboard_integration_id`: who gets control when it is passed to `next`.
    - `deliver_standby_events`: events are told to it also while another one has control.
    - `message_history_count`: messages that it is told when it gets control, 1 to 10.

    Inside of a conversation, as the one that has control or is offered it, it has none of these three.
    """

    id: str | None = None
    name: str | None = None
    integration_id: str | None = None
    integration_type: str | None = None
    deliver_standby_events: bool | None = None
    next_switchboard_integration_id: str | None = None
    message_history_count: int | None = None
