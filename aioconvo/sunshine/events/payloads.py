"""What events of Sunshine Conversations v2 are about: users, activities, and the payload of each kind of event.

`natives.py` says how sure is what is always there.
"""

from __future__ import annotations

from typing import Any

from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.sunshine.models.conversations import Conversation
from aioconvo.sunshine.models.messages import Client, Message, Source
from aioconvo.sunshine.models.metadata import Metadata
from aioconvo.sunshine.models.users import Identity, Profile, User

__all__ = [
    "Activity",
    "ActivityAuthor",
    "ActivityPayload",
    "AppReference",
    "Campaign",
    "CampaignSource",
    "ClientPayload",
    "ClientReason",
    "ControlPayload",
    "ControlReason",
    "ConversationPayload",
    "CreatePayload",
    "CreationReason",
    "DeliveryDestination",
    "DeliveryPayload",
    "EventError",
    "ExternalMessage",
    "Identity",
    "MergePayload",
    "MergeReason",
    "MergedClients",
    "MergedConversations",
    "MergedUsers",
    "MessagePayload",
    "MessageReference",
    "PostbackBody",
    "PostbackPayload",
    "Profile",
    "ReferralBody",
    "ReferralDetails",
    "ReferralPayload",
    "User",
    "UserPayload",
    "WebhookReference",
]


class ClientReason(OpenEnum):
    """Why a client was added, changed or removed."""

    API = "api"
    AUTH_CODE = "authCode"
    BLOCKED = "blocked"
    CHANNEL_LINKING = "channelLinking"
    CONFIRMED = "confirmed"
    LINK_CANCELLED = "linkCancelled"
    LINK_FAILED = "linkFailed"
    MATCHED = "matched"
    SDK = "sdk"
    SDK_LOGIN = "sdkLogin"
    THEFT = "theft"
    UNBLOCKED = "unblocked"


class CreationReason(OpenEnum):
    """What made a conversation begin."""

    LINK_REQUEST = "linkRequest"
    MESSAGE = "message"
    NONE = "none"
    NOTIFICATION = "notification"
    PRECHAT_CAPTURE = "prechatCapture"
    PROACTIVE_MESSAGING = "proactiveMessaging"
    START_CONVERSATION = "startConversation"


class ControlReason(OpenEnum):
    """Why control of a conversation was passed or released."""

    TICKET_CLOSED = "ticketClosed"
    TRANSFER_TO_EMAIL = "transferToEmail"


class MergeReason(OpenEnum):
    """Why two users became one."""

    API = "api"
    CHANNEL_LINKING = "channelLinking"
    SDK_LOGIN = "sdkLogin"


class Campaign(Model):
    """The campaign that brought somebody."""

    id: str | None = None


class CampaignSource(Source, rename="camel"):
    """Where something came in, and by which campaign."""

    campaign: Campaign | None = None


class EventError(Model, rename="camel"):
    """What went wrong; `underlying_error` is what the channel said, in a shape of its own."""

    code: str | None = None
    message: str | None = None
    underlying_error: Any = None


class ClientPayload(Model, rename="camel"):
    """A client and its user; `error` only where linking failed."""

    user: User
    client: Client
    conversation: Conversation | None = None
    reason: ClientReason | None = None
    error: EventError | None = None
    source: Source | None = None


class ReferralDetails(Model, rename="camel"):
    """Where somebody came from."""

    source: str | None = None
    type: str | None = None
    ad_id: str | None = None


class ReferralBody(Model):
    """The link or advertisement by which somebody came."""

    code: str | None = None
    details: ReferralDetails | None = None


class CreatePayload(Model, rename="camel"):
    """A new conversation; `user` only of personal ones."""

    conversation: Conversation
    creation_reason: CreationReason | None = None
    source: CampaignSource | None = None
    user: User | None = None
    referral: ReferralBody | None = None


class ConversationPayload(Model):
    """A conversation, and the user it happened to where it is about one."""

    conversation: Conversation
    user: User | None = None


class MessagePayload(Model, rename="camel"):
    """A message; `recent_notifications` were sent by the Notification API since the user's last message."""

    conversation: Conversation
    message: Message
    recent_notifications: list[Message] | None = None


class MessageReference(Model):
    """Which message is meant."""

    id: str


class DeliveryDestination(Model, rename="camel"):
    """The channel that a message went to."""

    type: str | None = None
    integration_id: str | None = None


class ExternalMessage(Model):
    """A message as the channel names it; one of ours can make several, in no promised order."""

    id: str | None = None


class DeliveryPayload(Model, rename="camel"):
    """How far a message of the business got. `is_final_event` is by message and destination type."""

    message: MessageReference
    conversation: Conversation
    user: User | None = None
    destination: DeliveryDestination | None = None
    external_messages: list[ExternalMessage] | None = None
    is_final_event: bool | None = None
    error: EventError | None = None


class PostbackBody(Model):
    """What the button was given."""

    payload: str | None = None
    metadata: Metadata | None = None


class PostbackPayload(Model):
    """A button that was pressed, and who did."""

    postback: PostbackBody
    conversation: Conversation
    user: User | None = None
    source: CampaignSource | None = None


class ActivityAuthor(Model, rename="camel"):
    """Who did it: `user` or `business`."""

    type: str | None = None
    user_id: str | None = None
    user: User | None = None


class Activity(Model):
    """What somebody does: `conversation:read`, `typing:start` or `typing:stop`."""

    type: str
    author: ActivityAuthor | None = None
    source: Source | None = None


class ActivityPayload(Model):
    """A conversation, and what somebody does in it."""

    conversation: Conversation
    activity: Activity


class ReferralPayload(Model):
    """A user and what brought them; a published sample has an empty `referral`."""

    conversation: Conversation
    user: User | None = None
    source: CampaignSource | None = None
    referral: ReferralBody | None = None


class ControlPayload(Model):
    """A conversation with the integrations that answer it or are to; published samples lack `metadata`."""

    conversation: Conversation
    metadata: Metadata | None = None
    reason: ControlReason | None = None
    error: EventError | None = None


class MergedUsers(Model):
    """Two users of whom one is left."""

    surviving: User
    discarded: User


class MergedConversations(Model):
    """Two conversations of which one is left."""

    surviving: Conversation | None = None
    discarded: Conversation | None = None


class MergedClients(Model):
    """Two clients of which one is left."""

    surviving: Client | None = None
    discarded: Client | None = None


class MergePayload(Model, rename="camel"):
    """Who was merged, and what of theirs; `discarded_metadata` is what was lost by it."""

    merged_users: MergedUsers
    merged_conversations: MergedConversations | None = None
    merged_clients: MergedClients | None = None
    discarded_metadata: Metadata | None = None
    reason: MergeReason | None = None


class UserPayload(Model):
    """A user; `reason` (`authentication`, `localeDetection`) and `source` only of a change."""

    user: User
    reason: str | None = None
    source: Source | None = None


class AppReference(Model):
    """The app that a delivery is about."""

    id: str | None = None


class WebhookReference(Model):
    """The webhook that a delivery was made for; `version` is `v2`."""

    id: str | None = None
    version: str | None = None
