"""Every list of the APIs goes on: by a cursor, or it is bounded by what it is about, or it says that it is cut."""

import json
from pathlib import Path

import pytest

COMMITTED = Path(__file__).parents[2] / "contracts" / "openapi"
BOUNDED = {
    "/casework/cases/{case_id}/occurrences": "what happened to one person in one case",
    "/casework/cases/{case_id}/occurrences/preview": "what is open of one case",
    "/casework/cases/{case_id}/notes": "what people wrote about one case",
    "/casework/escalation-policies/dry-run": "the deadlines of one purpose",
    "/casework/closures/preview": "counts by purpose",
    "/casework/operations/{operation_id}/counts": "counts of one operation",
    "/casework/shifts": "at most the days that are asked for",
    "/casework/handoffs/{handoff_id}/documents": "papers of one hand-off",
    "/casework/handoffs/{handoff_id}/letters": "papers of one hand-off",
    "/casework/handoffs/{handoff_id}/links": "links of one hand-off",
    "/disbursement/batches/{batch_id}/entries": "one list's movements",
}


def lists() -> dict[str, tuple[set[str], set[str]]]:
    """By path of a list: its parameters, and the fields of its answer beside the lines."""
    found = {}
    for file in sorted(COMMITTED.glob("*.json")):
        description = json.loads(file.read_text())
        for path, methods in description["paths"].items():
            read = methods.get("get")
            if read is None:
                continue
            content = read["responses"].get("200", {}).get("content", {}).get("application/json", {})
            name = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
            fields = description["components"]["schemas"].get(name, {}).get("properties", {})
            if fields.get("items", {}).get("type") == "array":
                found[path] = {part["name"] for part in read.get("parameters", ())}, set(fields) - {"items"}
    return found


@pytest.mark.parametrize("path", sorted(lists()))
def test_a_list_goes_on_or_says_why_it_need_not(path: str) -> None:
    parameters, beside = lists()[path]
    goes_on = {"after", "limit"} <= parameters
    assert goes_on or "is_cut" in beside or path in BOUNDED


def test_what_is_said_to_be_bounded_is_a_list() -> None:
    assert BOUNDED.keys() <= lists().keys()
