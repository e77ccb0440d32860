"""What must not be printed: credentials, and the frames of errors, whose locals tools print."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn, TypeVar

from multidict import CIMultiDict

__all__ = ["Headers", "RequestHeaders", "Secret", "without_frames"]

E = TypeVar("E", bound=BaseException)


class Headers(dict[str, str]):
    """Headers, credentials among them, of which a `repr` shows the names only."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<Headers {', '.join(self)}>"


class RequestHeaders(CIMultiDict[str]):
    """The same in the form that aiohttp would else make of them for each request."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<RequestHeaders {', '.join(self)}>"


class Secret:
    """Base of what holds credentials: it is not pickled, because pickles are stored and sent."""

    __slots__ = ()

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials are not pickled; make the client in the process that uses it")


def without_frames(error: E) -> E:
    """The error, and what caused it, without their frames: below us those hold credentials and bodies in plain locals.

    What a `from` put in the background goes, too: parsers' errors hold the text they could not read, and tools that are made
    to pickle errors whole would send it on. An error that a caller of ours was handling already stays as it is.
    """
    callers = set(_callers())
    link: BaseException | None = error
    while link is not None:
        trace = link.__traceback__
        if link is not error and trace is not None and trace.tb_frame in callers:
            break
        link.__traceback__ = None
        if link.__suppress_context__:
            link.__context__ = None
        link = link.__cause__ or link.__context__
    return error


def _callers() -> Iterator[FrameType]:
    """The frames that are running now."""
    frame = inspect.currentframe()
    while frame is not None:
        yield frame
        frame = frame.f_back
