"""Every query on statement lines and findings."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlmodel import col, select

from services.chassis.database import Gauge, ReadSession, UnitOfWork
from services.disbursement.reconciliation.tables import Finding, StatementLineRow


async def known_lines(uow: UnitOfWork, identities: Sequence[UUID]) -> set[UUID]:
    """Which of these lines were imported before."""
    return set(await uow.scalars(select(StatementLineRow.id).where(col(StatementLineRow.id).in_(identities))))


async def finding_exists(uow: UnitOfWork, finding_id: UUID) -> Finding | None:
    """A finding that was written before."""
    return await uow.first(select(Finding).where(Finding.id == finding_id))


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
