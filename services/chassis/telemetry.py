"""Traces, metrics and logs: set up once per process, scrubbed in one place.

Span and attribute names that operations rely on are listed here; ``tests/system`` holds the expected edges.
"""

import contextlib
import io
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from opentelemetry import metrics, propagate, trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.propagators.textmap import default_getter
from opentelemetry.sdk.environment_variables import OTEL_EXPORTER_OTLP_ENDPOINT
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.view import DropAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from services.chassis import runbook

CASE_ID = "case.id"
HANDOFF_ID = "handoff.id"
BATCH_ID = "batch.id"
REPORT_ID = "report.id"
EVENT_TYPE = "event.type"
DISTRICT = "district"

_PLAIN_DESCRIPTION = re.compile(r"^[A-Za-z_.]{1,80}$")
_DROPPED_ATTRIBUTES = frozenset(
    {
        "url.path", "url.query", "http.target", "http.request.method_original",
        "exception.message", "exception.stacktrace", "db.statement", "messaging.kafka.message.key",
    }
)  # fmt: skip
_LIBRARY_TEXT_CHARACTERS = 160
_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)

# Nobody decides anything by it, and it is counted twice a request.
_UNWATCHED = [View(instrument_name="http.server.active_requests", aggregation=DropAggregation(), attribute_keys=set())]

meter = metrics.get_meter("sigap")
_tracer = trace.get_tracer("sigap")


class OnlyTheTrace(TraceContextTextMapPropagator):
    """Takes from outside which trace this belongs to, no more: baggage and ``tracestate`` are anybody's words."""

    def extract(self, carrier: Any, context: Context | None = None, getter: Any = default_getter) -> Context:
        """The context that a ``traceparent`` names."""
        named = getter.get(carrier, "traceparent")
        return super().extract({"traceparent": named[0]} if named else {}, context)


class SteadyResource(Resource):
    """A resource that does not change: its hash, asked for with every span, is made once."""

    def __init__(self, made: Resource) -> None:
        super().__init__(made.attributes, made.schema_url)
        self._hash = super().__hash__()

    def __hash__(self) -> int:
        return self._hash


class ScrubbingExporter(SpanExporter):
    """Lets no value that came from outside leave in a span: exception texts, stacks and addresses are dropped.

    The route stays; the ids in an address are told by `tag_span`.
    """

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Scrub, then hand on."""
        for span in spans:
            scrub(span)
        return self._inner.export(spans)

    def shutdown(self) -> None:
        """Stop the inner exporter."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the inner exporter."""
        return self._inner.force_flush(timeout_millis)


def scrub(span: ReadableSpan) -> None:
    """Take out of a finished span what may hold somebody's words."""
    attributes = span.attributes or {}
    if _DROPPED_ATTRIBUTES & attributes.keys():
        span._attributes = {k: v for k, v in attributes.items() if k not in _DROPPED_ATTRIBUTES}
    for happening in span.events:
        inner = happening.attributes or {}
        if _DROPPED_ATTRIBUTES & inner.keys():
            happening._attributes = {k: v for k, v in inner.items() if k not in _DROPPED_ATTRIBUTES}
    description = span.status.description
    if description and not _PLAIN_DESCRIPTION.match(description):
        span._status = Status(span.status.status_code, description.split(":")[0][:80] if ":" in description else None)
        if span._status.description and not _PLAIN_DESCRIPTION.match(span._status.description):
            span._status = Status(span.status.status_code)


def set_up_telemetry(service: str, environment: dict[str, str]) -> Callable[[], None]:
    """Install providers for this process; returns what flushes and stops them."""
    set_up_logging(service)
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return lambda: None
    resource = SteadyResource(Resource.create({"service.name": service, "service.namespace": "sigap"}))
    propagate.set_global_textmap(OnlyTheTrace())
    provider = TracerProvider(resource=resource)
    if environment.get(OTEL_EXPORTER_OTLP_ENDPOINT):
        provider.add_span_processor(
            BatchSpanProcessor(
                ScrubbingExporter(OTLPSpanExporter(timeout=5)), max_queue_size=20_000, schedule_delay_millis=1000
            )
        )
    trace.set_tracer_provider(provider)
    metrics.set_meter_provider(
        MeterProvider(resource=resource, metric_readers=[PrometheusMetricReader()], views=_UNWATCHED)
    )
    logging.getLogger("opentelemetry.exporter.otlp").setLevel(logging.CRITICAL)
    return provider.shutdown


def set_up_logging(service: str) -> None:
    """One JSON object per line on standard output: ids, codes and facts, with trace and case ids."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            _add_runbook,
            _without_error_texts,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _WrittenIfItCan(sys.stdout))),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=logging.WARNING, handlers=[LibraryLines(service)], force=True)
    sys.excepthook = _log_last_words


class _WrittenIfItCan(io.TextIOBase):
    """An output whose full disk, or whose end, ends nothing: a line that cannot be written is lost, not the work."""

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def write(self, text: str) -> int:
        """Write it, or leave it."""
        with contextlib.suppress(OSError, ValueError):
            self._output.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        with contextlib.suppress(OSError, ValueError):
            self._output.flush()


class LibraryLines(logging.Handler):
    """What libraries say, as JSON lines of ours: the template without its values, an error by type and place.

    uvicorn and asyncio put whole tracebacks into their lines, and a driver's error text holds the row it refused.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        said = str(record.msg).strip().partition("\n")[0][:_LIBRARY_TEXT_CHARACTERS]
        error = record.exc_info[1] if record.exc_info else None
        level = max((known for known in _LEVELS if known <= record.levelno), default=logging.DEBUG)
        log().log(level, "library_line", service=self._service, logger=record.name, said=said, exc_info=error)


def _log_last_words(_kind: type[BaseException], error: BaseException, _where: TracebackType | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        log().critical("process_failed", exc_info=error)


def _add_trace(_logger: Any, _name: str, fields: Any) -> Any:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        fields["trace_id"] = f"{context.trace_id:032x}"
    return fields


def _add_runbook(_logger: Any, _name: str, fields: Any) -> Any:
    section = runbook.LINES.get(fields.get("event", ""))
    if section is not None:
        fields["runbook"] = runbook.link(section)
    return fields


def _without_error_texts(_logger: Any, _name: str, fields: Any) -> Any:
    """An exception is logged by type and place: its text may hold what somebody typed."""
    error = fields.pop("exc_info", None)
    if isinstance(error, BaseException):
        fields["error"] = type(error).__name__
        fields["error_at"] = where(error)
    return fields


def where(error: BaseException) -> str:
    """``file:line`` of the innermost frame of ours that the error passed through."""
    found = ""
    step = error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if "/services/" in name or "/contracts/" in name:
            short = name.rsplit("/services/", 1)[-1].rsplit("/contracts/", 1)[-1]
            found = f"{short}:{step.tb_lineno}"
        step = step.tb_next
    return found


def log() -> Any:
    """The process's structured logger."""
    return structlog.get_logger()


def gauge(name: str, description: str, read: Callable[[], Iterable[tuple[float, dict[str, AttributeValue]]]]) -> None:
    """A gauge of state, read when it is asked for."""

    def observe(_options: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value, labels) for value, labels in read()]

    meter.create_observable_gauge(name, callbacks=[observe], description=description)


def tag_span(**attributes: str | int | None) -> None:
    """Put ids on the current span (``case_id`` becomes ``case.id``) and into the log lines of this task."""
    span = trace.get_current_span()
    for name, value in attributes.items():
        if value is not None:
            span.set_attribute(name.replace("_", ".", 1), value)
    structlog.contextvars.bind_contextvars(**{k: v for k, v in attributes.items() if v is not None})


@contextmanager
def linked_span(name: str, traceparent: str | None, **ids: str) -> Iterator[None]:
    """A step that carries on what began long ago in a trace of its own: linked to it, not its child."""
    context = TraceContextTextMapPropagator().extract({"traceparent": traceparent or ""})
    began = trace.get_current_span(context).get_span_context()
    links = [Link(began)] if began.is_valid else []
    with _tracer.start_as_current_span(name, links=links, attributes=_named(ids)):
        yield


@contextmanager
def following_span(name: str, traceparent: str, **ids: str) -> Iterator[None]:
    """A step of the trace that a row carries on: the child of what wrote the row."""
    context = TraceContextTextMapPropagator().extract({"traceparent": traceparent})
    with _tracer.start_as_current_span(name, context=context, attributes=_named(ids)):
        yield


@contextmanager
def carried_on(traceparent: str) -> Iterator[None]:
    """What is written and said inside belongs to the trace that a row carries on, without a step of its own."""
    token = attach(TraceContextTextMapPropagator().extract({"traceparent": traceparent}))
    try:
        yield
    finally:
        detach(token)


@contextmanager
def own_trace(name: str, **ids: str) -> Iterator[None]:
    """A story's own root, when one request tells many: linked to the request and the request to it."""
    asked = trace.get_current_span()
    links = [Link(asked.get_span_context())] if asked.get_span_context().is_valid else []
    with _tracer.start_as_current_span(name, context=Context(), links=links, attributes=_named(ids)) as root:
        asked.add_link(root.get_span_context())
        yield


def _named(ids: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", ".", 1): value for name, value in ids.items()}
