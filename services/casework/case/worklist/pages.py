"""Daftar kerja: what waits for me, for my agency and for others, next due first."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from services.casework.case.ages.access import PERMISSIONS as AGE_PERMISSIONS
from services.casework.case.assignments.access import PERMISSIONS as ASSIGN_PERMISSIONS
from services.casework.case.assignments.queries import Mine, my_cases
from services.casework.case.closing.access import PERMISSIONS as CLOSING_PERMISSIONS
from services.casework.case.occurrences.access import PERMISSIONS as OCCURRENCE_PERMISSIONS
from services.casework.case.plans.access import PERMISSIONS as PLAN_PERMISSIONS
from services.casework.case.worklist.queries import PAGE_ROWS, DecisionKind, Listed, WorkList, show_work
from services.casework.desks.tasks.access import PERMISSIONS as TASK_PERMISSIONS
from services.casework.desks.tasks.tables import Task
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.pages import Directory, directory_of
from services.chassis.pages import page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
After = Annotated[int, Query(ge=0, le=1_000_000)]

DECISIONS = {
    "FORCED_CLOSING": "Penutupan paksa",
    "REVOCATION": "Pencabutan kejadian",
    "ADULTHOOD": "Umur: sudah dewasa",
    "PLAN": "Rencana layanan",
}
WORDS = {"decision": DECISIONS}
DECIDED_BY = {
    DecisionKind.FORCED_CLOSING: CLOSING_PERMISSIONS["case:decide-forced-closing"],
    DecisionKind.REVOCATION: OCCURRENCE_PERMISSIONS["case:decide-revocation"],
    DecisionKind.ADULTHOOD: AGE_PERMISSIONS["case:decide-adulthood"],
    DecisionKind.PLAN: PLAN_PERMISSIONS["plan:decide"],
}
DECIDED_AT = {
    DecisionKind.FORCED_CLOSING: "penutupan",
    DecisionKind.REVOCATION: "kejadian",
    DecisionKind.ADULTHOOD: "umur",
    DecisionKind.PLAN: "rencana",
}
"""The page of a case on which it is decided."""

router = page_router()


@dataclass(frozen=True, slots=True)
class Work:
    """One line of the list: a hand-off or a task."""

    address: str
    name: str
    about: str
    state: str
    due_at: datetime | None
    deadline: str
    is_claimed: bool = False
    is_task: bool = False


@router.get("/")
async def work_list(
    request: Request,
    caller: Annotated[Principal, page_requires("handoff:read")],
    reading: Reading,
    setelah: After = 0,
    lain: After = 0,
) -> Response:
    """Daftar kerja, from the line ``setelah`` of what is ours and the line ``lain`` of what others do."""
    may_cases = bool(caller.roles & ASSIGN_PERMISSIONS["case:assign"])
    work = await show_work(
        reading,
        with_tasks=bool(caller.roles & TASK_PERMISSIONS["task:read"]),
        decides={kind for kind, roles in DECIDED_BY.items() if caller.roles & roles},
        ours_after=setelah,
        others_after=lain,
    )
    mine = await my_cases(reading, PAGE_ROWS) if may_cases else Mine((), 0)
    rows = (*work.ours.rows, *work.others.rows, *mine.cases)
    directory = await directory_of(reading, {row.district for row in rows} | set(caller.offices))
    root = request.app.state.root_path

    def lines(listed: Listed) -> list[Work]:
        return [_line(row, work, directory, caller.agency, root) for row in listed.rows]

    rendered: Response = request.app.state.pages.render(
        request,
        "work-list.html",
        work=work,
        decided_at=DECIDED_AT,
        ours=lines(work.ours),
        others=lines(work.others),
        page_rows=PAGE_ROWS,
        after={"setelah": setelah, "lain": lain},
        mine=mine,
        cases=mine.cases,
        may_cases=may_cases,
        agency=directory.names.get(caller.agency, caller.agency),
        **directory.context(),
    )
    return rendered


def _line(row: Handoff | Task, work: WorkList, directory: Directory, agency: str, root: str) -> Work:
    number = work.numbers.get(row.about_id, "")
    if isinstance(row, Task):
        return Work(f"{root}/tugas/{row.id}", row.kind, number, row.state, row.due_at, "", is_task=True)
    is_sent = row.from_agency == agency
    other = row.to_agency if is_sent else row.from_agency
    return Work(
        f"{root}/serah-terima/{row.id}",
        row.purpose,
        f"{number} · {'kepada' if is_sent else 'dari'} {directory.names.get(other, other)}",
        row.state,
        row.due_at,
        row.deadline or "",
        is_claimed=row.claimed_by is not None,
    )
