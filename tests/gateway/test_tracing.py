"""Spans of requests, as a collector receives them."""

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr
from sqlalchemy import text

from adapters.registry import regions
from gateway.app import create_app
from gateway.hub import Hub
from gateway.subgraph import create_region
from gateway.tracing import Traces
from schema.errors import RequestError
from sync.settings import PlatformSettings, Settings

TRACKS = "query Tracks($phone: String) { nationalTracks { id } entries(filter: { text: $phone }) { totalCount } }"
PHONE = "13912345678"
ABOVE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector:
    """Takes OTLP over HTTP."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def spans(self) -> list[Span]:
        requests = map(ExportTraceServiceRequest.FromString, self.received)
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector(monkeypatch) -> Iterator[Collector]:
    made = Collector()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{made.server.server_port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def spans(collector, running, filled_sqlite):
    """What is traced of requests to a service that ends after them."""

    def told(ask) -> list[Span]:
        with running(filled_sqlite) as service:
            ask(service)
        return collector.spans()

    return told


def attributes(span: Span) -> dict[str, object]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def test_a_request_is_a_span_that_names_its_route_and_its_outcome(spans) -> None:
    (span,) = spans(lambda service: service.client().http.post("/graphql", json={"query": TRACKS}))
    told = attributes(span)
    assert told.pop("dexhub.request") != ""
    assert (span.name, span.kind, told) == (
        "POST /graphql",
        Span.SPAN_KIND_SERVER,
        {
            "http.request.method": "POST",
            "http.route": "/graphql",
            "http.response.status_code": 401,
            "dexhub.code": "UNAUTHENTICATED",
        },
    )


def test_an_answer_from_a_plan_is_traced_like_any_other(spans) -> None:
    made = spans(lambda service: [service.national.ask(TRACKS) for _ in range(3)])
    assert [(span.name, attributes(span)["http.response.status_code"]) for span in made] == [("POST /graphql", 200)] * 3


def test_a_span_is_part_of_the_one_that_its_sender_is_in(spans) -> None:
    (span,) = spans(lambda service: service.client().http.get("/health/live", headers={"traceparent": ABOVE}))
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (ABOVE[3:35], ABOVE[36:52])


def test_what_a_query_by_get_says_is_in_no_span(spans, collector) -> None:
    asked = {"query": TRACKS, "variables": f'{{"phone": "{PHONE}"}}'}
    spans(lambda service: service.national.http.get("/graphql", params=asked))
    assert (len(collector.spans()), [PHONE.encode() in each for each in collector.received]) == (1, [False])


def test_a_fault_of_ours_is_an_error(spans) -> None:
    def ask(service) -> None:
        migrate_away(service)
        service.client().http.get("/health/ready")

    (span,) = spans(ask)
    assert (attributes(span)["http.response.status_code"], span.status.code) == (503, Status.STATUS_CODE_ERROR)


def migrate_away(service) -> None:
    """A revision that the code does not know."""
    with service.hub.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'elsewhere'"))


@pytest.fixture
def by_fastapi(monkeypatch) -> InMemorySpanExporter:
    """What FastAPI would trace of its own accord, where the operator has set OpenTelemetry up for the process."""
    told, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(told))
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: provider)
    return told


async def asked(app) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dexhub") as client:
        await client.get("/graphql", params={"query": PHONE})


async def test_fastapi_traces_nothing_of_its_own_accord(by_fastapi, filled_sqlite) -> None:
    await asked(create_app(Hub(Settings(token_key=SecretStr("t" * 64)), filled_sqlite)))
    assert by_fastapi.get_finished_spans() == ()


async def test_nor_does_it_in_a_regions_subgraph(by_fastapi) -> None:
    adapter = next(iter(regions().values()))
    platform = PlatformSettings(url="http://127.0.0.1:9", key_id="k", secret=SecretStr("s"))
    settings = Settings(token_key=SecretStr("t" * 64), platforms={adapter.manifest.slug: platform})
    await asked(create_region(adapter, settings))
    assert by_fastapi.get_finished_spans() == ()


def test_where_no_collector_is_named_nothing_is_traced() -> None:
    assert Traces.configured() is None


def test_a_collector_without_what_sends_to_it_is_an_error_that_names_the_remedy(monkeypatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(RequestError) as found:
        Traces.configured()
    assert [each.code for each in found.value.problems] == ["TELEMETRY_MISSING"]
