"""What a failed attempt means: the error to raise in the end, and what the retry policy needs to know."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from . import errors
from .codec import BrokenBodyError
from .echo import without_echo
from .hidden import without_frames
from .retry import Outcome, Sent, retry_after
from .session import Answer, BrokenAnswerError, TransportFaultError

__all__ = [
    "ErrorWords",
    "Failure",
    "Refusal",
    "broken_failure",
    "fault_error_type",
    "fault_failure",
    "status_failure",
    "unsure",
]

_WORDS_AT_MOST = 300
_TOO_MANY_REQUESTS = 429
_REDIRECTS = range(300, 400)


class ErrorWords(msgspec.Struct, frozen=True):
    """What an error body says: the provider's code and its words; either may be missing."""

    code: str | None = None
    words: str | None = None


class Refusal(msgspec.Struct, frozen=True):
    """What a 2xx answer means whose body says that the call failed."""

    status: int
    told: ErrorWords


class Failure(msgspec.Struct, frozen=True):
    """An attempt that brought no good answer, or none; `permanent`: trying again cannot help."""

    error: errors.CallError
    outcome: Outcome
    permanent: bool = False
    answer: Answer | None = None


def status_failure(
    facts: errors.CallFacts, answer: Answer, told: ErrorWords, now: float, texts: Collection[str] = ()
) -> Failure:
    """An answer whose status is no success, at Unix time `now`; of the `texts` that were sent the error says nothing."""
    wait = retry_after(answer.headers, now, limited=answer.status == _TOO_MANY_REQUESTS)
    code = f" {without_echo(told.code, texts)}" if told.code else ""
    words = f": {without_echo(told.words, texts)[:_WORDS_AT_MOST]}" if told.words else ""
    asked = "" if wait is None else f" (the server asks to wait {wait:.0f} s)"
    moved = " (redirects are not followed; check base_url)" if answer.status in _REDIRECTS else ""
    error = errors.status_error_type(answer.status)(
        f"HTTP {answer.status}{code}{words}{asked}{moved}",
        facts,
        answer.status,
        code=told.code,
        retry_after=wait,
        headers=answer.headers,
        body=answer.body,
    )
    return Failure(error, Outcome(Sent.YES, answer.status, wait), answer=answer)


def fault_failure(facts: errors.CallFacts, fault: TransportFaultError) -> Failure:
    """No usable answer."""
    error = _fault_error(fault)(fault.reason, facts)
    error.__cause__ = without_frames(fault)
    return Failure(error, Outcome(fault.sent), fault.permanent)


def _fault_error(fault: TransportFaultError) -> type[errors.APIConnectionError]:
    return errors.APITimeoutError if fault.timed_out else errors.APIConnectionError


def broken_failure(
    facts: errors.CallFacts, fault: BrokenBodyError, status: int, headers: Mapping[str, str], *, repeatable: bool
) -> Failure:
    """A success whose body cannot be used."""
    page = headers.get("Content-Type", "").lower().startswith("text/html")
    reason = f"{fault.reason} (a web page came; check base_url)" if page else fault.reason
    error = errors.ResponseDecodeError(reason, facts, status)
    error.__cause__ = without_frames(fault)
    # A call with outside effects was carried out: only its answer is unreadable, and asking again would do it twice.
    return Failure(error, Outcome(Sent.YES), permanent=not (fault.cut and repeatable))


def fault_error_type(fault: BaseException) -> type[BaseException]:
    """The kind of error that a fault of one request comes to, if nothing better follows."""
    if isinstance(fault, TransportFaultError):
        return _fault_error(fault)
    return errors.ResponseDecodeError if isinstance(fault, BrokenAnswerError) else type(fault)


def unsure(error: errors.CallError) -> errors.CallError:
    """The error that says that the call may have been carried out."""
    reason = f"the server may have carried this call out before it failed: {error.reason}"
    if isinstance(error, errors.InternalServerError):
        return errors.MaybeSentStatusError(
            reason,
            error.call,
            error.status,
            code=error.code,
            retry_after=error.retry_after,
            headers=error.headers,
            body=error.body,
        )
    return errors.MaybeSentError(reason, error.call)
