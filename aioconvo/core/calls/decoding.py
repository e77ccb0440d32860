"""What the body of a good answer says: what its operation declares, nothing, or that it has to be taken apart first."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar, cast

from aioconvo.core.answers.refusals import Acknowledgement, refuse_web_page
from aioconvo.core.json.codec import strict
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.mend import charset_of
from aioconvo.core.json.model import new_values
from aioconvo.core.operations.operation import ANY_JSON, Operation
from aioconvo.core.wire.pool import RawResponse

__all__ = ["decode_answer"]

T = TypeVar("T")


def decode_answer(operation: Operation[T], answer: RawResponse) -> T | None:
    """What the body of a good answer says; `None` where none is due, or where none came to a raw request.

    Raises:
        BrokenBodyError: The body cannot be used.
        UnfitError: It has to be taken apart first.
    """
    if operation.response is None:
        refuse_web_page(answer.body)
        return None
    if operation.redirects:
        raise BrokenBodyError("the answer is no redirect", cut=False)
    if operation.response is bytes or operation.response is str:
        return cast("T", _plain(answer, operation.response, any_file=operation.any_file))
    if operation.response is ANY_JSON and answer.status == HTTPStatus.NO_CONTENT:
        return None
    if operation.response is ANY_JSON and not answer.body and (operation.method != "GET" or answer.whole):
        return None
    if new_values:
        new_values.clear()
    try:
        return strict(answer.body, operation.response) if answer.apart is None else answer.apart.result()
    except BrokenBodyError:
        kind: Any = operation.response
        if not (isinstance(kind, type) and issubclass(kind, Acknowledgement)):  # a list of items is no class
            raise
        refuse_web_page(answer.body)
        return None


def _plain(answer: RawResponse, kind: type, *, any_file: bool) -> bytes | str:
    """The body as it is, or as text, if it is whole and no web page, unless it may be `any_file`."""
    if not any_file:
        refuse_web_page(answer.body)
    if not answer.whole and "Content-Encoding" not in answer.headers:
        raise BrokenBodyError("the answer does not tell where it ends, so that it may be cut", cut=True)
    if kind is bytes:
        return answer.body
    charset = charset_of(answer.headers) or "utf-8-sig"
    try:
        return answer.body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        raise BrokenBodyError(f"the body is no text in {charset[:40]!r}", cut=False) from None
