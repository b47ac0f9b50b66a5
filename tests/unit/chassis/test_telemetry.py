"""What a request from outside may bring into our traces: which trace it belongs to, and nothing else."""

from opentelemetry import baggage, trace
from opentelemetry.sdk.resources import Resource

from services.chassis.telemetry import OnlyTheTrace, SteadyResource

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_only_the_trace_is_taken_from_outside() -> None:
    carrier = {"traceparent": TRACEPARENT, "tracestate": "dukcapil=Sukarsih", "baggage": "nik=3524175203889007"}
    context = OnlyTheTrace().extract(carrier)
    named = trace.get_current_span(context).get_span_context()
    assert f"{named.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert dict(named.trace_state) == {}
    assert dict(baggage.get_all(context)) == {}
    given: dict[str, str] = {}
    OnlyTheTrace().inject(given, context)
    assert given == {"traceparent": TRACEPARENT}


def test_without_a_trace_a_new_one_begins() -> None:
    for carrier in ({}, {"traceparent": "nonsense"}, {"tracestate": "a=b"}):
        assert not trace.get_current_span(OnlyTheTrace().extract(carrier)).get_span_context().is_valid


def test_a_steady_resource_is_the_one_it_was_made_of() -> None:
    made = Resource.create({"service.name": "intake"})
    assert hash(SteadyResource(made)) == hash(made)
    assert SteadyResource(made) == made
