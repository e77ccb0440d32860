"""Who takes part in messages and conversations of Convore, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["ContactHandle", "ContactHandleType", "Participant", "ParticipantRole"]


class ContactHandleType(OpenEnum):
    """What kind of address a handle is."""

    EMAIL = "email"
    CONVORE_CHAT = "convore_chat"


class ParticipantRole(OpenEnum):
    """The part somebody has in a message."""

    FROM = "from"
    TO = "to"
    CC = "cc"
    BCC = "bcc"


class ContactHandle(Model):
    """An address and what kind it is."""

    type: ContactHandleType
    value: str


class Participant(Model):
    """Somebody in a message or conversation, with the part they have in it."""

    handle: ContactHandle
    role: ParticipantRole
    name: str | None = None
