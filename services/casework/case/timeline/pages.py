"""The page of one case: where it stands, who has the person, and its timeline across services."""

from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.case.cases.access import PERMISSIONS
from services.casework.case.cases.pages import OUTCOMES
from services.casework.case.cases.queries import show_case, way_of_case
from services.casework.case.closing.pages import REASONS as CLOSING_REASONS
from services.casework.case.occurrences.pages import KINDS as OCCURRENCES
from services.casework.case.timeline.domain import tell
from services.casework.case.timeline.queries import in_parts, timeline_of
from services.casework.office.directory.pages import directory_of
from services.casework.person.profile.queries import profile_of
from services.chassis.pages import page_requires, page_router
from services.chassis.pages.words import word
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
SERVICES = {
    "intake": "Penerimaan laporan",
    "casework": "Penanganan perkara",
    "disbursement": "Penyaluran bantuan",
    "notifications": "Pemberitahuan",
}
CHANNELS = {
    "COUNTER": "loket",
    "VILLAGE_DESK": "desa",
    "PHONE": "telepon",
    "CHAT": "pesan singkat",
    "PARTNER_API": "aplikasi instansi",
    "OTHER_AGENCY": "instansi lain",
    "PUBLIC_PAGE": "halaman umum",
}
REPORT_REASONS = {"NOT_TRUE": "tidak benar", "OUTSIDE_DISTRICT": "di luar daerah"}
REGISTRY_RESULTS = {
    "MATCHED": "padan dengan data kependudukan",
    "NOT_FOUND": "Tidak ditemukan",
    "NOT_ENROLLED": "Belum terdaftar",
    "ACTIVE": "Aktif",
    "INACTIVE": "Tidak aktif",
    "ARREARS": "Menunggak iuran mandiri",
    "MISMATCHED": "tidak padan, perlu dibandingkan petugas",
    "DECEASED": "tercatat meninggal, perlu diperiksa petugas",
    "UNKNOWN": "jawaban tidak dikenal, perlu diperiksa petugas",
}
AID_REASONS = {
    **OUTCOMES,
    **OCCURRENCES,
    **CLOSING_REASONS,
    "PAY_ON": "Bantuan tetap dibayarkan",
    "REVOKED": "Kejadiannya dicabut",
}
"""Why aid is held, released or ended."""
REFUSAL_REASONS = {
    "PROGRAMME_UNKNOWN": "program bantuan tidak dikenal",
    "NO_RULE_IN_FORCE": "belum ada aturan yang berlaku",
    "REASON_NOT_COVERED": "keadaan ini tidak termasuk program",
    "ALREADY_ENTITLED": "sudah mendapat bantuan pada masa ini",
}
BANK_REASONS = {
    "ACCOUNT_CLOSED": "rekening ditutup",
    "UNSTATED": "tanpa alasan",
}
"""Why a bank returns a payment; another bank's codes are shown as they came."""
PROGRAMMES = {"BANTUAN_MODAL_AWAL": "modal awal"}
TEMPLATES_OF_MESSAGES = {
    "reporter.report-accepted": "«laporan diterima» kepada pelapor",
    "receiver.handoff-requested": "«permintaan baru» kepada instansi tujuan",
    "receiver.link-pin": "«PIN tautan» kepada instansi tujuan",
    "receiver.handoff-reminder": "«pengingat» kepada instansi tujuan",
    "head.handoff-late": "«terlambat» kepada pimpinan",
    "district.handoff-late": "«terlambat» kepada Sekretaris Daerah atau Inspektorat",
    "sender.next-candidate": "«diteruskan» kepada pengirim",
    "head.case-conference": "«rapat perkara» kepada pimpinan",
    "sender.handoff-rejected": "«ditolak» kepada pengirim",
    "receiver.handoff-superseded": "«sudah disanggupi instansi lain» kepada instansi tujuan",
    "receiver.handoff-over": "«tidak diperlukan lagi» kepada instansi tujuan",
    "receiver.handoff-cancelled": "«dibatalkan» kepada instansi tujuan",
    "receiver.cancellation-asked": "«minta dibatalkan» kepada instansi tujuan",
    "receiver.handoff-held": "«ditunda» kepada instansi tujuan",
    "receiver.handoff-resumed": "«dilanjutkan» kepada instansi tujuan",
    "sender.handoff-questioned": "«ada pertanyaan» kepada pengirim",
    "receiver.handoff-replied": "«pertanyaan dijawab» kepada instansi tujuan",
    "sender.handoff-contested": "«jawaban lisan dibantah» kepada pengirim",
    "sender.handoff-failed": "«berakhir tanpa hasil» kepada pengirim",
    "receiver.condition-passed-on": "«syarat calon lain kini berlaku» kepada instansi tujuan",
    "sender.handoff-reopened": "«dibuka kembali» kepada pengirim",
    "village.outcome-recorded": "«layanan selesai» kepada desa",
    "reporter.outcome-recorded": "«layanan selesai» kepada pelapor",
    "village.payment-credited": "«bantuan disalurkan» kepada desa",
}
WORDS = {
    "service": SERVICES,
    "channel": CHANNELS,
    "report_reason": REPORT_REASONS,
    "registry_result": REGISTRY_RESULTS,
    "case_end": {**OUTCOMES, "UNKNOWN": "hasil belum diketahui"},
    "aid_reason": AID_REASONS,
    "refusal_reason": REFUSAL_REASONS,
    "bank_reason": BANK_REASONS,
    "programme": PROGRAMMES,
    "template": TEMPLATES_OF_MESSAGES,
}

router = page_router()


@router.get("/perkara/{case_id}")
async def case_page(
    case_id: UUID, request: Request, caller: Annotated[Principal, page_requires("case:read")], reading: Reading
) -> Response:
    """One case with its hand-offs, custody, tasks and timeline."""
    view = await show_case(case_id, reading)
    tag_span(case_id=str(view.case.correlation_id))
    directory = await directory_of(reading, [view.case.district])
    today = directory.today(view.case.district)
    timeline = await timeline_of(view.case, reading)
    words = request.app.state.pages.words
    known = {**words, "party": {**words["party"], **directory.names}}
    may_act, state = bool(caller.roles & PERMISSIONS["case:act"]), request.app.state
    private_key = state.settings.sealing_private_key
    rendered: Response = state.pages.render(
        request,
        "case.html",
        profile=await profile_of(reading, case_id, state.units, private_key, today) if may_act else None,
        view=view,
        case=view.case,
        timeline=in_parts(timeline),
        shows_traces="operator" in caller.roles,
        told={line.fact_id: tell(line.event_type, line.facts, partial(word, known)) for line in timeline},
        way=await way_of_case(view.case, reading),
        may_act=may_act,
        colleagues={
            one.actor: one.name
            for one in state.pages.colleagues.of_agency(caller.agency)
            if one.name and one.actor != view.case.worker
        },
        **directory.context(view.case.district),
    )
    return rendered
