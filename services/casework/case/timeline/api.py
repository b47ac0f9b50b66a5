"""HTTP route of the timeline."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from services.casework.case.cases.queries import case_of
from services.casework.case.timeline import queries
from services.casework.case.timeline.schemas import TimelineLine, TimelineOut
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, problems

router = APIRouter(tags=["cases"])


@router.get("/cases/{case_id}/timeline", response_model=TimelineOut, responses=problems())
async def get_timeline(
    case_id: UUID, caller: Annotated[Principal, requires("case:read")], reading: Reading
) -> TimelineOut:
    """Riwayat perkara lintas layanan dan instansi, berurutan, tiap baris dengan jejaknya."""
    lines = await queries.timeline_of(await case_of(case_id, reading), reading)
    return TimelineOut(case_id=case_id, lines=[TimelineLine.of(line) for line in lines])
