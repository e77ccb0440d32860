"""Files that are sent: what callers give, and the body of `multipart/form-data` it becomes. Pure: nothing is read here."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterable, AsyncIterator
from types import TracebackType
from typing import Any, Protocol, runtime_checkable

import msgspec

from aioconvo.core.errors import InvalidRequestError

__all__ = ["Content", "File", "Pathlike", "Upload"]


@runtime_checkable
class Pathlike(Protocol):
    """The path of a file, such as `pathlib.Path`."""

    def __fspath__(self) -> str:
        """The path as text."""
        ...


Content = bytes | Pathlike | AsyncIterable[bytes]
_TYPES = {
    "csv": "text/csv",
    "gif": "image/gif",
    "heic": "image/heic",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "wav": "audio/wav",
    "webp": "image/webp",
    "zip": "application/zip",
}  # the `mimetypes` module would read the system's own list, while the loop runs


class File(msgspec.Struct, frozen=True):
    """A file to send: its bytes, its path, or bytes that come piece by piece, and what the API is told of it.

    Without a `name` that is the path's; without a `content_type` it goes by the ending of the name.
    """

    content: Content
    name: str | None = None
    content_type: str | None = None

    def __repr__(self) -> str:
        return f"<File of {type(self.content).__name__}>"


class Upload:
    """A body that holds a file.

    A path is read anew for each try. What can be read once only is `spent` by the first try that reaches the server: such a
    request is not sent again. `given` counts the bytes of the file that the last try took, `failure` is what kept it from more.
    """

    __slots__ = ("_boundary", "content", "failure", "given", "head", "repeatable", "spent", "tail", "trace")

    def __init__(self, part: str, given: File | Content, fields: dict[str, Any] | None = None) -> None:
        file = given if isinstance(given, File) else File(given)
        self.content = file.content
        if not isinstance(self.content, bytes | Pathlike | AsyncIterable):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
            raise InvalidRequestError(
                f"{part} must be bytes, a path such as Path('x.png'), an async iterable of bytes, or a File; "
                f"got {type(self.content).__name__}"
            )
        name = file.name or (_last_of(self.content) if isinstance(self.content, Pathlike) else "file")
        kind = file.content_type or _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
        if not re.fullmatch(r"[\x21-\x7e ]+", kind):
            raise InvalidRequestError("content_type must be a media type such as image/png")
        self._boundary = secrets.token_hex(16)
        texts = [f"{self._opening(field)}\r\n\r\n{value}\r\n" for field, value in (fields or {}).items() if _is_given(value)]
        opening = f'{self._opening(part)}; filename="{_quote(name)}"\r\nContent-Type: {kind}\r\n\r\n'
        try:
            self.head = "".join((*texts, opening)).encode()
        except UnicodeEncodeError:
            raise InvalidRequestError(f"{part} has a name that cannot be encoded as UTF-8") from None
        self.tail = f"\r\n--{self._boundary}--\r\n".encode()
        self.repeatable = not isinstance(self.content, AsyncIterator)
        self.spent = False
        self.given = 0
        self.failure: BaseException | None = None
        self.trace: TracebackType | None = None

    @property
    def content_type(self) -> str:
        """What the request says of its body."""
        return f"multipart/form-data; boundary={self._boundary}"

    def body(self) -> bytes | Upload:
        """What is sent: bytes as they are, where they are there already."""
        return self.head + self.content + self.tail if isinstance(self.content, bytes) else self

    def _opening(self, name: str) -> str:
        return f'--{self._boundary}\r\nContent-Disposition: form-data; name="{_quote(name)}"'

    def __len__(self) -> int:
        """The bytes around the file, which are known before it is read."""
        return len(self.head) + len(self.tail)

    def __repr__(self) -> str:
        return "<Upload>"


def _last_of(path: Pathlike) -> str:
    return path.__fspath__().replace("\\", "/").rpartition("/")[2] or "file"


def _is_given(value: object) -> bool:
    return value is not None and value is not msgspec.UNSET


def _quote(name: str) -> str:
    """As browsers write names in forms."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
