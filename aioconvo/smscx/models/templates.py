"""Templates of SMS.CX, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .conversations import Channel
from .replies import RichMedia
from .times import in_utc

__all__ = ["CreatedTemplate", "Template", "TemplateDetail", "TemplateId", "TemplateType"]


class TemplateType(OpenEnum):
    """What a template is for."""

    TRANSACTIONAL = "transactional"
    PROMOTIONAL = "promotional"


@in_utc("created_at")
class Template(Model, rename="camel"):
    """A text to send again and again; those for Viber and WhatsApp must be `approved` before they are sent."""

    id: int
    name: str
    channel: Channel
    text: str
    created_at: dt.datetime
    approved: bool


class TemplateDetail(Template, kw_only=True, rename="camel"):
    """A template with all that is known of it; what `locked` means is not documented."""

    locked: bool
    type: TemplateType | None = None
    rich_media: RichMedia | None = None


class CreatedTemplate(Model):
    """A template that was created."""

    id: int
    name: str
    text: str
    channel: Channel
    type: TemplateType | None = None
    approved: bool | None = None


class TemplateId(Model):
    """Which template was changed or deleted."""

    id: int
