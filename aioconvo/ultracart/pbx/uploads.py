"""How the file of a recording gets to the phone system."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from aioconvo.core.calls.client import APIClient
from aioconvo.core.calls.storage import put
from aioconvo.core.encoding.files import Content, File
from aioconvo.ultracart.models import UploadUrl
from aioconvo.ultracart.uploads import ending_of

from .models.audios import PbxAudio

__all__ = ["stored"]


async def stored(
    client: APIClient,
    get_upload_url: Callable[[str], Awaitable[UploadUrl]],
    given: File | Content,
    audio: PbxAudio | None,
    *,
    told_as: str,
) -> PbxAudio:
    """An audio to create, whose file was sent.

    Raises:
        InvalidRequestError: The file's name has no ending; nothing was sent.
    """
    file, extension = ending_of(given, "hold.mp3")
    upload = await get_upload_url(extension)
    await put(client, str(upload.url), file, told_as=told_as)
    told = PbxAudio() if audio is None else audio
    return msgspec.structs.replace(
        told,
        audio_s3_listing_key=upload.key,
        filename=told.filename or file.file_name,
        mime_type=told.mime_type or file.media_type,
    )
