"""Files that are sent to the storage behind UltraCart: the sandbox stands in for it, too, and keeps how large they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from aioconvo.sandbox.data import uuid_id
from aioconvo.sandbox.exchange import Reply, Request, Route

from .data import MERCHANT

__all__ = ["Uploads"]

_PLACE: Final = "/_uploads/"
_ELSEWHERE: Final = "uploads.example.com"  # where nobody asked over a socket


class Uploads:
    """Signed URLs, and what was sent to them."""

    def __init__(self, seed: int) -> None:
        self.sizes: dict[str, int | None] = {}
        """The bytes of each file by its key; `None` while it was not sent."""
        self._seed = seed
        self.routes: Sequence[Route] = tuple(
            Route("GET", path, f"get_{member}", partial(self._url, member))
            for path, member in (
                ("/conversation/upload_url/{extension}", "conversation_multimedia_upload_url"),
                ("/conversation/pbx/audio/upload_url/{extension}", "conversation_pbx_audio_upload_url"),
                (
                    "/conversation/agent/profiles/{user_id}/knowledge_base/upload_url/{extension}",
                    "conversation_knowledge_base_document_upload_url",
                ),
            )
        )

    def take(self, request: Request) -> Reply | None:
        """What the storage answers; `None` where it is not meant."""
        if not request.path.startswith(_PLACE):
            return None
        key = request.path.removeprefix(_PLACE)
        if request.method != "PUT" or key not in self.sizes:
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")
        self.sizes[key] = len(request.body)
        return Reply(200)

    def _url(self, member: str, request: Request, parameters: Mapping[str, str]) -> Reply:
        key = f"{MERCHANT}/{uuid_id(self._seed, 'upload', len(self.sizes) + 1)}.{parameters['extension']}"
        self.sizes[key] = None
        host = request.headers.get("host")
        root = f"https://{_ELSEWHERE}/" if host is None else f"http://{host}/ultracart{_PLACE}"
        told = {"key": key, "url": f"{root}{key}?X-Amz-Expires=900"}
        return Reply(200, {member: told, "metadata": {"payload_name": member}, "success": True})
