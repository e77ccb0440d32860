"""What must stand in the answers to sends, estimates and calls that take a scheduled message back, whatever the channel."""

from __future__ import annotations

from typing import Protocol

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.json.faults import BrokenBodyError

from .models.replies import BatchInfo

__all__ = ["names_campaign", "names_deleted", "names_deleted_campaign", "names_messages"]

names_campaign = names("campaign", "info.campaign_id")


class _Sent(Protocol):
    @property
    def info(self) -> BatchInfo: ...
    @property
    def messages(self) -> list[object]: ...


def names_messages(short_response: bool | None) -> Check:
    """That an answer names a campaign, and messages where there must be some."""
    return names_campaign if short_response else _check_messages


def _check_messages(answer: _Sent) -> None:
    names_campaign(answer)
    if answer.info.total_valid and not answer.messages:
        raise BrokenBodyError("the answer names no message: data is empty", cut=False)
    for one in answer.messages:
        if not getattr(one, "msg_id", None):
            raise BrokenBodyError("the answer names no message: data.msgId is missing", cut=False)


def names_deleted(msg_id: str) -> Check:
    """That an answer names the message that was asked for."""
    return names("message", "info.msg_id", msg_id)


def names_deleted_campaign(campaign_id: str) -> Check:
    """That an answer names the campaign that was asked for."""
    return names("campaign", "info.campaign_id", campaign_id)
