"""Where calls go, and how texts are read, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import OpenEnum

__all__ = ["PbxAction", "PbxMenuAction", "PbxVoice"]


class PbxAction(OpenEnum):
    """Where a call goes: to another schedule, a menu, a queue, a voicemail mailbox, an agent."""

    TIME_BASED = "time based"
    MENU = "menu"
    QUEUE = "queue"
    VOICEMAIL = "voicemail"
    AGENT = "agent"


class PbxMenuAction(OpenEnum):
    """Where a choice in a menu leads."""

    TIME_BASED = "time based"
    MENU = "menu"
    QUEUE = "queue"
    VOICEMAIL = "voicemail"
    AGENT = "agent"
    SEND_TEXT = "send text"


class PbxVoice(OpenEnum):
    """The voice that reads a text."""

    MAN = "man"
    WOMAN = "woman"
