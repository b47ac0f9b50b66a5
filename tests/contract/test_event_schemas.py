"""The committed schemas say what the event classes say, and no event has room for free text."""

from collections.abc import Iterator
from typing import Any

import pytest

from contracts.envelope import TYPE_PATTERN, Event, Sensitivity
from contracts.generate import all_events, released_types, schema_findings, schema_of, schema_path
from contracts.topics import (
    TOPICS_BY_OWNER,
    all_topics,
    event_class,
    event_types,
    parse_type,
    topic_of,
)
from contracts.values import INT64_MAX

by_type = pytest.mark.parametrize("event", all_events(), ids=lambda event: event.TYPE)


def test_every_committed_schema_is_current() -> None:
    assert [str(finding) for finding in schema_findings(all_events())] == []


def test_released_types_are_still_published() -> None:
    assert released_types() <= set(event_types()) | {f"{service}.openapi" for service in TOPICS_BY_OWNER}


@by_type
def test_an_event_stands_on_one_topic_of_its_owner(event: type[Event]) -> None:
    parts = parse_type(event.TYPE)
    topic = topic_of(event.TYPE)
    assert topic in TOPICS_BY_OWNER[parts.owner]
    assert topic.name.startswith(f"{parts.owner}.")
    assert event_class(event.TYPE) is event
    assert f"{event.__module__}.".startswith(f"contracts.events.{parts.owner}.")


@by_type
def test_a_class_is_named_as_its_type(event: type[Event]) -> None:
    parts = parse_type(event.TYPE)
    words = f"{parts.aggregate}_{parts.fact}".split("_")
    suffix = "" if parts.version == 1 else f"V{parts.version}"
    assert event.__name__ == "".join(word.capitalize() for word in words) + suffix


@by_type
def test_an_event_explains_itself(event: type[Event]) -> None:
    assert event.__doc__
    assert event.__doc__ != Event.__doc__


@by_type
def test_no_field_of_an_event_takes_free_text_or_numbers_without_end(event: type[Event]) -> None:
    for place, node in _leaves(schema_of(event), "$"):
        match node.get("type"):
            case "string":
                assert node.keys() & {"pattern", "format", "enum", "const"}, f"{place} takes any text"
            case "integer":
                assert node["minimum"] >= 0, place
                assert node["maximum"] <= INT64_MAX, place
            case "number":
                pytest.fail(f"{place} is a fraction")


def test_every_event_type_is_unique() -> None:
    types = [event.TYPE for event in all_events()]
    assert len(types) == len(set(types)) == len(event_types())


def test_each_topic_is_named_by_its_owner_and_compacted_ones_are_keyed_by_subject() -> None:
    for owner, topics in TOPICS_BY_OWNER.items():
        for topic in topics:
            assert topic.name.split(".")[0] == owner
            assert (topic.key == "subject") is (topic.cleanup == "compact")
            assert topic.sensitivity in Sensitivity
    assert len({topic.name for topic in all_topics()}) == len(all_topics())


def test_only_sealed_topics_carry_personal_data() -> None:
    sealed = [event.TYPE for event in all_events() if "sealed" in event.model_fields]
    assert {topic_of(type_name).name for type_name in sealed} == {"intake.persons"}


def test_a_type_of_another_form_is_not_taken_apart() -> None:
    for wrong in ("", "intake.report", "intake.report.received", "Intake.report.received.v1", "a.b.c.v0", "a.b.c.v1\n"):
        with pytest.raises(ValueError, match="event type"):
            parse_type(wrong)
    assert parse_type("later.thing.happened.v12").version == 12
    assert TYPE_PATTERN.startswith("^")


def test_an_unknown_type_or_version_has_no_class() -> None:
    assert event_class("intake.report.received.v2") is None
    assert event_class("nobody.knows.this.v1") is None


def test_schemas_lie_in_the_folder_of_their_owner() -> None:
    assert schema_path("intake.report.received.v1").parts[-2:] == ("intake", "intake.report.received.v1.json")


def _leaves(node: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _leaves(item, f"{place}[{number}]")
    elif isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield place, node
        for key, value in node.items():
            yield from _leaves(value, f"{place}.{key}")
