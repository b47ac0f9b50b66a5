"""Read models of desks."""

from datetime import datetime

from services.casework.desks.desks import domain
from services.casework.desks.desks.domain import ForeseenClock
from services.casework.office.directory.access import OFFICE_ROLES
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.rosters import repository
from services.casework.office.rosters.tables import Shift
from services.chassis.clock import utc_now
from services.chassis.database import ReadSession
from services.chassis.errors import NotFound


async def show_roster(
    reading: ReadSession, agency: str, desk: str, since: datetime, until: datetime
) -> tuple[list[Shift], list[str]]:
    """The turns of a desk that touch a span, and who has the turn now; an empty list of these is a finding."""
    shifts = await repository.roster(reading, agency, desk, since, until)
    return shifts, [shift.officer for shift in await repository.on_duty(reading, agency, desk, utc_now())]


async def dry_run(reading: ReadSession, district: str, agency: str, purpose: str, urgency: str) -> list[ForeseenClock]:
    """What would happen if an agency were silent from now on; staff of other agencies ask about their own only.

    Raises ``NotFound``, ``AgencyIsUnknown``, ``PurposeHasNoClock``.
    """
    caller = reading.principal
    if not caller.covers(district) or not (caller.roles & OFFICE_ROLES or caller.agency == agency):
        raise NotFound(kind="agencies")
    pack = await pack_in_force(reading, district)
    return domain.foresee_silence(pack, agency, purpose, urgency, utc_now())
