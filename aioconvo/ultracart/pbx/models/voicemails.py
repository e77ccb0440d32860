"""Voicemail of UltraCart's phone system, as structs."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["PbxRecordingStatus", "PbxVoicemail", "PbxVoicemailSummary"]


class PbxRecordingStatus(OpenEnum):
    """How far a recording has come."""

    COMPLETED = "completed"


class PbxVoicemail(Model, rename={"from_": "from"}):
    """A voicemail, with its recording and its words."""

    call_sid: str | None = None
    duration: int | None = None
    """In seconds."""
    from_: str | None = None
    """In E.164."""
    from_caller_id: str | None = None
    """The name that came with the call."""
    listened: bool | None = None
    merchant_id: str | None = None
    recording_sid: str | None = None
    recording_size_bytes: int | None = None
    recording_status: PbxRecordingStatus | None = None
    recording_url: str | None = None
    """Good for 4 hours."""
    transcript_json: str | None = None
    """JSON in a text."""
    transcript_text: str | None = None
    voicemail_dts: dt.datetime | None = None


class PbxVoicemailSummary(Model, rename={"from_": "from"}):
    """A voicemail as lists show it."""

    call_sid: str | None = None
    duration: int | None = None
    """In seconds."""
    from_: str | None = None
    """In E.164."""
    from_caller_id: str | None = None
    """The name that came with the call."""
    listened: bool | None = None
    merchant_id: str | None = None
    recording_sid: str | None = None
    recording_size_bytes: int | None = None
    recording_status: PbxRecordingStatus | None = None
    voicemail_dts: dt.datetime | None = None
