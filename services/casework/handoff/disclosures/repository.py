"""Every query on packages and on the log of their reads."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.casework.handoff.disclosures.tables import SentPackage
from services.chassis.database import ReadSession, UnitOfWork


async def newest_locked(uow: UnitOfWork, handoff_id: UUID) -> SentPackage | None:
    """The newest version, nobody else adding one meanwhile."""
    await uow.execute("SELECT pg_advisory_xact_lock(hashtextextended(:thing, 0))", thing=f"package:{handoff_id}")
    return await uow.first(
        select(SentPackage).where(SentPackage.handoff_id == handoff_id).order_by(col(SentPackage.number).desc())
    )


async def versions(reading: ReadSession, handoff_id: UUID) -> list[SentPackage]:
    """Every version of a package, oldest first."""
    return await reading.all(
        select(SentPackage).where(SentPackage.handoff_id == handoff_id).order_by(col(SentPackage.number))
    )


async def reads(reading: ReadSession, handoff_id: UUID, district: str, after: int, limit: int) -> list[Any]:
    """Who read a package, in order of reading, after a position."""
    return await reading.rows(
        "SELECT id, actor, agency, purpose, fields, read_at FROM special_reads WHERE aggregate_id = :handoff_id"
        " AND aggregate = 'handoffs' AND district = :district AND id > :after ORDER BY id LIMIT :limit",
        handoff_id=handoff_id,
        district=district,
        after=after,
        limit=limit,
    )
