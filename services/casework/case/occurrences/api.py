"""What happened to a person, by API: foresee it, record it, read it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.casework.case.cases.schemas import AgencyText
from services.casework.case.occurrences import commands, queries
from services.casework.case.occurrences.domain import Occurrence, RevocationState
from services.casework.case.occurrences.schemas import (
    Consequences,
    Kind,
    OccurrenceIn,
    OccurrenceOut,
    Occurrences,
    RevocationDecisionIn,
    RevocationIn,
    RevocationOut,
)
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, Write, problems

router = APIRouter(tags=["occurrences"])


@router.get("/cases/{case_id}/occurrences", response_model=Occurrences, responses=problems())
async def get_occurrences(
    case_id: UUID, caller: Annotated[Principal, requires("occurrence:read")], reading: Reading
) -> Occurrences:
    """Kejadian yang sudah tercatat pada perkara ini, dan yang dapat dicatat sekarang."""
    found = await queries.happened(case_id, reading)
    return Occurrences(
        items=[OccurrenceOut.of(row, found.consequences[row.id], is_late=row.id in found.late) for row in found.rows],
        legal_now=found.legal_now,
        proposal=RevocationOut.of(found.proposal) if found.proposal else None,
    )


@router.get("/cases/{case_id}/occurrences/preview", response_model=Consequences, responses=problems())
async def get_preview(
    case_id: UUID,
    kind: Kind,
    caller: Annotated[Principal, requires("occurrence:read")],
    reading: Reading,
    to_agency: AgencyText | None = None,
) -> Consequences:
    """Akibat suatu kejadian pada setiap hal yang masih terbuka, sebelum dicatat."""
    return Consequences.of(await queries.preview(case_id, Occurrence(kind), reading, to_agency))


@router.post("/cases/{case_id}/occurrences", response_model=Consequences, responses=problems(409))
async def post_occurrence(
    case_id: UUID, body: OccurrenceIn, caller: Annotated[Principal, requires("occurrence:record")], write: Write
) -> Response:
    """Catat kejadian: selalu diterima bila terjadi; jawabannya akibat pada setiap hal yang masih terbuka."""
    return await write(lambda uow: commands.record_occurrence(body.command(case_id), uow), Consequences.of, 200)


@router.post(
    "/cases/{case_id}/occurrences/{occurrence_id}/revocation",
    response_model=RevocationOut,
    status_code=201,
    responses=problems(409),
)
async def post_revocation(
    case_id: UUID,
    occurrence_id: UUID,
    body: RevocationIn,
    caller: Annotated[Principal, requires("case:propose-revocation")],
    write: Write,
) -> Response:
    """Usulkan pencabutan kejadian yang keliru dicatat; belum ada yang berubah sampai orang lain menyetujui."""
    command = body.command(case_id, occurrence_id)
    return await write(lambda uow: commands.propose_revocation(command, uow), RevocationOut.of, 201)


@router.post("/revocations/{revocation_id}/confirmation", response_model=RevocationOut, responses=problems(409))
async def post_confirmation(
    revocation_id: UUID,
    body: RevocationDecisionIn,
    caller: Annotated[Principal, requires("case:decide-revocation")],
    write: Write,
) -> Response:
    """Setujui pencabutan: setiap akibat kembali, atau dibawa ke rapat perkara."""
    return await write(
        lambda uow: commands.decide_revocation(revocation_id, RevocationState.CONFIRMED, body.expected_version, uow),
        lambda decided: RevocationOut.of(*decided),
        200,
    )


@router.post("/revocations/{revocation_id}/refusal", response_model=RevocationOut, responses=problems(409))
async def post_revocation_refusal(
    revocation_id: UUID,
    body: RevocationDecisionIn,
    caller: Annotated[Principal, requires("case:decide-revocation")],
    write: Write,
) -> Response:
    """Tolak pencabutan; kejadian tetap berlaku."""
    return await write(
        lambda uow: commands.decide_revocation(revocation_id, RevocationState.REFUSED, body.expected_version, uow),
        lambda decided: RevocationOut.of(*decided),
        200,
    )
