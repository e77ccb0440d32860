"""Menus of UltraCart's phone system, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model
from aioconvo.core.operations.rules import AtMost

from .actions import PbxMenuAction, PbxVoice
from .texts import ContextMerchantId, Id, MerchantId

__all__ = ["PbxMenu", "PbxMenuMapping"]


class PbxMenu(Model):
    """A menu that callers choose from, by digits or by words."""

    allow_direct_extensions: bool | None = None
    """Whether callers may dial the extension of an agent."""
    context_merchant_id: ContextMerchantId | None = None
    conversation_pbx_menu_uuid: Id | None = None
    default_action: Annotated[str, AtMost(30)] | None = None
    default_action_target: Id | None = None
    mappings: list[PbxMenuMapping] | None = None
    merchant_id: MerchantId | None = None
    name: Annotated[str, AtMost(50)] | None = None
    play_audio_uuid: Id | None = None
    """Played at the beginning."""
    say: str | None = None
    """Read at the beginning."""
    say_voice: PbxVoice | None = None
    timeout: int | None = None
    """Seconds without a choice after which the menu ends."""


class PbxMenuMapping(Model):
    """A choice of a menu, and where it leads.

    `text_message` and `sms_from_number` go with `send text`.
    """

    action: PbxMenuAction | None = None
    action_target: Id | None = None
    """The UUID of what the action names."""
    digits: int | None = None
    sms_from_number: Annotated[str, AtMost(25)] | None = None
    speech: str | None = None
    text_message: Annotated[str, AtMost(1600)] | None = None
