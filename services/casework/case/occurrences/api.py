"""What happened to a person, by API: foresee it, record it, read it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.casework.case.cases.schemas import AgencyText
from services.casework.case.occurrences import commands, queries
from services.casework.case.occurrences.domain import Occurrence
from services.casework.case.occurrences.schemas import Consequences, Kind, OccurrenceIn, OccurrenceOut, Occurrences
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, Write, problems

router = APIRouter(tags=["occurrences"])


@router.get("/cases/{case_id}/occurrences", response_model=Occurrences, responses=problems())
async def get_occurrences(
    case_id: UUID, caller: Annotated[Principal, requires("case:read")], reading: Reading
) -> Occurrences:
    """Kejadian yang sudah tercatat pada perkara ini, dan yang dapat dicatat sekarang."""
    _, rows, legal_now = await queries.happened(case_id, reading)
    return Occurrences(items=[OccurrenceOut.of(row) for row in rows], legal_now=legal_now)


@router.get("/cases/{case_id}/occurrences/preview", response_model=Consequences, responses=problems())
async def get_preview(
    case_id: UUID,
    kind: Kind,
    caller: Annotated[Principal, requires("case:read")],
    reading: Reading,
    to_agency: AgencyText | None = None,
) -> Consequences:
    """Akibat suatu kejadian pada setiap hal yang masih terbuka, sebelum dicatat."""
    return Consequences.of(await queries.preview(case_id, Occurrence(kind), reading, to_agency))


@router.post("/cases/{case_id}/occurrences", response_model=Consequences, responses=problems(409))
async def post_occurrence(
    case_id: UUID, body: OccurrenceIn, caller: Annotated[Principal, requires("case:act")], write: Write
) -> Response:
    """Catat kejadian: selalu diterima bila terjadi; jawabannya akibat pada setiap hal yang masih terbuka."""
    return await write(lambda uow: commands.record_occurrence(body.command(case_id), uow), Consequences.of, 200)
