"""Files on their way to the storage of UltraCart."""

from __future__ import annotations

from typing import NamedTuple

from aioconvo.core.encoding.files import Content, File
from aioconvo.core.errors import InvalidRequestError

__all__ = ["Named", "ending_of"]


class Named(NamedTuple):
    """A file and the ending of its name."""

    file: File
    extension: str


def ending_of(given: File | Content, example: str) -> Named:
    """The ending of a file's name, by which UltraCart gives the place to put it.

    Raises:
        InvalidRequestError: Its name has none; nothing was sent.
    """
    file = given if isinstance(given, File) else File(given)
    name, dot, extension = file.file_name.rpartition(".")
    if not (name and dot and extension):
        raise InvalidRequestError(f"the file needs a name with an ending, such as File(content, name={example!r})")
    return Named(file, extension)
