"""Read models of the work list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.casework.case.ages.queries import undecided_ages
from services.casework.case.closing.queries import undecided_closings
from services.casework.case.occurrences.queries import undecided_revocations
from services.casework.case.plans.queries import undecided_plans
from services.casework.case.worklist import repository
from services.casework.desks.tasks.queries import tasks_of_ids
from services.casework.desks.tasks.tables import Task
from services.casework.handoff.handoffs.queries import handoffs_of_ids
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.matters.queries import numbers_of
from services.chassis.database import ReadSession

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list: ``after`` lines stand before it, ``of_all`` in it."""

    rows: Sequence[Handoff | Task]
    after: int
    of_all: int


class DecisionKind(StrEnum):
    """What two people decide, and one of them has."""

    FORCED_CLOSING = "FORCED_CLOSING"
    REVOCATION = "REVOCATION"
    ADULTHOOD = "ADULTHOOD"
    PLAN = "PLAN"


@dataclass(frozen=True, slots=True)
class ToDecide:
    """What somebody proposed about a case, and why, where a reason is given."""

    kind: DecisionKind
    case_id: UUID
    reason: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class WorkList:
    """What waits for the caller's decision, for their agency, and for others; the numbers of what it is about."""

    to_decide: Sequence[ToDecide]
    ours: Listed
    others: Listed
    numbers: dict[UUID, str]


async def show_work(
    reading: ReadSession, *, with_tasks: bool, decides: Collection[DecisionKind], ours_after: int, others_after: int
) -> WorkList:
    """The caller's work list, next due first, from a line of each part on."""
    lines = await repository.waiting(
        reading,
        reading.principal.agency,
        with_tasks=with_tasks,
        ours_after=ours_after,
        others_after=others_after,
        limit=PAGE_ROWS,
    )
    handoffs = await handoffs_of_ids(reading, [line["id"] for line in lines if line["kind"] == "handoff"])
    tasks = await tasks_of_ids(reading, [line["id"] for line in lines if line["kind"] == "task"])
    found: dict[UUID, Handoff | Task] = {row.id: row for rows in (handoffs, tasks) for row in rows}
    to_decide = await _to_decide(reading, decides)

    def listed(is_ours: bool, after: int) -> Listed:
        of_part = [line for line in lines if line["is_ours"] == is_ours and line["id"] in found]
        return Listed([found[line["id"]] for line in of_part], after, of_part[0]["of_all"] if of_part else 0)

    about = {row.about_id for row in found.values()} | {one.case_id for one in to_decide}
    return WorkList(
        to_decide=to_decide,
        ours=listed(True, ours_after),
        others=listed(False, others_after),
        numbers=await numbers_of(reading, sorted(about)),
    )


async def _to_decide(reading: ReadSession, decides: Collection[DecisionKind]) -> list[ToDecide]:
    found: list[ToDecide] = []
    if DecisionKind.FORCED_CLOSING in decides:
        found += [
            ToDecide(DecisionKind.FORCED_CLOSING, row.case_id, row.reason_code, row.proposed_at)
            for row in await undecided_closings(reading)
        ]
    if DecisionKind.REVOCATION in decides:
        found += [
            ToDecide(DecisionKind.REVOCATION, row.case_id, row.reason_code, row.proposed_at)
            for row in await undecided_revocations(reading)
        ]
    if DecisionKind.ADULTHOOD in decides:
        found += [
            ToDecide(DecisionKind.ADULTHOOD, row.case_id, row.evidence, row.proposed_at)
            for row in await undecided_ages(reading)
        ]
    if DecisionKind.PLAN in decides:
        found += [
            ToDecide(DecisionKind.PLAN, row.case_id, "", row.proposed_at)
            for row in await undecided_plans(reading)
            if row.proposed_at is not None
        ]
    return sorted(found, key=lambda one: one.proposed_at)
