"""Laporan: what waits for a decision, what the reporter said, and which other report it may repeat."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import Response

from contracts.values import KIND_TEXTS, SEX_TEXTS
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.persons import log_special_read
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading
from services.intake.reports import commands, queries
from services.intake.reports.commands import DecideReport
from services.intake.reports.domain import ReportState, code_in_groups, code_of
from services.intake.reports.queries import ReportView
from services.intake.reports.schemas import DuplicateIn, IntoCaseFormIn, RejectionIn, VerificationIn

TEMPLATES = Path(__file__).parent / "templates"
PAGE_ROWS = 50
RECENT_ROWS = 200
"""So many of the newest reports are looked through for repeats that became cases unseen."""

STATES = {"received": "menunggu diperiksa", "verified": "benar", "rejected": "ditolak", "duplicate": "ganda"}
KINDS = {kind.value: text for kind, text in KIND_TEXTS.items()}
URGENCIES = {"EMERGENCY": "gawat darurat", "URGENT": "mendesak", "NORMAL": "biasa"}
CHANNELS = {
    "COUNTER": "loket",
    "VILLAGE_DESK": "desa",
    "PHONE": "telepon",
    "CHAT": "pesan singkat",
    "PARTNER_API": "aplikasi instansi",
    "OTHER_AGENCY": "instansi lain",
    "PUBLIC_PAGE": "halaman umum",
}
REASONS = {
    "NOT_TRUE": "Tidak benar",
    "NOT_IN_NEED": "Tidak membutuhkan",
    "OUTSIDE_OUR_DUTY": "Di luar tugas kami",
    "NOT_ENOUGH_KNOWN": "Keterangan tidak cukup",
    "WITHDRAWN": "Ditarik pelapor",
}
SEXES = {sex.value: text for sex, text in SEX_TEXTS.items()}
BECAUSE = {"NIK": "NIK sama", "PHOTO": "foto sama", "ORDER_NUMBER": "nomor surat tugas sama"}
SAID = {
    "name": "Nama",
    "nik": "NIK",
    "birth_date": "Tanggal lahir",
    "approximate_age_years": "Perkiraan umur (tahun)",
    "sex": "Jenis kelamin",
    "features": "Ciri-ciri",
    "circumstances": "Keadaan saat ditemukan",
    "contact": "Pelapor dapat dihubungi",
}
WORDS = {
    "report_state": STATES,
    "report_kind": KINDS,
    "urgency": URGENCIES,
    "channel": CHANNELS,
    "report_reason": REASONS,
    "sex": SEXES,
    "because": BECAUSE,
    "said": SAID,
    "field": {"reason_code": "Alasan", "parent_report_id": "Laporan induk", "case_number": "Nomor perkara"},
    "field.reason_code": REASONS,
    "done": {
        "report-verified": "Tercatat: laporan benar. Perkaranya dibuka.",
        "report-rejected": "Tercatat: laporan ditolak.",
        "report-doubled": "Tercatat: laporan ganda. Tanda ini dapat dicabut di bawah.",
        "report-undoubled": "Tercatat: tanda ganda dicabut. Laporan menunggu keputusan lagi.",
    },
}

router = page_router()


def _shown(request: Request, template: str, **context: Any) -> Response:
    rendered: Response = request.app.state.pages.render(request, template, **context)
    return rendered


@router.get("/laporan")
async def report_list(
    request: Request,
    caller: Annotated[Principal, page_requires("report:decide")],
    reading: Reading,
    keadaan: ReportState = ReportState.RECEIVED,
    setelah: Annotated[UUID | None, Query()] = None,
) -> Response:
    """What waits by urgency and newest first, and repeats that became cases without anybody's looking."""
    inbox = await queries.show_inbox(reading, keadaan, setelah, PAGE_ROWS)
    unseen: Sequence[ReportView] = ()
    if keadaan is ReportState.RECEIVED and setelah is None:
        newest = await queries.newest_reports(reading, ReportState.VERIFIED.value, RECENT_ROWS)
        unseen = [view for view in await queries.view_reports(newest, reading) if view.repeats]
    return _shown(
        request,
        "reports.html",
        inbox=inbox,
        views=inbox.views,
        unseen=unseen,
        chosen=keadaan.value,
        states=STATES,
        after=setelah,
    )


@router.get("/laporan/{report_id}")
async def report_page(
    report_id: UUID, request: Request, caller: Annotated[Principal, page_requires("report:decide")], reading: Reading
) -> Response:
    """One report with all that its reporter said; the reading is kept."""
    view = await queries.view_report(report_id, reading)
    report = view.report
    tag_span(case_id=str(report.correlation_id), report_id=str(report.id))
    sealer = request.app.state.sealer
    code = code_in_groups(code_of(sealer.tracking_secret(report.id)))
    found = queries.words_of(report, sealer)
    said = {name: found[name] for name in SAID if found.get(name)}
    if said:
        await log_special_read(
            request.app.state.units, caller, "VERIFICATION", "reports", report.id, sorted(said), report.district
        )
    return _shown(request, "report.html", view=view, report=report, said=said, reasons=REASONS, code=code)


@router.post("/laporan/{report_id}/benar")
async def post_page_verification(
    report_id: UUID, request: Request, caller: Annotated[Principal, page_requires("report:decide")], form: Form
) -> Response:
    """The report is true."""
    command = DecideReport(report_id, form.read(VerificationIn).expected_version)
    state = request.app.state
    return await form.write(
        lambda uow: commands.verify_report(command, uow, state.sealer, state.places), "report-verified"
    )


@router.post("/laporan/{report_id}/tolak")
async def post_page_rejection(
    report_id: UUID, caller: Annotated[Principal, page_requires("report:decide")], form: Form
) -> Response:
    """The report is refused."""
    body = form.read(RejectionIn)
    command = DecideReport(report_id, body.expected_version, reason_code=body.reason_code)
    return await form.write(lambda uow: commands.reject_report(command, uow), "report-rejected")


@router.post("/laporan/{report_id}/ganda")
async def post_page_duplicate(
    report_id: UUID, caller: Annotated[Principal, page_requires("report:decide")], form: Form
) -> Response:
    """The report tells what another told."""
    body = form.read(DuplicateIn)
    command = DecideReport(report_id, body.expected_version, parent_report_id=body.parent_report_id)
    return await form.write(lambda uow: commands.mark_report_duplicate(command, uow), "report-doubled")


@router.post("/laporan/{report_id}/ke-perkara")
async def post_page_into_case(
    report_id: UUID, caller: Annotated[Principal, page_requires("report:decide")], reading: Reading, form: Form
) -> Response:
    """The report tells of somebody whose case is open already: it is a double of that case's report."""
    body = form.read(IntoCaseFormIn)
    parent = await queries.report_of_case(body.case_number, reading)
    command = DecideReport(report_id, body.expected_version, parent_report_id=parent)
    return await form.write(lambda uow: commands.mark_report_duplicate(command, uow), "report-doubled")


@router.post("/laporan/{report_id}/cabut-ganda")
async def post_page_undo_duplicate(
    report_id: UUID, caller: Annotated[Principal, page_requires("report:decide")], form: Form
) -> Response:
    """It tells of somebody else after all."""
    command = DecideReport(report_id, form.read(VerificationIn).expected_version)
    return await form.write(lambda uow: commands.undo_report_duplicate(command, uow), "report-undoubled")
