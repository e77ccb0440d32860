"""Attachments of Convore."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, about, both, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.calls.download import Download
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.markers import FileSource, Query
from aioconvo.core.operations.operation import Effect

from .models import Attachment


def _is_on(draft_id: str | None, message_id: str | None) -> Check:
    check = names("attachment", "id")
    for what, asked in (("draft", draft_id), ("message", message_id)):
        check = both(check, about(what, f"{what}_id", asked)) if asked else check
    return check


class Attachments(APIResource):
    """Files on messages and drafts; what is known of them stands there."""

    __slots__ = ()

    @operation("POST /v1/attachments", Effect.UNSAFE, name="upload_attachment", expect=_is_on)
    async def upload(
        self,
        file: FileSource,
        *,
        is_inline: Annotated[bool, Query()],
        draft_id: Annotated[str, Query()] | None = None,
        message_id: Annotated[str, Query()] | None = None,
    ) -> Attachment:
        """Put a file on a draft, or on a message that is stored.

        `file` is bytes, a path, an async iterable of bytes, or a `File` that also says name and media type; what can be read
        once only is not sent a second time. With `is_inline` it stands inside of the text, by its `content_id`. How large it
        may be is not documented.

        Raises:
            InvalidRequestError: The file cannot be read, or its name or media type is none; nothing was sent.
            MaybeSentError: It is unknown whether the file was stored.
        """
        ...

    @operation("DELETE /v1/attachments/{attachment_id}", Effect.IDEMPOTENT, name="delete_attachment")
    async def delete(self, attachment_id: str) -> None:
        """Take a file away from its draft or message.

        Raises:
            NotFoundError: No such attachment.
        """
        ...

    # A file may be a web page, or JSON with a member `error`: whatever comes is the file.
    @operation(
        "GET /v1/attachments/{attachment_id}/download", Effect.READ, name="download_attachment", accept="*/*", any_file=True
    )
    def download(self, attachment_id: str) -> Download:
        """A file as it was sent: `await` it for its bytes, or `.save(path)` it, piece by piece.

        Raises:
            NotFoundError: No such attachment.
        """
        ...
