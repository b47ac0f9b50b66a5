"""Every recorded history replays on today's workflow code: a running case survives the release."""

from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.opentelemetry import TracingInterceptor
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


async def spans_of_a_replay(file: Path) -> list[str]:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    tracing = TracingInterceptor(provider.get_tracer("replay"), always_create_workflow_spans=True)
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter, interceptors=[tracing])
    await replayer.replay_workflow(WorkflowHistory.from_json(file.stem, file.read_text()))
    return [span.name for span in spans.get_finished_spans()]


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_a_replay_adds_no_span(file: Path) -> None:
    """A worker that lost its memory replays all day; a picture drawn twice is a wrong picture."""
    assert await spans_of_a_replay(file) == []


async def test_a_replay_that_thinks_it_is_new_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow.unsafe, "is_replaying", lambda: False)
    assert any(name.startswith("StartActivity:") for name in await spans_of_a_replay(HISTORIES[0]))


def test_every_workflow_type_has_a_recorded_history() -> None:
    recorded = {file.stem.split("-", 1)[0] for file in HISTORIES}
    names = {getattr(workflow, "__temporal_workflow_definition").name for workflow in WORKFLOWS}
    assert names <= recorded
