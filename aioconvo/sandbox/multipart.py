"""Files in `multipart/form-data` bodies."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .exchange import Request

MULTIPART = "multipart/form-data"


class Part(NamedTuple):
    """One part: a file where it has a file name, else a field."""

    filename: str | None
    content_type: str
    content: bytes


def parts(request: Request) -> dict[str, Part]:
    """The parts of a body by their names; none where it is no such body."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = message_from_bytes(head + request.body, policy=policy.HTTP)
    found: dict[str, Part] = {}
    if message.get_content_type() != MULTIPART or not message.is_multipart():
        return found
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = Part(part.get_filename(), part.get_content_type(), content)
    return found
