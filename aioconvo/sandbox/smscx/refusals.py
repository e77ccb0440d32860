"""How SMS.CX refuses a request."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from aioconvo.sandbox.exchange import Refusal, Reply, Request

T = TypeVar("T")

# Status and type of the errors any operation may give; the provider publishes no codes for these, 0 says so.
_GENERAL: Final = {
    400: ("invalid_request", "The request is not valid"),
    401: ("invalid_api_key", "The API key or access token is missing or not valid"),
    403: ("insufficient_scope", "The access token lacks the scope for this operation"),
    404: ("not_found", "No such resource"),
    405: ("invalid_method", "The method is not allowed for this resource"),
    415: ("invalid_request", "The content type of the body is not supported"),
    429: ("rate_limit", "Too many requests"),
}


class Refused(Refusal):
    """The answer on its way out of a handler."""

    def __init__(self, answer: Reply) -> None:
        super().__init__(answer.status, "", "")
        self.answer = answer


def general(status: int) -> Reply:
    """An error that any operation may give."""
    kind, message = _GENERAL.get(status, ("server_error", "Internal server error"))
    return refusal(status, kind, message, 0)


def refusal(status: int, kind: str, message: str, code: int) -> Reply:
    """An error of one operation."""
    body = {"type": kind, "message": message, "uri": f"https://sms.cx/docs/errors/{code}", "code": code}
    return Reply(status, {"error": body})


def invalid(message: str, code: int = 0) -> Refused:
    """A parameter that is not taken."""
    return Refused(refusal(400, "invalid_param", message, code))


def decoded(request: Request, kind: type[T], message: str, code: int = 0) -> T:
    """The body as a struct; what it does not fit is a parameter's fault, told with this message and code."""
    try:
        return msgspec.json.decode(request.body, type=kind)
    except msgspec.ValidationError as error:
        raise invalid(message, code) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(refusal(400, "invalid_body", "The body is not valid JSON", 0)) from error
