"""What the definitions of case types say holds together, and says what their procedures do."""

import base64
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.values import CASE_TYPE_GUESS, Kind
from services.casework.case.occurrences.domain import Occurrence, outcome_of
from services.casework.desks.tasks.domain import condition_met_by, known_kind, results_of
from services.casework.handoff.disclosures.domain import DISCLOSURES, Purpose
from services.casework.handoff.handoffs.pages.words import CONDITIONS
from services.casework.office.case_types.domain import (
    ABSCONDED,
    CASE_TYPES,
    DECEASED,
    OF_EVERY_TYPE,
    OTHER_TYPE,
    CaseType,
    CaseTypes,
    Outcome,
    Stage,
    TypesDisagree,
    known_of,
)
from tests.support.packs import LAMONGAN_PACK

TYPES = list(CASE_TYPES)
HISTORIES = Path(__file__).parents[2] / "replay" / "histories"
A_CONFERENCE = re.compile(r"-conference(-\d+)?$")


def inputs_of(kind: CaseType) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the recorded runs of a type asked of their activities: the activity's name, and its input."""
    for file in sorted(HISTORIES.glob(f"{kind.workflow}-*.json")):
        for event in json.loads(file.read_text())["events"]:
            asked = event.get("activityTaskScheduledEventAttributes")
            for payload in asked["input"]["payloads"] if asked else ():
                yield asked["activityType"]["name"], json.loads(base64.b64decode(payload["data"]))


def steps_asked(kind: CaseType) -> set[tuple[str, str, str]]:
    """Name, purpose and kind of each step that a recorded run asked for, as a definition says it."""
    numbered = {step.name for step in kind.steps if step.is_numbered}
    found = set()
    for activity, asked in inputs_of(kind):
        if activity not in ("request_handoff", "create_task") or A_CONFERENCE.search(asked["step"].split("#")[0]):
            continue
        name = asked["step"].split("#")[0]
        plain = re.sub(r"-\d+$", "", name)
        said = ("", asked["kind"]) if activity == "create_task" else (asked["purpose"], "")
        found.add((plain if plain in numbered else name, *said))
    return found


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.code)
def test_a_definition_names_the_steps_that_its_procedure_asks_for_and_no_other(kind: CaseType) -> None:
    assert {(step.name, step.purpose, step.kind) for step in kind.steps} == steps_asked(kind)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.code)
def test_every_outcome_that_a_procedure_recorded_is_its_own_or_of_every_type(kind: CaseType) -> None:
    recorded = {asked["outcome"] for activity, asked in inputs_of(kind) if activity == "record_outcome"}
    assert recorded and recorded <= {outcome.code for outcome in (*kind.outcomes, *OF_EVERY_TYPE)}


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.code)
def test_what_a_definition_names_elsewhere_is_there(kind: CaseType) -> None:
    for step in kind.steps:
        assert bool(step.purpose) != bool(step.kind), f"{step.name}: a hand-off or a task"
        if step.purpose:
            assert any(purpose == step.purpose for purpose, _ in DISCLOSURES), (
                f"{step.purpose}: nobody may learn of whom"
            )
            assert Purpose(step.purpose)
        else:
            assert results_of(step.kind)
    met = {result.meets for task in kind.task_kinds for result in task.results if result.meets}
    assert met <= CONDITIONS.keys()
    assert {task.code for task in kind.task_kinds} <= {step.kind for step in kind.steps}, "a kind that nobody asks for"
    assert CASE_TYPE_GUESS[Kind(kind.answers_to)] == kind.code
    assert getattr(CASE_TYPES.workflow_of(kind.code), "__temporal_workflow_definition").name == kind.workflow


def test_the_first_district_runs_every_type() -> None:
    pack = yaml.safe_load(LAMONGAN_PACK.read_text())
    assert {rules["case_type"] for rules in pack["case_types"]} == {kind.code for kind in TYPES}


def test_a_type_is_found_by_what_it_answers_to() -> None:
    assert [CASE_TYPES.answering(kind.answers_to) for kind in TYPES] == TYPES
    assert CASE_TYPES.answering(Kind.BENCANA) is None


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.code)
def test_an_occurrence_ends_a_service_as_the_type_says(kind: CaseType) -> None:
    assert outcome_of(Occurrence.NOT_THIS_TYPE, kind.code) == kind.not_this_type
    assert outcome_of(Occurrence.DIED, kind.code) == DECEASED
    assert outcome_of(Occurrence.ABSCONDED, kind.code) == ABSCONDED
    assert outcome_of(Occurrence.SENT_ON, kind.code) is None


def test_a_case_without_a_defined_type_ends_as_one_of_another() -> None:
    assert outcome_of(Occurrence.NOT_THIS_TYPE, Kind.BENCANA) == OTHER_TYPE


def test_a_guarantee_letter_meets_its_condition_only_when_it_was_issued() -> None:
    assert condition_met_by("GUARANTEE_LETTER", "ISSUED") == "GUARANTEE_LETTER"
    assert condition_met_by("GUARANTEE_LETTER", "REFUSED") == ""
    assert condition_met_by("GUARANTEE_LETTER", "UNHEARD_OF") == ""
    assert condition_met_by("BURIAL", "BURIED") == ""


OTHER = replace(TYPES[0], code="OTHER", workflow="OtherProcedure", answers_to="OTHER", number_prefix="OTH")


@pytest.mark.parametrize(
    "changed",
    [
        {"workflow": TYPES[0].workflow},
        {"answers_to": TYPES[0].answers_to},
        {"number_prefix": TYPES[0].number_prefix},
        {"stages": (Stage(TYPES[0].stages[0].code, "another word"),)},
        {"outcomes": (Outcome(DECEASED.code, DECEASED.text),)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_two_types_that_mean_two_things_by_one_code_are_refused(changed: dict[str, Any]) -> None:
    assert known_of({"a": TYPES[0], "b": OTHER}).types.keys() == {TYPES[0].code, "OTHER"}
    with pytest.raises(TypesDisagree):
        known_of({"a": TYPES[0], "b": replace(OTHER, **changed)})


def test_one_code_for_two_types_is_refused() -> None:
    with pytest.raises(TypesDisagree):
        known_of({"a": TYPES[0], "b": replace(OTHER, code=TYPES[0].code)})


def test_a_folder_without_a_definition_is_refused_and_an_outcome_that_nobody_knows_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path / "torn_types", tmp_path / "torn_types" / "empty"):
        folder.mkdir()
        (folder / "__init__.py").write_text("")
    (tmp_path / "torn_types" / "empty" / "definition.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TypesDisagree):
        list(CaseTypes("torn_types"))
    with pytest.raises(ValueError, match="LOST"):
        CASE_TYPES.outcome("LOST")


def test_a_task_of_a_kind_that_nobody_knows_is_refused() -> None:
    assert known_kind("WAY_OUT") == "WAY_OUT"
    with pytest.raises(ValueError, match="LOST"):
        known_kind("LOST")


def test_a_type_whose_workflow_is_not_there_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    workflow = CASE_TYPES.workflow_of("ODGJ_TERLANTAR")
    monkeypatch.delattr(sys.modules[workflow.__module__], workflow.__name__)
    with pytest.raises(TypesDisagree, match=r"odgj\.workflow has no OdgjProcedure"):
        CASE_TYPES.workflow_of("ODGJ_TERLANTAR")
