"""Every error the library raises, as one tree.

    AioconvoError
    ├── ConfigurationError          settings are missing or wrong; nothing was sent
    ├── InvalidRequestError         an argument is wrong; nothing was sent
    ├── PoolClosedError             the pool or client was already closed
    ├── UnsupportedError            an API cannot do what was asked; nothing was sent
    ├── PaginationError             a list cannot be walked on without losing or doubling items
    ├── LimitStoreError             a limit store cannot answer; nothing was sent
    ├── OutOfOrderError             messages that are merged by time do not come in order of time
    └── CallError                   a call was made and brought no usable answer
        ├── APIConnectionError      no answer came
        │   └── APITimeoutError     ... in time
        ├── DeadlineExceededError   the call took longer than its deadline: it waited in a queue of ours, or between two tries
        │   └── APIDeadlineError    (also an APITimeoutError) ... while a request was under way
        ├── APIStatusError          an answer came, and it is an error
        │   ├── BadRequestError 400, AuthenticationError 401, PaymentRequiredError 402, PermissionDeniedError 403,
        │   │   NotFoundError 404, MethodNotAllowedError 405, ConflictError 409, GoneError 410,
        │   │   RequestTooLargeError 413, UnprocessableEntityError 422, LockedError 423, RateLimitError 429,
        │   │   InternalServerError 5xx
        │   ├── LimitReachedError       (a RateLimitError) our own limits hold the call back for too long; not sent
        │   └── UnexpectedRedirectError 3xx
        ├── ResponseDecodeError     an answer came and is not what the API documents
        │   └── WrongAnswerError    ... but the answer to another call
        └── MaybeSentError          it is unknown whether a call with outside effects was carried out
            ├── MaybeSentStatusError  (also an InternalServerError) the same, told by a 5xx answer
            └── MaybeSentDecodeError  (also a ResponseDecodeError) the same, since its answer cannot be used

Every MaybeSentError is also what the same failure of a read would be: an `APITimeoutError`, `ConflictError` and so on.

Errors tell facts, never credentials or message text, and can be pickled. What an answer held, its `body` and `headers`,
is kept in attributes only: it stands in no `str` or `repr` and is left out of pickles, which are stored and sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import msgspec

__all__ = [
    "REDIRECTS",
    "APIConnectionError",
    "APIDeadlineError",
    "APIStatusError",
    "APITimeoutError",
    "AioconvoError",
    "AuthenticationError",
    "BadRequestError",
    "CallError",
    "CallFacts",
    "ConfigurationError",
    "ConflictError",
    "DeadlineExceededError",
    "GoneError",
    "InternalServerError",
    "InvalidRequestError",
    "LimitReachedError",
    "LimitStoreError",
    "LockedError",
    "MaybeSentDecodeError",
    "MaybeSentError",
    "MaybeSentStatusError",
    "MethodNotAllowedError",
    "NotFoundError",
    "OutOfOrderError",
    "PaginationError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PoolClosedError",
    "RateLimitError",
    "RequestTooLargeError",
    "ResponseDecodeError",
    "StoreError",
    "StoreFullError",
    "UnexpectedRedirectError",
    "UnprocessableEntityError",
    "UnsupportedError",
    "WebhookRefusedError",
    "WrongAnswerError",
    "maybe_sent_type",
    "status_error_type",
]


class AioconvoError(Exception):
    """Base of every error this library raises."""


class ConfigurationError(AioconvoError, ValueError):
    """Settings are missing or wrong; the message names the setting and the fix. Nothing was sent."""


class InvalidRequestError(AioconvoError, ValueError):
    """An argument breaks a documented limit of the API; the message names it. Nothing was sent."""


class PoolClosedError(AioconvoError, RuntimeError):
    """The session pool, or the client that owned it, was closed before this call."""


class UnsupportedError(AioconvoError):
    """The provider's API cannot do this; the message names what to use instead. Nothing was sent."""


class PaginationError(AioconvoError):
    """Walking on would lose, double or repeat items for ever; the message says which."""


class LimitStoreError(AioconvoError):
    """A limit store, such as the file of `SqliteLimits`, gave no answer for as long as the call may wait; nothing was sent."""


class OutOfOrderError(AioconvoError):
    """A source of a merge does not come in the order of time that was asked for; going on would mix times up."""


class WebhookRefusedError(AioconvoError):
    """A request to a webhook is not to be trusted, or not to be read: answer it with `status`.

    `reason` says why in words for a log: no secret, nothing of what was sent.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.status, self.reason)


class StoreError(AioconvoError):
    """A bot's store gave no answer; whether it did what was asked is not known."""


class StoreFullError(StoreError):
    """As many events wait as a bot's store may keep; none of these was kept."""


class CallFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about the call an error belongs to.

    `operation` is the dotted Python name (`sunshine.conversations.list`), `path` the template without the values that were
    put in (they may be personal data), `attempts` how often a request was tried, `elapsed` seconds since the call began,
    `status` that of the last answer to any of its requests.
    """

    provider: str
    operation: str
    method: str
    path: str
    attempts: int = 1
    elapsed: float = 0.0
    request_id: str | None = None
    idempotency_key: str | None = None
    status: int | None = None


class CallError(AioconvoError):
    """A call was made and brought no usable answer; `call` holds the facts, also readable on the error itself."""

    def __init__(self, reason: str, call: CallFacts) -> None:
        super().__init__(reason, call)
        self.reason = reason
        self.call = call

    @property
    def provider(self) -> str:
        """Name of the provider, such as `sunshine`."""
        return self.call.provider

    @property
    def operation(self) -> str:
        """Dotted Python name of the operation."""
        return self.call.operation

    @property
    def attempts(self) -> int:
        """How many times the request was tried."""
        return self.call.attempts

    @property
    def request_id(self) -> str | None:
        """The id the server gave the last answer, to quote to its support."""
        return self.call.request_id

    @property
    def status(self) -> int | None:
        """HTTP status of the last answer, also where a later request brought none; `None` when there was none."""
        return self.call.status

    @property
    def code(self) -> str | None:
        """The provider's own error code."""
        return None

    @property
    def retry_after(self) -> float | None:
        """Seconds the server asked to wait before the next try."""
        return None

    def __str__(self) -> str:
        tries = "" if self.attempts == 1 else f", {self.attempts} attempts"
        known = "" if self.request_id is None else f", request id {self.request_id}"
        return f"{self.operation} ({self.call.method} {self.call.path}{tries}{known}): {self.reason}"


class APIConnectionError(CallError):
    """No answer came: the connection could not be made, or broke."""


class APITimeoutError(APIConnectionError, TimeoutError):
    """No answer came within the attempt timeout."""


class DeadlineExceededError(CallError, TimeoutError):
    """The call, with all its waits and attempts, did not end within its deadline."""


class APIDeadlineError(DeadlineExceededError, APITimeoutError):
    """The deadline ended while a request was under way: its answer did not come in time."""


class ResponseDecodeError(CallError):
    """The server accepted the call, but the answer's body is not what the API documents (or was cut)."""

    def __init__(self, reason: str, call: CallFacts, status: int = 200) -> None:
        super().__init__(reason, call)
        self.args = (reason, call, status)
        self._status = status

    @property
    def status(self) -> int:
        """HTTP status of the answer whose body could not be decoded."""
        return self._status


class WrongAnswerError(ResponseDecodeError):
    """The answer names another conversation or message than was asked for: it is the answer to another call."""


class MaybeSentError(CallError):
    """A call with outside effects failed in a way that leaves open whether the server carried it out.

    It was not tried again, so it happened once or not at all. Look at the conversation before sending again.

    Each is also of the kind that the same failure of a read would have: `except APITimeoutError` catches a send that timed
    out.
    """


class APIStatusError(CallError):
    """An answer came, and its status says the call failed.

    `headers` have lower-case names (no cookies), `body` is the raw body in bytes, `code` the provider's own code. A provider
    may repeat in them what it was sent, so they are in no text of this error, nor in its pickles.
    """

    def __init__(
        self,
        reason: str,
        call: CallFacts,
        status: int,
        *,
        code: str | None = None,
        retry_after: float | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(reason, call)
        self._status = status
        self._code = code
        self._retry_after = retry_after
        self.headers: dict[str, str] = {
            name.lower(): value for name, value in (headers or {}).items() if name.lower() != "set-cookie"
        }
        self.body = body

    @property
    def status(self) -> int:
        """HTTP status of the answer."""
        return self._status

    @property
    def code(self) -> str | None:
        """The provider's own error code; open text, see the provider's documents."""
        return self._code

    @property
    def retry_after(self) -> float | None:
        """Seconds the server asked to wait before the next try."""
        return self._retry_after

    def __reduce__(self) -> tuple[Any, ...]:
        facts = {"code": self._code, "retry_after": self._retry_after}
        return _rebuild_status_error, (type(self), self.reason, self.call, self._status, facts)

    def __copy__(self) -> APIStatusError:
        rebuild, known = self.__reduce__()
        again: APIStatusError = rebuild(*known)
        again.headers, again.body = self.headers.copy(), self.body
        return again

    def __deepcopy__(self, memo: object) -> APIStatusError:
        return self.__copy__()


def _rebuild_status_error(
    kind: type[APIStatusError], reason: str, call: CallFacts, status: int, facts: dict[str, Any]
) -> APIStatusError:
    return kind(reason, call, status, **facts)


class BadRequestError(APIStatusError):
    """400: the API refused the request as malformed."""


class AuthenticationError(APIStatusError):
    """401: the credentials are missing, wrong or expired."""


class PaymentRequiredError(APIStatusError):
    """402: the account's plan does not allow the call."""


class PermissionDeniedError(APIStatusError):
    """403: the credentials are valid but may not do this."""


class NotFoundError(APIStatusError):
    """404: no such app, conversation, user or message."""


class MethodNotAllowedError(APIStatusError):
    """405: the path does not take this method; check `base_url` and the path."""


class ConflictError(APIStatusError):
    """409: the call collides with the present state."""


class GoneError(APIStatusError):
    """410: the application was disabled (UltraCart)."""


class RequestTooLargeError(APIStatusError):
    """413: the body is larger than the API takes."""


class UnprocessableEntityError(APIStatusError):
    """422: the request is well formed but cannot be carried out."""


class LockedError(APIStatusError):
    """423: the conversation is full (Sunshine Conversations)."""


class RateLimitError(APIStatusError):
    """429: too many requests; `retry_after` tells the seconds to wait, where the server said."""


class LimitReachedError(RateLimitError):
    """The client's own limits, or a pause after a 429, hold the call back for longer than it may wait. This try was not sent.

    `retry_after` tells the seconds; `status` is 429, as the server would have answered, and there are no headers and no body.
    """


class InternalServerError(APIStatusError):
    """5xx: the server failed."""


class UnexpectedRedirectError(APIStatusError):
    """3xx: redirects are never followed, because credentials would travel with them; check `base_url`."""


class MaybeSentDecodeError(MaybeSentError, ResponseDecodeError):
    """A success, but of an answer that cannot be used: what it says of the call with outside effects cannot be known."""


class MaybeSentStatusError(MaybeSentError, InternalServerError):
    """A 5xx answer to a call with outside effects: the server may or may not have carried it out."""


def maybe_sent_type(kind: type[AioconvoError]) -> type[MaybeSentError]:
    """The class of errors that are a `MaybeSentError` and of this kind, too."""
    if issubclass(kind, MaybeSentError):
        return kind
    if kind not in _MAYBE_SENT_TYPES:
        _MAYBE_SENT_TYPES[kind] = _made_maybe_sent(kind)
    return _MAYBE_SENT_TYPES[kind]


def _made_maybe_sent(kind: type[AioconvoError]) -> type[MaybeSentError]:
    base = MaybeSentDecodeError if issubclass(kind, ResponseDecodeError) else MaybeSentError
    made: Any = type(_MAYBE_SENT + kind.__name__, (base, kind), {"__doc__": kind.__doc__, "__module__": __name__})
    return cast("type[MaybeSentError]", made)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> type[MaybeSentError]:
        """The classes of `maybe_sent_type` by their names, as pickles ask for them."""
        kind = globals().get(name.removeprefix(_MAYBE_SENT))
        if isinstance(kind, type) and issubclass(kind, AioconvoError):
            return maybe_sent_type(kind)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


_MAYBE_SENT_TYPES: dict[type[AioconvoError], type[MaybeSentError]] = {
    InternalServerError: MaybeSentStatusError,
    ResponseDecodeError: MaybeSentDecodeError,
}
_MAYBE_SENT = "MaybeSent"
_BY_STATUS: dict[int, type[APIStatusError]] = {
    HTTPStatus.BAD_REQUEST: BadRequestError,
    HTTPStatus.UNAUTHORIZED: AuthenticationError,
    HTTPStatus.PAYMENT_REQUIRED: PaymentRequiredError,
    HTTPStatus.FORBIDDEN: PermissionDeniedError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowedError,
    HTTPStatus.CONFLICT: ConflictError,
    HTTPStatus.GONE: GoneError,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: RequestTooLargeError,
    HTTPStatus.UNPROCESSABLE_ENTITY: UnprocessableEntityError,
    HTTPStatus.LOCKED: LockedError,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimitError,
}
REDIRECTS = range(300, 400)
"""Statuses that name another place to ask at."""


def status_error_type(status: int) -> type[APIStatusError]:
    """The error class for an HTTP status that is no success."""
    if status in REDIRECTS:
        return UnexpectedRedirectError
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return InternalServerError
    return _BY_STATUS.get(status, APIStatusError)
