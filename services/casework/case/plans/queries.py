"""Assessments and plans as whoever may read them reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.casework.case.cases.domain import AID_SETTLED, AidState, CaseState
from services.casework.case.cases.tables import Case
from services.casework.case.plans import domain, repository
from services.casework.case.plans.domain import PlanState, Standing, Work
from services.casework.case.plans.tables import Assessment, Plan, PlanLine
from services.casework.desks.tasks.domain import UNFINISHED
from services.casework.desks.tasks.queries import tasks_of_matter
from services.casework.handoff.handoffs.domain import ENDED
from services.casework.handoff.handoffs.queries import handoffs_of_matter
from services.chassis.database import ReadSession, Units
from services.chassis.persons import log_special_read, opener_for_person

PURPOSE = "CASEWORK"


@dataclass(frozen=True, slots=True)
class ShownAssessment:
    """An assessment; its words are missing once the person's key was destroyed."""

    row: Assessment
    words: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line, what serves it, and what became of it; ``is_late``: its day passed and it was not given."""

    row: PlanLine
    goal: str | None
    works: Sequence[Work]
    standing: Standing
    is_late: bool


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A version with its lines."""

    row: Plan
    lines: Sequence[ShownLine]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A case's assessments and versions, each the latest first, and what can be done now."""

    case: Case
    assessments: Sequence[ShownAssessment]
    plans: Sequence[ShownPlan]
    legal_now: tuple[str, ...]

    @property
    def open(self) -> ShownPlan | None:
        """The version that is written or waits to be signed."""
        return next((plan for plan in self.plans if plan.row.state in (PlanState.DRAFT, PlanState.PROPOSED)), None)

    @property
    def in_force(self) -> ShownPlan | None:
        """The signed version."""
        return next((plan for plan in self.plans if plan.row.state == PlanState.APPROVED), None)


async def plan_of(case: Case, reading: ReadSession, units: Units, private_key: str, today: date) -> PlanView:
    """What somebody needs and what is planned and done for them, on a day of their district.

    The reading is kept before anything is opened.
    """
    assessments = await repository.assessments(reading, case.id)
    plans = await repository.plans(reading, case.id)
    newest = plans[0] if plans else None
    lines = await repository.lines(reading, [plan.id for plan in plans]) if plans else []
    if assessments:
        await log_special_read(
            units, reading.principal, PURPOSE, "assessments", case.id, ["assessment", "plan"], case.district
        )
    opened = await opener_for_person(reading, case.person_id, private_key)
    works = await _works(case, reading) if lines else []

    def shown(line: PlanLine) -> ShownLine:
        served = [work for work in works if domain.serves(line.service, work.kind, work.about)]
        standing = domain.standing_of(served)
        goal = opened(line.sealed).get("goal")
        return ShownLine(line, goal, served, standing, line.until < today and standing is not Standing.GIVEN)

    return PlanView(
        case=case,
        assessments=[ShownAssessment(row, opened(row.sealed)) for row in assessments],
        plans=[ShownPlan(plan, [shown(line) for line in lines if line.plan_id == plan.id]) for plan in plans],
        legal_now=domain.legal_moves(
            newest.state if newest else None,
            is_open=case.state != CaseState.CLOSED,
            is_assessed=bool(assessments),
            has_lines=newest is not None and any(line.plan_id == newest.id for line in lines),
        ),
    )


async def _works(case: Case, reading: ReadSession) -> list[Work]:
    """Everything that may serve a line of the case's plan."""
    handoffs, _ = await handoffs_of_matter(reading, case.id)
    found = [
        Work("handoff", row.id, row.purpose, row.to_agency, row.state, row.state in ENDED, row.result_code or "")
        for row in handoffs
    ]
    found += [
        Work("task", row.id, row.kind, row.agency, row.state, row.state not in UNFINISHED, row.result_code or "")
        for row in await tasks_of_matter(reading, case.id)
    ]
    if case.aid_state:
        result = case.aid_state if case.aid_state == AidState.CREDITED else ""
        found.append(
            Work("aid", case.id, "AID", case.holder, case.aid_state, AidState(case.aid_state) in AID_SETTLED, result)
        )
    return found


async def undecided_plans(reading: ReadSession) -> list[Plan]:
    """What waits for the caller's signature, oldest first; their own proposals wait for somebody else."""
    return await repository.undecided(reading)
