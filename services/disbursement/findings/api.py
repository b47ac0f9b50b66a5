"""HTTP routes of findings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import PageLimit, Reading, problems
from services.disbursement.entitlements.queries import held_back_of
from services.disbursement.findings import queries
from services.disbursement.findings.schemas import FindingOut, FindingPage

router = APIRouter(tags=["reconciliation"])


@router.get("/findings", response_model=FindingPage, responses=problems())
async def get_findings(
    caller: Annotated[Principal, requires("finding:read")],
    reading: Reading,
    after: Annotated[UUID | None, Query(description="Kursor: finding_id terakhir dari halaman sebelumnya")] = None,
    limit: PageLimit = 50,
    batch_id: UUID | None = None,
    is_open: bool | None = None,
) -> FindingPage:
    """Temuan rekonsiliasi dengan pemilik dan tenggatnya."""
    rows = await queries.list_findings(reading, after, limit, batch_id, is_open)
    kept_back = await held_back_of(reading, [row.entitlement_id for row in rows if row.entitlement_id])
    return FindingPage(
        items=[FindingOut.of(row, kept_back) for row in rows], next_after=rows[-1].id if len(rows) == limit else None
    )
