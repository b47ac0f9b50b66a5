"""HTTP routes of assessments and plans."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.casework.case.cases.queries import case_of
from services.casework.case.plans import commands, queries
from services.casework.case.plans.schemas import (
    AssessmentIn,
    AssessmentReceipt,
    CasePlanOut,
    PlanApprovalIn,
    PlanLineIn,
    PlanMoveIn,
    PlanReceipt,
    PlanReturnIn,
)
from services.casework.office.directory.pages import directory_of
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, Write, problems

router = APIRouter(tags=["plans"])
Writer = Annotated[Principal, requires("plan:write")]
Head = Annotated[Principal, requires("plan:decide")]


@router.get("/cases/{case_id}/plan", response_model=CasePlanOut, responses=problems())
async def get_plan(
    case_id: UUID, request: Request, caller: Annotated[Principal, requires("plan:read")], reading: Reading
) -> CasePlanOut:
    """Asesmen dan semua versi rencana layanan satu perkara, dengan apa yang terjadi pada setiap baris; dicatat."""
    state = request.app.state
    case = await case_of(case_id, reading)
    today = (await directory_of(reading, [case.district])).today(case.district)
    key = state.settings.sealing_private_key
    return CasePlanOut.of(await queries.plan_of(case, reading, state.units, key, today))


@router.post("/cases/{case_id}/assessments", response_model=AssessmentReceipt, status_code=201, responses=problems(409))
async def post_assessment(
    case_id: UUID, body: AssessmentIn, request: Request, caller: Writer, write: Write
) -> Response:
    """Catat asesmen; yang lama tetap tersimpan."""
    key = request.app.state.settings.sealing_private_key
    command = body.command(case_id)
    return await write(lambda uow: commands.assess(command, uow, key), AssessmentReceipt.of, 201)


@router.post("/cases/{case_id}/plans", response_model=PlanReceipt, status_code=201, responses=problems(409))
async def post_plan(case_id: UUID, caller: Writer, write: Write) -> Response:
    """Mulai menyusun rencana, atau versi barunya dengan baris yang berlaku sekarang."""
    return await write(lambda uow: commands.begin_plan(case_id, uow), PlanReceipt.of, 201)


@router.post("/plans/{plan_id}/lines", response_model=PlanReceipt, status_code=201, responses=problems(409))
async def post_plan_line(plan_id: UUID, body: PlanLineIn, request: Request, caller: Writer, write: Write) -> Response:
    """Tambahkan layanan pada rencana yang sedang disusun."""
    key = request.app.state.settings.sealing_private_key
    command, seen = body.command(), body.expected_version
    return await write(lambda uow: commands.add_line(plan_id, command, seen, uow, key), PlanReceipt.of, 201)


@router.post("/plan-lines/{line_id}/removal", response_model=PlanReceipt, responses=problems(409))
async def post_plan_line_removal(line_id: UUID, body: PlanMoveIn, caller: Writer, write: Write) -> Response:
    """Keluarkan layanan dari rencana yang sedang disusun."""
    return await write(lambda uow: commands.remove_line(line_id, body.expected_version, uow), PlanReceipt.of, 200)


@router.post("/plans/{plan_id}/proposal", response_model=PlanReceipt, responses=problems(409))
async def post_plan_proposal(plan_id: UUID, body: PlanMoveIn, caller: Writer, write: Write) -> Response:
    """Ajukan rencana kepada kepala bidang."""
    return await write(lambda uow: commands.propose_plan(plan_id, body.expected_version, uow), PlanReceipt.of, 200)


@router.post("/plans/{plan_id}/withdrawal", response_model=PlanReceipt, responses=problems(409))
async def post_plan_withdrawal(plan_id: UUID, body: PlanMoveIn, caller: Writer, write: Write) -> Response:
    """Tarik kembali pengajuan; rencana dapat disusun lagi."""
    return await write(lambda uow: commands.withdraw_plan(plan_id, body.expected_version, uow), PlanReceipt.of, 200)


@router.post("/plans/{plan_id}/return", response_model=PlanReceipt, responses=problems(409))
async def post_plan_return(plan_id: UUID, body: PlanReturnIn, caller: Head, write: Write) -> Response:
    """Kembalikan rencana untuk diperbaiki, dengan alasannya."""
    return await write(
        lambda uow: commands.return_plan(plan_id, body.reason_code, body.expected_version, uow), PlanReceipt.of, 200
    )


@router.post("/plans/{plan_id}/approval", response_model=PlanReceipt, responses=problems(409))
async def post_plan_approval(plan_id: UUID, body: PlanApprovalIn, caller: Head, write: Write) -> Response:
    """Setujui persis rencana yang diperlihatkan; versi sebelumnya digantikan."""
    return await write(lambda uow: commands.approve_plan(plan_id, body.digest, uow), PlanReceipt.of, 200)
