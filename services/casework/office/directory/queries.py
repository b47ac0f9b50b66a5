"""Reading the pack."""

from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.tables import Pack
from services.chassis.database import ReadSession, UnitOfWork
from services.chassis.packs import in_force, newest


async def pack_in_force(source: UnitOfWork | ReadSession, district: str) -> CaseworkPack:
    """The district's pack. Raises ``PackIsMissing``."""
    return await in_force(Pack, CaseworkPack, district, source)


async def newest_pack(uow: UnitOfWork, district: str) -> CaseworkPack | None:
    """The district's pack of until now, for who is about to load another; nothing when there was none."""
    return await newest(Pack, CaseworkPack, district, uow)
