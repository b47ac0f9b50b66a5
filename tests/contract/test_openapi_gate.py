"""The REST gate must stop each kind of break, so each is planted in an app like ours; what only adds passes."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from fastapi import FastAPI, Header, Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from contracts import generate, openapi_gate
from contracts.openapi_gate import openapi_breaks
from contracts.values import Money, RegionCode

COMMITTED = Path(__file__).parents[2] / "contracts" / "openapi"
Changer = Callable[[dict[str, Any]], None]


class Part(BaseModel):
    """A part that may hold parts."""

    name: str
    parts: list["Part"] = []


class ReportIn(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["COUNTER", "PHONE"]
    village_code: RegionCode
    remark: Annotated[str, StringConstraints(max_length=200)] | None = None
    part: Part


class ReportOut(BaseModel):
    """What a client gets."""

    report_id: UUID
    state: Literal["RECEIVED", "VERIFIED"]
    aid: Money
    remark: str | None = None


def document() -> dict[str, Any]:
    app = FastAPI()

    @app.post("/reports", status_code=201)
    async def receive_report(report: ReportIn, idempotency_key: Annotated[UUID, Header()]) -> ReportOut:
        raise NotImplementedError

    @app.get("/reports/{report_id}")
    async def show_report(report_id: UUID, limit: Annotated[int, Query(ge=1, le=100)] = 50) -> ReportOut:
        raise NotImplementedError

    made: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    return made


OPENAPI = document()


def post(made: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = made["paths"]["/reports"]["post"]
    return operation


def shape(made: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = made["components"]["schemas"][name]
    return found


def _remove_operation(made: dict[str, Any]) -> None:
    del made["paths"]["/reports"]["post"]


def _remove_path(made: dict[str, Any]) -> None:
    del made["paths"]["/reports/{report_id}"]


def _require_a_parameter(made: dict[str, Any]) -> None:
    post(made)["parameters"].append({"name": "purpose", "in": "query", "required": True, "schema": {"type": "string"}})


def _require_an_optional_parameter(made: dict[str, Any]) -> None:
    [limit] = [p for p in made["paths"]["/reports/{report_id}"]["get"]["parameters"] if p["name"] == "limit"]
    limit["required"] = True


def _remove_a_parameter(made: dict[str, Any]) -> None:
    made["paths"]["/reports/{report_id}"]["get"]["parameters"].pop()


def _narrow_a_parameter(made: dict[str, Any]) -> None:
    made["paths"]["/reports/{report_id}"]["get"]["parameters"][-1]["schema"]["maximum"] = 10


def _require_a_field(made: dict[str, Any]) -> None:
    shape(made, "ReportIn")["properties"]["reporter"] = {"type": "string"}
    shape(made, "ReportIn")["required"].append("reporter")


def _refuse_a_field(made: dict[str, Any]) -> None:
    del shape(made, "ReportIn")["properties"]["remark"]


def _refuse_a_value(made: dict[str, Any]) -> None:
    shape(made, "ReportIn")["properties"]["channel"]["enum"] = ["COUNTER"]


def _narrow_a_pattern(made: dict[str, Any]) -> None:
    shape(made, "ReportIn")["properties"]["village_code"]["pattern"] = "^35"


def _shorten_a_text(made: dict[str, Any]) -> None:
    shape(made, "ReportIn")["properties"]["remark"]["anyOf"][0]["maxLength"] = 20


def _require_in_a_nested_part(made: dict[str, Any]) -> None:
    shape(made, "Part")["required"].append("parts")


def _refuse_json(made: dict[str, Any]) -> None:
    content = post(made)["requestBody"]["content"]
    content["application/xml"] = content.pop("application/json")


def _remove_the_body(made: dict[str, Any]) -> None:
    del post(made)["requestBody"]


def _answer_otherwise(made: dict[str, Any]) -> None:
    post(made)["responses"]["202"] = post(made)["responses"].pop("201")


def _answer_less(made: dict[str, Any]) -> None:
    del shape(made, "ReportOut")["properties"]["state"]
    shape(made, "ReportOut")["required"].remove("state")


def _answer_without_an_optional_field(made: dict[str, Any]) -> None:
    del shape(made, "ReportOut")["properties"]["remark"]


def _answer_a_new_value(made: dict[str, Any]) -> None:
    shape(made, "ReportOut")["properties"]["state"]["enum"].append("LOST")


def _answer_a_fraction(made: dict[str, Any]) -> None:
    shape(made, "ReportOut")["properties"]["aid"]["type"] = "number"


def _answer_another_format(made: dict[str, Any]) -> None:
    shape(made, "ReportOut")["properties"]["report_id"]["format"] = "uri"


def _answer_another_media_type(made: dict[str, Any]) -> None:
    content = post(made)["responses"]["201"]["content"]
    content["text/html"] = content.pop("application/json")


def _change_the_errors(made: dict[str, Any]) -> None:
    shape(made, "HTTPValidationError")["properties"]["detail"] = {"type": "string"}


def _ask_who(made: dict[str, Any]) -> None:
    post(made)["security"] = [{"oidc": ["handoff:accept"]}]


@pytest.mark.parametrize(
    "change",
    [
        _remove_operation,
        _remove_path,
        _require_a_parameter,
        _require_an_optional_parameter,
        _remove_a_parameter,
        _narrow_a_parameter,
        _require_a_field,
        _refuse_a_field,
        _refuse_a_value,
        _narrow_a_pattern,
        _shorten_a_text,
        _require_in_a_nested_part,
        _refuse_json,
        _remove_the_body,
        _answer_otherwise,
        _answer_less,
        _answer_without_an_optional_field,
        _answer_a_new_value,
        _answer_a_fraction,
        _answer_another_format,
        _answer_another_media_type,
        _change_the_errors,
        _ask_who,
    ],
)
def test_what_would_break_a_client_is_refused(change: Changer) -> None:
    changed = copy.deepcopy(OPENAPI)
    change(changed)
    breaks = openapi_breaks(OPENAPI, changed)
    assert breaks
    assert all(line.startswith(("POST /reports: ", "GET /reports/{}: ")) for line in breaks)


def _add_an_operation(made: dict[str, Any]) -> None:
    made["paths"]["/operations"] = copy.deepcopy(made["paths"]["/reports"])


def _add_an_optional_parameter(made: dict[str, Any]) -> None:
    post(made)["parameters"].append({"name": "purpose", "in": "query", "schema": {"type": "string"}})


def _take_an_optional_field(made: dict[str, Any]) -> None:
    shape(made, "ReportIn")["properties"]["reporter"] = {"type": "string"}


def _take_a_value_more(made: dict[str, Any]) -> None:
    shape(made, "ReportIn")["properties"]["channel"]["enum"].append("CHAT")


def _answer_a_field_more(made: dict[str, Any]) -> None:
    shape(made, "ReportOut")["properties"]["case_id"] = {"type": "string"}
    shape(made, "ReportOut")["required"].append("case_id")


def _answer_an_error_more(made: dict[str, Any]) -> None:
    post(made)["responses"]["409"] = {"description": "Conflict"}


def _rename_a_path_parameter(made: dict[str, Any]) -> None:
    item = made["paths"].pop("/reports/{report_id}")
    item["get"]["parameters"][0]["name"] = "id"
    made["paths"]["/reports/{id}"] = item


def _reword(made: dict[str, Any]) -> None:
    post(made)["summary"] = "Terima laporan"
    shape(made, "ReportIn")["description"] = "Laporan"


@pytest.mark.parametrize(
    "change",
    [
        _add_an_operation,
        _add_an_optional_parameter,
        _take_an_optional_field,
        _take_a_value_more,
        _answer_a_field_more,
        _answer_an_error_more,
        _rename_a_path_parameter,
        _reword,
    ],
)
def test_what_only_adds_may_go_out(change: Changer) -> None:
    changed = copy.deepcopy(OPENAPI)
    change(changed)
    assert openapi_breaks(OPENAPI, changed) == []


def test_scopes_that_clients_do_not_have_are_a_break_and_fewer_scopes_are_not() -> None:
    narrow, wide = copy.deepcopy(OPENAPI), copy.deepcopy(OPENAPI)
    post(narrow)["security"] = [{"oidc": ["report:write"]}]
    post(wide)["security"] = [{"oidc": ["report:write", "report:urgent"]}]
    assert openapi_breaks(narrow, wide)
    assert openapi_breaks(wide, narrow) == []


def test_the_command_tells_each_break_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = copy.deepcopy(OPENAPI)
    _remove_operation(changed)
    old, new = tmp_path / "old.json", tmp_path / "intake.json"
    old.write_text(json.dumps(OPENAPI))
    new.write_text(json.dumps(changed))
    assert openapi_gate.main([str(old), str(new)]) == 1
    assert "POST /reports: was removed" in capsys.readouterr().err
    assert openapi_gate.main([str(old), str(old)]) == 0


def test_every_committed_document_is_current() -> None:
    assert [str(finding) for finding in generate.openapi_findings(generate.openapi_documents())] == []


def test_every_committed_document_can_be_judged() -> None:
    for file in sorted(COMMITTED.glob("*.json")):
        committed = json.loads(file.read_text())
        assert openapi_breaks(committed, committed) == [], file.name


def test_a_break_is_refused_when_written_and_an_addition_is_only_stale(tmp_path: Path) -> None:
    (tmp_path / "intake.json").write_text(generate.render(OPENAPI))
    assert generate.openapi_findings({"intake": OPENAPI}, tmp_path) == []

    broken, grown = copy.deepcopy(OPENAPI), copy.deepcopy(OPENAPI)
    _remove_operation(broken)
    _add_an_operation(grown)
    [finding] = generate.openapi_findings({"intake": broken}, tmp_path)
    assert generate.refused([finding], frozenset(), may_break_unreleased=False) == [finding]
    assert generate.refused([finding], frozenset({"intake.openapi"}), may_break_unreleased=True) == [finding]
    [finding] = generate.openapi_findings({"intake": grown}, tmp_path)
    assert finding.breaks == ()
