"""Payment batches for people: the list, one batch with its lines and digest, and the approvers' two answers."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import Response

from services.chassis.database import ReadSession
from services.chassis.errors import PackIsMissing
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading
from services.disbursement.batches import access, commands, queries
from services.disbursement.batches.domain import BatchState
from services.disbursement.batches.schemas import ApprovalIn, BatchRejectionIn, ProposalIn, ProposedOut
from services.disbursement.programmes.queries import pack_in_force

TEMPLATES = Path(__file__).parent / "templates"
PAGE_ROWS = 50

STATES = {
    "proposed": "diusulkan",
    "endorsed": "disetujui sebagian",
    "approved": "disetujui",
    "sending": "sedang diserahkan ke bank",
    "sent": "dikirim ke bank",
    "reconciled": "selesai dicocokkan",
    "rejected": "ditolak",
}
PAYMENT_STATES = {
    "ordered": "diperintahkan",
    "instructed": "di bank",
    "credited": "masuk rekening",
    "failed": "gagal",
    "cancelled": "dibatalkan sebelum ke bank",
}
REASONS = {
    "AMOUNT_QUESTIONED": "Jumlah perlu diperiksa",
    "RECIPIENT_QUESTIONED": "Penerima perlu diperiksa",
    "PAPERS_INCOMPLETE": "Berkas belum lengkap",
}
ROLES = {
    "aid-proposer": "Pengusul bantuan",
    "aid-verifier": "Pemeriksa bantuan",
    "aid-approver": "Penyetuju bantuan",
}
MOVES = {"approve": "Setujui", "reject": "Tolak"}
OFF_REASONS = {
    "DECEASED": "penerima meninggal",
    "ABSCONDED": "penerima pergi",
    "OTHER_TYPE": "perkara bukan jenis ini",
    "DUPLICATE": "perkara ganda",
    "SAME_PERSON": "orang yang sama sudah menerima",
}
"""Why a line left the list before the bank had it; it also says why a list has nobody left."""
BANK_REASONS = {
    "ACCOUNT_CLOSED": "rekening ditutup",
    "ACCOUNT_UNKNOWN": "rekening tidak dikenal",
    "NAME_DIFFERS": "nama tidak sama",
    "UNSTATED": "tanpa alasan",
}
"""Why a bank returns a payment; another bank's codes are shown as they came."""
WORDS = {
    "batch_state": STATES,
    "payment_state": PAYMENT_STATES,
    "batch_move": MOVES,
    "batch_reason": {**OFF_REASONS, **REASONS},
    "off_reason": OFF_REASONS,
    "bank_reason": BANK_REASONS,
    "role": ROLES,
    "field": {
        "digest": "Sidik daftar",
        "reason_code": "Alasan",
        "programme_code": "Program",
        "district": "Kabupaten/Kota",
        "entitlement_ids": "Hak bantuan",
    },
    "field.reason_code": REASONS,
    "done": {
        "batch-propose": "Daftar bayar diusulkan; sekarang menunggu persetujuan.",
        "batches-propose": "Jumlahnya melebihi batas kewenangan tertinggi, sehingga diusulkan menjadi beberapa daftar."
        " Masing-masing menunggu persetujuan.",
        "batch-approve": "Persetujuan Anda tercatat.",
        "batch-reject": "Daftar bayar ditolak; hak bantuannya menunggu daftar lain.",
    },
}

router = page_router()


def may_propose(caller: Principal) -> bool:
    """Whether the form that proposes lists is for this person."""
    return bool(caller.roles & access.PERMISSIONS["batch:propose"])


def districts_of(caller: Principal) -> set[str]:
    """The one district that this person proposes for; who serves several names it through the API."""
    return {office[:5] for office in caller.offices if "." in office} if len(caller.offices) == 1 else set()


async def programme_names(reading: ReadSession, districts: set[str]) -> dict[str, str]:
    """What programmes are called, by code."""
    names: dict[str, str] = {}
    for district in sorted(districts):
        try:
            pack = await pack_in_force(reading, district)
        except PackIsMissing:
            continue
        names.update({programme.code: programme.name for programme in pack.programmes})
    return names


@router.get("/")
async def batch_list(
    request: Request,
    caller: Annotated[Principal, page_requires("batch:read")],
    reading: Reading,
    keadaan: BatchState | None = None,
    setelah: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Batches in order of their proposal."""
    rows = await queries.list_batches(reading, setelah, PAGE_ROWS, keadaan.value if keadaan else None)
    rendered: Response = request.app.state.pages.render(
        request,
        "batches.html",
        batches=rows,
        programmes=await programme_names(reading, {row.district for row in rows}),
        states=STATES,
        chosen=keadaan.value if keadaan else "",
        following=rows[-1].id if len(rows) == PAGE_ROWS else None,
        proposable=await programme_names(reading, districts_of(caller)) if may_propose(caller) else {},
    )
    return rendered


@router.post("/usulkan")
async def post_proposal(caller: Annotated[Principal, page_requires("batch:propose")], form: Form) -> Response:
    """All aid of a programme that waits, as one list or as many as its limits ask for."""
    command = form.read(ProposalIn).to_command()

    def onto(made: Any) -> tuple[str, str]:
        return "/", "batches-propose" if len(made["lists"]) > 1 else "batch-propose"

    return await form.go_on(lambda uow: commands.propose_batch(command, uow), ProposedOut.of_all, onto)


@router.get("/daftar-bayar/{batch_id}")
async def batch_page(
    batch_id: UUID, request: Request, caller: Annotated[Principal, page_requires("batch:read")], reading: Reading
) -> Response:
    """One batch with exactly the answers that are legal now for whoever looks."""
    tag_span(batch_id=str(batch_id))
    story = await queries.show_batch(batch_id, reading)
    rendered: Response = request.app.state.pages.render(
        request,
        "batch.html",
        batch=story.batch,
        lines=story.lines,
        taken_off=story.taken_off,
        approvals=story.approvals,
        payments={payment.id: payment for payment in story.payments},
        legal_now=story.legal_now,
        reasons=REASONS,
        off_reasons=OFF_REASONS,
        programmes=await programme_names(reading, {story.batch.district}),
        me=caller.actor,
    )
    return rendered


@router.post("/daftar-bayar/{batch_id}/setujui")
async def post_approval(
    batch_id: UUID, caller: Annotated[Principal, page_requires("batch:approve")], form: Form
) -> Response:
    """A yes to the list that was shown."""
    command = form.read(ApprovalIn).to_command(batch_id)
    return await form.write(lambda uow: commands.approve_batch(command, uow), "batch-approve")


@router.post("/daftar-bayar/{batch_id}/tolak")
async def post_rejection(
    batch_id: UUID, caller: Annotated[Principal, page_requires("batch:approve")], form: Form
) -> Response:
    """A no, with a reason."""
    command = form.read(BatchRejectionIn).to_command(batch_id)
    return await form.write(lambda uow: commands.reject_batch(command, uow), "batch-reject")
