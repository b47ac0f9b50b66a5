"""The AsyncAPI documents are current, valid by the standard's own schema, and tell the truth about messages."""

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from contracts import asyncapi, generate
from contracts.topics import TOPICS_BY_OWNER, all_topics, event_types, topic_of

CONTRACTS = Path(__file__).parents[2] / "contracts"
HEARS = {
    "casework": {"intake.report.verified.v1": "when_report_verified_open_case"},
    "disbursement": {"casework.case.aid_requested.v1": "when_case_aid_requested_establish_entitlement"},
}
SCHEMAS = {event.TYPE: generate.schema_of(event) for event in generate.all_events()}


@pytest.fixture(scope="module")
def standard() -> jsonschema.Draft7Validator:
    """The standard's own schema of an AsyncAPI 3.0 document."""
    return jsonschema.Draft7Validator(json.loads((CONTRACTS / "vendor" / "asyncapi-3.0.0.json").read_text()))


@pytest.fixture(scope="module")
def house() -> asyncapi.Document:
    """The house's document, with two listeners that the test knows."""
    return asyncapi.house_document(HEARS, SCHEMAS)


def committed(name: str) -> Any:
    return yaml.safe_load((CONTRACTS / "asyncapi" / name).read_text())


def test_every_committed_document_is_current() -> None:
    documents = generate.asyncapi_documents(generate.what_services_consume())
    assert [str(finding) for finding in generate.asyncapi_findings(documents)] == []
    assert {path.name for path in (CONTRACTS / "asyncapi").glob("*.yaml")} == set(documents)


@pytest.mark.parametrize("name", [f"{service}.yaml" for service in TOPICS_BY_OWNER])
def test_every_committed_document_is_valid_asyncapi(name: str, standard: jsonschema.Draft7Validator) -> None:
    assert [error.json_path for error in standard.iter_errors(committed(name))] == []


def test_a_document_with_a_listener_is_valid_and_a_spoilt_one_is_not(
    house: asyncapi.Document, standard: jsonschema.Draft7Validator
) -> None:
    assert standard.is_valid(house)
    spoilt = copy.deepcopy(house)
    del spoilt["operations"]["casework.receive.intake.report.verified.v1"]["action"]
    assert not standard.is_valid(spoilt)


def test_every_reference_leads_somewhere(house: asyncapi.Document) -> None:
    for reference in _references(house):
        node: Any = house
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert node


def test_every_event_type_is_a_message_of_its_own_on_its_topic(house: asyncapi.Document) -> None:
    assert set(house["components"]["messages"]) == set(event_types())
    assert set(house["channels"]) == {topic.name for topic in all_topics()}
    for type_name in event_types():
        assert type_name in house["channels"][topic_of(type_name).name]["messages"]
        owner = type_name.split(".")[0]
        assert house["operations"][f"{owner}.send.{type_name}"]["action"] == "send"


def test_what_a_service_hears_stands_in_its_document_with_the_handler() -> None:
    document = asyncapi.service_document("casework", HEARS, SCHEMAS)
    operation = document["operations"]["receive.intake.report.verified.v1"]
    assert (operation["action"], operation["title"]) == ("receive", "when_report_verified_open_case")
    assert set(document["channels"]["intake.reports"]["messages"]) == {"intake.report.verified.v1"}


def test_a_service_cannot_hear_what_nobody_says() -> None:
    with pytest.raises(KeyError):
        asyncapi.house_document({"casework": {"intake.report.dreamt.v1": "when_report_dreamt_wake_up"}}, SCHEMAS)


@pytest.fixture(scope="module")
def check(house: asyncapi.Document) -> asyncapi.MessageCheck:
    """The check of real messages against the house's document."""
    return asyncapi.MessageCheck(house)


@pytest.mark.parametrize("type_name", event_types())
def test_the_golden_message_agrees_with_the_document(
    type_name: str, house: asyncapi.Document, check: asyncapi.MessageCheck
) -> None:
    [example] = house["components"]["messages"][type_name]["examples"]
    headers = [(name, value.encode()) for name, value in example["headers"].items()]
    assert check.faults(headers, json.dumps(example["payload"]).encode()) == []
    assert check.faults(headers, None) == []


def test_a_message_that_differs_from_the_document_is_noticed_without_its_values(
    house: asyncapi.Document, check: asyncapi.MessageCheck
) -> None:
    [example] = house["components"]["messages"]["intake.report.rejected.v1"]["examples"]
    headers = [(name, value.encode()) for name, value in example["headers"].items()]
    assert check.faults(headers, b'{"reason_code": "free text about Budi"}') == ["payload $.reason_code: pattern"]
    assert check.faults([header for header in headers if header[0] != "ce_factid"], b'{"reason_code": "A"}') == [
        "headers $: required"
    ]
    assert check.faults([("ce_type", b"nobody.knows.this.v1")], b"{}") == ["the type is not in the document"]
    body = b'{"reason_code": "A"}'
    assert check.faults([*headers, ("ce_urgent", b"true")], body) == []
    assert check.faults([*headers, ("ce_urgent", b"false")], body) == ["headers $.ce_urgent: const"]


def _spoil_topic(document: asyncapi.Document) -> None:
    del document["channels"]["intake.reports"]


def _spoil_message(document: asyncapi.Document) -> None:
    del document["channels"]["intake.reports"]["messages"]["intake.report.verified.v1"]


def _spoil_name(document: asyncapi.Document) -> None:
    document["channels"]["intake.reports"]["address"] = "intake.cases"


def _spoil_partitions(document: asyncapi.Document) -> None:
    document["channels"]["intake.reports"]["bindings"]["kafka"]["partitions"] = 24


def _spoil_key(document: asyncapi.Document) -> None:
    message = document["components"]["messages"]["intake.report.verified.v1"]
    message["bindings"]["kafka"]["key"] = {"type": "string", "description": "another"}


def _spoil_headers(document: asyncapi.Document) -> None:
    message = document["components"]["messages"]["intake.report.verified.v1"]
    message["headers"]["required"].append("ce_added")
    message["headers"]["properties"]["ce_added"] = {"type": "string"}


def _spoil_payload(document: asyncapi.Document) -> None:
    message = document["components"]["messages"]["intake.report.verified.v1"]
    message["payload"]["properties"]["apparent_minor"] = {"type": "string"}


@pytest.mark.parametrize(
    "spoil",
    [_spoil_topic, _spoil_message, _spoil_name, _spoil_partitions, _spoil_key, _spoil_headers, _spoil_payload],
)
def test_what_would_break_a_listener_is_refused(spoil: Callable[[asyncapi.Document], None], tmp_path: Path) -> None:
    document = asyncapi.service_document("intake", HEARS, SCHEMAS)
    spoilt = copy.deepcopy(document)
    spoil(spoilt)
    assert "intake.report.verified.v1" in asyncapi.message_breaks(document, spoilt)

    (tmp_path / "intake.yaml").write_text(generate.render_yaml(document))
    findings = generate.asyncapi_findings({"intake.yaml": spoilt}, tmp_path)
    assert generate.refused(findings, frozenset(), may_break_unreleased=False)
    assert "new version" in str(findings[0])


def test_another_listener_only_makes_the_document_stale(tmp_path: Path) -> None:
    (tmp_path / "casework.yaml").write_text(generate.render_yaml(asyncapi.service_document("casework", HEARS, SCHEMAS)))
    without = {"casework.yaml": asyncapi.service_document("casework", {}, SCHEMAS)}
    [finding] = generate.asyncapi_findings(without, tmp_path)
    assert finding.breaks == ()


def test_the_whole_house_is_written_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--house"]) == 0
    house = yaml.safe_load(capsys.readouterr().out)
    assert {name.split(".")[0] for name in house["channels"]} == set(TOPICS_BY_OWNER)


def test_the_files_of_others_are_as_they_came() -> None:
    lines = (CONTRACTS / "vendor" / "SHA256SUMS").read_text().splitlines()
    assert lines
    for line in lines:
        digest, name = line.split()
        assert hashlib.sha256((CONTRACTS / "vendor" / name).read_bytes()).hexdigest() == digest, name


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [reference for value in node.values() for reference in _references(value)]
    if isinstance(node, list):
        return [reference for value in node for reference in _references(value)]
    return []
