"""How the file of a recording gets to the phone system."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from aioconvo.core.calls.client import APIClient
from aioconvo.core.calls.storage import put
from aioconvo.core.encoding.files import Content, File
from aioconvo.core.errors import InvalidRequestError
from aioconvo.ultracart.models import UploadUrl

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
    file = given if isinstance(given, File) else File(given)
    name, dot, extension = file.file_name.rpartition(".")
    if not (name and dot and extension):
        raise InvalidRequestError("the file needs a name with an ending, such as File(content, name='hold.mp3')")
    upload = await get_upload_url(extension)
    await put(client, str(upload.url), file, told_as=told_as)
    told = PbxAudio() if audio is None else audio
    return msgspec.structs.replace(
        told,
        audio_s3_listing_key=upload.key,
        filename=told.filename or file.file_name,
        mime_type=told.mime_type or file.media_type,
    )
