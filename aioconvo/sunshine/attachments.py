"""Attachments of Sunshine Conversations v2."""

from __future__ import annotations

from typing import Annotated, Literal

from aioconvo.core.answers.identity import names
from aioconvo.core.encoding.files import UpTo
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.markers import FileSource, Query
from aioconvo.core.operations.operation import Effect

from .models import Attachment
from .resource import Resource

_has_url = names("attachment", "attachment.media_url")
Upload = Annotated[FileSource, UpTo(50)]
"""A file to upload."""


class Attachments(Resource):
    """Files that messages show."""

    __slots__ = ()

    @operation(
        "POST /v2/apps/{appId}/attachments", Effect.UNSAFE, name="UploadAttachment", unwrap="attachment", expect=_has_url
    )
    async def upload(
        self,
        source: Upload,
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
            InvalidRequestError: The file cannot be read, is none of these or too large, or its name or media type is none;
                nothing was stored.
            RequestTooLargeError: The file is too large.
            MaybeSentError: It is unknown whether the file was stored.
        """
        ...

    # A removal, which the API has as a POST because a URL is no part of a path; a second one finds nothing more to remove.
    @operation("POST /v2/apps/{appId}/attachments/remove", Effect.IDEMPOTENT, name="DeleteAttachment")
    async def delete(self, *, media_url: str) -> None:
        """Delete an uploaded file by the `media_url` that the upload gave, or that a message shows.

        Copies of it at the edge of the network may be served for up to 15 minutes more.

        Raises:
            BadRequestError: The URL is not one of this API's.
            NotFoundError: No such file.
        """
        ...
