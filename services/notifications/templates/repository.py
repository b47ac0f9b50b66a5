"""Every query on packs."""

from sqlmodel import col, select

from services.chassis.database import ReadSession, UnitOfWork
from services.notifications.templates.tables import Pack


async def newest_pack(source: UnitOfWork | ReadSession, district: str) -> Pack | None:
    """The pack in force."""
    return await source.first(
        select(Pack).where(Pack.district == district).order_by(col(Pack.loaded_at).desc(), col(Pack.version).desc())
    )


async def pack_version(uow: UnitOfWork, district: str, version: str) -> Pack | None:
    """One version of a pack."""
    return await uow.first(select(Pack).where(Pack.district == district, Pack.version == version))
