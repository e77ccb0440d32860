"""Whether and when to try again: pure decisions over what happened, no clock and no sleep.

The table, for an answer or fault on attempt n of at most `max_retries + 1`:

| what happened                                   | read, idempotent | unsafe, paid                                |
|-------------------------------------------------|------------------|---------------------------------------------|
| the request provably never reached the server   | try again        | try again                                   |
| 425, 429                                        | try again        | try again: it was refused                   |
| connection lost, timeout, broken body           | try again        | with an idempotency key: again, else unsure |
| 408, 500, 502, 503, 504, 520 to 524             | try again        | with an idempotency key: again, else unsure |
| any other 5xx but 501 and 505                   | the error        | unsure                                      |
| any other error status                          | the error        | the error                                   |

All tries but those after a 425 or 429 (there the server is up, and tells to come later) are paid from a budget that answers
refill, so that a server that is down gets hardly more requests than there are calls.
"""

from __future__ import annotations

import enum
import math
from http import HTTPStatus

import msgspec

from aioconvo.core.access import settings
from aioconvo.core.operations.operation import Effect

from .headers import retry_after

__all__ = ["RETRY_STATUSES", "Decision", "Outcome", "RetryDebts", "RetryPolicy", "Sent", "Verdict", "retry_after"]

_REFUSED = frozenset(
    {HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)  # not processed; of a 425 RFC 8470 says so, section 5.2
# What Cloudflare, which some of the APIs stand behind, answers for a server that it does not reach.
_BEHIND_CLOUDFLARE = range(520, 525)
_PASSING = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
RETRY_STATUSES: frozenset[int] = _REFUSED.union(_PASSING, _BEHIND_CLOUDFLARE)
_NOT_CARRIED_OUT = {HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED}
_OTHER_SERVER_FAULTS = frozenset(range(500, 600)) - _NOT_CARRIED_OUT
_LARGEST_EXPONENT = 60


class Sent(enum.Enum):
    """Whether the server can have got the request."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


class Outcome(msgspec.Struct, frozen=True):
    """How one attempt ended without a good answer.

    `status` is `None` when no answer came; `wait` the seconds the server asked for.
    """

    sent: Sent
    status: int | None = None
    wait: float | None = None

    @property
    def doubtful(self) -> bool:
        """Whether the call may have been carried out all the same."""
        if self.sent is Sent.NO or self.status in _REFUSED:
            return False
        return self.status is None or self.status in RETRY_STATUSES or self.status in _OTHER_SERVER_FAULTS

    @property
    def answered(self) -> bool:
        """Whether the server is up: it answered, and not that it cannot."""
        return self.status is not None and self.status not in RETRY_STATUSES

    @property
    def costs(self) -> bool:
        """Whether trying again is paid from the budget."""
        return self.status not in _REFUSED


class Verdict(enum.Enum):
    """What to do after a failed attempt."""

    RETRY = "retry"
    FAIL = "fail"
    UNSURE = "unsure"
    """The call may have been carried out: it must not be sent again, and the caller must be told."""


class Decision(msgspec.Struct, frozen=True):
    """A verdict and, for a retry, the seconds to wait before it."""

    verdict: Verdict
    wait: float = 0.0


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how patiently to try again.

    `max_retries` counts the tries after the first; `backoff` and `max_backoff` (seconds) bound the full-jitter delay
    `uniform(0, min(max_backoff, backoff * 2**n))`; a wait that the server asks for is kept up to `max_wait` seconds,
    a longer one ends the call at once with the time in its error. So does a wait for the client's own limits that is known to
    be longer than `max_own_wait` seconds (`None`: `max_wait`). `budget` is the number of retries that all calls of a pool to
    one host may have while the host does not answer; each good answer gives one back (`None`: no such bound).

    With `trust_keys`, what may have been carried out is also tried again where it carries a key, such as SMS.CX's
    `idempotency_id`, of which nobody confirms how long the API keeps to it. Without, that ends in `MaybeSentError`.
    """

    max_retries: int = 3
    backoff: float = 0.5
    max_backoff: float = 8.0
    max_wait: float = 60.0
    budget: int | None = 100
    max_own_wait: float | None = None
    trust_keys: bool = False

    @property
    def patience(self) -> float:
        """Seconds that a call may wait for the client's own limits."""
        return self.max_wait if self.max_own_wait is None else self.max_own_wait

    def __post_init__(self) -> None:
        settings.count("max_retries", self.max_retries)
        settings.seconds("backoff", self.backoff, zero=True)
        settings.seconds("max_backoff", self.max_backoff, zero=True)
        settings.seconds("max_wait", self.max_wait, zero=True, endless=True)
        settings.seconds("max_own_wait", self.max_own_wait, zero=True, endless=True, none="max_wait")
        settings.count("budget", self.budget, none="no bound")
        settings.kind("trust_keys", self.trust_keys, bool, "True or False")

    def decide(
        self,
        outcome: Outcome,
        *,
        effect: Effect,
        attempt: int,
        jitter: float,
        has_key: bool = False,
        left: float = math.inf,
        owed: int = 0,
    ) -> Decision:
        """The decision after `attempt` (from 1) ended in `outcome`.

        `jitter` is drawn by the caller from 0..1; `left` is the seconds until the call's deadline, `owed` what the host
        has had of the budget.
        """
        failed = Decision(Verdict.UNSURE if outcome.doubtful and not effect.repeatable else Verdict.FAIL)
        if outcome.status is not None and outcome.status not in RETRY_STATUSES:
            return failed
        if failed.verdict is Verdict.UNSURE and not has_key:
            return failed
        wait = max(self.delay(attempt, jitter), outcome.wait or 0.0)
        too_long = outcome.wait is not None and outcome.wait > self.max_wait
        spent = self.budget is not None and outcome.costs and owed >= self.budget
        if attempt > self.max_retries or too_long or wait >= left or spent:
            return failed
        return Decision(Verdict.RETRY, wait)

    def pause(self, decision: Decision, outcome: Outcome) -> float:
        """Seconds for which a 429 holds back every task of its credential."""
        return max(decision.wait, min(outcome.wait or 0.0, self.max_wait))

    def delay(self, attempt: int, jitter: float) -> float:
        """The full-jitter delay in seconds after `attempt`."""
        return jitter * min(self.max_backoff, self.backoff * 2.0 ** min(attempt - 1, _LARGEST_EXPONENT))


class RetryDebts:
    """The retries that each host got and has not yet made good by answering.

    A host that answers most calls owes next to nothing, and every call has all its retries. One that answers none soon owes the
    whole budget, and then calls fail at their first try instead of multiplying the load.
    """

    __slots__ = ("owed",)

    def __init__(self) -> None:
        self.owed: dict[object, int] = {}

    def of(self, host: object) -> int:
        """Retries that this host owes."""
        return self.owed.get(host, 0)

    def add(self, host: object) -> None:
        """One more retry for this host."""
        self.owed[host] = self.of(host) + 1

    def pay(self, host: object) -> None:
        """The host answered."""
        owed = self.owed.pop(host, 0) - 1
        if owed > 0:
            self.owed[host] = owed
