"""Steps of case procedures: one command each, safe to run twice."""

from temporalio import activity

from services.casework.case.cases import commands, queries
from services.casework.case.cases.messages import (
    CaseFacts,
    CaseRef,
    CreateStepTask,
    EnterStage,
    RecordOutcome,
)
from services.casework.desks.tasks.commands import check_task_due, settle_by_custody, task_id_of
from services.casework.office.case_types.domain import CASE_TYPES
from services.casework.office.procedure_messages.messages import RequestStep, StepResult
from services.chassis.activities import acting
from services.chassis.database import UnitOfWork
from services.chassis.service import Running
from services.chassis.telemetry import tag_span


class CaseActivities:
    """Bound to the worker's units of work."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @activity.defn(name="read_case")
    async def read_case(self, ref: CaseRef) -> CaseFacts:
        """What the procedure needs to know now; a task about a stay that is over goes with its cause."""

        async def look(uow: UnitOfWork) -> CaseFacts:
            await settle_by_custody(ref.case_id, uow)
            return await queries.case_facts(ref.case_id, uow)

        return await acting(self._running, look)

    @activity.defn(name="enter_stage")
    async def enter_stage(self, step: EnterStage) -> None:
        """Go on to a stage."""
        tag_span(case_row=str(step.case_id))
        await acting(self._running, lambda uow: commands.enter_stage(step.case_id, step.stage, uow))

    @activity.defn(name="request_handoff")
    async def request_handoff(self, step: RequestStep) -> StepResult:
        """Ask for a hand-off, or learn what became of it."""
        tag_span(case_row=str(step.about_id))
        return await acting(self._running, lambda uow: commands.ask_handoff(step, uow))

    @activity.defn(name="create_task")
    async def create_task(self, step: CreateStepTask) -> StepResult:
        """Give a desk something to do, or learn what became of it."""
        return await acting(self._running, lambda uow: commands.ask_task(step, uow))

    @activity.defn(name="check_task_due")
    async def check_task_due(self, step: CreateStepTask) -> StepResult:
        """The task's instant has come: say so, once, unless it is done."""
        task_id = task_id_of(step.case_id, step.step, step.occurrence)
        return await acting(self._running, lambda uow: check_task_due(task_id, uow))

    @activity.defn(name="check_stay")
    async def check_stay(self, ref: CaseRef) -> None:
        """Something about the person's custody is due; named when that was the stay alone."""
        await acting(self._running, lambda uow: commands.check_custody_deadlines(ref.case_id, uow))

    @activity.defn(name="record_outcome")
    async def record_outcome(self, step: RecordOutcome) -> None:
        """The service ended."""
        await acting(
            self._running, lambda uow: commands.record_outcome(step.case_id, CASE_TYPES.outcome(step.outcome), uow)
        )

    @activity.defn(name="request_aid")
    async def request_aid(self, ref: CaseRef) -> None:
        """Ask disbursement."""
        await acting(self._running, lambda uow: commands.request_aid(ref.case_id, uow))

    @activity.defn(name="read_aid")
    async def read_aid(self, ref: CaseRef) -> StepResult:
        """What became of the aid."""
        return await acting(self._running, lambda uow: queries.aid_result(ref.case_id, uow))
