"""HTTP routes of findings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.casework.office.findings import commands, queries
from services.casework.office.findings.domain import FindingFilter, FindingKind, FindingState
from services.casework.office.findings.schemas import ExplanationIn, FindingOut, FindingPage, FindingReceipt
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import PageLimit, Reading, Write, problems

router = APIRouter(tags=["findings"])
OwnerText = Annotated[str, Query(pattern=r"^[a-z0-9._-]{1,64}$", description="Instansi yang harus menjelaskan")]


@router.get("/findings", response_model=FindingPage, responses=problems())
async def get_findings(
    caller: Annotated[Principal, requires("finding:read")],
    reading: Reading,
    state: FindingState | None = None,
    kind: FindingKind | None = None,
    about_id: UUID | None = None,
    person_id: UUID | None = None,
    owner: OwnerText | None = None,
    after: UUID | None = None,
    limit: PageLimit = 50,
) -> FindingPage:
    """Temuan: catatan yang tidak cocok. Petugas kantor melihat semua, instansi hanya yang harus dijelaskannya."""
    wanted = FindingFilter(state, kind, about_id, person_id, owner)
    rows = await queries.list_findings(reading, wanted, after, limit)
    return FindingPage(
        items=[FindingOut.of(row) for row in rows], next_after=rows[-1].id if len(rows) == limit else None
    )


@router.get("/findings/{finding_id}", response_model=FindingOut, responses=problems())
async def get_finding(
    finding_id: UUID, caller: Annotated[Principal, requires("finding:read")], reading: Reading
) -> FindingOut:
    """Satu temuan."""
    return FindingOut.of(await queries.show_finding(reading, finding_id))


@router.post("/findings/{finding_id}/explanation", response_model=FindingReceipt, responses=problems(409))
async def post_explanation(
    finding_id: UUID, body: ExplanationIn, caller: Annotated[Principal, requires("finding:explain")], write: Write
) -> Response:
    """Jelaskan mengapa catatan tidak cocok; catatannya sendiri tidak berubah."""
    command = body.command(finding_id)
    return await write(lambda uow: commands.explain_finding(command, uow), FindingReceipt.of, 200)
