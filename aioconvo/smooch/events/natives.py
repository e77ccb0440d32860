"""The events of Smooch v1.1, as structs.

Sources: the vendor's documents of v1 and v1.1, and what public programs read. The vendor's published samples lack members of
each other, so hardly anything is required here: what may be missing is `None`. One body can hold several messages, postbacks
or payments; each becomes an event of its own, whose list has it alone.

Of `client:*`, `appUser:delete` and `notification:delivery:*` only the names are known; nothing here depends on their members,
which are in `aioconvo.raw_json(event)`.
"""

from __future__ import annotations

from typing import Any

from msgspec import field

from aioconvo.core.json.model import Model, Variant
from aioconvo.smooch.models.messages import Message, Source
from aioconvo.smooch.models.metadata import Metadata
from aioconvo.smooch.models.users import AppUser, Client

__all__ = [
    "ANY_EVENT",
    "AppMakerMessageEvent",
    "AppReference",
    "AppUser",
    "AppUserDeleteEvent",
    "AppUserMessageEvent",
    "Charge",
    "Client",
    "ClientAddEvent",
    "ClientEvent",
    "ClientRemoveEvent",
    "ConversationReadEvent",
    "ConversationReference",
    "ConversationStartEvent",
    "DeliveryChannelEvent",
    "DeliveryDestination",
    "DeliveryEvent",
    "DeliveryFailureEvent",
    "DeliveryUserEvent",
    "EventError",
    "ExternalMessage",
    "LinkEvent",
    "LinkFailureEvent",
    "LinkMatchEvent",
    "LinkSuccessEvent",
    "MergeEvent",
    "MessageEvent",
    "MessageReference",
    "NativeEvent",
    "NotificationChannelEvent",
    "NotificationEvent",
    "NotificationFailureEvent",
    "NotificationUserEvent",
    "OldDeliveryEvent",
    "OldDeliveryFailureEvent",
    "OldDeliverySuccessEvent",
    "Payment",
    "PaymentEvent",
    "PostbackEvent",
    "PressedAction",
    "Pressing",
    "ReferralBody",
    "ReferralDetails",
    "ReferralEvent",
    "TypingActivity",
    "TypingEvent",
]


class AppReference(Model):
    """The app that an event is about."""

    id: str | None = field(default=None, name="_id")


class ConversationReference(Model):
    """A conversation; whether v1.1 always tells it is not known, and the vendor's own sample does not."""

    id: str | None = field(default=None, name="_id")


class DeliveryDestination(Model, rename="camel"):
    """The channel that a message went to."""

    type: str | None = None
    integration_id: str | None = None


class EventError(Model, rename="camel"):
    """What went wrong; `underlying_error` is what the channel said, of which three shapes were seen."""

    code: str | None = None
    message: str | None = None
    underlying_error: Any = None


class ExternalMessage(Model):
    """A message as the channel names it."""

    id: str | None = None


class MessageReference(Model):
    """Which message is meant."""

    id: str | None = field(default=None, name="_id")


class ReferralDetails(Model, rename="camel"):
    """Where somebody came from."""

    source: str | None = None
    type: str | None = None
    ad_id: str | None = None


class ReferralBody(Model):
    """The link or advertisement by which somebody came."""

    code: str | None = None
    details: ReferralDetails | None = None


class TypingActivity(Model):
    """`typing:start` or `typing:stop`."""

    type: str | None = None
    role: str | None = None


class PressedAction(Model):
    """The button that was pressed: what it was given, and its label."""

    id: str | None = field(default=None, name="_id")
    type: str | None = None
    text: str | None = None
    payload: str | None = None
    metadata: Metadata | None = None


class Pressing(Model):
    """A button that was pressed, and the message it stands in; that message's id is not the event's own."""

    action: PressedAction | None = None
    message: Message | None = None


class Charge(Model):
    """The payment as its provider names it."""

    id: str | None = None


class Payment(Model):
    """A payment that a user made by a button."""

    source: Source | None = None
    message: Message | None = None
    action: dict[str, Any] | None = None
    charge: Charge | None = None


class NativeEvent(Variant, rename="camel", tag_field="trigger"):
    """What all events have; nothing of it surely. `timestamp` is Unix seconds, `client` comes with `includeClient`."""

    app: AppReference | None = None
    version: str | None = None
    app_user: AppUser | None = None
    conversation: ConversationReference | None = None
    client: Client | None = None
    source: Source | None = None
    timestamp: float | None = None


class MessageEvent(NativeEvent):
    """Somebody wrote."""

    messages: list[Message] | None = None

    @property
    def message(self) -> Message | None:
        """The message; one event without any was seen."""
        return self.messages[0] if self.messages else None


class AppUserMessageEvent(MessageEvent, tag="message:appUser"):
    """A user wrote, whatever `author_id` and `role` of the message say."""


class AppMakerMessageEvent(MessageEvent, tag="message:appMaker"):
    """The business wrote, this program included; a message of role `whisper` is a note that it keeps to itself."""


class DeliveryEvent(NativeEvent):
    """How far a message of the business got; `message` was a bare id once."""

    message: MessageReference | str | None = None
    destination: DeliveryDestination | None = None
    external_messages: list[ExternalMessage] | None = None
    is_final_event: bool | None = None

    @property
    def message_id(self) -> str | None:
        """The message's id, in either form."""
        return self.message if isinstance(self.message, str) else getattr(self.message, "id", None)


class DeliveryChannelEvent(DeliveryEvent, tag="message:delivery:channel"):
    """The channel took a message; a failure may follow all the same."""


class DeliveryUserEvent(DeliveryEvent, tag="message:delivery:user"):
    """A message reached the user's device; only some channels tell."""


class DeliveryFailureEvent(DeliveryEvent, tag="message:delivery:failure"):
    """A message did not arrive."""

    error: EventError | None = None


class OldDeliveryEvent(NativeEvent):
    """How far a message of the business got, as v1 told it: with the whole message, whose id is not the event's own."""

    messages: list[Message] | None = None
    destination: DeliveryDestination | None = None

    @property
    def message(self) -> Message | None:
        """The message."""
        return self.messages[0] if self.messages else None


class OldDeliverySuccessEvent(OldDeliveryEvent, tag="delivery:success"):
    """The channel took a message."""


class OldDeliveryFailureEvent(OldDeliveryEvent, tag="delivery:failure"):
    """A message did not arrive."""

    error: EventError | None = None


class PostbackEvent(NativeEvent, tag="postback"):
    """A user pressed a postback button."""

    postbacks: list[Pressing] | None = None

    @property
    def postback(self) -> Pressing | None:
        """The button that was pressed."""
        return self.postbacks[0] if self.postbacks else None


class ConversationStartEvent(NativeEvent, tag="conversation:start"):
    """A user began a conversation on a channel."""

    referral: ReferralBody | None = None


class ConversationReadEvent(NativeEvent, tag="conversation:read"):
    """A user read the conversation."""


class ReferralEvent(NativeEvent, tag="conversation:referral"):
    """A user came to the conversation by a link or an advertisement."""

    referral: ReferralBody | None = None


class TypingEvent(NativeEvent, tag="typing:appUser"):
    """A user started to type, or stopped; what the API itself sends as the business makes no such event."""

    activity: TypingActivity | None = None


class MergeEvent(NativeEvent, tag="merge:appUser"):
    """Users became one; `app_user` is `None`."""

    surviving: AppUser | None = None
    discarded: list[AppUser] | None = None


class PaymentEvent(NativeEvent, tag="payment:success"):
    """A user paid by a button."""

    payments: list[Payment] | None = None

    @property
    def payment(self) -> Payment | None:
        """The payment."""
        return self.payments[0] if self.payments else None


class LinkEvent(NativeEvent):
    """A user is to be reached by another channel; `criteria` are personal data."""

    channel: str | None = None
    criteria: dict[str, Any] | None = None


class LinkMatchEvent(LinkEvent, tag="link:match"):
    """Somebody was found by the criteria."""


class LinkSuccessEvent(LinkEvent, tag="link:success"):
    """The user can be reached by the channel."""


class LinkFailureEvent(LinkEvent, tag="link:failure"):
    """The user cannot be reached by the channel."""

    error: EventError | None = None


class ClientEvent(NativeEvent):
    """A client of a user."""

    reason: str | None = None


class ClientAddEvent(ClientEvent, tag="client:add"):
    """A client was added to a user."""


class ClientRemoveEvent(ClientEvent, tag="client:remove"):
    """A client was taken from a user."""


class AppUserDeleteEvent(NativeEvent, tag="appUser:delete"):
    """A user was deleted."""


class NotificationEvent(NativeEvent):
    """How far a notification got."""

    destination: DeliveryDestination | None = None
    error: EventError | None = None


class NotificationChannelEvent(NotificationEvent, tag="notification:delivery:channel"):
    """The channel took a notification."""


class NotificationUserEvent(NotificationEvent, tag="notification:delivery:user"):
    """A notification reached the user's device."""


class NotificationFailureEvent(NotificationEvent, tag="notification:delivery:failure"):
    """A notification did not arrive."""


ANY_EVENT = (
    AppUserMessageEvent
    | AppMakerMessageEvent
    | DeliveryChannelEvent
    | DeliveryUserEvent
    | DeliveryFailureEvent
    | OldDeliverySuccessEvent
    | OldDeliveryFailureEvent
    | PostbackEvent
    | ConversationStartEvent
    | ConversationReadEvent
    | ReferralEvent
    | TypingEvent
    | MergeEvent
    | PaymentEvent
    | LinkMatchEvent
    | LinkSuccessEvent
    | LinkFailureEvent
    | ClientAddEvent
    | ClientRemoveEvent
    | AppUserDeleteEvent
    | NotificationChannelEvent
    | NotificationUserEvent
    | NotificationFailureEvent
)
