"""Voicemail mailboxes of UltraCart's phone system."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.bodies import AsBody, says_anything
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models.voicemail_mailboxes import PbxVoicemailCapabilities, PbxVoicemailMailbox

_ONE = "/conversation/pbx/voicemail_mailbox/{conversationPbxVoicemailMailboxUuid}"
_named = names("voicemail mailbox", "voicemail_mailbox.conversation_pbx_voicemail_mailbox_uuid")


def _is(voicemail_mailbox_uuid: str) -> Check:
    return names("voicemail mailbox", "voicemail_mailbox.conversation_pbx_voicemail_mailbox_uuid", voicemail_mailbox_uuid)


VoicemailMailboxUuid = Annotated[str, Name("conversationPbxVoicemailMailboxUuid")]
"""The `conversation_pbx_voicemail_mailbox_uuid` of a voicemail mailbox."""


class VoicemailMailboxes(UltraCartResource):
    """Mailboxes for voicemail."""

    __slots__ = ()

    @operation(
        "POST /conversation/pbx/voicemail_mailbox",
        Effect.UNSAFE,
        name="insert_pbx_voicemail_mailbox",
        unwrap="voicemail_mailbox",
        expect=_named,
    )
    async def create(self, *, voicemail_mailbox: AsBody[PbxVoicemailMailbox]) -> PbxVoicemailMailbox:
        """Create a voicemail mailbox.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            MaybeSentError: It is unknown whether the voicemail mailbox was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_voicemail_mailbox", unwrap="voicemail_mailbox", expect=_is)
    async def delete(self, voicemail_mailbox_uuid: VoicemailMailboxUuid) -> PbxVoicemailMailbox | None:
        """Delete a voicemail mailbox. `None`: it is gone, and the API says no more of it.

        Raises:
            NotFoundError: No such voicemail mailbox.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_voicemail_mailbox", unwrap="voicemail_mailbox", expect=_is)
    async def get(self, voicemail_mailbox_uuid: VoicemailMailboxUuid) -> PbxVoicemailMailbox:
        """Fetch one voicemail mailbox.

        Raises:
            NotFoundError: No such voicemail mailbox.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_voicemail_mailbox", unwrap="voicemail_mailbox", expect=_is)
    async def update(
        self, voicemail_mailbox_uuid: VoicemailMailboxUuid, *, voicemail_mailbox: AsBody[PbxVoicemailMailbox]
    ) -> PbxVoicemailMailbox:
        """Change a voicemail mailbox.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such voicemail mailbox.
        """
        ...

    @operation(
        "GET /conversation/pbx/voicemail/capabilities", Effect.READ, name="get_pbx_voicemail_capabilities", expect=says_anything
    )
    async def get_capabilities(self) -> PbxVoicemailCapabilities:
        """Fetch whether voicemail can become tickets at Zoho Desk, and of which departments."""
        ...

    @listing(
        "GET /conversation/pbx/voicemail_mailbox",
        in_one_answer(PbxVoicemailMailbox, "voicemail_mailboxes", "conversation_pbx_voicemail_mailbox_uuid"),
        name="get_pbx_voicemail_mailboxes",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxVoicemailMailbox]:
        """List voicemail mailboxes.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
