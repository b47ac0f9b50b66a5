"""Read models of occurrences."""

from collections.abc import Sequence
from uuid import UUID

from services.casework.case.cases import repository as cases
from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.casework.case.occurrences import domain, repository
from services.casework.case.occurrences.domain import RECORDABLE, Consequence, Occurrence, OccurrenceIsTold
from services.casework.case.occurrences.tables import OccurrenceRow
from services.chassis.database import ReadSession
from services.chassis.errors import NotFound


async def preview(
    case_id: UUID, kind: Occurrence, reading: ReadSession, to_agency: str | None = None
) -> Sequence[Consequence]:
    """What recording it would do. Raises ``NotFound``, ``AgencyIsUnknown``."""
    return await repository.foresee(reading, await _visible(case_id, reading), kind, to_agency)


async def happened(case_id: UUID, reading: ReadSession) -> tuple[Case, list[OccurrenceRow], list[str]]:
    """What happened to a case's person, and what can be told now. Raises ``NotFound``."""
    case = await _visible(case_id, reading)
    rows = await repository.of_case(reading, case_id)
    gone = domain.is_gone(row.kind for row in rows)
    tellable = []
    for kind in sorted(RECORDABLE):
        try:
            domain.check_told(kind, case.outcome, gone)
        except OccurrenceIsTold:
            continue
        tellable.append(kind.value)
    return case, rows, [] if case.state == CaseState.CLOSED else tellable


async def _visible(case_id: UUID, reading: ReadSession) -> Case:
    case = await cases.one(reading, case_id)
    if case is None:
        raise NotFound(kind="cases")
    return case
