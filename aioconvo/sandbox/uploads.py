"""The files that were uploaded to the emulated app, as Sunshine and Smooch keep and delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from .bodies import Url, decode
from .data import hex_id
from .exchange import Refusal, Reply, Request
from .multipart import parts

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Uploads", "file_in"]

_HOST: Final = "https://media.example.org/"
_LARGEST: Final = 50 << 20


class AttachmentRemove(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of DeleteAttachment and removeAttachment."""

    media_url: Url


def file_in(request: Request) -> tuple[str, str]:
    """Name and media type of the file in a body. Raises `Refusal` where there is none, or a file that is too large."""
    file = parts(request).get("source")
    if file is None or file.filename is None:
        raise Refusal(400, "bad_request", "source must be a file")
    if len(file.content) > _LARGEST:
        raise Refusal(413, "request_entity_too_large", "Request entity too large")
    return file.filename, file.content_type


class Uploads:
    """Files by their URLs; what is in them nobody asks for again."""

    def __init__(self, seed: int, provider: str) -> None:
        self._seed = seed
        self._provider = provider
        self._made = 0
        self._kept: set[str] = set()

    def store(self, request: Request, parameters: Mapping[str, str]) -> dict[str, str]:
        """Keep the file of a body; what its API tells of it."""
        if request.parameters().get("access") != "public":
            raise Refusal(400, "bad_request", "access must be public")
        name, kind = file_in(request)
        self._made += 1
        key = hex_id(self._seed, self._provider, "attachment", self._made)
        url = f"{_HOST}apps/{parameters['appId']}/{key}/{quote(name)}"
        self._kept.add(url)
        return {"mediaUrl": url, "mediaType": kind}

    def remove(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        """Forget a file."""
        url = decode(request, AttachmentRemove).media_url
        if not url.startswith(_HOST):
            raise Refusal(400, "bad_request", "Unsupported media URL for attachment deletion")
        if url not in self._kept:
            raise Refusal(404, "not_found", "Attachment not found")
        self._kept.remove(url)
        return Reply(200, {})
