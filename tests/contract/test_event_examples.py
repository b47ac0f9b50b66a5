"""The hand-written golden messages: whoever reads them tomorrow must find what we meant today."""

import json
import re
from typing import Any

import jsonschema
import pytest

from contracts.envelope import Envelope
from contracts.generate import schema_path
from contracts.topics import event_class, event_types, parse_type
from tests.support.golden_messages import EXAMPLES, example_of

by_type = pytest.mark.parametrize("type_name", event_types())


def headers_of(example: dict[str, Any]) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in example["headers"].items()]


def test_each_event_type_has_one_example_and_there_are_no_others() -> None:
    written = {path.stem for path in EXAMPLES.glob("*/*.json")}
    assert written == set(event_types())


@by_type
def test_the_data_of_an_example_is_read_and_written_back_whole(type_name: str) -> None:
    data = example_of(type_name)["data"]
    event_type = event_class(type_name)
    assert event_type is not None
    event = event_type.from_body(json.dumps(data).encode())
    assert json.loads(event.to_body()) == data
    assert event_type.from_body(event.to_body()) == event


@by_type
def test_an_example_shows_every_field_of_its_event(type_name: str) -> None:
    event_type = event_class(type_name)
    assert event_type is not None
    shown = set(example_of(type_name)["data"])
    may_be_absent = {name for name, field in event_type.model_fields.items() if field.default is None}
    assert set(event_type.model_fields) - shown <= may_be_absent


@by_type
def test_an_example_agrees_with_the_committed_schema(type_name: str) -> None:
    schema = json.loads(schema_path(type_name).read_text())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    validator.validate(example_of(type_name)["data"])


@by_type
def test_the_headers_of_an_example_are_read_and_written_back(type_name: str) -> None:
    headers = headers_of(example_of(type_name))
    envelope = Envelope.from_headers(headers)
    assert dict(envelope.to_headers()) == dict(headers)


@by_type
def test_an_example_is_wrapped_as_its_class_says(type_name: str) -> None:
    event_type = event_class(type_name)
    assert event_type is not None
    envelope = Envelope.from_headers(headers_of(example_of(type_name)))
    assert envelope.type == type_name
    assert envelope.source == f"/sigap/{parse_type(type_name).owner}"
    assert envelope.sensitivity is event_type.SENSITIVITY
    assert envelope.recordedtime >= envelope.time


@by_type
def test_an_example_holds_no_number_that_could_be_a_nik(type_name: str) -> None:
    example = example_of(type_name)
    for value in _texts(example["data"]):
        assert re.search(r"(?<![0-9a-f-])[0-9]{16}(?![0-9a-f-])", value) is None


def _texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in _texts(value)]
    return [str(node)]
