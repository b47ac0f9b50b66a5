"""The roster of a desk and its buttons: take an item, give it back, hand the shift over; a dry run of an escalation
policy.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request
from fastapi.responses import Response

from services.casework.desks.desks import commands, domain, queries
from services.casework.desks.desks.schemas import HandoverIn, ShiftFormIn, ShiftWithdrawalIn
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.access import PERMISSIONS
from services.casework.office.directory.pages import directory_of
from services.casework.office.rosters.tables import Shift
from services.chassis.clock import utc_now
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
A_WEEK = timedelta(days=7)
WHO = {
    "RECEIVER_DESK": "petugas jaga meja tujuan",
    "SENDER_HEAD": "kepala bidang pengirim",
    "RECEIVER_HEAD": "pimpinan instansi tujuan",
    "SENDER_DESK": "meja pengirim",
    "NEXT_DESK": "meja calon berikutnya",
    "DISTRICT_SECRETARIAT": "Sekretaris Daerah",
    "DISTRICT_INSPECTORATE": "Inspektorat",
    "CASE_HOLDER": "pemegang perkara",
}

WORDS = {
    "told": WHO,
    "desk_act": {"claim": "Ambil untuk jaga ini", "release": "Kembalikan kepada meja"},
    "field": {
        "officer": "Petugas",
        "desk": "Meja",
        "district": "Daerah",
        "starts_local": "Mulai jaga",
        "ends_local": "Selesai jaga",
        "to_officer": "Petugas jaga berikutnya",
    },
    "done": {
        "shift-plan": "Giliran jaga ditambahkan.",
        "shift-withdraw": "Giliran jaga dicabut.",
        "handoff-claim": "Butir ini Anda tangani sampai pergantian jaga.",
        "handoff-release": "Butir ini kembali kepada meja.",
        "shift-handover": "Semua butir yang Anda tangani sudah diserahkan.",
    },
}

router = page_router()


@router.post("/serah-terima/{handoff_id}/ambil")
async def post_claim(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:claim")], form: Form
) -> Response:
    """Take it for this shift."""
    return await form.write(lambda uow: commands.claim_handoff(handoff_id, uow), "handoff-claim")


@router.post("/serah-terima/{handoff_id}/kembalikan")
async def post_release(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:claim")], form: Form
) -> Response:
    """Give it back."""
    return await form.write(lambda uow: commands.release_handoff(handoff_id, uow), "handoff-release")


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A turn, or a span in which nobody has one."""

    starts_at: datetime
    ends_at: datetime
    shift: Shift | None = None


def _lines(shifts: list[Shift], since: datetime) -> list[RosterLine]:
    turns = [(shift.starts_at, shift.ends_at) for shift in shifts]
    empty = [RosterLine(*gap) for gap in domain.gaps(turns, since, since + A_WEEK)]
    planned = [RosterLine(shift.starts_at, shift.ends_at, shift) for shift in shifts]
    return sorted([*empty, *planned], key=lambda line: (line.starts_at, line.ends_at))


@router.get("/jaga")
async def roster_page(
    request: Request,
    caller: Annotated[Principal, page_requires("roster:read")],
    reading: Reading,
    meja: Annotated[str | None, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] = None,
    mulai: date | None = None,
) -> Response:
    """A desk's week: who has the turn, now and by the day, and where nobody has."""
    directory = await directory_of(reading, caller.offices)
    district = next((office[:5] for office in caller.offices if "." in office), "")
    own = [(desk, name) for (agency, desk), name in directory.desks.items() if agency == caller.agency]
    desk = meja or next((code for code, _ in own), "")
    zone = ZoneInfo(directory.zone(district))
    since = datetime.combine(mulai, time(), zone) if mulai else utc_now()
    shifts, on_duty = await queries.show_roster(reading, caller.agency, desk, since, since + A_WEEK)
    rendered: Response = request.app.state.pages.render(
        request,
        "roster.html",
        agency=caller.agency,
        own_desks=own,
        desk=desk,
        colleagues={
            one.actor: one.name for one in request.app.state.pages.colleagues.of_agency(caller.agency) if one.name
        },
        phones=directory.phones.get((caller.agency, desk), ()),
        district=district,
        on_duty=on_duty,
        lines=_lines(shifts, since),
        since=since,
        following=(since.astimezone(zone) + A_WEEK).date(),
        may_plan=bool(caller.roles & PERMISSIONS["roster:write"]) and bool(desk),
        may_claim=bool(caller.roles & PERMISSIONS["handoff:claim"]),
        **directory.context(district),
    )
    return rendered


@router.post("/jaga/tambah")
async def post_shift(
    caller: Annotated[Principal, page_requires("roster:write")], reading: Reading, form: Form
) -> Response:
    """Put a turn on the roster."""
    zone = (await directory_of(reading, caller.offices)).zone()
    command = form.read(ShiftFormIn).shift(zone).command()
    return await form.write(lambda uow: commands.plan_shift(command, uow), "shift-plan", meja=command.desk)


@router.post("/jaga/cabut")
async def post_withdrawal(caller: Annotated[Principal, page_requires("roster:write")], form: Form) -> Response:
    """Take a turn off the roster."""
    turn = form.read(ShiftWithdrawalIn)
    return await form.write(lambda uow: commands.withdraw_shift(turn.shift_id, uow), "shift-withdraw", meja=turn.desk)


@router.get("/bila-diam")
async def dry_run_page(
    request: Request,
    caller: Annotated[Principal, page_requires("roster:read")],
    reading: Reading,
    daerah: Annotated[str | None, Query(pattern=r"^[0-9]{2}\.[0-9]{2}$")] = None,
    instansi: Annotated[str | None, Query(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] = None,
    keperluan: Purpose = Purpose.INPATIENT_BED,
) -> Response:
    """What would happen if an agency were asked now and never said a word."""
    directory = await directory_of(reading, caller.offices)
    district = daerah or next((office[:5] for office in caller.offices if "." in office), "")
    deadlines = await queries.dry_run(reading, district, instansi, keperluan.value, "") if instansi else []
    rendered: Response = request.app.state.pages.render(
        request,
        "dry-run.html",
        agency=instansi,
        purpose=keperluan.value,
        purposes=[purpose.value for purpose in Purpose],
        district=district,
        deadlines=deadlines,
        **directory.context(district),
    )
    return rendered


@router.post("/jaga/ganti")
async def post_shift_handover(caller: Annotated[Principal, page_requires("handoff:claim")], form: Form) -> Response:
    """Everything that one has claimed goes to the next turn."""
    to_officer = form.read(HandoverIn).to_officer
    return await form.write(lambda uow: commands.hand_over_shift(to_officer, uow), "shift-handover")
