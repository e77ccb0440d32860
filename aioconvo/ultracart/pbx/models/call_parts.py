"""The parts of calls of UltraCart's phone system, as structs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from aioconvo.core.json.model import Model, OpenEnum

__all__ = [
    "PbxAiRole",
    "PbxCallAgent",
    "PbxCallAiCost",
    "PbxCallAiEngagement",
    "PbxCallAiSummary",
    "PbxCallCaller",
    "PbxCallFinancial",
    "PbxCallHold",
    "PbxCallQueue",
    "PbxCallRecording",
    "PbxCallRouting",
    "PbxCallTimeline",
    "PbxCallToolCall",
    "PbxCallTranscript",
    "PbxCallTranscriptSegment",
    "PbxCallTransfer",
    "PbxCallWhisper",
    "PbxSentiment",
    "PbxSpeaker",
]


class PbxAiRole(OpenEnum):
    """What an AI does in a call: talk to the caller, or help the agent."""

    AI_AGENT = "ai_agent"
    AI_COACH = "ai_coach"


class PbxCallAgent(Model):
    """The part of an agent in a call."""

    agent_extension: str | None = None
    agent_id: str | None = None
    agent_name: str | None = None
    agent_user_id: str | None = None
    answered: bool | None = None
    call_sid: str | None = None
    """Of the agent's leg."""
    joined_at_dts: dt.datetime | None = None
    left_at_dts: dt.datetime | None = None
    role: str | None = None
    worker_sid: str | None = None
    """Of Twilio's TaskRouter."""


class PbxCallAiCost(Model):
    """What an AI costs in a call."""

    amount: float | None = None
    billed_minutes: float | None = None
    cost_per_minute: float | None = None
    currency: str | None = None
    """Always USD."""


class PbxCallAiEngagement(Model):
    """The part of an AI in a call."""

    agent_name: str | None = None
    agent_uuid: str | None = None
    cost: PbxCallAiCost | None = None
    ended_at_dts: dt.datetime | None = None
    engagement_type: PbxAiRole | None = None
    session_uuid: str | None = None
    started_at_dts: dt.datetime | None = None
    status: str | None = None
    tool_calls: list[PbxCallToolCall] | None = None
    whispers: list[PbxCallWhisper] | None = None


class PbxCallAiSummary(Model):
    """What an AI says of a call afterwards. The two counts of tokens are those of its model."""

    action_items: list[str] | None = None
    call_category: str | None = None
    completion_tokens: int | None = None
    cost: float | None = None
    cost_currency: str | None = None
    generated_at_dts: dt.datetime | None = None
    key_topics: list[str] | None = None
    model: str | None = None
    prompt_tokens: int | None = None
    sentiment: PbxSentiment | None = None
    summary: str | None = None


class PbxCallCaller(Model):
    """The other end of a call."""

    caller_id: str | None = None
    """The name that came with the call."""
    city: str | None = None
    country: str | None = None
    """ISO 3166 alpha-2."""
    phone_number: str | None = None
    """In E.164."""
    state: str | None = None


class PbxCallFinancial(Model):
    """What a call costs."""

    ai_agent_billed_minutes: float | None = None
    ai_agent_cost: float | None = None
    ai_agent_cost_currency: str | None = None
    ai_summary_cost: float | None = None
    call_currency: str | None = None
    """Of `call_price`; USD where nothing else is said."""
    call_price: float | None = None
    """What Twilio takes."""
    call_price_estimated: bool | None = None
    """Whether Twilio has yet to confirm the price."""
    transcription_cost: float | None = None
    """What AWS Transcribe takes."""


class PbxCallHold(Model):
    """A time on hold."""

    held_by_agent_id: str | None = None
    hold_duration_seconds: int | None = None
    hold_end_dts: dt.datetime | None = None
    hold_start_dts: dt.datetime | None = None


class PbxCallQueue(Model):
    """The time of a call in a queue."""

    answered_at_dts: dt.datetime | None = None
    entered_at_dts: dt.datetime | None = None
    queue_name: str | None = None
    queue_uuid: str | None = None
    result: str | None = None
    """What became of the wait, such as `answered`, `abandoned`, `timeout`."""
    wait_seconds: int | None = None


class PbxCallRecording(Model):
    """A recording of a call."""

    channels: int | None = None
    """1 is mono, 2 is stereo."""
    duration_seconds: int | None = None
    is_primary: bool | None = None
    """Whether it is the main one of the call."""
    recording_s3_key: str | None = None
    recording_sid: str | None = None
    recording_url: str | None = None
    status: str | None = None
    transcript: PbxCallTranscript | None = None


class PbxCallRouting(Model):
    """How a call came, and through which queue."""

    call_type: str | None = None
    direction: str | None = None
    queue: PbxCallQueue | None = None


class PbxCallTimeline(Model):
    """When a call began, was answered and ended, and how long that took."""

    answer_dts: dt.datetime | None = None
    created_dts: dt.datetime | None = None
    end_dts: dt.datetime | None = None
    queue_wait_seconds: int | None = None
    talk_time_seconds: int | None = None
    """Without time on hold and in the queue."""
    total_duration_seconds: int | None = None
    """From beginning to end."""


class PbxCallToolCall(Model):
    """A tool that an AI used in a call."""

    called_at_dts: dt.datetime | None = None
    completed_at_dts: dt.datetime | None = None
    duration_ms: int | None = None
    error_message: str | None = None
    parameters: Any = None
    """Of a form that each tool has for itself."""
    result: Any = None
    """Of a form that each tool has for itself."""
    success: bool | None = None
    tool_call_uuid: str | None = None
    tool_name: str | None = None


class PbxCallTranscript(Model):
    """What was said in a recording."""

    full_transcript_s3_key: str | None = None
    job_name: str | None = None
    """At AWS Transcribe."""
    language_code: str | None = None
    provider: str | None = None
    segments: list[PbxCallTranscriptSegment] | None = None
    status: str | None = None
    transcript_json_s3_key: str | None = None
    """With who speaks when."""


class PbxCallTranscriptSegment(Model):
    """A part of what was said."""

    agent_id: str | None = None
    """Where an agent speaks."""
    channel: str | None = None
    """Of the recording, such as `ch_0`."""
    confidence: float | None = None
    """How sure the words are, from 0 to 1."""
    end_time: float | None = None
    """Seconds from the beginning of the recording."""
    speaker: PbxSpeaker | None = None
    start_time: float | None = None
    """Seconds from the beginning of the recording."""
    text: str | None = None


class PbxCallTransfer(Model):
    """The passing on of a call."""

    transfer_reason: str | None = None
    transfer_type: str | None = None
    transferred_at_dts: dt.datetime | None = None
    transferred_by_agent_id: str | None = None
    transferred_to: str | None = None
    """The id of an agent, the name of a queue, or a phone number."""


class PbxCallWhisper(Model):
    """A hint of an AI to the agent."""

    message: str | None = None
    priority: str | None = None
    whisper_uuid: str | None = None
    whispered_at_dts: dt.datetime | None = None


class PbxSentiment(OpenEnum):
    """The mood of a call."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class PbxSpeaker(OpenEnum):
    """Who speaks."""

    CUSTOMER = "customer"
    AGENT = "agent"
