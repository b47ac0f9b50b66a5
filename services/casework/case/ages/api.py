"""HTTP routes of ages."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.casework.case.ages import commands, queries
from services.casework.case.ages.schemas import (
    AdulthoodDecisionIn,
    AdulthoodIn,
    AgeDecisionOut,
    AgeOut,
    ChildAgainIn,
)
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, Write, problems

router = APIRouter(tags=["ages"])


@router.get("/cases/{case_id}/age", response_model=AgeOut, responses=problems())
async def get_age(case_id: UUID, caller: Annotated[Principal, requires("case:read")], reading: Reading) -> AgeOut:
    """Apakah orang pada perkara ini diperlakukan sebagai anak, dan keputusan yang menunggu atau berlaku."""
    return AgeOut.of(await queries.age_of(case_id, reading))


@router.post("/cases/{case_id}/adulthood", response_model=AgeDecisionOut, status_code=201, responses=problems(409))
async def post_adulthood(
    case_id: UUID, body: AdulthoodIn, caller: Annotated[Principal, requires("case:propose-adulthood")], write: Write
) -> Response:
    """Usulkan bahwa orang ini sudah dewasa; perlindungan anak tetap sampai orang lain menyetujui."""
    command = body.command(case_id)
    return await write(lambda uow: commands.propose_adulthood(command, uow), AgeDecisionOut.of, 201)


@router.post("/age-decisions/{age_decision_id}/confirmation", response_model=AgeDecisionOut, responses=problems(409))
async def post_age_confirmation(
    age_decision_id: UUID,
    body: AdulthoodDecisionIn,
    caller: Annotated[Principal, requires("case:decide-adulthood")],
    write: Write,
) -> Response:
    """Setujui bahwa orang ini sudah dewasa: perlindungan anak berakhir."""
    return await write(
        lambda uow: commands.confirm_adulthood(age_decision_id, body.expected_version, uow), AgeDecisionOut.of, 200
    )


@router.post("/age-decisions/{age_decision_id}/refusal", response_model=AgeDecisionOut, responses=problems(409))
async def post_age_refusal(
    age_decision_id: UUID,
    body: AdulthoodDecisionIn,
    caller: Annotated[Principal, requires("case:decide-adulthood")],
    write: Write,
) -> Response:
    """Tolak usulan; orang ini tetap dilindungi sebagai anak."""
    return await write(
        lambda uow: commands.refuse_adulthood(age_decision_id, body.expected_version, uow), AgeDecisionOut.of, 200
    )


@router.post("/age-decisions/{age_decision_id}/undo", response_model=AgeDecisionOut, responses=problems(409))
async def post_child_again(
    age_decision_id: UUID,
    body: ChildAgainIn,
    caller: Annotated[Principal, requires("case:protect-again")],
    write: Write,
) -> Response:
    """Cabut keputusan dewasa: orang ini dilindungi sebagai anak lagi; satu orang cukup."""
    return await write(
        lambda uow: commands.protect_again(age_decision_id, body.reason_code, body.expected_version, uow),
        AgeDecisionOut.of,
        200,
    )
