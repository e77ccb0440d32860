"""What a bot tells OpenTelemetry: spans with the handlers' calls inside, and numbers."""

# ruff: noqa: ARG001 -- handlers have the parameters that are tested
from __future__ import annotations

from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import aioconvo.otel
from aioconvo import Bot
from aioconvo.bot import Drop
from aioconvo.events import MessageReceived
from tests.bot.accounts import message, sunshine
from tests.bot.asgi_client import Requests
from tests.bot.test_life import HOOK, settled


async def test_a_bot_reports_spans_and_numbers_without_what_was_said() -> None:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers = TracerProvider(shutdown_on_exit=False, resource=Resource.get_empty())
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    meters = MeterProvider([reader], shutdown_on_exit=False, resource=Resource.get_empty())
    bot = sunshine(Bot(hooks=aioconvo.otel.bot_hooks(tracer_provider=tracers, meter_provider=meters)))

    @bot.on(MessageReceived, text="canary drop")
    async def drop(event: MessageReceived) -> None:
        raise Drop("canary")

    @bot.on(MessageReceived)
    async def inside(event: MessageReceived) -> None:
        tracers.get_tracer("theirs").start_span("inside").end()

    async with bot:
        requests = Requests(bot.asgi())
        assert await requests.post(HOOK, message("canary", identity="1", conversation="1")) == 200
        assert await requests.post(HOOK, message("canary", identity="1", conversation="1")) == 200
        assert await requests.post(HOOK, message("canary drop", identity="2", conversation="2")) == 200
        assert await requests.post(HOOK, b"canary", headers={"x-api-key": "canary"}) == 401
        await settled(bot)
    spans = {(span.name, str((span.attributes or {}).get("aioconvo.outcome"))): span for span in exporter.get_finished_spans()}
    assert set(spans) == {("MessageReceived", "handled"), ("MessageReceived", "dead"), ("inside", "None")}
    handled, dead, within = spans["MessageReceived", "handled"], spans["MessageReceived", "dead"], spans["inside", "None"]
    assert within.parent is not None
    assert within.parent.span_id == handled.context.span_id
    assert handled.kind is trace.SpanKind.CONSUMER
    assert dict(dead.attributes or {})["error.type"] == "Drop"
    assert not dead.status.is_ok

    data = reader.get_metrics_data()
    assert data is not None
    told: dict[str, list[Any]] = {
        metric.name: list(metric.data.data_points)
        for one in data.resource_metrics
        for scope in one.scope_metrics
        for metric in scope.metrics
    }
    assert total(told["aioconvo.bot.deliveries"]) == {200: 3, 401: 1}
    assert {point.attributes["aioconvo.new"]: point.value for point in told["aioconvo.bot.events"]} == {True: 2, False: 1}
    assert {point.attributes["aioconvo.outcome"]: point.count for point in told["aioconvo.bot.handler.duration"]} == {
        "handled": 1,
        "dead": 1,
    }
    assert [point.value for point in told["aioconvo.bot.dead"]] == [1]
    assert told["aioconvo.bot.waiting"]
    assert told["aioconvo.bot.lag"]
    assert "canary" not in str(data) + "".join(span.to_json() for span in exporter.get_finished_spans())


def total(points: list[Any]) -> dict[int, int]:
    """By status."""
    found: dict[int, int] = {}
    for point in points:
        status = point.attributes["http.response.status_code"]
        found[status] = found.get(status, 0) + point.value
    return found
