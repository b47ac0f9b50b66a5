"""Who is told at a desk now."""

from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.rosters import repository
from services.chassis.database import UnitOfWork


async def phones_on_duty(agency: str, desk: str, pack: CaseworkPack, uow: UnitOfWork) -> tuple[str, ...]:
    """The duty telephones of whoever has the turn at a desk now.

    Nothing, so that the desk is told under its own number, where it plans no turns here or somebody carries none.
    """
    if not pack.desk(agency, desk).keeps_roster:
        return ()
    turns = await repository.on_duty(uow, agency, desk, await uow.now())
    return tuple(dict.fromkeys(shift.phone for shift in turns)) if all(shift.phone for shift in turns) else ()
