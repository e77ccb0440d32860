"""The events of Sunshine Conversations v2, as structs.

Source: the vendor's OpenAPI document 17.12.1, which requires no member of a webhook's payload. Those that every published
payload has are written as always there, as all over this package; where one is missing all the same, it is `UNSET` or `None`,
and the event is there nevertheless. What the vendor sends outside of its document (`brandId` of a conversation, say) is in
`aioconvo.raw_json(event)`.
"""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Envelope, Variant
from aioconvo.events.members import Member
from aioconvo.sunshine.models.conversations import Conversation
from aioconvo.sunshine.models.messages import Client, Message, Source
from aioconvo.sunshine.models.metadata import Metadata

from .payloads import (
    Activity,
    ActivityPayload,
    AppReference,
    CampaignSource,
    ClientPayload,
    ClientReason,
    ControlPayload,
    ControlReason,
    ConversationPayload,
    CreatePayload,
    CreationReason,
    DeliveryDestination,
    DeliveryPayload,
    EventError,
    ExternalMessage,
    MergedClients,
    MergedConversations,
    MergedUsers,
    MergePayload,
    MergeReason,
    MessagePayload,
    MessageReference,
    PostbackBody,
    PostbackPayload,
    ReferralBody,
    ReferralPayload,
    User,
    UserPayload,
    WebhookReference,
)

__all__ = [
    "AcceptControlEvent",
    "AcceptControlFailureEvent",
    "ClientAddEvent",
    "ClientEvent",
    "ClientRemoveEvent",
    "ClientUpdateEvent",
    "ControlEvent",
    "ControlFailureEvent",
    "ConversationCreateEvent",
    "ConversationJoinEvent",
    "ConversationLeaveEvent",
    "ConversationReadEvent",
    "ConversationRemoveEvent",
    "Delivery",
    "DeliveryChannelEvent",
    "DeliveryEvent",
    "DeliveryFailureEvent",
    "DeliveryUserEvent",
    "MessageEvent",
    "NativeEvent",
    "OfferControlEvent",
    "OfferControlFailureEvent",
    "ParticipantEvent",
    "PassControlEvent",
    "PassControlFailureEvent",
    "PostbackEvent",
    "ReferralEvent",
    "ReleaseControlEvent",
    "TypingEvent",
    "UserEvent",
    "UserMergeEvent",
    "UserRemoveEvent",
    "UserUpdateEvent",
]


class NativeEvent(Variant, rename="camel"):
    """What all events have. `id` is the same for every delivery of one event; published samples share one, though."""

    id: str | None = None
    created_at: dt.datetime | None = None


class ClientEvent(NativeEvent, kw_only=True):
    """A client of a user: a channel they are reached by."""

    payload: ClientPayload

    user = Member[User]()
    client = Member[Client]()
    conversation = Member[Conversation | None]()
    reason = Member[ClientReason | None]()
    error = Member[EventError | None]()
    source = Member[Source | None]()


class ClientAddEvent(ClientEvent, tag="client:add"):
    """A client was added to a user."""


class ClientRemoveEvent(ClientEvent, tag="client:remove"):
    """A client was taken from a user, or linking one failed."""


class ClientUpdateEvent(ClientEvent, tag="client:update"):
    """A client changed its status."""


class ConversationCreateEvent(NativeEvent, tag="conversation:create", kw_only=True):
    """A conversation was created."""

    payload: CreatePayload

    conversation = Member[Conversation]()
    creation_reason = Member[CreationReason | None]()
    source = Member[CampaignSource | None]()
    user = Member[User | None]()
    referral = Member[ReferralBody | None]()


class ParticipantEvent(NativeEvent, kw_only=True):
    """A user and a group conversation."""

    payload: ConversationPayload

    conversation = Member[Conversation]()
    user = Member[User | None]()


class ConversationJoinEvent(ParticipantEvent, tag="conversation:join"):
    """A user joined a group conversation."""


class ConversationLeaveEvent(ParticipantEvent, tag="conversation:leave"):
    """A user left a group conversation."""


class ConversationRemoveEvent(NativeEvent, tag="conversation:remove", kw_only=True):
    """A conversation was deleted."""

    payload: ConversationPayload

    conversation = Member[Conversation]()


class MessageEvent(NativeEvent, tag="conversation:message", kw_only=True):
    """Somebody wrote: a user, or the business, this program included (`message.author.type`)."""

    payload: MessagePayload

    conversation = Member[Conversation]()
    message = Member[Message]()
    recent_notifications = Member[list[Message] | None]()


class DeliveryEvent(NativeEvent, kw_only=True):
    """How far a message of the business got."""

    payload: DeliveryPayload

    message = Member[MessageReference]()
    conversation = Member[Conversation]()
    user = Member[User | None]()
    destination = Member[DeliveryDestination | None]()
    external_messages = Member[list[ExternalMessage] | None]()
    is_final_event = Member[bool | None]()


class DeliveryChannelEvent(DeliveryEvent, tag="conversation:message:delivery:channel"):
    """The channel took a message; a failure may follow all the same."""


class DeliveryUserEvent(DeliveryEvent, tag="conversation:message:delivery:user"):
    """A message reached the user's device; only some channels tell."""


class DeliveryFailureEvent(DeliveryEvent, tag="conversation:message:delivery:failure"):
    """A message did not arrive."""

    error = Member[EventError | None]()


class PostbackEvent(NativeEvent, tag="conversation:postback", kw_only=True):
    """A user pressed a postback button."""

    payload: PostbackPayload

    postback = Member[PostbackBody]()
    conversation = Member[Conversation]()
    user = Member[User | None]()
    source = Member[CampaignSource | None]()


class ConversationReadEvent(NativeEvent, tag="conversation:read", kw_only=True):
    """Somebody read the conversation."""

    payload: ActivityPayload

    conversation = Member[Conversation]()
    activity = Member[Activity]()


class TypingEvent(NativeEvent, tag="conversation:typing", kw_only=True):
    """Somebody started to type, or stopped."""

    payload: ActivityPayload

    conversation = Member[Conversation]()
    activity = Member[Activity]()


class ReferralEvent(NativeEvent, tag="conversation:referral", kw_only=True):
    """A user came to a conversation by a link or an advertisement."""

    payload: ReferralPayload

    conversation = Member[Conversation]()
    user = Member[User | None]()
    source = Member[CampaignSource | None]()
    referral = Member[ReferralBody | None]()


class ControlEvent(NativeEvent, kw_only=True):
    """Who answers a conversation, by the switchboard."""

    payload: ControlPayload

    conversation = Member[Conversation]()
    metadata = Member[Metadata | None]()


class AcceptControlEvent(ControlEvent, tag="switchboard:acceptControl"):
    """An integration accepted control."""


class OfferControlEvent(ControlEvent, tag="switchboard:offerControl"):
    """An integration is offered control (`conversation.pending_switchboard_integration`)."""


class PassControlEvent(ControlEvent, tag="switchboard:passControl"):
    """Control was passed to another integration (`conversation.active_switchboard_integration`)."""

    reason = Member[ControlReason | None]()


class ReleaseControlEvent(ControlEvent, tag="switchboard:releaseControl"):
    """Control was given back."""

    reason = Member[ControlReason | None]()


class ControlFailureEvent(ControlEvent):
    """Control did not change, though somebody wanted it to."""

    error = Member[EventError | None]()


class AcceptControlFailureEvent(ControlFailureEvent, tag="switchboard:acceptControl:failure"):
    """Control was not accepted."""


class OfferControlFailureEvent(ControlFailureEvent, tag="switchboard:offerControl:failure"):
    """Control was not offered."""


class PassControlFailureEvent(ControlFailureEvent, tag="switchboard:passControl:failure"):
    """Control was not passed."""


class UserMergeEvent(NativeEvent, tag="user:merge", kw_only=True):
    """Two users became one."""

    payload: MergePayload

    merged_users = Member[MergedUsers]()
    merged_conversations = Member[MergedConversations | None]()
    merged_clients = Member[MergedClients | None]()
    discarded_metadata = Member[Metadata | None]()
    reason = Member[MergeReason | None]()


class UserEvent(NativeEvent, kw_only=True):
    """A user."""

    payload: UserPayload

    user = Member[User]()


class UserUpdateEvent(UserEvent, tag="user:update"):
    """A user changed."""

    reason = Member[str | None]()
    source = Member[Source | None]()


class UserRemoveEvent(UserEvent, tag="user:remove"):
    """A user was deleted."""


AnyEvent = (
    ClientAddEvent
    | ClientRemoveEvent
    | ClientUpdateEvent
    | ConversationCreateEvent
    | ConversationJoinEvent
    | ConversationLeaveEvent
    | ConversationRemoveEvent
    | MessageEvent
    | DeliveryChannelEvent
    | DeliveryUserEvent
    | DeliveryFailureEvent
    | PostbackEvent
    | ConversationReadEvent
    | TypingEvent
    | ReferralEvent
    | AcceptControlEvent
    | OfferControlEvent
    | PassControlEvent
    | ReleaseControlEvent
    | AcceptControlFailureEvent
    | OfferControlFailureEvent
    | PassControlFailureEvent
    | UserMergeEvent
    | UserUpdateEvent
    | UserRemoveEvent
)


class Delivery(Envelope):
    """The body of one request: events of one app and webhook, of any users and conversations."""

    events: list[AnyEvent] | None
    app: AppReference | None = None
    webhook: WebhookReference | None = None
