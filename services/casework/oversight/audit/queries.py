"""Read models of oversight."""

from datetime import datetime, timedelta
from typing import Any

from services.casework.office.directory.queries import pack_in_force
from services.casework.oversight.audit import access, domain, repository
from services.casework.oversight.audit.domain import AuditList
from services.casework.oversight.audit.repository import AuditFilter
from services.chassis.database import ReadSession
from services.chassis.errors import PackIsMissing

DISTRICT = 5
"""A district's code has so many characters."""


async def show_audit_list(
    reading: ReadSession, wanted: AuditList, since: datetime, until: datetime, agency: str
) -> list[Any]:
    """One of the auditor's lists for the districts of the caller. Raises ``PeriodIsTurnedRound``.

    Late is what the pack of the caller's first district calls late.
    """
    domain.check_period(since, until)
    offices = reading.principal.offices
    which = AuditFilter(since, until, agency, await _late_after(reading))
    return await repository.audit_rows(reading, wanted, access.districts_within(offices), which)


async def _late_after(reading: ReadSession) -> timedelta:
    for office in sorted(reading.principal.offices):
        if len(office) >= DISTRICT:
            try:
                return (await pack_in_force(reading, office[:DISTRICT])).late_after
            except PackIsMissing:
                continue
    return domain.LATE_AFTER


async def cases_without_next_step(reading: ReadSession) -> list[Any]:
    """Open cases for which nothing is due."""
    return await repository.cases_without_next_step(reading, access.districts_within(reading.principal.offices))


async def deadlines_without_timer(reading: ReadSession) -> list[Any]:
    """Deadlines that run and of which no workflow knows."""
    return await repository.deadlines_without_timer(reading, access.districts_within(reading.principal.offices))
