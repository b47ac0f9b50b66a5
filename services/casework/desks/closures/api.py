"""HTTP routes of closures: what would happen, the decision, and its batches."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.casework.desks.closures import commands, queries
from services.casework.desks.closures.domain import Fate
from services.casework.desks.closures.schemas import (
    AGENCY,
    DISTRICT,
    ClosureDetail,
    ClosureIn,
    ClosurePreview,
    ClosureReceipt,
    ForeseenOut,
)
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import PageLimit, Reading, Write, problems

router = APIRouter(tags=["closures"])


@router.get("/closures/preview", response_model=ClosurePreview, responses=problems())
async def get_preview(
    caller: Annotated[Principal, requires("closure:write")],
    reading: Reading,
    district: Annotated[str, Query(pattern=DISTRICT)],
    agency: Annotated[str, Query(pattern=AGENCY, description="Instansi yang tutup")],
    fate: Fate = Fate.REDIRECT,
) -> ClosurePreview:
    """Apa yang akan terjadi pada setiap serah terima bila instansi ini tutup; tidak ada yang diubah."""
    found = await queries.foresee(reading, district, agency, fate)
    return ClosurePreview(items=[ForeseenOut.of(one) for one in found])


@router.post("/closures", response_model=ClosureReceipt, status_code=201, responses=problems(409))
async def post_closure(
    body: ClosureIn, caller: Annotated[Principal, requires("closure:write")], write: Write
) -> Response:
    """Catat penutupan instansi dan nasib setiap serah terimanya; dijalankan bertahap."""
    return await write(lambda uow: commands.close_agency(body.command(), uow), ClosureReceipt.of, 201)


@router.get("/closures/{closure_id}", response_model=ClosureDetail, responses=problems())
async def get_closure(
    closure_id: UUID,
    caller: Annotated[Principal, requires("closure:read")],
    reading: Reading,
    after: UUID | None = None,
    limit: PageLimit = 100,
) -> ClosureDetail:
    """Satu penutupan dengan hasil setiap serah terima."""
    closure, rows = await queries.show_closure(reading, closure_id, after, limit)
    return ClosureDetail.of_rows(closure, rows, limit)


@router.post("/closures/{closure_id}/batches", response_model=ClosureReceipt, responses=problems(409))
async def post_batch(
    closure_id: UUID, caller: Annotated[Principal, requires("closure:write")], write: Write
) -> Response:
    """Jalankan tahap berikutnya; ulangi sampai waiting 0. Aman diulang."""
    return await write(lambda uow: commands.carry_out_batch(closure_id, uow), ClosureReceipt.of, 200)
