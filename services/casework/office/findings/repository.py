"""Every query on findings."""

from uuid import UUID

import asyncpg
from sqlmodel import col, select

from services.casework.office.findings.domain import FindingFilter, FindingState
from services.casework.office.findings.tables import Finding
from services.chassis.database import Gauge, ReadSession, UnitOfWork, with_states


async def of_rule(uow: UnitOfWork, rule_key: str) -> list[Finding]:
    """All findings that one rule keeps, locked together with those that are not there yet."""
    await uow.execute("SELECT pg_advisory_xact_lock(hashtextextended(:rule, 0))", rule=f"findings:{rule_key}")
    return await uow.all(
        select(Finding).where(Finding.rule_key == rule_key).order_by(col(Finding.id)).with_for_update()
    )


async def one(reading: ReadSession, finding_id: UUID) -> Finding | None:
    """One finding within the caller's scope."""
    return await reading.first(select(Finding).where(Finding.id == finding_id))


async def page(reading: ReadSession, wanted: FindingFilter, after: UUID | None, limit: int) -> list[Finding]:
    """Findings within the caller's scope, in order of id."""
    query = select(Finding).order_by(col(Finding.id)).limit(limit)
    for column, value in (
        (Finding.state, wanted.state),
        (Finding.kind, wanted.kind),
        (Finding.about_id, wanted.about_id),
        (Finding.person_id, wanted.person_id),
        (Finding.owner, wanted.owner),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    if after is not None:
        query = query.where(col(Finding.id) > after)
    return await reading.all(query)


_OPEN = with_states(
    "SELECT kind, count(*) AS count FROM case_findings WHERE state = {open} GROUP BY kind", open=FindingState.OPEN
)


async def gauges(pool: asyncpg.Pool) -> list[Gauge]:
    """Findings that nobody has explained, by kind."""
    rows = await pool.fetch(_OPEN)
    return [("sigap_case_findings_open", {"kind": row["kind"]}, float(row["count"])) for row in rows]
