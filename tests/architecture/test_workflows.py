"""Every workflow type can be released and lost safely: it has its histories, its restarts, its mutants."""

import ast
import json
from pathlib import Path

import pytest

from services.casework.office.case_types.domain import CASE_TYPES
from services.casework.wiring import SERVICE as CASEWORK
from services.disbursement.wiring import SERVICE as DISBURSEMENT
from services.intake.wiring import SERVICE as INTAKE
from services.notifications.wiring import SERVICE as NOTIFICATIONS
from tests.mutants.places import HISTORIES, PLACES
from tests.support.procedures import WAITS

ROOT = Path(__file__).parents[2]
WORKFLOWS = {
    getattr(workflow, "__temporal_workflow_definition").name: workflow
    for service in (INTAKE, CASEWORK, DISBURSEMENT, NOTIFICATIONS)
    for workflow in service.workflows
}
FROM_ROWS = (
    "casework/test_restarts.py::test_a_procedure_whose_run_was_lost_at_any_wait_is_told_to_its_end_from_the_rows"
)
RESTARTS = {
    **{kind.workflow: FROM_ROWS for kind in CASE_TYPES},
    "HandoffWorkflow": "casework/test_deadlines.py::test_a_deadline_started_anew_at_any_escalation_takes_what_is_left",
    "RegistryCheckWorkflow": "intake/test_registry_check.py"
    "::test_a_check_started_anew_at_any_stage_asks_on_until_it_is_answered",
    "PaymentBatchWorkflow": "disbursement/test_payment_batch.py::test_a_run_that_starts_late_does_only_what_is_left",
}
"""By type: the test that starts it at each stage from rows alone."""


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_workflow_type_has_a_test_that_starts_it_at_each_stage_from_the_rows(name: str) -> None:
    """A store that is lost gives back only what starts from the rows."""
    file, _, test = RESTARTS[name].partition("::")
    tree = ast.parse((ROOT / "tests" / "workflows" / file).read_text())
    (found,) = [node for node in tree.body if isinstance(node, ast.AsyncFunctionDef) and node.name == test]
    assert any("parametrize" in ast.unparse(mark) for mark in found.decorator_list), "one stage is not each stage"


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_workflow_type_has_an_ended_and_an_open_recorded_history(name: str) -> None:
    """An ended run never takes the code that an open one waits in."""
    histories = [json.loads(file.read_text()) for file in HISTORIES.glob(f"{name}-*.json")]
    ended = [history["events"][-1]["eventType"] == "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED" for history in histories]
    assert True in ended and False in ended


@pytest.mark.parametrize("name", WAITS)
def test_every_wait_of_a_procedure_has_its_open_history(name: str) -> None:
    """A wait without a history is code that a release may break unseen."""
    recorded = {file.stem for file in HISTORIES.glob(f"{name}-open-at-*.json")}
    assert {f"{name}-open-at-{wait.replace(' ', '-')}" for wait in WAITS[name]} == recorded


def test_every_workflow_module_is_mutated() -> None:
    """A module that nobody changes by mistake on purpose is judged by nobody."""
    judged = {name for place in PLACES.values() for name in place.workflows}
    assert judged == set(WORKFLOWS)
    assert {workflow.__module__ for workflow in WORKFLOWS.values()} <= set(PLACES)
