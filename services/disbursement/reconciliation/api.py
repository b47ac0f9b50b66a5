"""HTTP routes of decisions about findings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Write, problems
from services.disbursement.findings.schemas import FindingOut
from services.disbursement.reconciliation import commands
from services.disbursement.reconciliation.schemas import ResolutionIn

router = APIRouter(tags=["reconciliation"])


@router.post("/findings/{finding_id}/resolution", response_model=FindingOut, responses=problems(409))
async def post_resolution(
    finding_id: UUID, body: ResolutionIn, caller: Annotated[Principal, requires("finding:resolve")], write: Write
) -> Response:
    """Selesaikan satu temuan dengan alasan."""
    return await write(lambda uow: commands.resolve_finding(body.to_command(finding_id), uow), FindingOut.of, 200)
