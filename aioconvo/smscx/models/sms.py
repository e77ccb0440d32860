"""Messages and campaigns by SMS, sent, estimated and called off, as structs."""

from __future__ import annotations

import datetime as dt

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Model, OpenEnum

from .replies import BatchInfo, CampaignGroup, ChatStatus, TextAnalysis
from .times import in_utc

__all__ = [
    "Alphabet",
    "CampaignInfo",
    "DeletedCampaign",
    "DeletedMessage",
    "OriginalText",
    "ReplacedText",
    "ScheduledChannel",
    "SendInfo",
    "SmsBatch",
    "SmsCampaign",
    "SmsMessage",
    "TextEncoding",
    "Transliteration",
    "TransliterationAnalysis",
    "TransliterationTexts",
]


class Alphabet(OpenEnum):
    """Whose letters are put in place of those that an SMS has no short form for; a text of them has more characters a part."""

    NONE = "NONE"
    NON_GSM = "NON_GSM"
    POLISH = "POLISH"
    TURKISH = "TURKISH"
    GREEK = "GREEK"
    ROMANIAN = "ROMANIAN"
    RUSSIAN_CYRILLIC = "RUSSIAN_CYRILLIC"
    BULGARIAN_CYRILLIC = "BULGARIAN_CYRILLIC"
    UKRAINIAN_CYRILLIC = "UKRAINIAN_CYRILLIC"
    BELARUSIAN_CYRILLIC = "BELARUSIAN_CYRILLIC"
    SERBIAN_CYRILLIC = "SERBIAN_CYRILLIC"
    # Named by the vendor's text of error 1110 alone.
    MACEDONIAN_CYRILLIC = "MACEDONIAN_CYRILLIC"


class Transliteration(Model, rename="camel"):
    """How to write a text with fewer parts: in another alphabet, without emojis."""

    alphabet: Alphabet
    remove_emojis: bool | None = None


class TextEncoding(OpenEnum):
    """How a text goes by SMS; GSM-7 has more characters in a part."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


class OriginalText(Model):
    """A text as it was given; `length` in characters."""

    text: str
    length: int
    parts: int
    encoding: TextEncoding


class ReplacedText(Model):
    """A text as it is sent; `characters` counts what was replaced, by character."""

    text: str
    length: int
    parts: int
    encoding: TextEncoding
    characters: dict[str, int]


class TransliterationTexts(Model):
    """A text before and after."""

    original: OriginalText
    replaced: ReplacedText


class TransliterationAnalysis(Model, rename="camel"):
    """What another alphabet saves, over all phone numbers."""

    total_original_cost: float
    total_original_parts: int
    total_replaced_cost: float
    total_replaced_parts: int
    # Documented as a whole number, unlike the costs that it is the difference of.
    total_cost_saved: float
    total_parts_saved: int
    text: TransliterationTexts


class SendInfo(BatchInfo, rename="camel"):
    """As `BatchInfo`, of a call by SMS."""

    transliteration_analysis: TransliterationAnalysis | None = None


class CampaignInfo(SendInfo, kw_only=True, rename="camel"):
    """As `SendInfo`, of a campaign."""

    duplicates_removed: int
    groups: list[CampaignGroup]


@in_utc("created_at", "scheduled_at")
class SmsMessage(Model, rename="camel"):
    """One message; `to` is in E.164, `cost` is what it takes from the account's credit.

    `text` and `text_analysis` are not there with `no_text_details`.
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
    text_analysis: TextAnalysis | None = None
    error_code: int | None = None
    track_data: str | None = None
    scheduled_at: dt.datetime | None = None


class SmsBatch(Telling, kw_only=True):
    """What one call sends, or would send: a message for each number; none with `short_response`."""

    info: SendInfo
    messages: list[SmsMessage] = field(name="data")


class SmsCampaign(Telling, kw_only=True):
    """What a campaign sends, or would send: a message for each contact; none with `short_response`."""

    info: CampaignInfo
    messages: list[SmsMessage] = field(name="data")


class ScheduledChannel(OpenEnum):
    """What a message that was called off would have gone by."""

    SMS = "sms"
    VIBER = "viber"
    WHATSAPP = "whatsapp"
    MULTICHANNEL = "multichannel"


class DeletedMessage(Model, rename="camel"):
    """A message that was called off; `credit_returned` went back to the account."""

    msg_id: str
    parts: int
    credit_returned: float
    channel: ScheduledChannel


class DeletedCampaign(Model, rename="camel"):
    """A campaign that was called off; `credit_returned` went back to the account."""

    campaign_id: str
    total_phone_numbers: int
    total_parts: int
    phone_numbers_deleted: int
    parts_deleted: int
    credit_returned: float
    channel: ScheduledChannel
