"""HTTP route of the story."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from services.casework.case.timeline import queries
from services.casework.case.timeline.schemas import StoryLine, StoryOut
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, problems

router = APIRouter(tags=["cases"])


@router.get("/cases/{case_id}/story", response_model=StoryOut, responses=problems())
async def get_story(case_id: UUID, caller: Annotated[Principal, requires("case:read")], reading: Reading) -> StoryOut:
    """Riwayat perkara lintas layanan dan instansi, berurutan, tiap baris dengan jejaknya."""
    lines = await queries.story_of(case_id, reading)
    return StoryOut(case_id=case_id, lines=[StoryLine(**asdict(line)) for line in lines])
