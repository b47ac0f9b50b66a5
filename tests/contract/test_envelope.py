"""CloudEvents 1.0 in Kafka headers: names as the standard wants them, and nothing read that is not there."""

import re
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.envelope import Envelope, EnvelopeIsInvalid, Event, Sensitivity
from contracts.events.intake import ReportRejected, ReportVerified
from contracts.generate import all_events
from contracts.values import RegionCode

REQUIRED_BY_CLOUDEVENTS = {"specversion", "id", "source", "type"}
instants = st.integers(0, 4_000_000_000_000_000).map(
    lambda n: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=n)
)


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    """Any envelope that a service may write."""
    return Envelope(
        id=draw(st.uuids()),
        source="/sigap/intake",
        type=draw(st.sampled_from(all_events())).TYPE,
        subject=draw(st.uuids()),
        time=draw(instants),
        factid=draw(st.uuids()),
        recordedtime=draw(instants),
        correlationid=draw(st.uuids()),
        causationid=draw(st.none() | st.uuids()),
        sequence=draw(st.integers(1, 2**63 - 1)),
        district=RegionCode("35.24"),
        actor="agency:satpolpp-lamongan",
        sensitivity=draw(st.sampled_from(Sensitivity)),
        urgent=draw(st.booleans()),
        traceparent=draw(st.none() | st.just(f"00-{'a' * 32}-{'b' * 16}-01")),
    )


@given(envelopes())
def test_an_envelope_survives_its_headers(envelope: Envelope) -> None:
    assert Envelope.from_headers(envelope.to_headers()) == envelope


@given(envelopes(), st.lists(st.tuples(st.text(max_size=12), st.binary(max_size=12)), max_size=5))
def test_foreign_headers_change_nothing(envelope: Envelope, foreign: list[tuple[str, bytes]]) -> None:
    ours = {name for name, _ in envelope.to_headers()} | {"traceparent", "ce_causationid", "ce_urgent"}
    others = [(name, value) for name, value in foreign if name not in ours]
    assert Envelope.from_headers([*others, *envelope.to_headers()]) == envelope


@given(st.lists(st.tuples(st.sampled_from([f"ce_{name}" for name in Envelope.model_fields]), st.binary(max_size=40))))
def test_any_other_headers_are_refused_by_one_kind_of_error(headers: list[tuple[str, bytes]]) -> None:
    with pytest.raises(EnvelopeIsInvalid):
        Envelope.from_headers(headers)


@given(envelopes(), st.data())
def test_a_missing_required_header_is_named(envelope: Envelope, data: st.DataObject) -> None:
    optional = {name for name, field in Envelope.model_fields.items() if not field.is_required()} - {"specversion"}
    missing = data.draw(st.sampled_from(sorted(set(Envelope.model_fields) - optional)))
    headers = [(name, value) for name, value in envelope.to_headers() if name != f"ce_{missing}"]
    with pytest.raises(EnvelopeIsInvalid) as caught:
        Envelope.from_headers(headers)
    assert caught.value.attributes == (missing,)


def test_attribute_names_are_lower_case_letters_and_digits_of_twenty_at_most() -> None:
    for name in set(Envelope.model_fields) - {"traceparent"}:
        assert re.fullmatch(r"[a-z0-9]{1,20}", name), name
    assert set(Envelope.model_fields) >= REQUIRED_BY_CLOUDEVENTS


def test_attributes_travel_with_the_prefix_of_the_kafka_binding() -> None:
    plain = {"content-type", "traceparent"}
    names = [name for name, _ in _envelope().to_headers()]
    assert len(names) == len(set(names))
    assert all(name.startswith("ce_") for name in names if name not in plain)
    assert dict(_envelope().to_headers())["content-type"] == b"application/json"


def test_an_instant_is_written_in_utc_with_its_zone() -> None:
    envelope = _envelope(time=datetime(2022, 3, 8, 9, 15, tzinfo=timezone(timedelta(hours=7))))
    assert dict(envelope.to_headers())["ce_time"] == b"2022-03-08T02:15:00Z"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_id", b"\xff\xfe"),
        ("ce_sequence", b"0"),
        ("ce_sequence", b"7.0"),
        ("ce_sequence", b"9223372036854775808"),
        ("ce_district", b"35"),
        ("ce_time", b"2022-03-08T09:15:00"),
        ("ce_time", b"1646705700"),
        ("ce_actor", b"Budi Santoso"),
        ("ce_sensitivity", b"SECRET"),
    ],
)
def test_a_malformed_header_is_named_and_its_value_is_not_repeated(name: str, value: bytes) -> None:
    headers = [*_envelope().to_headers(), (name, value)]
    with pytest.raises(EnvelopeIsInvalid) as caught:
        Envelope.from_headers(headers)
    assert caught.value.attributes == (name.removeprefix("ce_"),)
    assert value.decode(errors="replace") not in str(caught.value)


@pytest.mark.parametrize("torn", [b"", b"00-zz", b"\xff"])
def test_a_torn_trace_does_not_cost_the_fact(torn: bytes) -> None:
    headers = [(name, value) for name, value in _envelope().to_headers() if name != "traceparent"]
    assert Envelope.from_headers([*headers, ("traceparent", torn)]).traceparent is None


def test_what_is_urgent_says_so_and_nothing_else_mentions_it() -> None:
    assert ("ce_urgent", b"true") in _envelope().model_copy(update={"urgent": True}).to_headers()
    assert "ce_urgent" not in dict(_envelope().to_headers())


@pytest.mark.parametrize("word", [b"", b"false", b"True", b"1", b"yes", b"\xff"])
def test_a_wrong_word_of_haste_costs_the_haste_and_not_the_fact(word: bytes) -> None:
    assert Envelope.from_headers([*_envelope().to_headers(), ("ce_urgent", word)]) == _envelope()


def test_a_newer_writers_field_is_ignored() -> None:
    assert ReportRejected.from_body(b'{"reason_code": "OTHER", "added_later": 1}') == ReportRejected(
        reason_code="OTHER"
    )


def test_an_event_cannot_be_changed() -> None:
    event = ReportRejected(reason_code="OTHER")
    with pytest.raises(ValidationError):
        event.reason_code = "ELSE"  # type: ignore[misc]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"reason_code": "A\\u0000"}',
        b'{"reason_code": "\\ud800"}',
        b'{"reason_code": "free text about Budi"}',
        b'{"reason_code": 5}',
    ],
)
def test_a_body_of_another_form_is_refused_without_repeating_it(body: bytes) -> None:
    with pytest.raises(ValidationError) as caught:
        ReportRejected.from_body(body)
    assert "Budi" not in str(caught.value)


def test_a_yes_or_no_is_not_guessed_from_words_and_an_instant_not_from_numbers() -> None:
    good = {
        "case_type_guess": "GEPENG",
        "kind": "GEPENG",
        "person_id": str(UUID(int=1)),
        "village_code": "35.24.22.1002",
        "urgency": "NORMAL",
        "channel": "COUNTER",
        "apparent_minor": False,
        "found_at": "2022-03-08T01:40:00Z",
    }
    assert ReportVerified.model_validate(good).apparent_minor is False
    for name, wrong in (("apparent_minor", "no"), ("found_at", 1646703600), ("found_at", "2022-03-08T01:40:00")):
        with pytest.raises(ValidationError):
            ReportVerified.model_validate({**good, name: wrong})


def test_the_base_of_events_has_no_type_of_its_own() -> None:
    assert not hasattr(Event, "TYPE")


def _envelope(time: datetime = datetime(2022, 3, 8, 2, 15, tzinfo=UTC)) -> Envelope:
    return Envelope(
        id=UUID(int=1),
        source="/sigap/intake",
        type="intake.report.received.v1",
        subject=UUID(int=2),
        time=time,
        factid=UUID(int=3),
        recordedtime=time,
        correlationid=UUID(int=4),
        causationid=UUID(int=5),
        sequence=1,
        district=RegionCode("35.24"),
        actor="agency:satpolpp-lamongan",
        sensitivity=Sensitivity.PERSONAL,
        traceparent=f"00-{'a' * 32}-{'b' * 16}-01",
    )
