"""Files that are sent: what callers give, and the body of `multipart/form-data` it becomes. Pure: nothing is read here."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterable, AsyncIterator
from types import TracebackType
from typing import Any, Protocol, runtime_checkable

import msgspec

from aioconvo.core.errors import InvalidRequestError

__all__ = ["Bare", "Content", "File", "Pathlike", "UpTo", "Upload", "image"]


@runtime_checkable
class Pathlike(Protocol):
    """The path of a file, such as `pathlib.Path`."""

    def __fspath__(self) -> str:
        """The path as text."""
        ...


Content = bytes | Pathlike | AsyncIterable[bytes]
_MEGABYTE = 1 << 20
_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_MEDIA_TYPE = re.compile(rf"{_WORD}/{_WORD}( *;[\x20-\x7e]*)?")
_UNKNOWN = "application/octet-stream"
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

    Without a `name` that is the path's; without a `content_type` it goes by the ending of the name. The name is that of a
    file alone, without folders.
    """

    content: Content
    name: str | None = None
    content_type: str | None = None

    @property
    def file_name(self) -> str:
        """What the API is told that the file is called."""
        return self.name or (_last_of(self.content) if isinstance(self.content, Pathlike) else "file")

    @property
    def media_type(self) -> str:
        """What the API is told that the file is; `application/octet-stream` where nothing tells."""
        return self.content_type or _TYPES.get(self.file_name.rpartition(".")[2].lower(), _UNKNOWN)

    def __repr__(self) -> str:
        return f"<File of {type(self.content).__name__}>"


class _Limited(File, frozen=True):
    """A file of up to `most` bytes, which of some are only known when they were read."""

    most: int = 0


class UpTo(msgspec.Struct, frozen=True):
    """A file of up to so many MB: refused before it is sent where its size is known, else while it is."""

    megabytes: int

    def __call__(self, _name: str, value: Any) -> File:
        """The file, which is held to it where its content is read."""
        file = _file(value)
        return _Limited(file.content, file.name, file.content_type, self.megabytes * _MEGABYTE)

    def __str__(self) -> str:
        return f"up to {self.megabytes} MB"


def image(name: str, value: Any) -> Any:
    """An image."""
    _, kind = _told(_file(value))
    if not kind.startswith("image/") and kind != _UNKNOWN:
        raise InvalidRequestError(f"{name} must be an image; its name or content_type says that it is {kind.partition('/')[0]}")
    return value


class Upload:
    """A body that holds a file.

    A path is read anew for each try. What can be read once only is `spent` by the first try that reaches the server: such a
    request is not sent again. `given` counts the bytes of the file that the last try took, `failure` is what kept it from more.
    The file has `most` bytes at most, where there is a limit.
    """

    __slots__ = ("_boundary", "content", "failure", "given", "head", "most", "repeatable", "spent", "tail", "trace")

    def __init__(self, part: str, given: File | Content, fields: dict[str, Any] | None = None) -> None:
        file = _file(given)
        self.content = file.content
        self.most = file.most if isinstance(file, _Limited) else None
        if not isinstance(self.content, bytes | Pathlike | AsyncIterable):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
            raise InvalidRequestError(
                f"{part} must be bytes, a path such as Path('x.png'), an async iterable of bytes, or a File; "
                f"got {type(self.content).__name__}"
            )
        name, kind = _told(file)
        if isinstance(self.content, bytes):
            self.check_size(len(self.content))
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

    def check_size(self, size: int) -> None:
        """Refuse more than the API takes.

        Raises:
            InvalidRequestError: The file is too large.
        """
        if self.most is not None and size > self.most:
            raise InvalidRequestError(f"the file to send is too large: the API takes up to {self.most // _MEGABYTE} MB")

    def _opening(self, name: str) -> str:
        return f'--{self._boundary}\r\nContent-Disposition: form-data; name="{_quote(name)}"'

    def __len__(self) -> int:
        """The bytes around the file, which are known before it is read."""
        return len(self.head) + len(self.tail)

    def __repr__(self) -> str:
        return "<Upload>"


class Bare(Upload):
    """A body that is the file and nothing around it."""

    __slots__ = ("_kind",)

    def __init__(self, part: str, given: File | Content) -> None:
        super().__init__(part, given)
        self._kind = _file(given).media_type
        self.head = self.tail = b""

    @property
    def content_type(self) -> str:
        """What the request says of its body."""
        return self._kind


def _file(given: File | Content) -> File:
    return given if isinstance(given, File) else File(given)


def _told(file: File) -> tuple[str, str]:
    """The file name and the media type that the API is told."""
    for name, given in (("name", file.name), ("content_type", file.content_type)):
        if given is not None and not isinstance(given, str):  # pyright: ignore[reportUnnecessaryIsInstance] -- as above
            raise InvalidRequestError(f"{name} of a File must be text; got {type(given).__name__}")
    if file.name is not None and (not file.name.isprintable() or set(file.name) & set("/\\")):
        raise InvalidRequestError("name must be that of a file, such as x.png: text without folders and line breaks")
    if not _MEDIA_TYPE.fullmatch(file.media_type):
        raise InvalidRequestError("content_type must be a media type such as image/png")
    return file.file_name, file.media_type


def _last_of(path: Pathlike) -> str:
    return path.__fspath__().replace("\\", "/").rpartition("/")[2] or "file"


def _is_given(value: object) -> bool:
    return value is not None and value is not msgspec.UNSET


def _quote(name: str) -> str:
    """As browsers write names in forms."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
