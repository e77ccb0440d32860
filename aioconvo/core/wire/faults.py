"""What a failed exchange comes to, without what aiohttp's errors hold: what came over the wire, URLs, a proxy's password."""

from __future__ import annotations

import aiohttp

from aioconvo.core.access.hidden import without_frames
from aioconvo.core.retry.policy import RETRY_STATUSES, Sent

from .connector import Attempt, EarlyAnswerError, LostConnectionError

__all__ = ["TransportFaultError", "transport_fault"]


class TransportFaultError(Exception):
    """No usable answer: `sent` tells whether the server can have got the request, `permanent` that trying again cannot help."""

    def __init__(self, reason: str, sent: Sent, *, timed_out: bool = False, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.timed_out = timed_out
        self.permanent = permanent


def transport_fault(
    error: BaseException, attempt: Attempt, timeout: float | None
) -> tuple[TransportFaultError, BaseException | None]:
    """What a failed request comes to, and its cause, which is the system's error or none.

    aiohttp's errors hold what came over the wire, and of the connection all that it was asked for, a proxy's password included.
    """
    sent = Sent.NO if attempt.unmet else Sent.MAYBE
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        fault = TransportFaultError("the connection was not made in time", Sent.NO, timed_out=True)
    elif isinstance(error, TimeoutError):
        within = "in time" if timeout is None else f"within {timeout:g} s"
        what = "the connection was not made" if sent is Sent.NO else "no answer"
        fault = TransportFaultError(f"{what} {within}", sent, timed_out=True)
    elif isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        fault = TransportFaultError(f"TLS was refused: {_cause(error)}", Sent.NO, permanent=True)
    elif isinstance(error, aiohttp.ClientConnectorError):
        fault = TransportFaultError(f"the connection was not made: {_cause(error)}", Sent.NO)
    elif isinstance(error, aiohttp.ClientHttpProxyError):
        reason = f"the proxy refused to connect with HTTP {error.status}; check the pool's `proxy`"
        fault = TransportFaultError(reason, sent, permanent=error.status not in RETRY_STATUSES)
    elif isinstance(error, aiohttp.ClientResponseError):
        fault = TransportFaultError("the answer is no valid HTTP, or its headers are too large", sent)
    elif isinstance(error, EarlyAnswerError):
        fault = TransportFaultError("the server, or a proxy, answered before anything was asked", sent)
    elif isinstance(error, LostConnectionError):
        fault = TransportFaultError("the connection broke before an answer came", sent)
    else:
        fault = TransportFaultError(f"the connection broke: {_cause(error)}", sent)
    cause = _of_system(error)
    return fault, None if cause is None else without_frames(cause)


def _of_system(error: BaseException) -> OSError | None:
    """The error of the system that an error is or stands for."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error
    return error if isinstance(error, OSError) else None


def _cause(error: BaseException) -> str:
    """What broke, without what aiohttp would quote from the wire."""
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}, {error.strerror}"
    return type(error).__name__
