"""Findings for people: what is open with its deadline, and for each what the bank said and what may be decided."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import Response

from services.chassis import clock
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading
from services.disbursement.entitlements.queries import held_back_of
from services.disbursement.findings import queries as findings
from services.disbursement.findings.access import PERMISSIONS
from services.disbursement.findings.domain import legal_resolutions
from services.disbursement.reconciliation import commands, queries
from services.disbursement.reconciliation.schemas import ResolutionIn

TEMPLATES = Path(__file__).parent / "templates"
PAGE_ROWS = 50

KINDS = {
    "PAYMENT_RETURNED": "Pembayaran kembali dari bank",
    "PAYMENT_UNKNOWN": "Bank menyebut pembayaran yang tidak kami kenal",
    "AMOUNT_DIFFERS": "Jumlah dari bank berbeda",
    "STATUS_CONTRADICTS": "Bank menarik uang yang tidak tercatat masuk",
    "LINE_UNREADABLE": "Satu baris berkas bank tidak terbaca",
    "STATEMENT_UNREADABLE": "Berkas mutasi bank tidak terbaca",
    "LINE_MISSING": "Bank belum menyebut pembayaran ini",
    "CREDITED_TWICE": "Bank mengkredit lebih dari sekali",
    "CREDITED_LATE": "Uang masuk setelah pembayaran dianggap batal",
    "FILE_REFUSED": "Bank menolak berkas pembayaran",
    "HELD_TOO_LATE": "Bantuan perlu ditahan, tetapi berkas sudah di bank",
    "PERSON_PAID_TWICE": "Orang yang sama dibayar dua kali",
}
RESOLUTIONS = {
    "PAY_AGAIN": "Bayar lagi pada daftar berikutnya",
    "END_AID": "Bantuan tidak dibayarkan lagi",
    "SEND_AGAIN": "Kirim berkas sekali lagi",
    "RECOVERY_ASKED": "Pengembalian sudah diminta",
    "ACCEPT_AMOUNT": "Terima jumlah yang masuk",
    "BANK_SAYS_UNPAID": "Bank menyatakan tidak dibayar",
    "RECOVERED": "Kelebihan sudah kembali ke kas",
    "NOTED": "Dicatat, tanpa tindakan lain",
}
REASONS = {
    "CHECKED": "Sudah diperiksa",
    "ACCOUNT_CORRECTED": "Rekening sudah diperbaiki",
    "BANK_FIXED": "Bank sudah memperbaiki berkas",
    "BANK_CONFIRMED": "Bank menyatakannya dengan surat atau berita",
    "PAID_OTHERWISE": "Sudah dibayar dengan cara lain",
    "NO_LONGER_DUE": "Tidak lagi menjadi hak",
    "RECORDED_TWICE": "Tercatat dua kali",
}
UNREADABLE = {
    "NOT_TEXT": "bukan teks UTF-8",
    "NOT_JSON": "bukan JSON yang disepakati",
    "NOT_CSV": "tanda kutip atau kolom CSV rusak",
    "NO_HEADER": "judul kolom payment_id dan status tidak ada",
    "TOO_LONG": "terlalu banyak baris",
    "PAYMENT_ID": "nomor pembayaran",
    "STATUS": "keadaan",
    "AMOUNT": "jumlah",
    "BANK_REFERENCE": "nomor referensi bank",
}
LINE_STATES = {
    "CREDITED": "masuk rekening",
    "REJECTED": "kembali",
    "REVERSED": "ditarik kembali",
    "UNREADABLE": "tidak terbaca",
}
WORDS = {
    "bank_finding": KINDS,
    "bank_resolution": RESOLUTIONS,
    "bank_decision_reason": REASONS,
    "unreadable": UNREADABLE,
    "bank_line": LINE_STATES,
    "field": {"resolution": "Keputusan"},
    "field.resolution": RESOLUTIONS,
    "done": {"finding-resolve": "Keputusan Anda tercatat."},
}

router = page_router()


@router.get("/temuan")
async def finding_list(
    request: Request,
    caller: Annotated[Principal, page_requires("finding:read")],
    reading: Reading,
    setelah: Annotated[UUID | None, Query()] = None,
) -> Response:
    """What waits for a decision, oldest first."""
    rows = await findings.list_findings(reading, setelah, PAGE_ROWS, None, True)
    rendered: Response = request.app.state.pages.render(
        request,
        "bank-findings.html",
        findings=rows,
        now=clock.utc_now(),
        following=rows[-1].id if len(rows) == PAGE_ROWS else None,
    )
    return rendered


@router.get("/temuan/{finding_id}")
async def finding_page(
    finding_id: UUID, request: Request, caller: Annotated[Principal, page_requires("finding:read")], reading: Reading
) -> Response:
    """One finding: what the bank said of its payment, and the decisions that are legal now."""
    finding = await findings.show_finding(finding_id, reading)
    kept_back = await held_back_of(reading, [finding.entitlement_id] if finding.entitlement_id else [])
    legal = legal_resolutions(
        finding.kind, is_open=finding.resolution is None, is_kept_back=finding.entitlement_id in kept_back
    )
    may = bool(caller.roles & PERMISSIONS["finding:resolve"])
    rendered: Response = request.app.state.pages.render(
        request,
        "bank-finding.html",
        finding=finding,
        movements=await queries.movements_of_payment(finding.payment_id, reading) if finding.payment_id else [],
        choices={resolution.value: RESOLUTIONS[resolution.value] for resolution in legal} if may else {},
        reasons=REASONS,
        unreadable=UNREADABLE,
        now=clock.utc_now(),
    )
    return rendered


@router.post("/temuan/{finding_id}/putuskan")
async def post_decision(
    finding_id: UUID, caller: Annotated[Principal, page_requires("finding:resolve")], form: Form
) -> Response:
    """A decision that closes the finding."""
    command = form.read(ResolutionIn).to_command(finding_id)
    return await form.write(lambda uow: commands.resolve_finding(command, uow), "finding-resolve")
