"""What an OTLP span becomes on the trace page."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from deploy.observability.zipkin import zipkin_spans


def text(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))


def export(*spans: Span) -> ExportTraceServiceRequest:
    scope = ScopeSpans(scope=InstrumentationScope(name="sigap"), spans=spans)
    resource = Resource(attributes=[text("service.name", "casework")])
    return ExportTraceServiceRequest(resource_spans=[ResourceSpans(resource=resource, scope_spans=[scope])])


def a_span(**more: object) -> Span:
    fields = {
        "trace_id": b"\x01" * 16,
        "span_id": b"\x02" * 8,
        "name": "work",
        "start_time_unix_nano": 1_000_000,
        "end_time_unix_nano": 3_000_000,
    }
    return Span(**(fields | more))  # type: ignore[arg-type]


def test_attributes_become_tags_and_the_service_is_named() -> None:
    parts = ArrayValue(values=[AnyValue(int_value=1), AnyValue(bool_value=True)])
    span = a_span(attributes=[text("case.id", "X"), KeyValue(key="parts", value=AnyValue(array_value=parts))])

    (shown,) = zipkin_spans(export(span), "http://page")

    assert shown["localEndpoint"] == {"serviceName": "casework"}
    assert shown["tags"]["case.id"] == "X"
    assert shown["tags"]["parts"] == "[1, true]"
    assert (shown["timestamp"], shown["duration"]) == (1000, 2000)
    assert "parentId" not in shown


def test_a_link_becomes_the_address_of_the_other_trace() -> None:
    link = Span.Link(trace_id=b"\x0a" * 16, span_id=b"\x0b" * 8, attributes=[text("link.kind", "answers")])

    (shown,) = zipkin_spans(export(a_span(links=[link])), "http://page")

    assert shown["tags"]["link.1"] == f"http://page/traces/{'0a' * 16}?spanId={'0b' * 8}"
    assert shown["tags"]["link.1.link.kind"] == "answers"


def test_a_producer_points_at_the_broker_and_a_server_at_nobody() -> None:
    to_kafka = a_span(kind=Span.SPAN_KIND_PRODUCER, attributes=[text("messaging.system", "kafka")])
    served = a_span(kind=Span.SPAN_KIND_SERVER, attributes=[text("server.address", "127.0.0.1")])

    sent, answered = zipkin_spans(export(to_kafka, served), "http://page")

    assert (sent["kind"], sent["remoteEndpoint"]) == ("PRODUCER", {"serviceName": "kafka"})
    assert answered["kind"] == "SERVER"
    assert "remoteEndpoint" not in answered


def test_an_exception_shows_its_type_and_no_text() -> None:
    event = Span.Event(
        name="exception", attributes=[text("exception.type", "ValueError"), text("exception.message", "secret")]
    )
    span = a_span(events=[event], status=Status(code=Status.STATUS_CODE_ERROR))

    (shown,) = zipkin_spans(export(span), "http://page")

    assert [note["value"] for note in shown["annotations"]] == ["exception: ValueError"]
    assert shown["tags"]["error"] == "true"
    assert "secret" not in str(shown)
