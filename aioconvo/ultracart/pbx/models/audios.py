"""Recordings that UltraCart's phone system plays, as structs."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.json.model import Model
from aioconvo.core.operations.rules import AtMost
from aioconvo.ultracart.pages import Told

from .menus import PbxMenu
from .queues import PbxQueue
from .texts import ContextMerchantId, Id, MerchantId
from .voicemail_mailboxes import PbxVoicemailMailbox

__all__ = ["PbxAudio", "PbxAudioUsage"]


class PbxAudio(Model):
    """A recording to play: a prompt, or music on hold."""

    audio_s3_listing_key: Annotated[str, AtMost(250)] | None = None
    """The `key` that came with the upload URL."""
    context_merchant_id: ContextMerchantId | None = None
    conversation_pbx_audio_uuid: Id | None = None
    default_hold_music: bool | None = None
    """Whether it is played where nothing else is chosen."""
    description: Annotated[str, AtMost(100)] | None = None
    filename: Annotated[str, AtMost(100)] | None = None
    merchant_id: MerchantId | None = None
    mime_type: Annotated[str, AtMost(100)] | None = None
    url: str | None = None
    user_id: int | None = None
    version: int | None = None


class PbxAudioUsage(Told, kw_only=True):
    """Where an audio is played."""

    menus: list[PbxMenu] | None = None
    queues: list[PbxQueue] | None = None
    voicemail_mailboxes: list[PbxVoicemailMailbox] | None = None
