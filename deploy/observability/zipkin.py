"""OTLP spans as Zipkin v2 spans: attributes and links become tags, events become annotations."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

KINDS = {
    Span.SPAN_KIND_SERVER: "SERVER",
    Span.SPAN_KIND_CLIENT: "CLIENT",
    Span.SPAN_KIND_PRODUCER: "PRODUCER",
    Span.SPAN_KIND_CONSUMER: "CONSUMER",
}
# The first of these that a span has names the other end of its call; without one Zipkin draws no line to it.
OTHER_END = ("peer.service", "messaging.system", "db.system.name", "db.system", "server.address")
KEPT_OF_RESOURCE = ("service.instance.id", "service.version")


def zipkin_spans(request: ExportTraceServiceRequest, page: str) -> Iterator[dict[str, Any]]:
    """Every span of an export. `page` is the address of the trace page, for links to other traces."""
    for resource_spans in request.resource_spans:
        resource = _texts(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield _zipkin_span(span, resource, scope_spans.scope.name, page)


def _zipkin_span(span: Span, resource: dict[str, str], scope: str, page: str) -> dict[str, Any]:
    attributes = _texts(span.attributes)
    other_end = next((attributes[name] for name in OTHER_END if attributes.get(name)), None)
    tags = {name: text for name, text in resource.items() if name in KEPT_OF_RESOURCE}
    if scope:
        tags["otel.scope.name"] = scope
    tags |= attributes
    for number, link in enumerate(span.links, 1):
        tags[f"link.{number}"] = f"{page}/traces/{link.trace_id.hex()}?spanId={link.span_id.hex()}"
        tags |= {f"link.{number}.{name}": text for name, text in _texts(link.attributes).items()}
    if span.status.code == Status.STATUS_CODE_ERROR:
        tags["error"] = span.status.message or attributes.get("error.type", "true")
    shown: dict[str, Any] = {
        "traceId": span.trace_id.hex(),
        "id": span.span_id.hex(),
        "name": span.name,
        "timestamp": span.start_time_unix_nano // 1000,
        "duration": max(1, (span.end_time_unix_nano - span.start_time_unix_nano) // 1000),
        "localEndpoint": {"serviceName": resource.get("service.name", "unknown")},
        "tags": tags,
        "annotations": [
            {"timestamp": event.time_unix_nano // 1000, "value": _event_text(event)} for event in span.events
        ],
    }
    if span.parent_span_id:
        shown["parentId"] = span.parent_span_id.hex()
    if span.kind in KINDS:
        shown["kind"] = KINDS[span.kind]
        if other_end is not None and span.kind != Span.SPAN_KIND_SERVER:
            shown["remoteEndpoint"] = {"serviceName": other_end}
    return shown


def _event_text(event: Span.Event) -> str:
    kind = _texts(event.attributes).get("exception.type")
    return f"{event.name}: {kind}" if kind else event.name


def _texts(attributes: Iterable[KeyValue]) -> dict[str, str]:
    return {attribute.key: _text(attribute.value) for attribute in attributes}


def _text(value: AnyValue) -> str:
    plain = _plain(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _plain(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    match kind:
        case None:
            return ""
        case "array_value":
            return [_plain(item) for item in value.array_value.values]
        case "kvlist_value":
            return {item.key: _plain(item.value) for item in value.kvlist_value.values}
        case "bytes_value":
            return value.bytes_value.decode("utf-8", errors="replace")
        case _:
            return getattr(value, kind)
