"""Read models of occurrences."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.casework.case.cases import repository as cases
from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.casework.case.occurrences import access, domain, repository
from services.casework.case.occurrences.domain import RECORDABLE, Consequence, Occurrence, OccurrenceIsTold
from services.casework.case.occurrences.tables import OccurrenceRow, Revocation
from services.casework.office.directory.queries import pack_in_force
from services.chassis.database import ReadSession
from services.chassis.errors import NotFound


async def preview(
    case_id: UUID, kind: Occurrence, reading: ReadSession, to_agency: str | None = None
) -> Sequence[Consequence]:
    """What recording it would do to what is the caller's to know.

    Raises ``NotFound``, ``PersonIsNotWithYou``, ``OfficeTellsThis``, ``AgencyIsUnknown``.
    """
    case = await _visible(case_id, reading)
    access.check_teller(kind, await repository.tellable_now(reading, case), None, reading.principal)
    pack = await pack_in_force(reading, case.district)
    return access.shown(reading.principal, pack.office, await repository.foresee(reading, case, kind, to_agency))


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to a case's person, what each did to what is the caller's to know and which was told late, what can
    be done now, and a revocation that waits for another person.
    """

    case: Case
    rows: list[OccurrenceRow]
    consequences: dict[UUID, Sequence[Consequence]]
    late: set[UUID]
    legal_now: list[str]
    proposal: Revocation | None


async def happened(case_id: UUID, reading: ReadSession) -> Happened:
    """What happened, and what the caller can tell or revoke now; a custodian sees what it told itself.

    Raises ``NotFound``, ``PersonIsNotWithYou``.
    """
    case = await _visible(case_id, reading)
    may_tell = await repository.tellable_now(reading, case)
    rows = await repository.of_case(reading, case_id)
    proposal = await repository.proposal(reading, case_id)
    gone = domain.is_gone(row.kind for row in domain.standing_of(rows))
    legal = []
    for kind in sorted(may_tell) if case.state != CaseState.CLOSED else []:
        try:
            domain.check_told(kind, case.outcome, gone, may_tell)
        except OccurrenceIsTold:
            continue
        legal.append(kind.value)
    is_office = may_tell == RECORDABLE
    if is_office and domain.last_standing(rows) is not None and proposal is None:
        legal.append(domain.REVOKE)
    if not is_office:
        rows, proposal = [row for row in rows if row.told_by == reading.principal.agency], None
    pack = await pack_in_force(reading, case.district)
    late = {row.id for row in rows if pack.is_told_late(row.happened_at, row.recorded_at)}
    became = {
        row.id: access.shown(reading.principal, pack.office, [Consequence.of_kept(line) for line in row.consequences])
        for row in rows
    }
    return Happened(case, rows, became, late, legal, proposal)


async def undecided_revocations(reading: ReadSession) -> list[Revocation]:
    """What waits for the caller's decision, oldest first; their own proposals wait for somebody else."""
    return await repository.undecided(reading)


async def _visible(case_id: UUID, reading: ReadSession) -> Case:
    case = await cases.one(reading, case_id)
    if case is None:
        raise NotFound(kind="cases")
    return case
