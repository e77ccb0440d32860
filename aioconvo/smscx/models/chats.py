"""Messages by Viber, WhatsApp and several channels, sent and estimated, as structs."""

from __future__ import annotations

import datetime as dt

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Model

from .conversations import Channel
from .replies import BatchInfo, CampaignGroup, ChatStatus
from .times import in_utc

__all__ = [
    "ChatBatch",
    "ChatCampaign",
    "ChatCampaignInfo",
    "ChatMessage",
    "MultichannelBatch",
    "MultichannelCampaign",
    "MultichannelMessage",
    "StrategyStep",
]


@in_utc("created_at", "scheduled_at")
class ChatMessage(Model, rename="camel"):
    """One message by Viber or WhatsApp; `to` is in E.164, `cost` is what it takes from the account's credit.

    `text` is not there with `no_text_details`.
    """

    msg_id: str
    status: ChatStatus
    status_code: int
    created_at: dt.datetime
    in_quiet_hours: bool
    cost: float
    to: str
    country_iso: str
    from_: str = field(name="from")
    parts: int
    text: str | None = None
    error_code: int | None = None
    track_data: str | None = None
    scheduled_at: dt.datetime | None = None


class ChatBatch(Telling, kw_only=True):
    """What one call sends, or would send: a message for each number; none with `short_response`."""

    info: BatchInfo
    messages: list[ChatMessage] = field(name="data")


class ChatCampaignInfo(BatchInfo, kw_only=True, rename="camel"):
    """As `BatchInfo`, of a campaign."""

    duplicates_removed: int
    groups: list[CampaignGroup]


class ChatCampaign(Telling, kw_only=True):
    """What a campaign sends, or would send: a message for each contact; none with `short_response`."""

    info: ChatCampaignInfo
    messages: list[ChatMessage] = field(name="data")


class StrategyStep(Model, rename="camel"):
    """A channel to try, and what goes by it: a `text` by SMS, a template by Viber and WhatsApp.

    Which of the two a channel takes beyond that is not documented; the API refuses what it does not take.
    """

    channel: Channel
    template_id: int | None = None
    text: str | None = None


class MultichannelMessage(ChatMessage, kw_only=True, rename="camel"):
    """One message; `channel` is the one that it goes by first."""

    channel: Channel


class MultichannelBatch(Telling, kw_only=True):
    """What one call sends, or would send: a message for each number; none with `short_response`."""

    info: BatchInfo
    messages: list[MultichannelMessage] = field(name="data")


class MultichannelCampaign(Telling, kw_only=True):
    """What a campaign sends, or would send: a message for each contact; none with `short_response`."""

    info: ChatCampaignInfo
    messages: list[MultichannelMessage] = field(name="data")
