"""How a client is linked to a user of Sunshine Conversations, as structs."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.json.model import Model, OpenEnum, Variant

from .content import Content
from .messages import Author, Destination, MessageOverride
from .metadata import Metadata

__all__ = [
    "Confirmation",
    "ConfirmationType",
    "LinkTarget",
    "MailgunCriteria",
    "MatchCriteria",
    "MessagebirdCriteria",
    "NewMessage",
    "TwilioCriteria",
    "WhatsappCriteria",
]


class MailgunCriteria(Variant, rename="camel", tag="mailgun"):
    """Who has this email address. `subject` is that of the first mail; without `primary` the client becomes the primary one."""

    integration_id: str
    address: str
    primary: bool | None = None
    subject: str | None = None


class MessagebirdCriteria(Variant, rename="camel", tag="messagebird"):
    """Who has this phone number, by MessageBird."""

    integration_id: str
    phone_number: str
    primary: bool | None = None


class TwilioCriteria(Variant, rename="camel", tag="twilio"):
    """Who has this phone number, by Twilio."""

    integration_id: str
    phone_number: str
    primary: bool | None = None


class WhatsappCriteria(Variant, rename="camel", tag="whatsapp"):
    """Who has this phone number, at WhatsApp."""

    integration_id: str
    phone_number: str
    primary: bool | None = None


MatchCriteria = MailgunCriteria | MessagebirdCriteria | TwilioCriteria | WhatsappCriteria


class ConfirmationType(OpenEnum):
    """When a client counts as the user's: at once, when they write, or when they say yes."""

    IMMEDIATE = "immediate"
    USER_ACTIVITY = "userActivity"
    PROMPT = "prompt"


class NewMessage(Model):
    """A message to be posted; see `messages.post`."""

    author: Author
    content: Content
    destination: Destination | None = None
    metadata: Metadata | UnsetType | None = UNSET
    override: MessageOverride | None = None
    schema: str | None = None


class Confirmation(Model):
    """How the user confirms a new client. `message` is what they are sent, where they are sent any."""

    type: ConfirmationType
    message: NewMessage | None = None


class LinkTarget(Model, rename="camel"):
    """The conversation that a new client writes in."""

    conversation_id: str
