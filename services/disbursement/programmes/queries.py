"""Reading the pack."""

from services.chassis.database import ReadSession, UnitOfWork
from services.chassis.errors import PackIsMissing
from services.chassis.packs import in_force
from services.disbursement.programmes.domain import DisbursementPack, Programme
from services.disbursement.programmes.tables import Pack


async def pack_in_force(source: UnitOfWork | ReadSession, district: str) -> DisbursementPack:
    """The district's pack. Raises ``PackIsMissing``."""
    return await in_force(Pack, DisbursementPack, district, source)


async def programme_in_force(source: UnitOfWork | ReadSession, district: str, code: str) -> Programme:
    """A programme that was there when its entitlements were made. Raises ``PackIsMissing``."""
    programme = (await pack_in_force(source, district)).programme(code)
    if programme is None:
        raise PackIsMissing(programme=code)
    return programme
