"""Spans of requests for an OpenTelemetry collector, where its own variables name one and `dexhub[telemetry]` is installed.

A span says what a line of the log says, but for who asked, under the same number. FastAPI's own spans, which are shut, hold the
whole address, and so whatever a query by GET says.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Self

from fastapi.telemetry import TelemetryConfig
from opentelemetry.propagators.textmap import default_getter
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

from gateway.headers import said
from schema.errors import Problem, RequestError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_ABOVE: Final = ("traceparent", "tracestate")  # by which whoever asks says whose part this is (W3C Trace Context)
_NAMES: Final = {
    "method": "http.request.method", "route": "http.route", "status": "http.response.status_code",
    "request": "dexhub.request", "code": "dexhub.code",
}  # fmt: skip
_FAULTS: Final = 500
SILENT: Final = TelemetryConfig(tracing=False, metrics=False, logs=False)
"""What every application of ours is given."""


class Traces:
    """One for a process."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("dexhub")

    @classmethod
    def configured(cls) -> Self | None:
        """What the variables of OpenTelemetry ask for; None where they name no collector, RequestError where what would send to
        it is not installed.
        """
        if not any(os.environ.get(name) for name in _ENDPOINTS):
            return None
        try:
            # Of the extra, which need not be installed.
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  see above
            from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415  see above
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  see above
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  see above
        except ImportError:
            raise RequestError(_missing()) from None
        provider = TracerProvider(
            resource=Resource.create({SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", "dexhub")})
        )
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return cls(provider)

    def begin(self, scope: Scope) -> Span:
        """The span of a request, part of the one that its sender is in."""
        above = {name: found for name in _ABOVE if (found := said(scope, name.encode()))}
        context = TraceContextTextMapPropagator().extract(above, getter=default_getter)
        return self._tracer.start_span(scope["method"], context, SpanKind.SERVER)

    def end(self, span: Span, told: Mapping[str, object]) -> None:
        """End it with what the log tells of the request."""
        span.update_name(f"{told['method']} {told['route']}")
        if isinstance(told["status"], int) and told["status"] >= _FAULTS:
            span.set_status(StatusCode.ERROR)
        for name, attribute in _NAMES.items():
            value = told[name]
            if isinstance(value, str | int):
                span.set_attribute(attribute, value)
        span.end()

    def stop(self) -> None:
        """Send what was not sent yet."""
        self._provider.shutdown()


def _missing() -> Problem:
    return Problem(
        "TELEMETRY_MISSING",
        _ENDPOINTS[-1],
        "已指定 OpenTelemetry 采集端，但未安装发送组件",
        "a collector of OpenTelemetry is named, but what sends to it is not installed",
        remedy_zh="pip install 'dexhub[telemetry]'，或去掉该环境变量",
        remedy_en="pip install 'dexhub[telemetry]', or unset the variable",
    )
