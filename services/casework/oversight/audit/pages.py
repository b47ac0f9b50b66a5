"""Pengawasan: what nobody looks after, and the auditor's lists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Query, Request
from fastapi.responses import Response

from services.casework.handoff.handoffs.pages import REASONS as HANDOFF_REASONS
from services.casework.office.directory.pages import directory_of
from services.casework.oversight.audit import domain, queries
from services.casework.oversight.audit.domain import COLUMNS, AuditList
from services.casework.oversight.audit.schemas import AGENCY, csv_answer
from services.chassis.clock import utc_now
from services.chassis.pages import page_requires, page_router
from services.chassis.pages.words import ZONE_NAMES, Words, span, word
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
HEADS = {
    "agency": "Instansi",
    "case_number": "Nomor perkara",
    "purpose": "Untuk",
    "verb": "Yang dilakukan",
    "deadline": "Tenggat",
    "reason": "Alasan",
    "happened_at": "Terjadi",
    "recorded_at": "Dicatat",
    "ended_at": "Berakhir",
    "late_seconds": "Terlambat",
    "actor": "Oleh",
    "verdict": "Putusan instansi",
}
"""What the sheet of a page shows: ids are for programs, which read the API."""
WORDS = {
    "audit_list": TABS,
    "verdict": {"confirmed": "dibenarkan", "contested": "dibantah"},
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


def _instants(zone: ZoneInfo, dari: date | None, sampai: date | None) -> tuple[datetime, datetime]:
    """From the start of one day of a wall clock to the end of another; a month up to today when left out."""
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
    directory = await directory_of(reading, caller.offices)
    since, until = _instants(ZoneInfo(directory.zone()), dari, sampai)
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
        **directory.context(),
    )
    return rendered


@router.get("/pemeriksaan/unduh")
async def audit_download(
    request: Request,
    caller: Annotated[Principal, page_requires("audit:read")],
    reading: Reading,
    daftar: AuditList = AuditList.ON_BEHALF,
    dari: date | None = None,
    sampai: date | None = None,
    instansi: Annotated[str, Query(pattern=AGENCY)] = "",
) -> Response:
    """The list as a sheet."""
    directory = await directory_of(reading, caller.offices)
    zone = directory.zone()
    since, until = _instants(ZoneInfo(zone), dari, sampai)
    rows = await queries.show_audit_list(reading, daftar, since, until, instansi)
    columns = [column for column in COLUMNS[daftar] if column in HEADS]
    heads = [HEADS[c] + (f" ({ZONE_NAMES.get(zone, zone)})" if c.endswith("_at") else "") for c in columns]
    pages = request.app.state.pages
    cells = Cells(daftar, zone, directory.names, pages.words, pages.naming(request, directory.names))
    sheet = ([cells.told(column, row[column]) for column in columns] for row in rows)
    return csv_answer(TABS[daftar].replace(" ", "-").lower(), heads, sheet)


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells as a person reads them and a spreadsheet sorts them; instants on the wall clock of the district."""

    wanted: AuditList
    zone: str
    agencies: Mapping[str, str]
    words: Words
    called: Callable[[str], str]

    def told(self, column: str, value: Any) -> str:
        """One value."""
        if value is None:
            return ""
        match column:
            case "agency":
                return self.agencies.get(value, str(value))
            case "actor":
                return self.called(value)
            case "case_number":
                return str(value)
            case "late_seconds":
                return span(timedelta(seconds=value))
            case "happened_at" | "recorded_at" | "ended_at":
                return f"{value.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"
            case "reason":
                return word(self.words, "closing_reason" if self.wanted is AuditList.FORCED else "pause_reason", value)
            case "verb":
                return word(self.words, "move", value)
            case _:
                return word(self.words, column, value)
