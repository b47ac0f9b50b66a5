"""A person of whom it turned out that they need another service gets a case of that type."""

from uuid import UUID

from services.casework.case.cases import domain
from services.casework.case.cases.commands.asking import give_task
from services.casework.case.cases.commands.opening import CASES, OpenCase, open_case, signal_procedure
from services.casework.case.cases.tables import Case
from services.casework.desks.tasks import repository as tasks
from services.casework.desks.tasks.domain import TaskKind
from services.casework.office.matters import domain as matters
from services.casework.person.custody.commands import pass_on_custody
from services.chassis import clock
from services.chassis.database import UnitOfWork


async def reroute(task_id: UUID, uow: UnitOfWork) -> Case | None:
    """The office said where the person belongs: a case of that type opens, and whoever has them has them for it.

    A type that no procedure leads begins with a conference, so that the case has somebody's next step. Nothing for
    other tasks, and where no case of ours follows (a family, another authority).
    """
    task = await tasks.one(uow, task_id)
    case_type = domain.REROUTED_TO.get(task.result_code or "") if task and task.kind == TaskKind.REROUTE else None
    if task is None or case_type is None:
        return None
    case = await uow.locked(Case, task.about_id)
    opened = await open_case(
        OpenCase(
            report_id=clock.derived_id(CASES, f"rerouted:{task.id}"),
            case_type=case_type,
            person_id=case.person_id,
            village_code=case.village_code,
            district=case.district,
            urgency=case.urgency,
            reporter_agency=case.holder,
            apparent_minor=case.apparent_minor,
            found_at=case.found_at,
            is_in_custody=False,
        ),
        uow,
    )
    if not opened.workflow:
        await give_task(opened, TaskKind.CASE_CONFERENCE, "rerouted", uow)
    await pass_on_custody(case.id, matters.case(opened.id), uow)
    signal_procedure(case, uow)
    return opened
