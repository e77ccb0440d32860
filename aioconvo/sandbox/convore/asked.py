"""What a request to Convore asks with, or why it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from aioconvo.sandbox.exchange import Refusal, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

B = TypeVar("B")
_MAX_LIMIT: Final = 100


def limit_in(query: Mapping[str, str]) -> int:
    """How many items a page is to hold."""
    text = query.get("limit", str(_MAX_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_MAX_LIMIT)) and 1 <= int(text) <= _MAX_LIMIT):
        raise Refusal(400, "invalid_request", f"limit is a number from 1 to {_MAX_LIMIT}")
    return int(text)


def body_in(request: Request, kind: type[B]) -> B:
    """The body of a request."""
    try:
        return msgspec.json.decode(request.body, type=kind)
    except msgspec.ValidationError as error:
        raise Refusal(400, "invalid_request", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "invalid_request", "The body is not valid JSON") from error
