"""Catat laporan: the form of the counter, and what a NIK tells while it is typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import Response

from contracts.reference import regions
from contracts.values import NIK_ERROR_TEXTS, NIK_WARNING_TEXTS, SEX_TEXTS, Nik, NikIsInvalid, Sex, age_years
from services.chassis import clock
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.pages.places import villages_in
from services.chassis.principal import Principal
from services.intake.counter.schemas import CounterReportIn
from services.intake.persons.domain import ADULT_AGE_YEARS
from services.intake.reports import access, commands
from services.intake.reports.api import receipt
from services.intake.reports.domain import Channel
from services.intake.reports.pages import CHANNELS, KINDS, SEXES, URGENCIES

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

    def onto(made: Any) -> tuple[str, str]:
        return f"/laporan/{made['report_id']}" if access.is_office(caller) else "/loket", "report-received"

    return await form.go_on(
        lambda uow: commands.receive_report(command, uow, state.sealer, state.places), receipt, onto
    )


@router.post("/loket/nik")
async def post_typed_nik(
    request: Request, caller: Annotated[Principal, page_requires("report:create")], form: Form
) -> Response:
    """What the typed NIK tells, beside sex and day of birth as typed; nothing is kept."""
    state = request.app.state
    told = what_nik_tells(form.fields, state.places.day_of(clock.utc_now()))
    rendered: Response = state.pages.render(request, "nik-tells.html", told=told)
    return rendered


@dataclass(frozen=True, slots=True)
class NikTells:
    """What the digits of a NIK tell by themselves: what is ``wrong``, or sex and age, and what is doubtful."""

    wrong: str = ""
    tells: str = ""
    is_child: bool = False
    doubts: Sequence[str] = ()


def what_nik_tells(typed: Mapping[str, str], today: date) -> NikTells:
    """It beside sex and day of birth as they are typed; nothing of an empty field."""
    text = typed.get("nik", "").strip()
    if not text:
        return NikTells()
    try:
        nik = Nik.parse(text)
    except NikIsInvalid as error:
        return NikTells(wrong=NIK_ERROR_TEXTS[error.code])
    checked = nik.check(today, regions().is_known, _sex(typed.get("sex", "")), _day(typed.get("birth_date", "")))
    born = nik.birth_date(today)
    age = age_years(born, today) if born else None
    tells = SEX_TEXTS[nik.sex] + (f", {age} tahun" if age is not None else "")
    return NikTells(
        tells=tells,
        is_child=age is not None and age < ADULT_AGE_YEARS,
        doubts=[NIK_WARNING_TEXTS[doubt] for doubt in checked.warnings],
    )


def _sex(typed: str) -> Sex | None:
    return Sex(typed) if typed in Sex.__members__ else None


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
