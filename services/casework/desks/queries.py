"""Read models of desks."""

from datetime import datetime

from services.casework.desks import repository
from services.casework.desks.tables import Shift
from services.chassis.clock import utc_now
from services.chassis.database import ReadSession


async def show_roster(
    reading: ReadSession, agency: str, desk: str, since: datetime, until: datetime
) -> tuple[list[Shift], list[str]]:
    """The turns of a desk that touch a span, and who has the turn now; an empty list of these is a finding."""
    shifts = await repository.roster(reading, agency, desk, since, until)
    return shifts, [shift.officer for shift in await repository.on_duty(reading, agency, desk, utc_now())]
