"""The only code that changes the duty roster, and who of a desk works on what."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.casework.desks.desks import domain, repository
from services.casework.handoff.handoffs import access as handoffs_access
from services.casework.handoff.handoffs.commands import DeskOf
from services.casework.handoff.handoffs.domain import HandoffIsClaimed
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings.commands import keep_findings
from services.casework.office.findings.domain import FindingKind, Found
from services.casework.office.matters.domain import About, AboutKind
from services.casework.office.rosters import repository as rosters_repository
from services.casework.office.rosters.tables import Shift
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound

CLAIM_LASTS = timedelta(hours=8)
ROSTERS = UUID("9d0b7c1e-3f5a-5f0c-8d64-0a6f1b7e2c53")


@dataclass(frozen=True, slots=True)
class PlanShift:
    """Somebody takes a turn at a desk of the caller's agency."""

    district: str
    desk: str
    officer: str
    starts_at: datetime
    ends_at: datetime
    phone: str = ""


async def plan_shift(command: PlanShift, uow: UnitOfWork) -> Shift:
    """Put a turn on the roster of the caller's agency.

    Raises ``ShiftIsTurnedRound``, ``PhoneIsNotTheDesks``, ``OfficerIsUnknown``, ``NotFound`` when the agency has no
    such desk or is not of the district.
    """
    domain.check_shift(command.starts_at, command.ends_at)
    pack = await pack_in_force(uow, command.district)
    agency = pack.agency(uow.principal.agency)
    if not uow.principal.covers(command.district) or command.desk not in {desk.code for desk in agency.desks}:
        raise NotFound(kind="desks")
    if command.phone and command.phone not in pack.desk(agency.code, command.desk).duty_phones:
        raise domain.PhoneIsNotTheDesks(phone=command.phone)
    await check_officer(command.officer, uow)
    shift_id = clock.new_id()
    shift = Shift(
        id=shift_id,
        correlation_id=shift_id,
        district=command.district,
        agency=agency.code,
        desk=command.desk,
        officer=command.officer,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        phone=command.phone,
    )
    uow.create(shift, "plan")
    return shift


async def check_officer(officer: str, uow: UnitOfWork) -> None:
    """Raise ``OfficerIsUnknown`` for an account of nobody whom the caller's agency has; the caller is somebody."""
    agency = uow.principal.agency
    if officer != uow.principal.actor and not await repository.is_colleague(uow, agency, officer):
        raise domain.OfficerIsUnknown


async def withdraw_shift(shift_id: UUID, uow: UnitOfWork) -> Shift:
    """Take a turn off the roster. Raises ``NotFound`` to other agencies."""
    shift = await uow.locked(Shift, shift_id)
    if shift.agency != uow.principal.agency:
        raise NotFound(kind="shifts")
    uow.change(shift, "withdraw", is_withdrawn=True)
    return shift


async def find_empty_desk(handoff: Handoff, where: DeskOf, uow: UnitOfWork) -> bool:
    """Whether nobody has the turn at a desk that keeps a roster; if so it is a finding, one for each shift left empty.

    A shift left empty is the span since the last turn ended, within one day of the desk's own zone.
    """
    pack = await pack_in_force(uow, handoff.district)
    if not pack.desk(where.agency, where.desk).keeps_roster:
        return False
    now = await uow.now()
    if await rosters_repository.on_duty(uow, where.agency, where.desk, now):
        return False
    last = await rosters_repository.last_ended(uow, where.agency, where.desk, now)
    since = domain.empty_since(now, last.ends_at if last else None, pack.zone_of(where.agency))
    shift_id = clock.derived_id(ROSTERS, f"{handoff.district}:{where.agency}:{where.desk}:{since.isoformat()}")
    found = Found(
        FindingKind.EMPTY_ROSTER,
        cause=since.isoformat(),
        owner=where.agency,
        correlation_id=shift_id,
        about=About(AboutKind.SHIFT, shift_id),
        details={"agency": where.agency, "desk": where.desk, "from": since.isoformat()},
    )
    await keep_findings(f"roster:{shift_id}", handoff.district, [found], uow)
    return True


async def claim_handoff(handoff_id: UUID, uow: UnitOfWork) -> Handoff:
    """Take an item of the desk's shared inbox for this shift: neither receipt nor answer, hidden from nobody.

    Raises ``NotFound``, ``HandoffIsClaimed`` when a colleague's claim still holds.
    """
    handoff = await _free_for_me(handoff_id, uow)
    now = await uow.now()
    shift = await rosters_repository.shift_of(uow, uow.principal.agency, uow.principal.actor, now)
    until = domain.claim_ends_at(now, shift.ends_at if shift else None, CLAIM_LASTS)
    uow.change(handoff, "claim", claimed_by=uow.principal.actor, claimed_until=until)
    return handoff


async def release_handoff(handoff_id: UUID, uow: UnitOfWork) -> Handoff:
    """Give a claimed item back to the desk; nothing when it is nobody's. Raises ``NotFound``, ``HandoffIsClaimed``."""
    handoff = await _free_for_me(handoff_id, uow)
    if handoff.claimed_by is not None:
        uow.change(handoff, "release", claimed_by=None, claimed_until=None)
    return handoff


async def _free_for_me(handoff_id: UUID, uow: UnitOfWork) -> Handoff:
    handoff = await uow.locked(Handoff, handoff_id)
    if uow.principal.agency not in (handoff.to_agency, handoff.from_agency):
        raise NotFound(kind="handoffs")
    now = await uow.now()
    if handoffs_access.is_claimed_by_other(handoff.claimed_by, handoff.claimed_until, uow.principal, now):
        raise HandoffIsClaimed(claimed_until=handoff.claimed_until.isoformat() if handoff.claimed_until else "")
    return handoff


async def hand_over_shift(to_officer: str | None, uow: UnitOfWork) -> list[Handoff]:
    """Everything that the caller has claimed goes to a colleague, or back to the desk; answers what went.

    Raises ``NothingToHandOver``, ``OfficerIsUnknown``.
    """
    if to_officer:
        await check_officer(to_officer, uow)
    now = await uow.now()
    claimed = await repository.claimed_by(uow, uow.principal.agency, uow.principal.actor, now)
    if not claimed:
        raise domain.NothingToHandOver
    shift = await rosters_repository.shift_of(uow, uow.principal.agency, to_officer, now) if to_officer else None
    until = domain.claim_ends_at(now, shift.ends_at if shift else None, CLAIM_LASTS) if to_officer else None
    for handoff in claimed:
        uow.change(handoff, "hand_over", claimed_by=to_officer, claimed_until=until)
    return claimed
