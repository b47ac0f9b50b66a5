"""Lapor: a report without signing in, its code, what became of it, and the objections that the office decides on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import Response

from services.chassis import clock
from services.chassis.errors import Invalid, NotFound
from services.chassis.offices import AccessSection, Allowance
from services.chassis.pages import Form, PostedForm, page_requires, page_router
from services.chassis.pages.forms import read_fields
from services.chassis.pages.places import villages_in
from services.chassis.principal import Principal
from services.chassis.quotas import Quota
from services.chassis.web import Reading
from services.intake.public import access, commands, queries
from services.intake.public.schemas import (
    CodeIn,
    ObjectionDecisionFormIn,
    ObjectionFormIn,
    ObjectionReceipt,
    PublicReportIn,
)
from services.intake.reports import commands as reports
from services.intake.reports.api import receipt
from services.intake.reports.domain import code_in_groups, code_of, district_of
from services.intake.reports.pages import KINDS, SEXES, URGENCIES
from services.intake.reports.schemas import ReportReceipt

TEMPLATES = Path(__file__).parent / "templates"
WORDS = {
    "progress": {
        "WAITING": "Laporan diterima dan menunggu diperiksa petugas.",
        "TAKEN_UP": "Laporan sudah diperiksa dan sedang ditangani petugas.",
        "ENDED": "Penanganan sudah berakhir.",
        "REFUSED": "Laporan tidak dilanjutkan.",
    },
    "objection_state": {
        "open": "Keberatan Anda menunggu diperiksa petugas lain.",
        "upheld": "Keberatan Anda diterima; petugas memeriksanya lagi.",
        "dismissed": "Keberatan Anda sudah diperiksa petugas lain; keputusannya tetap.",
    },
    "field": {
        "code": "Kode lacak",
        "contact": "Nomor atau alamat Anda",
        "text": "Keberatan Anda",
        "is_upheld": "Putusan",
    },
    "done": {"objection-decided": "Tercatat: keberatan diputuskan."},
}

router = page_router()


class NoPublicReports(NotFound):
    """No district of this installation takes reports from everybody."""

    text = "Halaman ini belum dibuka."
    advice = "Hubungi kantor dinas sosial setempat."


class PlaceIsNotServed(Invalid):
    """The place lies in a district that takes none here."""

    text = "Tempat ini tidak dilayani dari halaman ini."
    advice = "Pilih tempat dari daftar."


@dataclass(frozen=True, slots=True)
class Door:
    """What takes reports from everybody: the districts, and how much they let in."""

    sections: Sequence[AccessSection]

    @classmethod
    def of(cls, request: Request) -> "Door":
        """That of this installation. Raises ``NoPublicReports``."""
        known = request.app.state.offices.sections.values()
        found = [section for section in known if section.public_reports is not None]
        if not found:
            raise NoPublicReports
        request.state.is_open_form = True
        return cls(found)

    def everybody(self) -> Principal:
        """Somebody unknown, in all of them."""
        return access.anybody(self.sections[0].office, *(one.district for one in self.sections))

    def at(self, village_code: str) -> AccessSection:
        """The district of a place. Raises ``PlaceIsNotServed``."""
        for section in self.sections:
            if section.district == district_of(village_code):
                return section
        raise PlaceIsNotServed

    def spend(self, request: Request, section: AccessSection) -> None:
        """Count one step of somebody unknown, by their address and for all together. Raises ``QuotaIsSpent``."""
        allowed = section.public_reports
        assert allowed is not None
        address = request.client.host if request.client else ""
        for who, allowance in ((f"{access.ANYBODY}:{address}", allowed.per_address), (access.ANYBODY, allowed.of_all)):
            caller = Principal(who, section.office, frozenset(), (section.district,))
            request.app.state.counter.spend([_quota(allowance)], caller, "", "")


def _quota(allowance: Allowance) -> Quota:
    return Quota(per_hour=allowance.per_hour, burst=allowance.burst)


def _shown(request: Request, template: str, **context: Any) -> Response:
    rendered: Response = request.app.state.pages.render(request, template, **context)
    return rendered


@router.get("/lapor", tags=["public"])
async def public_page(request: Request) -> Response:
    """The form, and the field for a code."""
    door = Door.of(request)
    zone = ZoneInfo(request.app.state.settings.time_zone)
    return _shown(
        request,
        "public-report.html",
        emergency_phone=next(one.public_reports.emergency_phone for one in door.sections if one.public_reports),
        kinds=KINDS,
        urgencies=dict(reversed(URGENCIES.items())),
        sexes=SEXES,
        places=[group for section in door.sections for group in villages_in(section.district)],
        found_local=clock.utc_now().astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
    )


@router.post("/lapor/kirim", tags=["public"])
async def post_public_report(request: Request) -> Response:
    """Take it in once, and show the code by which it is followed."""
    door, state = Door.of(request), request.app.state
    form = PostedForm(request, await read_fields(request))
    body = form.read(PublicReportIn)
    section = door.at(body.village_code)
    door.spend(request, section)
    request.state.principal = access.anybody(section.office, section.district)
    command = body.to_command(state.settings.time_zone)
    given = await form.perform(lambda uow: reports.receive_report(command, uow, state.sealer, state.places), receipt)
    made = ReportReceipt.model_validate_json(given.body)
    code = code_in_groups(code_of(state.sealer.tracking_secret(made.report_id)))
    return _shown(request, "public-receipt.html", code=code)


@router.post("/lapor/status", tags=["public"])
async def post_code(request: Request) -> Response:
    """What became of the report with a code; the code stands in no address."""
    door = Door.of(request)
    code = PostedForm(request, await read_fields(request)).read(CodeIn).code
    door.spend(request, door.sections[0])
    return await _status(code, door, request)


@router.post("/lapor/keberatan", tags=["public"])
async def post_objection(request: Request) -> Response:
    """Object, and see how it stands then."""
    door, state = Door.of(request), request.app.state
    form = PostedForm(request, await read_fields(request))
    body = form.read(ObjectionFormIn)
    door.spend(request, door.sections[0])
    request.state.principal = door.everybody()
    await form.perform(lambda uow: commands.object_to(body.code, body.text, uow, state.sealer), ObjectionReceipt.of)
    return await _status(body.code, door, request)


async def _status(code: str, door: Door, request: Request) -> Response:
    async with request.app.state.units.reading(door.everybody()) as reading:
        told = await queries.status_of(code, reading)
    return _shown(request, "public-status.html", told=told, code=code)


@router.get("/keberatan")
async def objection_list(
    request: Request, caller: Annotated[Principal, page_requires("objection:decide")], reading: Reading
) -> Response:
    """The objections that wait, in the reporters' words."""
    state = request.app.state
    return _shown(
        request, "objections.html", objections=await queries.open_objections(reading, state.units, state.sealer)
    )


@router.post("/keberatan/putuskan")
async def post_objection_decision(
    caller: Annotated[Principal, page_requires("objection:decide")], form: Form
) -> Response:
    """Look again, or leave it."""
    body = form.read(ObjectionDecisionFormIn)
    return await form.write(
        lambda uow: commands.decide_objection(body.objection_id, is_upheld=body.is_upheld, uow=uow),
        "objection-decided",
    )
