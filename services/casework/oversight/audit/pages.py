"""Pengawasan: what nobody looks after, and the auditor's lists."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query, Request
from fastapi.responses import Response

from services.casework.handoff.handoffs.pages import REASONS as HANDOFF_REASONS
from services.casework.office.directory.pages import directory_of
from services.casework.oversight.audit import domain, queries
from services.casework.oversight.audit.domain import COLUMNS, AuditList
from services.casework.oversight.audit.schemas import AGENCY, csv_answer
from services.chassis.clock import utc_now
from services.chassis.database import ReadSession
from services.chassis.pages import page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
A_MONTH = timedelta(days=31)

TABS = {
    "ON_BEHALF": "Jawaban atas nama",
    "LATE": "Dicatat terlambat",
    "PAUSES": "Tenggat dihentikan",
    "FORCED": "Penutupan paksa",
}
DIFFERENCES = {
    "NO_TIMER": "Tidak ada yang menjaga tenggat ini",
    "CHECKS_TOO_LATE": "Penjaganya baru akan melihat setelah tenggat",
    "DID_NOT_ESCALATE": "Seharusnya sudah berbunyi",
}
WORDS = {
    "audit_list": TABS,
    "timer_fault": DIFFERENCES,
    "pause_reason": {**HANDOFF_REASONS["hold"], "QUESTION": "Penerima bertanya balik"},
}

router = page_router()


@router.get("/pengawasan")
async def oversight_page(
    request: Request, caller: Annotated[Principal, page_requires("oversight:read")], reading: Reading
) -> Response:
    """Cases without a next step, and deadlines of which no workflow knows."""
    rendered: Response = request.app.state.pages.render(
        request,
        "oversight.html",
        cases=await queries.cases_without_next_step(reading),
        deadlines=await queries.deadlines_without_timer(reading),
        **(await directory_of(reading, caller.offices)).context(),
    )
    return rendered


async def _instants(reading: ReadSession, dari: date | None, sampai: date | None) -> tuple[datetime, datetime]:
    """From the start of one day of the district to the end of another; a month up to today when left out."""
    zone = ZoneInfo(str((await directory_of(reading, reading.principal.offices)).context().get("zone", "UTC")))
    last = sampai or utc_now().astimezone(zone).date()
    first = dari or last - A_MONTH
    return (
        datetime.combine(first, time(), zone).astimezone(UTC),
        datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC),
    )


@router.get("/pemeriksaan")
async def audit_page(
    request: Request,
    caller: Annotated[Principal, page_requires("audit:read")],
    reading: Reading,
    daftar: AuditList = AuditList.ON_BEHALF,
    dari: date | None = None,
    sampai: date | None = None,
    instansi: Annotated[str, Query(pattern=AGENCY)] = "",
) -> Response:
    """One list of a period, its tabs beside it."""
    since, until = await _instants(reading, dari, sampai)
    rows = await queries.show_audit_list(reading, daftar, since, until, instansi)
    rendered: Response = request.app.state.pages.render(
        request,
        "audit.html",
        rows=rows,
        chosen=daftar.value,
        tabs=TABS,
        shown=COLUMNS[daftar],
        since=since,
        dari=dari,
        sampai=sampai,
        agency_chosen=instansi,
        is_cut=len(rows) == domain.LIST_ROWS,
        **(await directory_of(reading, caller.offices)).context(),
    )
    return rendered


@router.get("/pemeriksaan/unduh")
async def audit_download(
    caller: Annotated[Principal, page_requires("audit:read")],
    reading: Reading,
    daftar: AuditList = AuditList.ON_BEHALF,
    dari: date | None = None,
    sampai: date | None = None,
    instansi: Annotated[str, Query(pattern=AGENCY)] = "",
) -> Response:
    """The list as a sheet."""
    since, until = await _instants(reading, dari, sampai)
    return csv_answer(daftar, await queries.show_audit_list(reading, daftar, since, until, instansi))
