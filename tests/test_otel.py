"""OpenTelemetry: spans and metrics as the SDK's in-memory exporter and reader see them."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import aioconvo
import aioconvo.otel
from aioconvo.convore import messages
from aioconvo.core.operations.declaration import operation_of
from aioconvo.core.retry.policy import RetryPolicy


class Telemetry:
    """The client under test, and what it told OpenTelemetry."""

    def __init__(self, base_url: str, pool: aioconvo.SessionPool) -> None:
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        self.tracers = TracerProvider(shutdown_on_exit=False, resource=Resource.get_empty())
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        meters = MeterProvider([self.reader], shutdown_on_exit=False, resource=Resource.get_empty())
        self.hooks = aioconvo.otel.hooks(tracer_provider=self.tracers, meter_provider=meters)
        self.client = aioconvo.ConvoreClient(
            api_key="canary-key", base_url=base_url, pool=pool, hooks=self.hooks, retry=RetryPolicy(backoff=0.0)
        )

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def metrics(self) -> dict[str, list[Any]]:
        data = self.reader.get_metrics_data()
        assert data is not None
        found = [metric for one in data.resource_metrics for scope in one.scope_metrics for metric in scope.metrics]
        return {metric.name: list(metric.data.data_points) for metric in found}


@pytest.fixture
async def telemetry(wire: Any, clock: Any) -> AsyncIterator[Telemetry]:
    async with aioconvo.SessionPool(clock=clock) as pool:
        telemetry = Telemetry(wire.base_url, pool)
        yield telemetry
    told = "".join(span.to_json() for span in telemetry.spans) + str(telemetry.reader.get_metrics_data())
    assert "canary" not in told


async def _get(telemetry: Telemetry) -> None:
    await telemetry.client.request("GET", "/v1/canary-id", query={"q": "canary-query"})


async def test_a_call_is_a_span_with_its_requests_inside(wire: Any, telemetry: Telemetry) -> None:
    wire.answers("GET", {"error": "canary-body"}, status=503, headers={"X-Request-Id": "canary-request"})
    wire.answers("GET", {})
    with telemetry.tracers.get_tracer("program").start_as_current_span("program"):
        await _get(telemetry)
    first, second, call, program = telemetry.spans
    assert [one.name for one in telemetry.spans] == ["GET /{path}", "GET /{path}", "convore.request", "program"]
    assert (first.kind, call.kind) == (trace.SpanKind.CLIENT, trace.SpanKind.INTERNAL)
    for child, parent in ((first, call), (second, call), (call, program)):
        assert child.parent is not None
        assert child.parent.span_id == parent.context.span_id
    server = {"http.request.method": "GET", "server.address": "api.test", "server.port": 443, "url.template": "/{path}"}
    assert dict(first.attributes or {}) == {**server, "http.response.status_code": 503, "error.type": "503"}
    assert dict(second.attributes or {}) == {**server, "http.response.status_code": 200, "http.request.resend_count": 1}
    assert dict(call.attributes or {}) == {
        "aioconvo.operation": "convore.request",
        "aioconvo.provider": "convore",
        "aioconvo.attempts": 2,
    }
    assert [(event.name, dict(event.attributes or {})) for event in call.events] == [
        ("retry", {"error.type": "InternalServerError", "aioconvo.wait": 0.0})
    ]
    assert first.status.status_code is trace.StatusCode.ERROR
    assert call.status.status_code is trace.StatusCode.UNSET


async def test_two_of_them_tell_each_request_to_both(wire: Any, telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    wire.answers("GET", {}, status=503)
    wire.answers("GET", {})
    other = Telemetry(wire.base_url, telemetry.client.pool)
    await telemetry.client.with_options(hooks=telemetry.hooks | other.hooks).request("GET", "/x")
    for one in (telemetry, other):
        assert [span.name for span in one.spans] == ["GET /{path}", "GET /{path}", "convore.request"]
        assert [point.value for point in one.metrics()["http.client.active_requests"]] == [0]
    told = [one.getMessage() for one in caplog.records if not one.name.startswith("aioconvo.")]
    assert told == []  # such as of an event that came for a span that had ended
    assert trace.get_current_span() is trace.INVALID_SPAN


async def test_an_operation_is_told_by_its_template(wire: Any, telemetry: Telemetry) -> None:
    wire.answers("GET", {}, status=404)
    with pytest.raises(aioconvo.NotFoundError):
        await telemetry.client.messages.get("canary-id")
    request, call = telemetry.spans
    assert call.name == "convore.messages.get"
    assert (call.attributes or {})["error.type"] == "NotFoundError"
    assert call.status.status_code is trace.StatusCode.ERROR
    assert (request.attributes or {})["url.template"] == operation_of(messages.Messages.get).path


async def test_metrics_for_requests_calls_waits_and_retries(wire: Any, telemetry: Telemetry) -> None:
    wire.answers("GET", {})
    wire.answers("GET", {}, status=429, headers={"Retry-After": "7"})
    wire.answers("GET", {})
    limited = telemetry.client.with_options(limits=aioconvo.Limits(rates=[aioconvo.RateLimit(1, 10.0)]))
    await limited.request("GET", "/v1/x")
    await limited.request("GET", "/v1/x")
    metrics = telemetry.metrics()
    requests = metrics["http.client.request.duration"]
    assert {(point.attributes["http.response.status_code"], point.count) for point in requests} == {(200, 2), (429, 1)}
    (calls,) = metrics["aioconvo.call.duration"]
    assert (calls.count, calls.sum) == (2, 20.0)
    waits = {point.attributes["aioconvo.wait.reason"]: point.sum for point in metrics["aioconvo.wait.duration"]}
    assert waits == {"limits": 13.0, "retry": 7.0}
    (retries,) = metrics["aioconvo.retries"]
    assert (retries.value, retries.attributes["error.type"]) == (1, "RateLimitError")
    (active,) = metrics["http.client.active_requests"]
    assert active.value == 0


async def test_pool_use_and_waits_for_it(clock: Any) -> None:
    let_go = asyncio.Event()

    async def waits(*_: Any, **__: Any) -> Any:
        await let_go.wait()
        raise asyncio.CancelledError

    pool = aioconvo.SessionPool(size=2, clock=clock)
    pool.exchange = waits  # type: ignore[method-assign]
    busy = Telemetry("https://api.test", pool)
    calls = [asyncio.create_task(_get(busy)) for _ in range(3)]
    await asyncio.sleep(0.01)
    assert [point.value for point in busy.metrics()["http.client.active_requests"]] == [2]
    clock.now += 3.0
    let_go.set()
    await asyncio.gather(*calls, return_exceptions=True)
    metrics = busy.metrics()
    assert [point.value for point in metrics["http.client.active_requests"]] == [0]
    (wait,) = metrics["aioconvo.wait.duration"]
    assert (wait.attributes["aioconvo.wait.reason"], wait.sum) == ("pool", 3.0)
    assert len(busy.spans) == 6
    assert {(span.attributes or {})["error.type"] for span in busy.spans} == {"CancelledError"}
    await pool.aclose()


async def test_calls_side_by_side_keep_their_own_spans(wire: Any, telemetry: Telemetry) -> None:
    for _ in range(20):
        wire.answers("GET", {})
    await asyncio.gather(*(_get(telemetry) for _ in range(20)))
    calls = {span.context.span_id for span in telemetry.spans if span.kind is trace.SpanKind.INTERNAL}
    parents = [span.parent.span_id for span in telemetry.spans if span.parent is not None]
    assert len(calls) == len(set(parents)) == 20
    assert set(parents) == calls
    assert not trace.get_current_span().get_span_context().is_valid


async def test_calls_in_one_context_keep_their_own_spans(wire: Any, telemetry: Telemetry) -> None:
    for _ in range(6):
        wire.answers("GET", {}, status=503)
        wire.answers("GET", {"id": "1"})
    shared = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(loop.create_task(_get(telemetry), context=shared) for _ in range(6)))
    calls = {span.context.span_id: span for span in telemetry.spans if span.kind is trace.SpanKind.INTERNAL}
    requests = [span for span in telemetry.spans if span.kind is trace.SpanKind.CLIENT]
    assert len(calls) == 6
    within = [span.parent.span_id for span in requests if span.parent is not None]
    assert len(within) == len(requests) == 12
    told = {number: calls[number].attributes for number in calls}
    for number, attributes in told.items():
        assert attributes is not None
        assert attributes["aioconvo.attempts"] == within.count(number)
        assert len(calls[number].events) == within.count(number) - 1
    left = shared.run(trace.get_current_span)
    assert not left.get_span_context().is_valid
    points = telemetry.metrics()["http.client.active_requests"]
    assert [point.value for point in points] == [0]


async def test_unknown_methods_do_not_become_names(wire: Any, telemetry: Telemetry) -> None:
    wire.answers("PURGE", {})
    await telemetry.client.request("PURGE", "/v1/x")
    request, _call = telemetry.spans
    assert request.name == "HTTP /{path}"
    assert (request.attributes or {})["http.request.method"] == "_OTHER"


@pytest.mark.parametrize("code", ["import aioconvo; aioconvo.SunshineClient", "import aioconvo.otel"])
def test_it_is_loaded_only_when_it_is_used(code: str) -> None:
    script = f"import sys\n{code}\nprint('opentelemetry' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert ran.stdout.strip() == str("otel" in code)


def test_without_the_extra_the_import_says_what_to_install() -> None:
    script = "import sys\nsys.modules['opentelemetry'] = None\nimport aioconvo.otel"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: S603
    assert 'pip install "aioconvo[otel]"' in ran.stderr
