"""The few blocks that every procedure is built from, so that a workflow reads like its table in the field's books.

Every block is an activity that is safe to repeat: asked for again it answers how the step stands. A procedure can
therefore be started anew at any stage and runs through what is done already.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.casework.case.cases.activities import CaseActivities
    from services.casework.case.cases.messages import (
        CaseFacts,
        CaseRef,
        CreateStepTask,
        EnterStage,
        RecordOutcome,
    )
    from services.casework.case.closing.activities import ClosingActivities
    from services.casework.case.occurrences.activities import OccurrenceActivities
    from services.casework.case.occurrences.domain import TOLD_WITH_A_FAILURE
    from services.casework.case.occurrences.messages import StepOccurrence
    from services.casework.office.case_types.domain import (
        CHILD_STEP,
        CUSTODY,
        EMERGENCY,
        NOT_MET,
        PROVEN_ADULT,
        RESPONSE,
    )
    from services.casework.office.procedure_messages.messages import (
        CaseChanged,
        ProcedureStart,
        RequestStep,
        StepEnded,
        StepResult,
    )
    from services.chassis.workflow import ACTIVITY, Seen

T = TypeVar("T")
LOOK_AGAIN = timedelta(days=1)
SOONEST = timedelta(seconds=1)
"""A clock of the workflow server that runs ahead of the database's asks once a second, not without pause."""
READY = "READY"
"""Outcome of a step that is not over: whoever has the person says that they may be fetched."""
IS_DANGEROUS = frozenset({"DANGEROUS", "INJURED"})


def _notice(task: asyncio.Task[Any]) -> None:
    """Whoever waits for the work hears how it ended; when the procedure ends first, nobody has to."""
    if not task.cancelled():
        task.exception()


class CaseIsOver(Exception):
    """The case was closed from outside: the procedure ends here."""


class ServiceHasEnded(Exception):
    """Death, absconding or another type ended the service in the middle: what is left is to close."""


class CaseProcedure:
    """Base of all case procedures: signals, blocks and the way out."""

    case: CaseFacts
    _is_over: bool
    _has_ended: bool

    def __init__(self) -> None:
        self._seen = Seen()
        self._ended: dict[str, StepResult] = {}
        self._spawned: list[asyncio.Task[Any]] = []
        self._changes = 0
        self._is_told = False
        self._resumed_at: datetime | None = None

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

    async def procedure(self) -> None:
        """The procedure from top to bottom; each subclass tells its own."""
        raise NotImplementedError

    async def execute(self, start: ProcedureStart) -> None:
        """Read the case, carry the procedure out beside a watch on the case itself, and end with either."""
        await self._look(start)
        if self._is_over:
            return
        watch = asyncio.create_task(self._watch(start))
        while not await self._attempt():
            await self._begin_anew()
        self._is_told = True
        for task in self._spawned:
            task.cancel()
        await asyncio.gather(watch, *self._spawned, return_exceptions=True)
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _attempt(self) -> bool:
        """Tell the procedure to its end; False when the service ended in the middle and is given again."""
        self._resumed_at = self.case.resumed_at
        child = self.spawn(self._protect_child())
        try:
            self._stop_if_over()
            procedure = self.spawn(self.procedure())
            await workflow.wait([procedure, child], return_when=asyncio.FIRST_COMPLETED)
            if child.done():
                child.result()
            await procedure
        except CaseIsOver:
            return True
        except ServiceHasEnded:
            return await self.close(is_cut_short=True)
        return True

    async def _begin_anew(self) -> None:
        """Whoever had left is found: the rows know what is done already, and what ended with their leaving is asked
        again.
        """
        for task in self._spawned:
            task.cancel()
        await asyncio.gather(*self._spawned, return_exceptions=True)
        self._spawned.clear()
        self._ended.clear()

    def spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Work that goes on beside the procedure and ends with it at the latest."""
        task = asyncio.create_task(work)
        task.add_done_callback(_notice)
        self._spawned.append(task)
        return task

    async def _look(self, start: ProcedureStart) -> None:
        facts = await workflow.execute_activity_method(
            CaseActivities.read_case, CaseRef(case_id=start.about_id), **ACTIVITY
        )
        self.case = facts
        self._is_over = facts.is_over
        self._has_ended = facts.has_ended

    async def _watch(self, start: ProcedureStart) -> None:
        """Look at the case with every change, and when the person has been in a shelter for as long as they may."""
        seen = self._changes
        while not self._is_over and not self._is_told:
            ends_at = self.case.stay_ends_at
            wait = max(ends_at - workflow.now(), SOONEST) if ends_at else None
            try:
                await workflow.wait_condition(lambda: self._changes > seen or self._is_told, timeout=wait)  # noqa: B023
            except TimeoutError:
                await workflow.execute_activity_method(
                    CaseActivities.check_stay, CaseRef(case_id=start.about_id), **ACTIVITY
                )
            seen = self._changes
            if not self._is_told:
                await self._look(start)

    async def _protect_child(self) -> None:
        """An apparent minor is a child until proven otherwise: whoever protects children is asked at once, once."""
        await workflow.wait_condition(lambda: self.case.apparent_minor or self._has_ended or self._is_over)
        if self.case.apparent_minor:
            with suppress(CaseIsOver, ServiceHasEnded):
                await self.insist(CHILD_STEP.name, CHILD_STEP.purpose)

    # blocks

    async def stage(self, stage: str) -> None:
        """The case goes on to a stage."""
        self._stop_if_over()
        await workflow.execute_activity_method(
            CaseActivities.enter_stage, EnterStage(case_id=self.case.case_id, stage=stage), **ACTIVITY
        )

    async def reach(self) -> None:
        """From the street into the holder's hands: first response, emergency care when it is needed, custody.

        Whoever has the person in hand already is not sent out for again.
        """
        holder = self.case.reporter_agency if self.case.found_in_custody else ""
        is_emergency = self.case.urgency == "EMERGENCY"
        if not holder:
            await self.stage(RESPONSE.code)
            met = await self.task("first-response", "FIRST_RESPONSE")
            if met.result_code == "NOT_MET":
                await self.outcome(NOT_MET.code)
                raise ServiceHasEnded
            is_emergency = is_emergency or met.result_code in IS_DANGEROUS
        if is_emergency:
            await self.stage(EMERGENCY.code)
            holder = (await self.insist("emergency", "EMERGENCY_CARE", from_agency=holder)).agency
        if holder:
            await self.stage(CUSTODY.code)
            await self.insist("custody", "CUSTODY_TRANSFER", from_agency=holder)

    async def handoff(
        self,
        step: str,
        purpose: str,
        *,
        from_agency: str = "",
        occurrence: int = 1,
        until_ready: bool = False,
    ) -> StepResult:
        """Ask for a hand-off and wait for its end, or until its receiver says that the person may be fetched.

        A failure that says that the person died or left ends the service.
        """
        self._stop_if_over()
        key = step if occurrence == 1 else f"{step}#{occurrence}"
        asked = RequestStep(
            about_id=self.case.case_id,
            step=key,
            purpose=purpose,
            occurrence=occurrence,
            from_agency=from_agency,
        )
        result = await workflow.execute_activity_method(CaseActivities.request_handoff, asked, **ACTIVITY)
        if not result.ended and until_ready:
            await workflow.wait_condition(lambda: key in self.case.ready or key in self._ended or self._is_no_more())
            if key not in self._ended and not self._is_no_more():
                return StepResult(step=key, ended=False, outcome=READY, agency=self.case.ready[key])
        if not result.ended:
            result = await self._end_of(key)
        if result.outcome == "FAILED" and result.reason_code in TOLD_WITH_A_FAILURE:
            await self.happened(result, TOLD_WITH_A_FAILURE[result.reason_code])
        if result.outcome == "CANCELLED" and result.reason_code in TOLD_WITH_A_FAILURE:
            raise ServiceHasEnded
        return result

    async def insist(self, step: str, purpose: str, *, from_agency: str = "", until_ready: bool = False) -> StepResult:
        """Ask until somebody did it, or nobody need. When nobody would, a conference decides and it starts again."""
        occurrence = 1
        while True:
            result = await self.handoff(
                step, purpose, from_agency=from_agency, occurrence=occurrence, until_ready=until_ready
            )
            if result.outcome in ("COMPLETED", READY) or result.reason_code == PROVEN_ADULT:
                return result
            await self.task(f"{step}-conference", "CASE_CONFERENCE", occurrence=occurrence)
            occurrence += 1

    async def task(
        self,
        step: str,
        kind: str,
        *,
        purpose: str = "",
        agency: str = "",
        visit_no: int = 0,
        occurrence: int = 1,
    ) -> StepResult:
        """Give a desk something to do and wait until it is done; say once that its instant passed."""
        self._stop_if_over()
        key = step if occurrence == 1 else f"{step}#{occurrence}"
        asked = CreateStepTask(
            case_id=self.case.case_id,
            step=key,
            kind=kind,
            occurrence=occurrence,
            purpose=purpose,
            visit_no=visit_no,
            agency=agency,
        )
        result = await workflow.execute_activity_method(CaseActivities.create_task, asked, **ACTIVITY)
        while not result.ended:
            next_check_at = result.next_check_at
            if next_check_at is None:
                return await self._end_of(key)
            try:
                return await self._end_of(key, max(next_check_at - workflow.now(), SOONEST))
            except TimeoutError:
                result = await workflow.execute_activity_method(CaseActivities.check_task_due, asked, **ACTIVITY)
        return result

    async def happened(self, step: StepResult, kind: str) -> None:
        """The end of a step says what happened to the person: the table of dispositions decides, the service ends.

        Not when that was revoked, or the person found again, since: then the procedure goes on as after any other end.
        """
        told = StepOccurrence(
            case_id=self.case.case_id, step=step.step, kind=kind, told_by=step.agency or self.case.reporter_agency
        )
        known = await workflow.execute_activity_method(OccurrenceActivities.record_step_occurrence, told, **ACTIVITY)
        if known.has_ended:
            raise ServiceHasEnded

    async def aid(self) -> StepResult:
        """Ask disbursement for the case type's aid and wait until it is settled."""
        self._stop_if_over()
        ref = CaseRef(case_id=self.case.case_id)
        await workflow.execute_activity_method(CaseActivities.request_aid, ref, **ACTIVITY)
        result = await workflow.execute_activity_method(CaseActivities.read_aid, ref, **ACTIVITY)
        return result if result.ended else await self._end_of("aid")

    async def visits(self, purpose: str, agency: str = "") -> None:
        """Aftercare visits one after another, at the pack's times."""
        for visit_no in range(1, self.case.visits + 1):
            await self.task(f"visit-{visit_no}", "AFTERCARE_VISIT", purpose=purpose, agency=agency, visit_no=visit_no)

    async def medicine_controls(self, purpose: str, agency: str) -> None:
        """Somebody looks month by month whether the medicine is there and taken; a gap is for a conference."""
        for visit_no in range(1, self.case.medicine_controls + 1):
            step = f"medicine-control-{visit_no}"
            control = await self.task(step, "MEDICINE_CONTROL", purpose=purpose, agency=agency, visit_no=visit_no)
            if control.result_code == "NO_MEDICINE":
                await self.task(f"{step}-conference", "CASE_CONFERENCE")

    async def outcome(self, outcome: str) -> None:
        """The service ended."""
        self._stop_if_over()
        await workflow.execute_activity_method(
            CaseActivities.record_outcome, RecordOutcome(case_id=self.case.case_id, outcome=outcome), **ACTIVITY
        )

    async def close(self, *, is_cut_short: bool = False) -> bool:
        """Close the case as soon as nothing of it is open; False when a service that was cut short is given again."""
        while not self._is_over:
            if is_cut_short and self._is_given_again():
                return False
            seen = self._changes
            result = await workflow.execute_activity_method(
                ClosingActivities.close_case, CaseRef(case_id=self.case.case_id), **ACTIVITY
            )
            if result.closed:
                break
            try:
                await workflow.wait_condition(
                    lambda: self._changes > seen or self._is_over or (is_cut_short and self._is_given_again()),  # noqa: B023
                    timeout=LOOK_AGAIN,
                )
            except TimeoutError:
                continue
        return True

    async def _end_of(self, step: str, wait: timedelta | None = None) -> StepResult:
        await workflow.wait_condition(lambda: step in self._ended or self._is_no_more(), timeout=wait)
        if step in self._ended:
            return self._ended[step]
        self._stop_if_over()
        raise CaseIsOver

    def _is_given_again(self) -> bool:
        return self.case.resumed_at != self._resumed_at

    def _is_no_more(self) -> bool:
        return self._is_over or self._has_ended

    def _stop_if_over(self) -> None:
        if self._is_over:
            raise CaseIsOver
        if self._has_ended:
            raise ServiceHasEnded
