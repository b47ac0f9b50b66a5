"""Loading a pack."""

from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.tables import Pack
from services.chassis.database import UnitOfWork
from services.chassis.errors import PackIsMissing
from services.chassis.packs import put_in_force


def check_pack(pack: CaseworkPack) -> None:
    """Raise ``PackIsMissing`` or ``AgencyIsUnknown`` when the pack refers to something that it does not hold."""
    for rule in pack.candidates:
        for agency in rule.agencies:
            pack.agency(agency)
    pack.agency(pack.office)
    for clock in pack.clocks:
        for ladder in (clock.ladder, clock.receipt_ladder):
            if ladder not in pack.ladders:
                raise PackIsMissing(ladder=ladder)
    for agency_ in pack.agencies:
        for desk in agency_.desks:
            if desk.calendar not in pack.calendars:
                raise PackIsMissing(calendar=desk.calendar)


async def load_pack(pack: CaseworkPack, uow: UnitOfWork) -> bool:
    """Put a pack in force; False when exactly this one is already loaded. Raises ``PackVersionIsTaken``."""
    check_pack(pack)
    return await put_in_force(Pack, pack, uow)
