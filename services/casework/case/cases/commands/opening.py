"""Cases are opened, go from stage to stage, and their procedures are started."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.case.cases import domain, facts, repository
from services.casework.case.cases.commands.asking import protect_child
from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.casework.office.case_types.domain import CASE_TYPES, RECEIVED
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters import domain as matters
from services.casework.office.matters.commands import keep_matter
from services.casework.office.matters.tables import Matter
from services.casework.office.procedure_messages.commands import look_again
from services.casework.office.procedure_messages.messages import ProcedureStart, procedure_id
from services.casework.person.custody.commands import TransferCustody, transfer_custody
from services.chassis import clock
from services.chassis.database import UnitOfWork

CASES = UUID("7c9f0a3e-0f0f-5c57-8f0e-7d6f5a0f9b11")
RULES_VERSION = 1


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A verified report asks for a case."""

    report_id: UUID
    case_type: str
    person_id: UUID
    village_code: str
    district: str
    urgency: str
    reporter_agency: str
    apparent_minor: bool
    found_at: datetime
    is_in_custody: bool


async def open_case(command: OpenCase, uow: UnitOfWork) -> Case:
    """One case per report, with a number of the district's year, and its procedure started."""
    known = await repository.by_report(uow, command.report_id)
    if known is not None:
        return known
    pack = await pack_in_force(uow, command.district)
    rules = pack.rules_of(command.case_type)
    now = await uow.now()
    led_by = CASE_TYPES.get(command.case_type) if rules else None
    prefix = led_by.number_prefix if led_by else command.case_type.split("_", 1)[0]
    year = domain.year_of(now, pack.zone)
    serial = await repository.next_serial(uow, command.district, year)
    case = Case(
        id=clock.derived_id(CASES, str(command.report_id)),
        correlation_id=command.report_id,
        district=command.district,
        number=domain.case_number(prefix, command.district, year, serial),
        case_type=command.case_type,
        state=CaseState.OPEN.value,
        stage=RECEIVED.code,
        person_id=command.person_id,
        village_code=command.village_code,
        source_report_id=command.report_id,
        reporter_agency=command.reporter_agency,
        urgency=command.urgency,
        apparent_minor=command.apparent_minor,
        found_in_custody=command.is_in_custody,
        holder=pack.office,
        unit=pack.office_unit,
        workflow=led_by.workflow if led_by else "",
        rules_version=RULES_VERSION,
        pack_version=pack.version,
        found_at=command.found_at,
        opened_at=now,
    )
    uow.create(case, "open")
    keep_matter(matter_of(case), uow)
    uow.publish(facts.case_opened(case), about=case)
    if command.is_in_custody:
        await transfer_custody(
            TransferCustody(
                person_id=case.person_id,
                about=matters.case(case.id),
                correlation_id=case.correlation_id,
                district=case.district,
                to_agency=command.reporter_agency,
                happened_at=command.found_at,
                place_code=command.village_code,
                observed_state="UNKNOWN",
                ba_number=None,
            ),
            uow,
        )
    await protect_child(case, uow)
    signal_procedure(case, uow)
    return case


def matter_of(case: Case) -> Matter:
    """What the wings below may know of a case."""
    return Matter(
        id=case.id,
        kind=matters.AboutKind.CASE.value,
        district=case.district,
        correlation_id=case.correlation_id,
        number=case.number,
        person_id=case.person_id,
        village_code=case.village_code,
        workflow=case.workflow,
        rules_version=case.rules_version,
        apparent_minor=case.apparent_minor,
        closed_at=case.closed_at,
    )


def signal_procedure(case: Case, uow: UnitOfWork) -> None:
    """Start the case's procedure, or let it look again; cases of a type without one are led by people alone."""
    start = ProcedureStart(about_id=case.id, district=case.district, rules_version=case.rules_version)
    look_again(case.workflow, procedure_id(matters.case(case.id)), start, case, uow)


async def enter_stage(case_id: UUID, stage: str, uow: UnitOfWork) -> None:
    """Go on to a stage; being there or past it already, as after a restart from the rows, is no change.

    Raises ``CaseIsClosed``, ``StageIsUnknown``.
    """
    case = await uow.locked(Case, case_id)
    if not domain.is_ahead(case.workflow, case.stage, stage):
        return
    state = domain.next_state(case.state, "enter_stage")
    uow.change(case, "enter_stage", state=state.value, stage=stage)
    uow.publish(facts.case_stage_entered(case), about=case)


async def rearm_procedures(uow: UnitOfWork) -> int:
    """Signal the procedure of every open case; those that run ignore it. Returns how many."""
    cases = await repository.not_closed(uow)
    for case in cases:
        signal_procedure(case, uow)
    return len(cases)
