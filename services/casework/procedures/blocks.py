"""The few blocks that every procedure is built from, so that a workflow reads like its table in the field's books.

Every block is an activity that is safe to repeat: asked for again it answers how the step stands. A procedure can
therefore be started anew at any stage and runs through what is done already.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.casework.cases.messages import (
        CaseFacts,
        CaseRef,
        CloseResult,
        CreateStepTask,
        EnterStage,
        RecordOutcome,
    )
    from services.casework.handoffs.messages import CaseChanged, ProcedureStart, RequestStep, StepEnded, StepResult
    from services.chassis.workflow import ACTIVITY, Seen

LOOK_AGAIN = timedelta(days=1)
SOONEST = timedelta(seconds=1)
"""A clock of the workflow server that runs ahead of the database's asks once a second, not without pause."""


class CaseIsOver(Exception):
    """The case was closed from outside: the story ends here."""


class ServiceHasEnded(Exception):
    """Death, absconding or another type ended the service in the middle: what is left is to close."""


class CaseProcedure:
    """Base of all case procedures: signals, blocks and the way out."""

    case: CaseFacts

    def __init__(self) -> None:
        self._seen = Seen()
        self._ended: dict[str, StepResult] = {}
        self._changes = 0
        self._is_over = False
        self._has_ended = False
        self._is_told = False

    @workflow.signal
    def step_ended(self, message: StepEnded) -> None:
        """A step that was asked for has ended."""
        if self._seen.first_time(message.event_id):
            self._changes += 1
            self._ended[message.step] = StepResult(
                step=message.step,
                ended=True,
                outcome=message.outcome,
                result_code=message.result_code,
                reason_code=message.reason_code,
                agency=message.agency,
            )

    @workflow.signal
    def case_changed(self, message: CaseChanged) -> None:
        """Something of the case changed."""
        if self._seen.first_time(message.event_id):
            self._changes += 1

    async def story(self) -> None:
        """The procedure from top to bottom; each subclass tells its own."""
        raise NotImplementedError

    async def carry(self, start: ProcedureStart) -> None:
        """Read the case, tell the story beside a watch on the case itself, and end with either."""
        self.case = await self._look(start)
        if self._is_over:
            return
        watch = asyncio.create_task(self._watch(start))
        try:
            self._stop_if_over()
            await self.story()
        except CaseIsOver:
            pass
        except ServiceHasEnded:
            await self.close()
        self._is_told = True
        await watch
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _look(self, start: ProcedureStart) -> CaseFacts:
        facts: CaseFacts = await workflow.execute_activity(
            "read_case", CaseRef(case_id=start.case_id), result_type=CaseFacts, **ACTIVITY
        )
        self._is_over = facts.is_over
        self._has_ended = facts.has_ended
        return facts

    async def _watch(self, start: ProcedureStart) -> None:
        seen = self._changes
        while not self._is_over and not self._is_told:
            await workflow.wait_condition(lambda: self._changes > seen or self._is_told)  # noqa: B023
            seen = self._changes
            if not self._is_told:
                await self._look(start)

    # blocks

    async def stage(self, stage: str) -> None:
        """The case goes on to a stage."""
        self._stop_if_over()
        await workflow.execute_activity("enter_stage", EnterStage(case_id=self.case.case_id, stage=stage), **ACTIVITY)

    async def handoff(
        self,
        step: str,
        purpose: str,
        *,
        from_agency: str = "",
        candidates: tuple[str, ...] = (),
        occurrence: int = 1,
    ) -> StepResult:
        """Ask for a hand-off and wait for its end."""
        self._stop_if_over()
        key = step if occurrence == 1 else f"{step}#{occurrence}"
        asked = RequestStep(
            case_id=self.case.case_id,
            step=key,
            purpose=purpose,
            occurrence=occurrence,
            from_agency=from_agency,
            candidates=candidates,
        )
        result = await workflow.execute_activity("request_handoff", asked, result_type=StepResult, **ACTIVITY)
        return result if result.ended else await self._end_of(key)

    async def task(
        self, step: str, kind: str, *, purpose: str = "", visit_no: int = 0, occurrence: int = 1
    ) -> StepResult:
        """Give a desk something to do and wait until it is done; say once that its instant passed."""
        self._stop_if_over()
        key = step if occurrence == 1 else f"{step}#{occurrence}"
        asked = CreateStepTask(
            case_id=self.case.case_id, step=key, kind=kind, occurrence=occurrence, purpose=purpose, visit_no=visit_no
        )
        result: StepResult = await workflow.execute_activity("create_task", asked, result_type=StepResult, **ACTIVITY)
        while not result.ended:
            look_again_at = result.look_again_at
            if look_again_at is None:
                return await self._end_of(key)
            try:
                return await self._end_of(key, max(look_again_at - workflow.now(), SOONEST))
            except TimeoutError:
                result = await workflow.execute_activity("ring_task", asked, result_type=StepResult, **ACTIVITY)
        return result

    async def aid(self) -> StepResult:
        """Ask disbursement for the case type's aid and wait until it is settled."""
        self._stop_if_over()
        ref = CaseRef(case_id=self.case.case_id)
        await workflow.execute_activity("request_aid", ref, **ACTIVITY)
        result = await workflow.execute_activity("read_aid", ref, result_type=StepResult, **ACTIVITY)
        return result if result.ended else await self._end_of("aid")

    async def visits(self, purpose: str) -> None:
        """Aftercare visits one after another, at the pack's times."""
        for visit_no in range(1, self.case.visits + 1):
            await self.task(f"visit-{visit_no}", "AFTERCARE_VISIT", purpose=purpose, visit_no=visit_no)

    async def outcome(self, outcome: str) -> None:
        """The service ended."""
        self._stop_if_over()
        await workflow.execute_activity(
            "record_outcome", RecordOutcome(case_id=self.case.case_id, outcome=outcome), **ACTIVITY
        )

    async def close(self) -> None:
        """Close the case as soon as nothing of it is open."""
        while not self._is_over:
            seen = self._changes
            result = await workflow.execute_activity(
                "close_case", CaseRef(case_id=self.case.case_id), result_type=CloseResult, **ACTIVITY
            )
            if result.closed:
                return
            try:
                await workflow.wait_condition(
                    lambda: self._changes > seen or self._is_over,  # noqa: B023
                    timeout=LOOK_AGAIN,
                )
            except TimeoutError:
                continue

    async def _end_of(self, step: str, wait: timedelta | None = None) -> StepResult:
        await workflow.wait_condition(lambda: step in self._ended or self._is_over or self._has_ended, timeout=wait)
        if step in self._ended:
            return self._ended[step]
        self._stop_if_over()
        raise CaseIsOver

    def _stop_if_over(self) -> None:
        if self._is_over:
            raise CaseIsOver
        if self._has_ended:
            raise ServiceHasEnded
