"""What a bot answers to requests, whatever server they come by: which status, and what has to be read for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from aioconvo.core.clock import Clock
from aioconvo.core.errors import WebhookRefusedError
from aioconvo.core.log import logger
from aioconvo.events.headers import Headers, values_of
from aioconvo.events.webhook import Webhook
from aioconvo.providers import Provider

from .hooks import DeliveryFacts
from .intake import Answer, Intake

__all__ = ["LIVE", "READY", "Door", "Expected", "too_large", "too_late"]

LIVE, READY = "/live", "/ready"
_HOOKS = "/hooks/"
_NO_DELIVERY = 400
_MANY_DIGITS = 19

_log = logger("bot")


class Expected(msgspec.Struct, frozen=True):
    """A delivery whose secret is right: read its body, at most `most_bytes` of it, and hand it to `Door.deliver`."""

    webhook: Webhook
    began: float
    announced: int

    @property
    def most_bytes(self) -> int:
        """How large the body may be; one that is larger is answered with `too_large`."""
        return self.webhook.most_bytes


class Door:
    """Answers requests. `webhooks` by the names of their accounts; `ready` says whether the bot is.

    Requests are met before their body is read: who has no secret gets no byte of it read.
    """

    def __init__(
        self,
        webhooks: Mapping[str, Webhook],
        intake: Intake,
        *,
        clock: Clock,
        live: Callable[[], bool],
        ready: Callable[[], Awaitable[bool]],
        tell: Callable[[DeliveryFacts], object] | None,
    ) -> None:
        self._webhooks = webhooks
        self._intake = intake
        self._clock = clock
        self._live = live
        self._ready = ready
        self._tell = tell

    async def meet(self, method: str, path: str, headers: Headers, address: str | None) -> Answer | Expected:
        """The answer to a request, or what it takes to give one.

        `path` is decoded and without the prefix of a mount; `address` is the sender's.
        """
        if path in {LIVE, READY}:
            if method not in {"GET", "HEAD"}:
                return _not_allowed("GET, HEAD")
            good = self._live() if path == LIVE else await self._ready()
            return Answer(status=200 if good else 503)
        name, _, token = path.removeprefix(_HOOKS).removesuffix("/").partition("/")
        webhook = self._webhooks.get(name) if path.startswith(_HOOKS) else None
        if webhook is None or (token and webhook.provider is not Provider.SMSCX):
            return Answer(status=404, reason="no such address")
        if method != "POST":
            return _not_allowed("POST")
        expected = Expected(webhook, self._clock.monotonic(), _announced(headers))
        try:
            webhook.verify(headers, token=token or None, address=address)
            if expected.announced > webhook.most_bytes:
                raise too_large(webhook.most_bytes)
        except WebhookRefusedError as refused:
            return self.refuse(expected, refused)
        return expected

    async def deliver(self, expected: Expected, body: bytes) -> Answer:
        """Take the events of a body in."""
        webhook = expected.webhook
        try:
            delivery = webhook.open_unverified(body)
        except WebhookRefusedError as refused:
            cut = refused.status == _NO_DELIVERY and len(body) < expected.announced
            return self.refuse(expected, too_late("the body is cut") if cut else refused)
        except Exception as error:  # noqa: BLE001 -- a fault of ours: the sender keeps it and tries again
            _log.error("a delivery to %s cannot be read: %s", webhook.account, type(error).__name__)
            return self.refuse(expected, WebhookRefusedError(503, "a fault while it was read"))
        answer = self._intake.answer_at_once(delivery) or await self._intake.answer(delivery)
        return self._told(expected, answer)

    def refuse(self, expected: Expected, refused: WebhookRefusedError) -> Answer:
        """The answer to a request that is not to be trusted, or cannot be read."""
        return self._told(expected, self._intake.refuse(refused))

    def _told(self, expected: Expected, answer: Answer) -> Answer:
        webhook = expected.webhook
        if answer.reason is not None:
            _log.warning("a delivery to %s was answered %d: %s", webhook.account, answer.status, answer.reason)
        if self._tell is None:
            return answer
        facts = DeliveryFacts(
            provider=str(webhook.provider),
            account=webhook.account,
            road="webhook",
            events=answer.events,
            new=answer.new,
            status=answer.status,
            reason=answer.reason,
            seconds=self._clock.monotonic() - expected.began,
        )
        self._tell(facts)
        return answer


def too_large(most: int) -> WebhookRefusedError:
    """A body has more bytes than are read."""
    return WebhookRefusedError(413, f"the body is larger than {most} bytes")


def too_late(what: str) -> WebhookRefusedError:
    """A body did not come, or not whole: 408, after which the sender tries again."""
    return WebhookRefusedError(408, what)


def _announced(headers: Headers) -> int:
    """How long the body says that it is."""
    told = values_of(headers, "content-length")
    return int(told[0]) if len(told) == 1 and told[0].isdigit() and len(told[0]) < _MANY_DIGITS else 0


def _not_allowed(methods: str) -> Answer:
    return Answer(status=405, headers={"Allow": methods}, reason="other method")
