"""Voicemail of agents of UltraCart's phone system."""

from __future__ import annotations

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models.voicemails import PbxVoicemail, PbxVoicemailSummary

_ALL = "/conversation/pbx/agent/voicemails"
_ONE = f"{_ALL}/{{recording_sid}}"


def _is(recording_sid: str) -> Check:
    return names("voicemail", "voicemail_message.recording_sid", recording_sid)


class AgentVoicemails(UltraCartResource):
    """Voicemail of the agent whose credentials the client has, as it seems: no path names an agent."""

    __slots__ = ()

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_agent_voicemail")
    async def delete(self, recording_sid: str) -> None:
        """Delete a voicemail.

        Raises:
            NotFoundError: No such voicemail.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_agent_voicemail", unwrap="voicemail_message", expect=_is)
    async def get(self, recording_sid: str) -> PbxVoicemail:
        """Fetch one voicemail, with its words and where its recording is; it does not count as listened to by that.

        Raises:
            NotFoundError: No such voicemail.
        """
        ...

    # A GET that changes something.
    @operation(f"GET {_ONE}/listened", Effect.IDEMPOTENT, name="listened_pbx_agent_voicemail")
    async def mark_listened(self, recording_sid: str) -> None:
        """Mark a voicemail as listened to.

        Raises:
            NotFoundError: No such voicemail.
        """
        ...

    @listing(
        f"GET {_ALL}",
        in_one_answer(PbxVoicemailSummary, "voicemail_message_summaries", "recording_sid"),
        name="get_pbx_agent_voicemails",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxVoicemailSummary]:
        """List the voicemail of the agent whose credentials the client has.

        The API gives all of it in one answer; `limit` bounds how much of it is kept, `start` is a page's `position`.
        """
        ...
