"""Every recorded history replays on today's workflow code: a running case survives the release."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from services.casework.wiring import SERVICE as CASEWORK
from services.disbursement.wiring import SERVICE as DISBURSEMENT
from services.intake.wiring import SERVICE as INTAKE
from services.notifications.wiring import SERVICE as NOTIFICATIONS

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
WORKFLOWS = [w for service in (INTAKE, CASEWORK, DISBURSEMENT, NOTIFICATIONS) for w in service.workflows]


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_a_recorded_history_replays(file: Path) -> None:
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter)
    await replayer.replay_workflow(WorkflowHistory.from_json(file.stem, file.read_text()))


def test_every_workflow_type_has_a_recorded_history() -> None:
    recorded = {file.stem.split("-", 1)[0] for file in HISTORIES}
    names = {getattr(workflow, "__temporal_workflow_definition").name for workflow in WORKFLOWS}
    assert names <= recorded
