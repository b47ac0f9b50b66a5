"""Children: a child until proven otherwise, in every type of case (UU 35/2014; `handoff.md` §6)."""

from uuid import UUID

from services.casework.case.cases import repository
from services.casework.case.cases.commands.asking import protect_child
from services.casework.case.cases.commands.opening import matter_of, signal_procedure
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.commands import end_purpose
from services.casework.office.case_types.domain import PROVEN_ADULT
from services.casework.office.matters.commands import keep_matter
from services.chassis.database import UnitOfWork


async def record_age(person_id: UUID, *, is_minor: bool, is_proven: bool, uow: UnitOfWork) -> None:
    """Somebody looks like a minor, or was proven not to be one: protection begins and ends with that fact."""
    for case in await repository.open_of_person(uow, person_id):
        if case.apparent_minor == is_minor or not (is_minor or is_proven):
            continue
        uow.change(case, "record_age", apparent_minor=is_minor)
        keep_matter(matter_of(case), uow)
        await protect_child(case, uow)
        if not is_minor:
            await end_purpose(case.id, Purpose.CHILD_PROTECTION, PROVEN_ADULT, uow)
        signal_procedure(case, uow)
