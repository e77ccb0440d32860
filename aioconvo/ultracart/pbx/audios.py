"""Recordings that UltraCart's phone system plays."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.encoding.files import Content, File
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.bodies import AsBody, says_anything
from aioconvo.ultracart.models import UploadUrl
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models.audios import PbxAudio, PbxAudioUsage
from .uploads import stored

_AUDIOS = "/conversation/pbx/audio"
_ONE = f"{_AUDIOS}/{{conversationPbxAudioUuid}}"
_named = names("audio", "audio.conversation_pbx_audio_uuid")


def _is(audio_uuid: str) -> Check:
    return names("audio", "audio.conversation_pbx_audio_uuid", audio_uuid)


AudioUuid = Annotated[str, Name("conversationPbxAudioUuid")]
"""The `conversation_pbx_audio_uuid` of an audio."""


class Audios(UltraCartResource):
    """Recordings to play: prompts, and music on hold."""

    __slots__ = ()

    @operation(f"POST {_AUDIOS}", Effect.UNSAFE, name="insert_pbx_audio", unwrap="audio", expect=_named)
    async def create(self, *, audio: AsBody[PbxAudio]) -> PbxAudio:
        """Create an audio. `get_upload_url` says where its file goes first, and what its key is.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            MaybeSentError: It is unknown whether the audio was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_audio", unwrap="audio", expect=_is)
    async def delete(self, audio_uuid: AudioUuid) -> PbxAudio | None:
        """Delete an audio. `None`: it is gone, and the API says no more of it.

        Raises:
            NotFoundError: No such audio.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_audio", unwrap="audio", expect=_is)
    async def get(self, audio_uuid: AudioUuid) -> PbxAudio:
        """Fetch one audio.

        Raises:
            NotFoundError: No such audio.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_audio", unwrap="audio", expect=_is)
    async def update(self, audio_uuid: AudioUuid, *, audio: AsBody[PbxAudio]) -> PbxAudio:
        """Change an audio.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such audio.
        """
        ...

    @operation(
        f"GET {_AUDIOS}/upload_url/{{extension}}",
        Effect.READ,
        name="get_conversation_pbx_audio_upload_url",
        unwrap="conversation_pbx_audio_upload_url",
        expect=names("url", "conversation_pbx_audio_upload_url.url"),
    )
    async def get_upload_url(self, extension: str) -> UploadUrl:
        """Fetch a signed URL to PUT a recording to, such as `mp3`; its `key` is then the audio's `audio_s3_listing_key`.

        The URL takes the bytes alone: send it no credentials of this API. Which extensions it may be is not documented.

        Raises:
            InvalidRequestError: `extension` is empty, or no word that can stand in a path; nothing was sent.
            BadRequestError: The API takes no such files.
        """
        ...

    @operation(f"GET {_ONE}/usage", Effect.READ, name="get_pbx_audio_usage", expect=says_anything)
    async def get_usage(self, audio_uuid: AudioUuid) -> PbxAudioUsage:
        """Fetch where an audio is played: the menus, queues and voicemail mailboxes.

        Raises:
            NotFoundError: No such audio.
        """
        ...

    async def upload(self, file: File | Content, *, audio: PbxAudio | None = None) -> PbxAudio:
        """Send a recording and create an audio of it: `upload(Path("hold.mp3"), audio=PbxAudio(description="Hold"))`.

        That is `get_upload_url`, a PUT of the file to the storage behind it, which is told no credential, and `create`. The
        file is bytes, a path, or bytes that come piece by piece (which some storages refuse), in a `File` where it needs a
        name; `filename` and `mime_type` go by it. What was sent and not created stays in the storage.

        Raises:
            InvalidRequestError: The file cannot be read, or its name has no ending; nothing was created.
            MaybeSentError: It is unknown whether the audio was created.
        """
        told = await stored(self._client, self.get_upload_url, file, audio, told_as="ultracart.pbx.audios.upload")
        return await self.create(audio=told)

    @listing(f"GET {_AUDIOS}", in_one_answer(PbxAudio, "audios", "conversation_pbx_audio_uuid"), name="get_pbx_audios")
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxAudio]:
        """List audios.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
