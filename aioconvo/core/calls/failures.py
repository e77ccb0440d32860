"""What a failed attempt means: the error to raise in the end, and what the retry policy needs to know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import cast

from aioconvo.core import errors
from aioconvo.core.access.hidden import without_frames
from aioconvo.core.answers.identity import WrongAnswerBodyError
from aioconvo.core.answers.refusals import ErrorWords, Refusal
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.retry.headers import retry_after
from aioconvo.core.retry.policy import Outcome, Sent
from aioconvo.core.wire.pool import BrokenAnswerError, RawResponse, TransportFaultError

from .apart import in_turns
from .echo import without_echo

__all__ = [
    "Failure",
    "broken_failure",
    "fault_error_type",
    "fault_failure",
    "refusal_failure",
    "status_failure",
    "unsure",
    "without_token",
]


class Failure:
    """An attempt that brought no good answer, or none; `permanent`: trying again cannot help.

    Its `error` is made when it is asked for: most failures are followed by another try, and nobody sees them.
    """

    __slots__ = ("_make", "answer", "kind", "outcome", "permanent", "request_id")

    def __init__(
        self,
        kind: type[errors.CallError],
        make: Callable[[], Awaitable[errors.CallError]],
        outcome: Outcome,
        *,
        permanent: bool = False,
        answer: RawResponse | None = None,
        request_id: str | None = None,
    ) -> None:
        self.kind = kind
        self._make = make
        self.outcome = outcome
        self.permanent = permanent
        self.answer = answer
        self.request_id = request_id

    async def error(self) -> errors.CallError:
        """A new error that tells of this; other tasks run between slices of the work where much was sent."""
        return await self._make()


def status_failure(
    facts: errors.CallFacts,
    answer: RawResponse,
    told: Callable[[], ErrorWords],
    now: float,
    texts: Callable[[], Iterable[str]],
    *,
    counts_as: int | None = None,
) -> Failure:
    """An answer whose status is no success, at Unix time `now`; of the `texts` that were sent the error says nothing.

    `counts_as` is the status that a success means whose body tells of an error.
    """
    status = counts_as or answer.status
    wait = retry_after(answer.headers, now, limited=status == HTTPStatus.TOO_MANY_REQUESTS)
    kind = errors.status_error_type(status)

    async def make() -> errors.CallError:
        said = told()
        shown = [said.code or "", said.words or ""]
        if any(shown):
            shown = await in_turns(without_echo(shown, texts()))
        code = f" {shown[0]}" if said.code else ""
        words = f": {shown[1]}" if said.words else ""
        asked = "" if wait is None else f" (the server asks to wait {wait:.0f} s)"
        moved = " (redirects are not followed; check base_url)" if status in errors.REDIRECTS else ""
        came = f"HTTP {status}" if counts_as is None else f"HTTP {answer.status} with an error (counts as {status})"
        reason = f"{came}{code}{words}{asked}{moved}"
        return kind(reason, facts, status, code=said.code, retry_after=wait, headers=answer.headers, body=answer.body)

    return Failure(kind, make, Outcome(Sent.YES, status, wait), answer=answer, request_id=facts.request_id)


def refusal_failure(
    facts: errors.CallFacts,
    answer: RawResponse,
    refusal: Refusal,
    now: float,
    texts: Callable[[], Iterable[str]],
    *,
    repeatable: bool,
) -> Failure:
    """A success whose body tells of an error: where it tells of more, nobody knows whether the call was carried out."""
    failure = status_failure(facts, answer, lambda: refusal.told, now, texts, counts_as=refusal.status)
    if refusal.alone or repeatable:
        return failure
    kind = errors.maybe_sent_type(failure.kind)

    async def make() -> errors.CallError:
        return unsure(await failure.error(), facts)

    return Failure(kind, make, failure.outcome, permanent=True, request_id=facts.request_id)


def fault_failure(facts: errors.CallFacts, fault: TransportFaultError) -> Failure:
    """No usable answer."""
    kind = _fault_error(fault)

    async def make() -> errors.CallError:
        error = kind(fault.reason, facts)
        error.__cause__ = without_frames(fault)
        return error

    return Failure(kind, make, Outcome(fault.sent), permanent=fault.permanent)


def _fault_error(fault: TransportFaultError) -> type[errors.APIConnectionError]:
    return errors.APITimeoutError if fault.timed_out else errors.APIConnectionError


def broken_failure(
    facts: errors.CallFacts, fault: BrokenBodyError, status: int, headers: Mapping[str, str], *, repeatable: bool
) -> Failure:
    """A success whose body cannot be used."""
    page = headers.get("Content-Type", "").lower().startswith("text/html")
    reason = f"{fault.reason} (a web page came; check base_url)" if page else fault.reason
    kind = errors.WrongAnswerError if isinstance(fault, WrongAnswerBodyError) else errors.ResponseDecodeError

    async def make() -> errors.CallError:
        error: errors.CallError = kind(reason, facts, status)
        if not repeatable:  # most likely it was carried out, and asking again would do it twice
            error = unsure(error, facts)
        error.__cause__ = without_frames(fault)
        return error

    told = kind if repeatable else errors.maybe_sent_type(kind)
    permanent = not (fault.cut and repeatable)
    return Failure(told, make, Outcome(Sent.YES), permanent=permanent, request_id=facts.request_id)


def fault_error_type(fault: BaseException) -> type[BaseException]:
    """The kind of error that a fault of one request comes to, if nothing better follows."""
    if isinstance(fault, TransportFaultError):
        return _fault_error(fault)
    return errors.ResponseDecodeError if isinstance(fault, BrokenAnswerError) else type(fault)


def unsure(error: errors.AioconvoError, call: errors.CallFacts) -> errors.MaybeSentError:
    """The error that says that `call` may have been carried out, of the same kind otherwise."""
    if isinstance(error, errors.MaybeSentError):
        return error
    kind = errors.maybe_sent_type(type(error))
    own, facts = (error.reason, error.call) if isinstance(error, errors.CallError) else (str(error), call)
    return cast(
        "errors.MaybeSentError", _like(error, kind, f"the server may have carried this call out before it failed: {own}", facts)
    )


def without_token(error: errors.CallError, facts: errors.CallFacts) -> errors.CallError:
    """The error of a call that could not be made, because the fetch of an access token ended in `error`."""
    return _like(error, type(error), f"no access token ({error.operation}): {error.reason}", facts)


def _like(error: errors.AioconvoError, kind: type[errors.CallError], reason: str, call: errors.CallFacts) -> errors.CallError:
    """An error of this kind that knows what `error` knows."""
    make = cast("Callable[..., errors.CallError]", kind)
    if isinstance(error, errors.APIStatusError):
        known = {"code": error.code, "retry_after": error.retry_after, "headers": error.headers, "body": error.body}
        return make(reason, call, error.status, **known)
    if isinstance(error, errors.ResponseDecodeError):
        return make(reason, call, error.status)
    return make(reason, call)
