"""HTTP routes of assignments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.casework.case.assignments import commands, queries
from services.casework.case.assignments.schemas import AssignmentIn, HandedOverOut, LoadsOut, WorkerHandoverIn
from services.casework.case.cases.schemas import CaseOut
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, Write, problems

router = APIRouter(tags=["cases"])


@router.post("/cases/{case_id}/assignment", response_model=CaseOut, responses=problems(409))
async def post_assignment(
    case_id: UUID, body: AssignmentIn, caller: Annotated[Principal, requires("case:assign")], write: Write
) -> Response:
    """Serahkan perkara kepada petugas kantor ini, atau ambil sendiri."""
    return await write(
        lambda uow: commands.assign_case(case_id, body.worker, body.expected_version, uow), CaseOut.of, 200
    )


@router.get("/worker-loads", response_model=LoadsOut, responses=problems())
async def get_worker_loads(caller: Annotated[Principal, requires("case:assign")], reading: Reading) -> LoadsOut:
    """Berapa perkara terbuka pada setiap petugas, dan berapa yang belum ada petugasnya."""
    return LoadsOut.of(await queries.loads_of(reading))


@router.post("/worker-handovers", response_model=HandedOverOut, responses=problems(409))
async def post_worker_handover(
    body: WorkerHandoverIn, caller: Annotated[Principal, requires("case:hand-over-all")], write: Write
) -> Response:
    """Alihkan semua perkara terbuka seorang petugas kepada petugas lain, dalam satu langkah."""
    return await write(lambda uow: commands.hand_over_all(body.former, body.worker, uow), HandedOverOut.of, 200)
