"""Every query on what a desk's staff work on."""

from datetime import datetime

from sqlmodel import col, or_, select

from services.casework.handoff.handoffs.domain import OPEN
from services.casework.handoff.handoffs.tables import Handoff
from services.chassis.database import UnitOfWork


async def is_colleague(uow: UnitOfWork, agency: str, officer: str) -> bool:
    """Whether somebody of an agency has signed in here under an account."""
    found = await uow.execute(
        "SELECT EXISTS (SELECT 1 FROM colleagues WHERE actor = :officer AND agency = :agency)",
        officer=officer,
        agency=agency,
    )
    return bool(found.scalar_one())


async def claimed_by(uow: UnitOfWork, agency: str, officer: str, now: datetime) -> list[Handoff]:
    """The open items that somebody has claimed at an agency, locked."""
    return await uow.all(
        select(Handoff)
        .where(
            or_(Handoff.to_agency == agency, Handoff.from_agency == agency),
            Handoff.claimed_by == officer,
            col(Handoff.claimed_until) > now,
            col(Handoff.state).in_([s.value for s in OPEN]),
        )
        .order_by(col(Handoff.id))
        .with_for_update()
    )
