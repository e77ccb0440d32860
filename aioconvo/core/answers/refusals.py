"""What a success says whose body tells of an error all the same: how it is known, what it says, which status it counts as.

Every API here answers some failures with a 2xx, or may stand behind a proxy that does. Only what an answer says at its root
counts: `error` or `errors` with something in it, `success` or `ok` that is false, a `status` that names a failure.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

import msgspec

from aioconvo.core.json.codec import reader
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.model import Envelope, Model

__all__ = [
    "Acknowledgement",
    "ErrorWords",
    "Refusal",
    "Telling",
    "refusal_of",
    "refuse_web_page",
    "tells_of_an_error",
    "told_in",
    "usual_words",
]

_FAILURES = frozenset({"error", "fail", "failed", "failure"})
_NO = frozenset({"false", "no", "0"})
_HTTP_ERRORS = range(400, 600)
# The codes that name a status: those of RFC 6749 and 6750, and those of the five APIs that mean one wherever they come.
_STATUSES = {
    "unauthorized": HTTPStatus.UNAUTHORIZED,
    "invalid_auth": HTTPStatus.UNAUTHORIZED,
    "invalid_token": HTTPStatus.UNAUTHORIZED,
    "invalid_client": HTTPStatus.UNAUTHORIZED,
    "invalid_api_key": HTTPStatus.UNAUTHORIZED,
    "payment_required": HTTPStatus.PAYMENT_REQUIRED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "access_denied": HTTPStatus.FORBIDDEN,
    "insufficient_scope": HTTPStatus.FORBIDDEN,
    "no_coverage": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "invalid_method": HTTPStatus.METHOD_NOT_ALLOWED,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "conflict": HTTPStatus.CONFLICT,
    "locked": HTTPStatus.LOCKED,
    "rate_limit": HTTPStatus.TOO_MANY_REQUESTS,
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
    "server_error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal_server_error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "service_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "temporarily_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
_NAMES_OF_STATUS = ("status", "status_code", "statusCode", "error_code", "code", "type", "error")
_NAMES_OF_WORDS = (
    "message",
    "detail",
    "error_description",
    "title",
    "user_message",
    "developer_message",
    "error",
    "description",  # last: what stands around an error may have one of its own
)
_OF_ERRORS = frozenset({"error", "errors", "detail", "metadata", "warning"})  # of any shape; the others say a word each
_BESIDE_AN_ERROR = frozenset(
    {"success", "ok", "uri", "path", "timestamp", "requestId", "request_id", *_NAMES_OF_STATUS, *_NAMES_OF_WORDS}
)


_TOLD = ("error", "errors", *_NAMES_OF_STATUS[:-1], *(name for name in _NAMES_OF_WORDS if name != "error"))
_TOLD_AT_MOST = 65_536  # bytes of one member: longer ones are no words
_NOTHING = frozenset({b"null", b"{}", b"[]", b'""', b"false", b"0"})
_LONGEST_NOTHING = 6
_read_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class ErrorWords(msgspec.Struct, frozen=True):
    """What an error body says: the provider's code and its words; either may be missing."""

    code: str | None = None
    words: str | None = None


class Refusal(msgspec.Struct, frozen=True):
    """What a 2xx answer means whose body says that the call failed; `alone`: without anything that a good answer holds."""

    status: int
    told: ErrorWords
    alone: bool


class Telling(Envelope):
    """Base of the envelopes that see an error which an answer tells of beside its payload; a good answer holds none of it."""

    _error: Any = msgspec.field(default=None, name="error")
    _errors: Any = msgspec.field(default=None, name="errors")
    _success: Any = msgspec.field(default=None, name="success")
    _ok: Any = msgspec.field(default=None, name="ok")
    _status: Any = msgspec.field(default=None, name="status")

    @property
    def succeeded(self) -> bool:
        """Whether the answer says that all went well, in as many words."""
        return (self._success is True or self._ok is True) and not self.failed

    @property
    def failed(self) -> bool:
        """Whether the answer says that the call failed."""
        if self._error is self._errors is self._success is self._ok is self._status is None:
            return False
        return bool(
            _is_something(self._error)
            or _is_something(self._errors)
            or _is_no(self._success)
            or _is_no(self._ok)
            or (self._status is not None and _is_failure(self._status))
        )


class Acknowledgement(Telling):
    """Base of the answers of which nothing is needed: whatever one holds that is no error, the call went through."""


_read = reader(Telling)


def told_in(body: bytes) -> Telling | None:
    """What a body of unknown shape says of errors; `None` where it is no object at all."""
    return _read(body)


def refuse_web_page(body: bytes) -> None:
    """Refuse the page of a login or proxy, where no answer is due but any that is none of this API's would pass.

    Raises:
        BrokenBodyError: It is one.
    """
    if body and body[:200].lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise BrokenBodyError("a web page came, which this API does not send", cut=False)


def tells_of_an_error(data: object, body: bytes, *, enveloped: bool = False) -> bool:
    """Whether a success whose `body` was decoded to `data` says that the call failed all the same.

    Plain values count where the API has every answer `enveloped`, or where they hold nothing but an error: else `error` may be
    a field like any other.
    """
    answer: Any = data
    if _tells(answer.__class__):
        failed: bool = answer.failed
        return failed
    if not body or body == b"{}":
        return False
    if isinstance(data, dict) and not enveloped and not refusal_of(ErrorWords(), body).alone:
        return False
    # A good answer that stands without an envelope; the texts in it would write the quote as an escape.
    if isinstance(data, Model) and b'"error' not in body and b'"success"' not in body and b'"ok"' not in body:
        return False
    told = told_in(body)
    return told is not None and told.failed


@functools.lru_cache(maxsize=1024)
def _tells(kind: Any) -> bool:
    return issubclass(kind, Telling)


def _goes_with_an_error(name: str, begins: bytes) -> bool:
    """Whether a member whose JSON `begins` so may stand beside an error, or holds nothing at all."""
    is_word = begins[:1] not in {b"{", b"["}
    return name in _OF_ERRORS or begins in _NOTHING or (is_word and name in _BESIDE_AN_ERROR)


def refusal_of(told: ErrorWords, body: bytes) -> Refusal:
    """The refusal that such a body means; `told` is what its provider's own shape of errors gives."""
    members = _raw_members(body)
    parts = _parts(members)
    usual = _usual(parts)
    words = ErrorWords(told.code or usual.code, told.words or usual.words)
    alone = all(_goes_with_an_error(name, bytes(memoryview(raw)[:_LONGEST_NOTHING])) for name, raw in members.items())
    return Refusal(_status(parts), words, alone=alone)


def usual_words(body: bytes) -> ErrorWords:
    """Code and words of an error whose shape is documented nowhere: the usual members are looked at."""
    return _usual(_parts(_raw_members(body)))


def _usual(parts: list[dict[str, object]]) -> ErrorWords:
    code = next((text for part in parts for name in ("code", "error_code") if (text := _text(part.get(name)))), None)
    words = next((text for part in parts for name in _NAMES_OF_WORDS if (text := _text(part.get(name)))), None)
    return ErrorWords(code, words)


def _parts(members: Mapping[str, msgspec.Raw]) -> list[dict[str, object]]:
    """The objects in an answer that may describe an error, innermost first."""
    root = {name: _value(members[name]) for name in _TOLD if name in members}
    several = root.get("errors")
    inner = cast("list[object]", several) if isinstance(several, list) else [several]
    listed: list[dict[str, object]] = [{"message": one} if isinstance(one, str) else _members(one) for one in inner]
    return [_members(root.get("error")), *listed, root]


def _raw_members(body: bytes) -> dict[str, msgspec.Raw]:
    """The members of an answer, which may be a large one; none where it is no object."""
    try:
        return _read_members(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _value(raw: msgspec.Raw) -> object:
    try:
        return msgspec.json.decode(raw) if memoryview(raw).nbytes <= _TOLD_AT_MOST else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _members(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _status(parts: list[dict[str, object]]) -> int:
    for part in parts:
        for name in _NAMES_OF_STATUS:
            status = _find_status(part.get(name))
            if status is not None:
                return status
    return HTTPStatus.BAD_REQUEST.value


def _find_status(value: object) -> int | None:
    if isinstance(value, str):
        if value.endswith("_not_found"):
            return HTTPStatus.NOT_FOUND.value
        if not (value.isascii() and value.isdigit() and len(value) == len("404")):
            return _STATUSES.get(value)
        value = int(value)
    return value if type(value) is int and value in _HTTP_ERRORS else None


def _text(value: object) -> str | None:
    return str(value) if value and type(value) in {str, int} else None


def _is_something(value: object) -> bool:
    """Whether an `error` member tells of one: nothing, an empty one, and one of which every member is empty do not."""
    if isinstance(value, dict):
        return any(_is_something(member) for member in cast("dict[str, object]", value).values())
    return bool(value)


def _is_no(value: object) -> bool:
    return value.lower() in _NO if isinstance(value, str) else value is not None and not value


def _is_failure(status: object) -> bool:
    return (isinstance(status, str) and status.lower() in _FAILURES) or _find_status(status) is not None
