"""Asesmen dan rencana: what somebody needs, what is planned for them by whom and until when, and what became of it."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.case.cases.queries import case_of
from services.casework.case.plans import access, commands, queries
from services.casework.case.plans.domain import ASKED_FOR
from services.casework.case.plans.schemas import (
    AssessmentFormIn,
    PlanApprovalIn,
    PlanLineIn,
    PlanMoveIn,
    PlanReturnIn,
)
from services.casework.office.directory.pages import directory_of
from services.chassis import clock
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
SERVICES = {
    "EMERGENCY": "Kedaruratan",
    "FOOD": "Permakanan",
    "CLOTHING": "Sandang",
    "ASSISTIVE_DEVICE": "Alat bantu",
    "HEALTH_SUPPLIES": "Perbekalan kesehatan dan obat",
    "GUIDANCE": "Bimbingan fisik, mental, spiritual dan sosial",
    "FAMILY_GUIDANCE": "Bimbingan keluarga dan masyarakat",
    "CIVIL_DOCUMENTS": "NIK, akta dan dokumen kependudukan",
    "HEALTH_AND_EDUCATION": "Akses kesehatan dan pendidikan dasar",
    "FAMILY_TRACING": "Penelusuran keluarga",
    "REUNIFICATION": "Reunifikasi dengan keluarga",
    "REFERRAL": "Rujukan ke panti atau daerah lain",
    "AID": "Bantuan sosial",
}
RETURN_REASONS = {
    "NEEDS_LEFT_OUT": "Belum menjawab semua kebutuhan",
    "SERVICE_DOES_NOT_FIT": "Layanannya tidak sesuai kebutuhan",
    "NOT_IN_TIME": "Batas waktunya tidak masuk akal",
}
WORDS = {
    "planned_service": SERVICES,
    "plan_state": {
        "draft": "sedang disusun",
        "proposed": "menunggu persetujuan",
        "approved": "berlaku",
        "superseded": "sudah digantikan",
    },
    "plan_return": RETURN_REASONS,
    "plan_standing": {
        "NOT_BEGUN": "belum dimulai",
        "UNDER_WAY": "sedang berjalan",
        "GIVEN": "sudah diberikan",
        "NOT_GIVEN": "berakhir tanpa hasil",
    },
    "plan_move": {
        "assess": "Catat asesmen",
        "begin": "Susun rencana",
        "change": "Ubah rencana",
        "propose": "Ajukan rencana",
        "withdraw": "Tarik pengajuan",
        "return": "Kembalikan rencana",
        "approve": "Setujui rencana",
    },
    "field": {
        "circumstances": "Keadaan",
        "needs": "Kebutuhan",
        "strengths": "Yang dapat diandalkan",
        "service": "Layanan",
        "goal": "Tujuan",
        "until": "Sampai",
        "digest": "Rencana yang disetujui",
        "plan_id": "Rencana",
        "line_id": "Layanan",
    },
    "field.service": SERVICES,
    "field.reason_code": RETURN_REASONS,
    "done": {
        "assessed": "Tercatat: asesmen. Hanya petugas perkara yang membacanya.",
        "plan-begun": "Rencana siap disusun. Tambahkan layanannya.",
        "plan-line-added": "Layanan ditambahkan pada rencana.",
        "plan-line-removed": "Layanan dikeluarkan dari rencana.",
        "plan-proposed": "Diajukan. Rencana berlaku setelah disetujui kepala bidang.",
        "plan-withdrawn": "Pengajuan ditarik; rencana dapat disusun lagi.",
        "plan-returned": "Dikembalikan kepada penyusunnya.",
        "plan-approved": "Disetujui. Rencana ini berlaku sekarang.",
    },
}

router = page_router()
Writer = Annotated[Principal, page_requires("plan:write")]
Head = Annotated[Principal, page_requires("plan:decide")]


class PlanFormIn(PlanMoveIn):
    """The page's form names the version that it shows: another one may be written by now."""

    plan_id: UUID


class PlanLineFormIn(PlanLineIn):
    """The same, with a service."""

    plan_id: UUID


class PlanLineRemovalFormIn(PlanMoveIn):
    """A line that is taken out."""

    line_id: UUID


class PlanReturnFormIn(PlanReturnIn):
    """The version that goes back."""

    plan_id: UUID


class PlanApprovalFormIn(PlanApprovalIn):
    """The version that is signed."""

    plan_id: UUID


@router.get("/perkara/{case_id}/rencana")
async def plan_page(
    case_id: UUID, request: Request, caller: Annotated[Principal, page_requires("plan:read")], reading: Reading
) -> Response:
    """The newest assessment, the version in force or being written, and all before them."""
    state = request.app.state
    case = await case_of(case_id, reading)
    tag_span(case_id=str(case.correlation_id))
    directory = await directory_of(reading, [case.district])
    today = directory.today(case.district)
    view = await queries.plan_of(case, reading, state.units, state.settings.sealing_private_key, today)
    rendered: Response = state.pages.render(
        request,
        "plan.html",
        view=view,
        case=case,
        services=SERVICES,
        return_reasons=RETURN_REASONS,
        asked_for={service.value: purposes[0].value for service, purposes in ASKED_FOR.items()},
        may_sign=bool(caller.roles & access.PERMISSIONS["plan:decide"])
        and view.open is not None
        and view.open.row.proposed_by != caller.actor,
        **directory.context(case.district),
    )
    return rendered


@router.post("/perkara/{case_id}/rencana/asesmen")
async def post_page_assessment(
    case_id: UUID, request: Request, caller: Writer, reading: Reading, form: Form
) -> Response:
    """Write an assessment."""
    zone = (await directory_of(reading, caller.offices)).zone()
    command = form.read(AssessmentFormIn).command(case_id, zone, clock.utc_now())
    key = request.app.state.settings.sealing_private_key
    return await form.write(lambda uow: commands.assess(command, uow, key), "assessed")


@router.post("/perkara/{case_id}/rencana/mulai")
async def post_page_plan(case_id: UUID, caller: Writer, form: Form) -> Response:
    """Begin a version."""
    return await form.write(lambda uow: commands.begin_plan(case_id, uow), "plan-begun")


@router.post("/perkara/{case_id}/rencana/tambah")
async def post_page_line(case_id: UUID, request: Request, caller: Writer, form: Form) -> Response:
    """Plan one more service."""
    body = form.read(PlanLineFormIn)
    key = request.app.state.settings.sealing_private_key
    return await form.write(
        lambda uow: commands.add_line(body.plan_id, body.command(), body.expected_version, uow, key),
        "plan-line-added",
    )


@router.post("/perkara/{case_id}/rencana/keluarkan")
async def post_page_removal(case_id: UUID, caller: Writer, form: Form) -> Response:
    """Take one out."""
    body = form.read(PlanLineRemovalFormIn)
    return await form.write(
        lambda uow: commands.remove_line(body.line_id, body.expected_version, uow), "plan-line-removed"
    )


@router.post("/perkara/{case_id}/rencana/ajukan")
async def post_page_proposal(case_id: UUID, caller: Writer, form: Form) -> Response:
    """Ask for the signature."""
    body = form.read(PlanFormIn)
    return await form.write(
        lambda uow: commands.propose_plan(body.plan_id, body.expected_version, uow), "plan-proposed"
    )


@router.post("/perkara/{case_id}/rencana/tarik")
async def post_page_withdrawal(case_id: UUID, caller: Writer, form: Form) -> Response:
    """Take the proposal back."""
    body = form.read(PlanFormIn)
    return await form.write(
        lambda uow: commands.withdraw_plan(body.plan_id, body.expected_version, uow), "plan-withdrawn"
    )


@router.post("/perkara/{case_id}/rencana/kembalikan")
async def post_page_return(case_id: UUID, caller: Head, form: Form) -> Response:
    """Send it back."""
    body = form.read(PlanReturnFormIn)
    return await form.write(
        lambda uow: commands.return_plan(body.plan_id, body.reason_code, body.expected_version, uow), "plan-returned"
    )


@router.post("/perkara/{case_id}/rencana/setujui")
async def post_page_approval(case_id: UUID, caller: Head, form: Form) -> Response:
    """Sign."""
    body = form.read(PlanApprovalFormIn)
    return await form.write(lambda uow: commands.approve_plan(body.plan_id, body.digest, uow), "plan-approved")
