"""Attachments of Smooch v1.1."""

from __future__ import annotations

from typing import Annotated, Literal

from aioconvo.core.answers.identity import names
from aioconvo.core.encoding.files import UpTo
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.markers import FileSource, Query
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import not_both

from .models import Attachment
from .pages import SmoochResource

# 10 MB in the documents of 2017, 50 MB in those of the next version; which holds here is unconfirmed.
Upload = Annotated[FileSource, UpTo(50)]
"""A file to upload."""


class Attachments(SmoochResource):
    """Files that messages show."""

    __slots__ = ()

    @operation(
        "POST /v1.1/apps/{appId}/attachments",
        Effect.UNSAFE,
        name="uploadAttachment",
        check=not_both("app_user_id", "user_id"),
        expect=names("attachment", "media_url"),
    )
    async def upload(
        self,
        source: Upload,
        *,
        access: Annotated[Literal["public"], Query()] = "public",
        for_: Annotated[str, Query()] | None = None,
        app_user_id: Annotated[str, Query()] | None = None,
        user_id: Annotated[str, Query()] | None = None,
    ) -> Attachment:
        """Upload a file; its `media_url` then stands in messages, such as an `ImageMessage`.

        `source` is a `File`, bytes, a path or an async iterable of bytes; the last two are sent piece by piece. What can be
        read once only is never sent again. With `for_="message"` and the user, by the service's id (`app_user_id`) or yours
        (`user_id`), the file is deleted with its message.

        Raises:
            InvalidRequestError: The file cannot be read, is none of these or too large, or its name or media type is none;
                nothing was stored.
            RequestTooLargeError: The file is too large.
            MaybeSentError: It is unknown whether the file was stored.
        """
        ...

    # A removal, which the API has as a POST because a URL is no part of a path; a second one finds nothing more to remove.
    @operation("POST /v1.1/apps/{appId}/attachments/remove", Effect.IDEMPOTENT, name="removeAttachment")
    async def delete(self, *, media_url: str) -> None:
        """Delete an uploaded file by the `media_url` that the upload gave, or that a message shows.

        Raises:
            BadRequestError: The URL is not one of this API's.
            NotFoundError: No such file.
        """
        ...
