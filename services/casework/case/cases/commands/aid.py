"""The aid of a case: asked for, held back, let go, settled."""

from datetime import datetime
from uuid import UUID

from services.casework.case.cases import domain, facts, repository
from services.casework.case.cases.domain import AidState
from services.casework.case.cases.tables import Case
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters import domain as matters
from services.casework.office.procedure_messages.messages import ProcedureStart, StepEnded, procedure_id
from services.chassis import clock
from services.chassis.database import UnitOfWork

AID = UUID("b4b1a1fe-5b4e-58f5-a2a5-6f0d3a0c7e21")


async def hold_aid(case: Case, reason_code: str, happened_at: datetime, uow: UnitOfWork) -> None:
    """Ask disbursement to hold the case's aid back since ``happened_at``; refused it is not."""
    if case.aid_request_id is not None:
        uow.publish(facts.case_aid_held(case.aid_request_id, reason_code), about=case, happened_at=happened_at)


async def release_aid(case: Case, reason_code: str, happened_at: datetime, uow: UnitOfWork) -> None:
    """Nothing keeps the aid back any more since ``happened_at``."""
    if case.aid_request_id is not None:
        uow.publish(facts.case_aid_released(case.aid_request_id, reason_code), about=case, happened_at=happened_at)


async def request_aid(case_id: UUID, uow: UnitOfWork) -> None:
    """Ask disbursement for the case type's aid, once; nothing when the pack names no programme, nor for a child."""
    case = await uow.locked(Case, case_id)
    pack = await pack_in_force(uow, case.district)
    rules = pack.rules_of(case.case_type)
    if case.aid_request_id is not None or rules is None or not rules.aid_programme or case.apparent_minor:
        return
    uow.change(
        case,
        "request_aid",
        aid_request_id=clock.derived_id(AID, str(case.id)),
        aid_state=AidState.REQUESTED.value,
    )
    uow.publish(facts.case_aid_requested(case, rules.aid_programme), about=case)


async def record_aid_state(report_id: UUID, state: AidState, uow: UnitOfWork) -> None:
    """Disbursement said what became of the aid; a settled one ends the procedure's step ``aid``.

    What a later word has overtaken changes nothing.
    """
    case = await repository.by_report(uow, report_id)
    if case is None or case.aid_request_id is None or case.aid_state == state:
        return
    if (case.aid_state, state) in domain.AID_OVERTAKEN:
        return
    uow.change(case, "record_aid_state", aid_state=state.value)
    if state in domain.AID_SETTLED and case.workflow:
        uow.signal(
            case.workflow,
            procedure_id(matters.case(case.id)),
            "step_ended",
            StepEnded(step="aid", outcome="COMPLETED", result_code=state.value.upper()),
            start=ProcedureStart(about_id=case.id, district=case.district, rules_version=case.rules_version),
            about=case,
        )


def aid_is_pending(case: Case) -> bool:
    """Whether aid was asked for and is neither paid nor decided against."""
    return case.aid_state is not None and AidState(case.aid_state) not in domain.AID_SETTLED
