"""The nouns of UltraCart conversations, as structs.

Source: the vendor's SDK 4.1.208. It declares no member as required, so every one may be missing. Members ending in `_dts`
are ISO 8601 date-times with an offset in all samples; one without an offset stays naive, because its zone is unconfirmed.
"""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

__all__ = [
    "AgentAuth",
    "AgentStatus",
    "Conversation",
    "ConversationSummary",
    "Medium",
    "Merchant",
    "Message",
    "MessageType",
    "Participant",
    "QueueAgent",
    "QueueEntry",
    "QueueStatus",
    "Sentiment",
    "SentimentKind",
    "Translation",
    "TransportState",
    "TransportStatus",
    "TwilioAccount",
    "UploadUrl",
]


class Medium(OpenEnum):
    """What a conversation runs over."""

    SMS = "sms"
    WEBSOCKET = "websocket"


class MessageType(OpenEnum):
    """What a message is."""

    MESSAGE = "message"
    NOTICE = "notice"
    ENGAGEMENT_PROMPT = "engagement prompt"
    TOOL_CALL = "tool call"


class TransportState(OpenEnum):
    """How far a message got; upper-case values are those of the carriers."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    READ = "read"
    TWILIO_CREDENTIALS_MISSING = "TWILIO_CREDENTIALS_MISSING"
    SENT_TO_TWILIO = "SENT_TO_TWILIO"
    TWILIO_ERROR = "TWILIO_ERROR"
    SENT_TO_PINPOINT = "SENT_TO_PINPOINT"
    PINPOINT_ERROR = "PINPOINT_ERROR"


class SentimentKind(OpenEnum):
    """The mood of a conversation."""

    POSITIVE = "POSITIVE"
    NEUTRAL = "NEUTRAL"
    NEGATIVE = "NEGATIVE"
    MIXED = "MIXED"


class AgentStatus(OpenEnum):
    """Whether an agent takes chats."""

    AVAILABLE = "available"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"


class Participant(Model):
    """Somebody's part in one conversation; `unread_messages` is a count."""

    conversation_participant_arn: str | None = None
    conversation_participant_name: str | None = None
    conversation_participant_uuid: str | None = None
    email: str | None = None
    joined_dts: dt.datetime | None = None
    language_iso_code: str | None = None
    last_message_dts: dt.datetime | None = None
    left_dts: dt.datetime | None = None
    profile_image_url: str | None = None
    sms_phone_number: str | None = None
    status: str | None = None
    timezone: str | None = None
    unread_messages: int | None = None


class Sentiment(Model):
    """The mood of a conversation, with a score from 0 to 1 for each kind."""

    last_detect_sentiment: str | None = None
    mixed: float | None = None
    negative: float | None = None
    neutral: float | None = None
    positive: float | None = None
    sentiment: SentimentKind | None = None


class Translation(Model):
    """A message's text in another language."""

    body: str | None = None
    language_iso_code: str | None = None


class TransportStatus(Model):
    """How far a message got on its way to one participant."""

    conversation_participant_arn: str | None = None
    status: TransportState | None = None


class Message(Model):
    """One message; `message_epoch` is in milliseconds since 1970, `delay_until_dts` postpones sending."""

    author_conversation_participant_arn: str | None = None
    author_conversation_participant_name: str | None = None
    body: str | None = None
    client_message_id: str | None = None
    conversation_message_uuid: str | None = None
    delay_until_dts: dt.datetime | None = None
    language_iso_code: str | None = None
    media_urls: list[str] | None = None
    merchant_id: str | None = None
    message_dts: dt.datetime | None = None
    message_epoch: int | None = None
    message_type: str | None = None
    translations: list[Translation] | None = None
    transport_statuses: list[TransportStatus] | None = None
    type: MessageType | None = None
    upload_keys: list[str] | None = None


class ConversationSummary(Model):
    """One conversation as lists show it; `unread_messages` only says whether there are any."""

    closed: bool | None = None
    conversation_arn: str | None = None
    conversation_uuid: str | None = None
    customer_first_message_unresponded_to_dts: dt.datetime | None = None
    last_conversation_message_body: str | None = None
    last_conversation_participant_arn: str | None = None
    last_conversation_participant_name: str | None = None
    last_interactive_message_dts: dt.datetime | None = None
    last_message_dts: dt.datetime | None = None
    medium: Medium | None = None
    merchant_id: str | None = None
    message_count: int | None = None
    participants: list[Participant] | None = None
    sentiment: Sentiment | None = None
    start_dts: dt.datetime | None = None
    unread_messages: bool | None = None
    visible: bool | None = None


class Conversation(ConversationSummary):
    """One conversation with its messages."""

    base_language_iso_code: str | None = None
    messages: list[Message] | None = None
    virtual_agent: bool | None = None
    virtual_agent_cost: float | None = None


class UploadUrl(Model):
    """Where to PUT a file: `url` is signed and takes no API credentials; `key` then names the file in a message."""

    key: str | None = None
    url: str | None = None


class Merchant(Model):
    """An account that an agent may work for."""

    company: str | None = None
    is_parent: bool | None = None
    merchant_id: str | None = None


class TwilioAccount(Model):
    """The phone numbers of one account."""

    merchant_id: str | None = None
    twilio_phone_numbers: list[str] | None = None


class AgentAuth(Model):
    """What an agent needs to open the websocket: its URL, the tokens, and what the agent may do. Tokens show in no `repr`."""

    chat_admin: bool | None = None
    chat_user: bool | None = None
    conversation_participant_arn: str | None = None
    conversation_participant_name: str | None = None
    customer_profile: bool | None = None
    default_phone_number: str | None = None
    group_ids: list[int] | None = None
    jwt: str | None = None
    merchant_id: str | None = None
    merchants: list[Merchant] | None = None
    parent_merchant_id: str | None = None
    pbx_admin: bool | None = None
    pbx_jwt: str | None = None
    pbx_supervisor: bool | None = None
    pbx_user: bool | None = None
    pbx_voice_identity: str | None = None
    pbx_voice_token: str | None = None
    pbx_worker_token: str | None = None
    pbx_worker_token_v2: str | None = None
    twilio_accounts: list[TwilioAccount] | None = None
    user_id: int | None = None
    websocket_url: str | None = None


class QueueAgent(Model):
    """An agent of a web chat queue."""

    agent_status: AgentStatus | None = None
    agent_user_id: str | None = None
    conversation_participant_arn: str | None = None
    conversation_participant_name: str | None = None
    custom_status_name: str | None = None
    custom_status_uuid: str | None = None
    last_chat_dts: dt.datetime | None = None
    next_round_robin: bool | None = None
    profile_image_url: str | None = None


class QueueEntry(Model):
    """A customer who waits in a web chat queue."""

    conversation_participant_arn: str | None = None
    conversation_participant_name: str | None = None
    conversation_webchat_queue_uuid: str | None = None
    email: str | None = None
    join_dts: dt.datetime | None = None
    participant_language_iso_code: str | None = None
    question: str | None = None
    queue_name: str | None = None


class QueueStatus(Model):
    """A web chat queue with its agents and the customers who wait; averages are in seconds."""

    agent_available_count: int | None = None
    agent_busy_count: int | None = None
    agent_count: int | None = None
    agent_unavailable_count: int | None = None
    agents: list[QueueAgent] | None = None
    customer_abandon_count: int | None = None
    customer_active_count: int | None = None
    customer_average_abandon_time_seconds: int | None = None
    customer_average_chat_time_seconds: int | None = None
    customer_average_hold_time_seconds: int | None = None
    customer_chat_count: int | None = None
    customer_waiting_count: int | None = None
    customer_waiting_join_dts: dt.datetime | None = None
    queue_entries: list[QueueEntry] | None = None
    queue_name: str | None = None
