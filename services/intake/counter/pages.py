"""Catat laporan: the form of the counter, and what a NIK tells while it is typed."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import orjson
from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from contracts.reference import regions
from contracts.values import NIK_ERROR_TEXTS, NIK_WARNING_TEXTS, SEX_TEXTS, Nik, NikIsInvalid, Sex
from services.chassis import clock
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.pages.places import villages_in
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.intake.counter.schemas import CounterReportIn
from services.intake.persons.domain import ADULT_AGE_YEARS, age_years
from services.intake.reports import access, commands
from services.intake.reports.domain import Channel
from services.intake.reports.pages import CHANNELS, KINDS, SEXES, URGENCIES
from services.intake.reports.schemas import ReportReceipt
from services.intake.reports.tables import Report

TEMPLATES = Path(__file__).parent / "templates"

AT_THE_OFFICE = (Channel.COUNTER, Channel.PHONE, Channel.CHAT, Channel.VILLAGE_DESK)
ELSEWHERE = (Channel.OTHER_AGENCY, Channel.VILLAGE_DESK, Channel.PHONE)
"""How what people of other agencies type in has reached them; the first is the usual one."""
WORDS = {
    "done": {"report-received": "Tercatat: laporan diterima."},
    "field": {
        "channel": "Melalui",
        "kind": "Keadaan",
        "urgency": "Kegawatan",
        "village_code": "Tempat",
        "found_local": "Kapan ditemukan",
        "is_with_reporter": "Orangnya ada pada kami",
        "name": "Nama",
        "nik": "NIK",
        "birth_date": "Tanggal lahir",
        "approximate_age_years": "Perkiraan umur",
        "sex": "Jenis kelamin",
        "features": "Ciri-ciri",
        "circumstances": "Keadaan saat ditemukan",
    },
}

router = page_router()


@router.get("/loket")
async def counter_page(request: Request, caller: Annotated[Principal, page_requires("report:create")]) -> Response:
    """The empty form; what is usual is filled in."""
    state = request.app.state
    channels = AT_THE_OFFICE if access.is_office(caller) else ELSEWHERE
    rendered: Response = state.pages.render(
        request,
        "counter.html",
        channels={channel.value: CHANNELS[channel] for channel in channels},
        kinds=KINDS,
        urgencies=dict(reversed(URGENCIES.items())),
        sexes=SEXES,
        places=[group for district in sorted(caller.offices) for group in villages_in(district)],
        found_local=clock.utc_now().astimezone(ZoneInfo(state.settings.time_zone)).strftime("%Y-%m-%dT%H:%M"),
    )
    return rendered


@router.post("/loket/catat")
async def post_counter_report(
    request: Request, caller: Annotated[Principal, page_requires("report:create")], form: Form
) -> Response:
    """Take it in; whoever decides on reports goes on to it."""
    state = request.app.state
    command = form.read(CounterReportIn).to_command(state.settings.time_zone)
    answered = await form.perform(
        lambda uow: commands.receive_report(command, uow, state.sealer, state.places), _receipt
    )
    following = f"laporan/{orjson.loads(answered.body)['report_id']}" if access.is_office(caller) else "loket"
    return RedirectResponse(f"{state.root_path}/{following}?selesai=report-received", status_code=303)


def _receipt(report: Report) -> ReportReceipt:
    tag_span(case_id=str(report.correlation_id), report_id=str(report.id))
    return ReportReceipt.of(report)


@router.post("/loket/nik")
async def post_typed_nik(
    request: Request, caller: Annotated[Principal, page_requires("report:create")], form: Form
) -> Response:
    """What the typed NIK tells, beside sex and day of birth as typed; nothing is kept."""
    zone = ZoneInfo(request.app.state.settings.time_zone)
    today = clock.utc_now().astimezone(zone).date()
    rendered: Response = request.app.state.pages.render(request, "nik-tells.html", **what_nik_tells(form.fields, today))
    return rendered


def what_nik_tells(typed: Mapping[str, str], today: date) -> dict[str, object]:
    """What the digits tell by themselves: ``wrong``, or sex, day of birth, age and what is doubtful."""
    text = typed.get("nik", "").strip()
    found: dict[str, object] = {"wrong": "", "tells": "", "is_child": False, "doubts": ()}
    if not text:
        return found
    try:
        nik = Nik.parse(text)
    except NikIsInvalid as error:
        return {**found, "wrong": NIK_ERROR_TEXTS[error.code]}
    checked = nik.check(today, regions().is_known, _sex(typed.get("sex", "")), _day(typed.get("birth_date", "")))
    born = nik.birth_date(today)
    age = age_years(born, today) if born else None
    tells = SEX_TEXTS[nik.sex] + (f", {age} tahun" if age is not None else "")
    return {
        **found,
        "tells": tells,
        "is_child": age is not None and age < ADULT_AGE_YEARS,
        "doubts": [NIK_WARNING_TEXTS[doubt] for doubt in checked.warnings],
    }


def _sex(typed: str) -> Sex | None:
    return Sex(typed) if typed in Sex.__members__ else None


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
