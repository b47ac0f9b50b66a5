"""HTTP routes of findings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import PageLimit, Reading, Write, problems
from services.disbursement.reconciliation import commands, queries
from services.disbursement.reconciliation.schemas import FindingOut, FindingPage, ResolutionIn

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
    return FindingPage(
        items=[FindingOut.of(row) for row in rows], next_after=rows[-1].id if len(rows) == limit else None
    )


@router.post("/findings/{finding_id}/resolution", response_model=FindingOut, responses=problems(409))
async def post_resolution(
    finding_id: UUID, body: ResolutionIn, caller: Annotated[Principal, requires("finding:resolve")], write: Write
) -> Response:
    """Selesaikan satu temuan dengan alasan."""
    return await write(lambda uow: commands.resolve_finding(body.to_command(finding_id), uow), FindingOut.of, 200)
