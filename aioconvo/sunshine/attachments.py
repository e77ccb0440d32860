"""Attachments of Sunshine Conversations v2."""

from __future__ import annotations

from typing import Annotated, Literal

from aioconvo.core.answers.identity import names
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.markers import FileSource, Query
from aioconvo.core.operations.operation import Effect

from .models import Attachment
from .resource import Resource

_has_url = names("attachment", "attachment.media_url")


class Attachments(Resource):
    """Files that messages show."""

    __slots__ = ()

    @operation(
        "POST /v2/apps/{appId}/attachments", Effect.UNSAFE, name="UploadAttachment", unwrap="attachment", expect=_has_url
    )
    async def upload(
        self,
        source: FileSource,
        *,
        access: Annotated[Literal["public"], Query()] = "public",
        for_: Annotated[str, Query()] | None = None,
        conversation_id: Annotated[str, Query()] | None = None,
    ) -> Attachment:
        """Upload a file; its `media_url` then stands in messages, such as an `ImageContent`.

        `source` is a `File`, bytes, a path or an async iterable of bytes; the last two are sent piece by piece. What can be
        read once only is never sent again. With `for_="message"` and `conversation_id` the file is deleted with its message
        or conversation.

        Raises:
            InvalidRequestError: The file cannot be read, or is none of these; nothing was sent.
            RequestTooLargeError: The file is too large.
            MaybeSentError: It is unknown whether the file was stored.
        """
        ...
