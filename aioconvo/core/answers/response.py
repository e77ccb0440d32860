"""A good answer as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from multidict import CIMultiDict, CIMultiDictProxy

from aioconvo.core.json.source import link, when_read
from aioconvo.core.operations.operation import Operation

__all__ = ["Response", "data_of"]

T = TypeVar("T")


class Response(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """A good answer: the decoded `data` and how it came.

    `headers` are looked up in any case; `attempts` counts the requests sent for this call; `elapsed` is in seconds; `body`
    is the plain body in bytes. `raw_json` of the data, and of the items in it, is their part of that body.
    """

    _encode_instead: ClassVar[str] = "response.data"

    data: T
    status: int
    headers: Mapping[str, str]
    body: bytes
    attempts: int
    elapsed: float
    request_id: str | None
    operation: Operation[Any]

    def __reduce__(self) -> tuple[Any, ...]:
        _, _, headers, *others = msgspec.structs.astuple(self)
        return _restored, (_data(self), self.status, list(headers.items()), *others)

    def __repr__(self) -> str:
        return f"<Response {self.status} to {self.operation.python}, {len(self.body)} bytes, {self.attempts} attempts>"


def _restored(data: Any, status: int, headers: list[tuple[str, str]], *others: Any) -> Response[Any]:
    return Response(data, status, CIMultiDictProxy(CIMultiDict(headers)), *others)


def _link(response: Response[Any]) -> None:
    data = _data(response)
    if data is not None:
        link(data, response.body, response.headers)


_data: Callable[[Any], Any] = when_read(Response, "data", _link)


def data_of(response: Any) -> Any:
    """The data of a response for those who hand no items out; pages that nobody looks into do not pay for the link."""
    return _data(response) if isinstance(response, Response) else response.data
