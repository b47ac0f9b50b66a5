"""Every query on findings."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlmodel import col, select

from services.chassis.database import Gauge, ReadSession, UnitOfWork
from services.disbursement.findings.domain import FindingKind
from services.disbursement.findings.tables import Finding


async def known(uow: UnitOfWork, finding_id: UUID) -> Finding | None:
    """A finding that was written before, locked."""
    return await uow.first(select(Finding).where(Finding.id == finding_id).with_for_update())


async def open_about(uow: UnitOfWork, entitlement_id: UUID, kinds: Sequence[FindingKind]) -> list[Finding]:
    """What is open about an entitlement, locked."""
    return await uow.all(
        select(Finding)
        .where(
            Finding.entitlement_id == entitlement_id,
            col(Finding.kind).in_([kind.value for kind in kinds]),
            col(Finding.resolution).is_(None),
        )
        .with_for_update()
    )


async def one(reading: ReadSession, finding_id: UUID) -> Finding | None:
    """One finding within the caller's scope."""
    return await reading.first(select(Finding).where(Finding.id == finding_id))


async def findings_page(
    reading: ReadSession, after: UUID | None, limit: int, batch_id: UUID | None, is_open: bool | None
) -> list[Finding]:
    """Findings by id after a cursor."""
    query = select(Finding).order_by(col(Finding.id)).limit(limit)
    if after is not None:
        query = query.where(col(Finding.id) > after)
    if batch_id is not None:
        query = query.where(Finding.batch_id == batch_id)
    if is_open is not None:
        resolved = col(Finding.resolution)
        query = query.where(resolved.is_(None) if is_open else resolved.is_not(None))
    return await reading.all(query)


async def gauges(pool: asyncpg.Pool) -> list[Gauge]:
    """Findings that nobody has decided about, and those that waited too long."""
    row = await pool.fetchrow(
        "SELECT count(*) AS open, count(*) FILTER (WHERE due_at < now()) AS overdue"
        " FROM findings WHERE resolution IS NULL"
    )
    return [
        ("sigap_findings_open", {}, float(row["open"])),
        ("sigap_findings_overdue", {}, float(row["overdue"])),
    ]
