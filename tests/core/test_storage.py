"""Files that go to a URL which an API signed: their bytes and nothing else, and no credential."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo import File, UltraCartClient
from aioconvo.core.calls.storage import put
from aioconvo.ultracart.pbx import PbxAudio
from tests.faults.server import Answer, FaultServer, Seen, Step

UUID = "5e1d0000-0000-4000-8000-00000000000a"
SIGNED = "/bucket/k%2F1.mp3?X-Amz-Signature=a%2Fb%3D&X-Amz-Expires=900"


async def pieces() -> AsyncIterator[bytes]:
    yield b"ab"
    yield b""
    yield b"cd"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "hold.mp3"
    written.write_bytes(b"abcd")
    return written


class Rooms:
    """An API on one origin, and the storage that it sends files to on another."""

    def __init__(self, *answers: Answer) -> None:
        self.puts: list[Seen] = []
        self.calls: list[Seen] = []
        self._answers = [*answers]
        self.storage = FaultServer(self._storage)
        self.api = FaultServer(self._api)

    def _storage(self, seen: Seen) -> Step:
        self.puts.append(seen)
        return self._answers.pop(0) if self._answers else Answer(body=b"")

    def _api(self, seen: Seen) -> Step:
        self.calls.append(seen)
        if seen.method == "POST":
            audio = msgspec.json.decode(seen.body) | {"conversation_pbx_audio_uuid": UUID}
            return Answer(body=msgspec.json.encode({"success": True, "audio": audio}))
        url = {"key": "k/1.mp3", "url": f"{self.storage.base_url}{SIGNED}"}
        return Answer(body=msgspec.json.encode({"success": True, "conversation_pbx_audio_upload_url": url}))

    async def __aenter__(self) -> UltraCartClient:
        await self.storage.__aenter__()
        await self.api.__aenter__()
        headers = {"X-Own": "canary"}
        self.client = UltraCartClient(simple_key="canary", base_url=self.api.base_url, headers=headers, max_retries=1)
        return self.client

    async def __aexit__(self, *error: object) -> None:
        await self.client.aclose()
        await self.api.__aexit__(None, None, None)
        await self.storage.__aexit__(None, None, None)


@pytest.mark.parametrize("kind", ["bytes", "path", "pieces"])
@pytest.mark.parametrize("group", ["audios", "user_audios"])
async def test_a_recording_is_sent_and_created(path: Path, kind: str, group: str) -> None:
    content = {"bytes": File(b"abcd", name="hold.mp3"), "path": path, "pieces": File(pieces(), name="hold.mp3")}[kind]
    rooms = Rooms()
    async with rooms as client:
        audio = await getattr(client.pbx, group).upload(content, audio=PbxAudio(description="Hold"))
    (sent,) = rooms.puts
    assert (sent.method, sent.target, sent.body) == ("PUT", SIGNED, b"abcd")
    assert sent.headers["content-type"] == "audio/mpeg"
    assert sent.headers.get("content-length") == (None if kind == "pieces" else "4")
    assert b"canary" not in sent.head
    assert "x-ultracart-api-version" not in sent.headers
    created = {"description": "Hold", "audio_s3_listing_key": "k/1.mp3", "filename": "hold.mp3", "mime_type": "audio/mpeg"}
    assert msgspec.json.decode(rooms.calls[-1].body) == created
    assert audio.conversation_pbx_audio_uuid == UUID


@pytest.mark.parametrize(("content", "tries"), [(b"abcd", 2), (pieces, 1)])
async def test_only_what_can_be_read_again_is_sent_again(content: Any, tries: int) -> None:
    rooms = Rooms(Answer(status=503, body=b"<Error/>", headers=[("Retry-After", "0")]))
    given = File(content if isinstance(content, bytes) else content(), name="a.wav")
    async with rooms as client:
        if tries == 1:
            with pytest.raises(aioconvo.APIStatusError):
                await client.pbx.audios.upload(given)
        else:
            await client.pbx.audios.upload(given)
    assert len(rooms.puts) == tries


async def test_what_the_storage_refuses_is_not_created() -> None:
    rooms = Rooms(Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>"))
    async with rooms as client:
        with pytest.raises(aioconvo.PermissionDeniedError) as refused:
            await client.pbx.audios.upload(File(b"abcd", name="a.wav"))
    assert refused.value.operation == "ultracart.pbx.audios.upload"
    assert "Signature" not in str(refused.value) + repr(refused.value)
    assert [one.method for one in rooms.calls] == ["GET"]


async def test_a_storage_that_points_elsewhere_is_not_followed() -> None:
    rooms = Rooms(Answer(status=307, body=b"", headers=[("Location", "https://example.org/")]))
    async with rooms as client:
        with pytest.raises(aioconvo.APIStatusError):
            await client.pbx.audios.upload(File(b"abcd", name="a.wav"))
    assert len(rooms.puts) == 1


@pytest.mark.parametrize("content", [b"abcd", File(b"abcd", name="wav"), File(b"abcd", name=".wav")])
async def test_a_file_without_an_ending_is_refused(content: Any) -> None:
    rooms = Rooms()
    async with rooms as client:
        with pytest.raises(aioconvo.InvalidRequestError, match="a name with an ending"):
            await client.pbx.audios.upload(content)
    assert rooms.calls == []


@pytest.mark.parametrize("url", ["", "ftp://example.org/x", "http://example.org/x", "https://u:p@[", "/x", "x"])
async def test_a_url_that_is_none_is_refused(url: str) -> None:
    async with UltraCartClient(simple_key="k") as client:
        with pytest.raises(aioconvo.InvalidRequestError, match="no https:// URL"):
            await put(client, url, b"abcd", told_as="ultracart.pbx.audios.upload")
