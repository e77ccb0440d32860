"""OpenTelemetry for the clients, as hooks; needs the extra: `pip install "aioconvo[otel]"`.

    client = aioconvo.SunshineClient.from_env(hooks=aioconvo.otel.hooks())

A call is a span named after its operation, and each of its requests a client span inside it. Names follow the semantic
conventions for HTTP where there are any. Attributes carry path templates, never path values, queries, ids or text; that is
why `url.full` is not among them.

| metric | what |
|---|---|
| `http.client.request.duration` | seconds of each request |
| `http.client.active_requests` | requests under way: how much of the pool is in use |
| `aioconvo.call.duration` | seconds of each call, with its waits and retries |
| `aioconvo.wait.duration` | seconds of each wait, with `aioconvo.wait.reason`: `limits`, `pool` or `retry` |
| `aioconvo.retries` | failed requests after which a call went on |

    bot = aioconvo.Bot(store, hooks=aioconvo.otel.bot_hooks())

An attempt at an event is a span named after the event's type, and the calls of its handler are inside it. Attributes are the
provider, the account's name in the bot, types of events and of errors: never ids, text or people.

| metric | what |
|---|---|
| `aioconvo.bot.deliveries` | deliveries by road and status; `aioconvo.reason` says why one was refused |
| `aioconvo.bot.events` | events that came, with `aioconvo.new`: whether they were accepted, or had been before |
| `aioconvo.bot.handler.duration` | seconds of each attempt, with `aioconvo.outcome`: `handled`, `again` or `dead` |
| `aioconvo.bot.lag` | seconds from when an event happened until its handler began |
| `aioconvo.bot.dead` | events that were given up on |
| `aioconvo.bot.connections` | what happened to polls and sockets, with `aioconvo.state` |
| `aioconvo.bot.waiting`, `.running`, `.lanes`, `.oldest` | what the store holds, looked at every 10 s; the last in seconds |
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aioconvo.core.calls.hooks import EndFacts, Hooks, RequestFacts, ResponseFacts, RetryFacts, StartFacts
from aioconvo.core.version import VERSION

try:
    from opentelemetry import context, metrics, trace
except ModuleNotFoundError:
    raise ModuleNotFoundError('OpenTelemetry is missing: pip install "aioconvo[otel]"', name="opentelemetry") from None

if TYPE_CHECKING:
    from aioconvo.bot.health import BotCounts
    from aioconvo.bot.hooks import BotHooks, ConnectionFacts, DeadFacts, DeliveryFacts, EventFacts, HandledFacts

__all__ = ["bot_hooks", "hooks"]

_OPEN_SPAN = context.create_key("aioconvo_open_span")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
# The boundaries that the semantic conventions give for `http.client.request.duration`.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


def hooks(*, tracer_provider: trace.TracerProvider | None = None, meter_provider: metrics.MeterProvider | None = None) -> Hooks:
    """Hooks that report spans and metrics; without providers to those that the program has set for all."""
    telemetry = _Telemetry(
        trace.get_tracer("aioconvo", VERSION, tracer_provider), metrics.get_meter("aioconvo", VERSION, meter_provider)
    )
    return Hooks(on_call=telemetry.call, on_request=telemetry.request, on_response=telemetry.response, on_retry=telemetry.retry)


def bot_hooks(
    *, tracer_provider: trace.TracerProvider | None = None, meter_provider: metrics.MeterProvider | None = None
) -> BotHooks:
    """Hooks of a bot that report spans and metrics; without providers to those that the program has set for all."""
    from aioconvo.bot.hooks import BotHooks  # noqa: PLC0415 -- for who has a bot

    telemetry = _BotTelemetry(
        trace.get_tracer("aioconvo", VERSION, tracer_provider), metrics.get_meter("aioconvo", VERSION, meter_provider)
    )
    return BotHooks(
        on_delivery=telemetry.delivery,
        on_event=telemetry.event,
        on_handled=telemetry.handled,
        on_dead=telemetry.dead,
        on_connection=telemetry.connection,
        on_counts=telemetry.counts,
    )


class _OpenSpan:
    """A span that is the current one until it ends."""

    def __init__(self, span: trace.Span, attributes: Mapping[str, str | int]) -> None:
        self.span = span
        self.attributes = attributes
        self._ended = False
        self._outer = context.get_current()
        self.context = context.set_value(_OPEN_SPAN, self, trace.set_span_in_context(span))
        context.attach(self.context)

    def end(self, error: str | None) -> None:
        if error is not None:
            self.span.set_attribute("error.type", error)
            self.span.set_status(trace.StatusCode.ERROR)
        self.span.end()
        self._ended = True
        if context.get_current() is self.context:  # else another task of the same context has opened a span since
            context.attach(self.around)

    @property
    def around(self) -> context.Context:
        """The context outside of this span, and of those around it that have ended meanwhile."""
        outer = self._outer
        opened = context.get_value(_OPEN_SPAN, outer)
        return opened.around if isinstance(opened, _OpenSpan) and opened._ended else outer  # noqa: SLF001 -- its own class


class _Telemetry:
    def __init__(self, tracer: trace.Tracer, meter: metrics.Meter) -> None:
        self._tracer = tracer
        # A call and its requests run in one task, so the request that is open there is the one that ends next. The task
        # keeps it, not the context, which tasks may share.
        self._calls: weakref.WeakKeyDictionary[asyncio.Task[Any], _OpenSpan] = weakref.WeakKeyDictionary()
        self._requests: weakref.WeakKeyDictionary[asyncio.Task[Any], _OpenSpan] = weakref.WeakKeyDictionary()

        def seconds(name: str, what: str) -> metrics.Histogram:
            return meter.create_histogram(name, "s", what, explicit_bucket_boundaries_advisory=_SECONDS)

        self._request_seconds = seconds("http.client.request.duration", "Duration of HTTP client requests.")
        self._call_seconds = seconds("aioconvo.call.duration", "Duration of calls with their waits and retries.")
        self._wait_seconds = seconds("aioconvo.wait.duration", "Duration of waits for limits, the pool and retries.")
        self._active = meter.create_up_down_counter("http.client.active_requests", "{request}", "Requests under way.")
        self._retries = meter.create_counter("aioconvo.retries", "{retry}", "Failed requests after which a call went on.")

    def call(self, facts: StartFacts) -> Callable[[EndFacts], None]:
        attributes = {"aioconvo.operation": facts.operation, "aioconvo.provider": facts.operation.partition(".")[0]}
        opened = _OpenSpan(self._tracer.start_span(facts.operation, attributes=attributes), attributes)

        task = asyncio.current_task()
        if task is not None:
            self._calls[task] = opened

        def ended(end: EndFacts) -> None:
            opened.span.set_attribute("aioconvo.attempts", end.attempts)
            opened.end(end.error)
            self._call_seconds.record(end.elapsed, _with_error(attributes, end.error))

        return ended

    def request(self, facts: RequestFacts) -> None:
        for reason, waited in (("limits", facts.waited_for_limits), ("pool", facts.waited_for_pool)):
            if waited > 0:
                self._note_wait(facts.operation, reason, waited)
        attributes: dict[str, str | int] = {
            "http.request.method": facts.method if facts.method in _METHODS else "_OTHER",
            "server.address": facts.host,
            "server.port": facts.port,
            "url.template": facts.path,
        }
        again = {"http.request.resend_count": facts.attempt - 1} if facts.attempt > 1 else {}
        name = f"{attributes['http.request.method'] if facts.method in _METHODS else 'HTTP'} {facts.path}"
        task = asyncio.current_task()
        call = None if task is None else self._calls.get(task)
        within = None if call is None else call.context
        span = self._tracer.start_span(name, within, trace.SpanKind.CLIENT, {**attributes, **again})
        if task is not None:
            self._requests[task] = _OpenSpan(span, attributes)
        self._active.add(1, _server(attributes))

    def response(self, facts: ResponseFacts) -> None:
        task = asyncio.current_task()
        opened = None if task is None else self._requests.pop(task, None)
        if opened is None:
            return
        attributes = dict(opened.attributes)
        self._active.add(-1, _server(attributes))
        error = facts.error
        if facts.status is not None:
            attributes["http.response.status_code"] = facts.status
            opened.span.set_attribute("http.response.status_code", facts.status)
            if facts.status >= HTTPStatus.BAD_REQUEST:
                error = error or str(facts.status)
        opened.end(error)
        self._request_seconds.record(facts.elapsed, _with_error(attributes, error))

    def retry(self, facts: RetryFacts) -> None:
        task = asyncio.current_task()
        call = None if task is None else self._calls.get(task)
        span = trace.get_current_span() if call is None else call.span
        span.add_event("retry", {"error.type": facts.error, "aioconvo.wait": facts.wait})
        self._retries.add(1, {"aioconvo.operation": facts.operation, "error.type": facts.error})
        if facts.wait > 0:
            self._note_wait(facts.operation, "retry", facts.wait)

    def _note_wait(self, operation: str, reason: str, seconds: float) -> None:
        self._wait_seconds.record(seconds, {"aioconvo.operation": operation, "aioconvo.wait.reason": reason})


def _server(attributes: Mapping[str, str | int]) -> dict[str, str | int]:
    """What tells the active requests apart; the same when one begins and ends."""
    return {name: attributes[name] for name in ("http.request.method", "server.address", "server.port")}


def _with_error(attributes: Mapping[str, str | int], error: str | None) -> dict[str, str | int]:
    return dict(attributes) if error is None else {**attributes, "error.type": error}


class _BotTelemetry:
    def __init__(self, tracer: trace.Tracer, meter: metrics.Meter) -> None:
        self._tracer = tracer
        # An event is handled in one task from its beginning to its end.
        self._events: weakref.WeakKeyDictionary[asyncio.Task[Any], _OpenSpan] = weakref.WeakKeyDictionary()
        count, gauge = meter.create_counter, meter.create_gauge
        self._deliveries = count("aioconvo.bot.deliveries", "{delivery}", "Deliveries, by what they were answered.")
        self._came = count("aioconvo.bot.events", "{event}", "Events that came, new ones and others.")
        self._died = count("aioconvo.bot.dead", "{event}", "Events that were given up on.")
        self._connections = count("aioconvo.bot.connections", "{change}", "What happened to polls and sockets.")
        self._waiting = gauge("aioconvo.bot.waiting", "{event}", "Events that wait.")
        self._running = gauge("aioconvo.bot.running", "{event}", "Events that are handled now.")
        self._lanes = gauge("aioconvo.bot.lanes", "{lane}", "Conversations with an event.")
        self._oldest = gauge("aioconvo.bot.oldest", "s", "Age of the oldest event that is not handled.")
        self._handler_seconds = meter.create_histogram(
            "aioconvo.bot.handler.duration", "s", "Duration of attempts.", explicit_bucket_boundaries_advisory=_SECONDS
        )
        self._lag = meter.create_histogram("aioconvo.bot.lag", "s", "From when an event happened until its handler began.")

    def delivery(self, facts: DeliveryFacts) -> None:
        known = {**_of_bot(facts), "aioconvo.road": facts.road}
        status = {} if facts.status is None else {"http.response.status_code": facts.status}
        reason = {} if facts.reason is None else {"aioconvo.reason": facts.reason}
        self._deliveries.add(1, {**known, **status, **reason})
        accepted = facts.reason is None
        if accepted and facts.new:
            self._came.add(facts.new, {**known, "aioconvo.new": True})
        if accepted and facts.events > facts.new:
            self._came.add(facts.events - facts.new, {**known, "aioconvo.new": False})

    def event(self, facts: EventFacts) -> None:
        attributes = {**_of_bot(facts), "aioconvo.event": facts.event}
        if facts.lag is not None:
            self._lag.record(facts.lag, attributes)
        task = asyncio.current_task()
        if task is not None:
            more = {"aioconvo.attempt": facts.attempt, "aioconvo.late": facts.late}
            span = self._tracer.start_span(facts.event, None, trace.SpanKind.CONSUMER, {**attributes, **more})
            self._events[task] = _OpenSpan(span, attributes)

    def handled(self, facts: HandledFacts) -> None:
        task = asyncio.current_task()
        opened = None if task is None else self._events.pop(task, None)
        if opened is not None:
            opened.span.set_attribute("aioconvo.outcome", facts.outcome)
            opened.end(facts.error)
        attributes = {**_of_bot(facts), "aioconvo.event": facts.event, "aioconvo.outcome": facts.outcome}
        self._handler_seconds.record(facts.seconds, _with_error(attributes, facts.error))

    def dead(self, facts: DeadFacts) -> None:
        self._died.add(1, {**_of_bot(facts), "aioconvo.event": facts.event, "error.type": facts.reason})

    def connection(self, facts: ConnectionFacts) -> None:
        attributes = {**_of_bot(facts), "aioconvo.road": facts.road, "aioconvo.state": facts.state}
        self._connections.add(1, _with_error(attributes, facts.error))

    def counts(self, counts: BotCounts) -> None:
        self._waiting.set(counts.waiting)
        self._running.set(counts.running)
        self._lanes.set(counts.lanes)
        self._oldest.set(counts.oldest or 0.0)


def _of_bot(facts: DeliveryFacts | EventFacts | HandledFacts | DeadFacts | ConnectionFacts) -> dict[str, str | int]:
    return {"aioconvo.provider": facts.provider, "aioconvo.account": facts.account}
