"""Voicemail of queues of UltraCart's phone system."""

from __future__ import annotations

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models.voicemails import PbxVoicemail, PbxVoicemailSummary

_ALL = "/conversation/pbx/queues/{queue_uuid}/voicemails"
_ONE = f"{_ALL}/{{recording_sid}}"


def _is(recording_sid: str) -> Check:
    return names("voicemail", "voicemail_message.recording_sid", recording_sid)


class QueueVoicemails(UltraCartResource):
    """Voicemail of queues."""

    __slots__ = ()

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_queue_voicemail")
    async def delete(self, queue_uuid: str, recording_sid: str) -> None:
        """Delete a voicemail.

        Raises:
            NotFoundError: No such queue or voicemail.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_queue_voicemail", unwrap="voicemail_message", expect=_is)
    async def get(self, queue_uuid: str, recording_sid: str) -> PbxVoicemail:
        """Fetch one voicemail, with its words and where its recording is; it does not count as listened to by that.

        Raises:
            NotFoundError: No such queue or voicemail.
        """
        ...

    # A GET that changes something.
    @operation(f"GET {_ONE}/listened", Effect.IDEMPOTENT, name="listened_pbx_queue_voicemail")
    async def mark_listened(self, queue_uuid: str, recording_sid: str) -> None:
        """Mark a voicemail as listened to.

        Raises:
            NotFoundError: No such queue or voicemail.
        """
        ...

    @listing(
        f"GET {_ALL}",
        in_one_answer(PbxVoicemailSummary, "voicemail_message_summaries", "recording_sid"),
        name="get_pbx_queue_voicemails",
    )
    def list(
        self, queue_uuid: str, *, limit: int | None = None, start: str | None = None
    ) -> AsyncPaginator[PbxVoicemailSummary]:
        """List the voicemail of a queue.

        The API gives all of it in one answer; `limit` bounds how much of it is kept, `start` is a page's `position`.

        Raises:
            NotFoundError: No such queue (when awaited or iterated).
        """
        ...
