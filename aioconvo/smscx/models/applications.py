"""Applications of SMS.CX, who get access tokens, as structs."""

from __future__ import annotations

import datetime as dt

from msgspec import field

from aioconvo.core.json.model import Model

from .otp import PinType
from .sms import Alphabet
from .times import in_utc

__all__ = [
    "Application",
    "ApplicationDetail",
    "ApplicationSettings",
    "AttachmentSettings",
    "ChatSettings",
    "LookupSettings",
    "MultichannelSettings",
    "OptoutSettings",
    "OtpSettings",
    "QuietHours",
    "ShortlinkSettings",
    "SmsSettings",
    "TransliterationSettings",
]


@in_utc("created_at")
class Application(Model, rename="camel"):
    """An application. `application_secret` comes in clear: keep it out of logs.

    `scopes` has spaces between them, `token_expiration` is how long its tokens live.
    """

    id: int
    application_id: str
    application_secret: str
    application_name: str
    scopes: str
    token_expiration: str
    created_at: dt.datetime


class QuietHours(Model):
    """When nobody gets messages, from one time of the day to another."""

    start: str
    stop: str


class TransliterationSettings(Model, rename="camel"):
    """How texts are written with fewer parts where a call does not say it."""

    alphabet: Alphabet
    remove_emojis: bool


class ChatSettings(Model, rename="camel"):
    """What holds for messages by Viber or WhatsApp: where their reports and answers go, and when none are sent."""

    dlr_callback: str | None = None
    receive_callback: str | None = None
    quiet_hours: QuietHours | None = None


class SmsSettings(ChatSettings, kw_only=True, rename="camel"):
    """What holds for messages by SMS; with `enforce_originator` all are sent from that one."""

    transliteration: TransliterationSettings
    enforce_originator: str | None = None


class MultichannelSettings(ChatSettings, kw_only=True, rename="camel"):
    """What holds for messages by several channels; `ttl` is how long each is given, in seconds."""

    ttl: int
    expire_after_ttl: bool


class ShortlinkSettings(Model, rename="camel"):
    """Where hits of shortlinks are reported."""

    shortlinks_callback: str | None = None


class AttachmentSettings(Model, rename="camel"):
    """Where hits of attachments are reported."""

    attachments_callback: str | None = None


class OptoutSettings(Model, rename="camel"):
    """Where new opt-outs are reported."""

    optouts_callback: str | None = None


class LookupSettings(Model, rename="camel"):
    """Where results of lookups are reported."""

    lookup_callback: str | None = None


class OtpSettings(Model, rename="camel"):
    """What one-time passwords are like where a call does not say it; `ttl` is in seconds."""

    from_: str = field(name="from")
    template: str
    pin_type: PinType
    pin_length: int
    ttl: int
    max_attempts: int
    otp_callback: str | None = None


class ApplicationSettings(Model):
    """What holds for calls of an application that say nothing else."""

    sms: SmsSettings
    viber: ChatSettings
    whatsapp: ChatSettings
    multichannel: MultichannelSettings
    shortlinks: ShortlinkSettings
    attachments: AttachmentSettings
    optouts: OptoutSettings
    lookup: LookupSettings
    otp: OtpSettings


class ApplicationDetail(Model, rename="camel"):
    """An application with its settings, without its secret."""

    application_id: str
    name: str
    scopes: str
    token_expiration: str
    settings: ApplicationSettings
