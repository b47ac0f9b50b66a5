"""The page of one case: where it stands, who has the person, and its timeline across services."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.case.cases.access import PERMISSIONS
from services.casework.case.cases.pages import AID, STATES
from services.casework.case.cases.queries import show_case, way_of_case
from services.casework.case.timeline.queries import timeline_of
from services.casework.office.directory.pages import directory_of
from services.casework.office.findings.pages import STATES as FINDING_STATES
from services.chassis.pages import page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
WORDS = {
    "intake": "Penerimaan laporan",
    "casework": "Penanganan perkara",
    "disbursement": "Penyaluran bantuan",
    "notifications": "Pemberitahuan",
    "RETURNED_HOME": "sudah pulang",
    "FOUND_AGAIN": "ditemukan kembali",
    "NOT_THIS_TYPE": "bukan jenis perkara ini",
    "SENT_ON": "dikirim ke daerah lain",
    "DIED": "meninggal dunia",
    "BURIED": "sudah dimakamkan",
    "REROUTED": "dialihkan",
    "TRANSFERRED": "dilimpahkan",
    "TASK_BY": "Dikerjakan paling lambat",
    "task": "tugas",
    "BANTUAN_MODAL_AWAL": "modal awal",
    "IDENTITY": "identitas",
    "OTHER_AGENCY": "instansi lain",
    "reporter.report-accepted": "«laporan diterima» kepada pelapor",
    "receiver.handoff-requested": "«permintaan baru» kepada instansi tujuan",
    "receiver.link-pin": "«PIN tautan» kepada instansi tujuan",
    "receiver.handoff-reminder": "«pengingat» kepada instansi tujuan",
    "head.handoff-late": "«terlambat» kepada pimpinan",
    "sender.next-candidate": "«diteruskan» kepada pengirim",
    "head.case-conference": "«rapat perkara» kepada pimpinan",
    "sender.handoff-rejected": "«ditolak» kepada pengirim",
    "village.outcome-recorded": "«layanan selesai» kepada desa",
    "reporter.outcome-recorded": "«layanan selesai» kepada pelapor",
    "village.payment-credited": "«bantuan disalurkan» kepada desa",
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
    rendered: Response = request.app.state.pages.render(
        request,
        "case.html",
        view=view,
        case=view.case,
        timeline=await timeline_of(case_id, reading),
        way=await way_of_case(view.case, reading),
        case_states=STATES,
        may_act=bool(caller.roles & PERMISSIONS["case:act"]),
        aid_states=AID,
        finding_states=FINDING_STATES,
        **directory.context(view.case.district),
    )
    return rendered
