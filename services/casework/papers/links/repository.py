"""Every query on links."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.papers.links.tables import Link, LinkVisit
from services.chassis.database import ReadSession, UnitOfWork


async def by_token(reading: ReadSession, token_digest: str) -> Link | None:
    """The link of a token."""
    return await reading.first(select(Link).where(Link.token_digest == token_digest))


async def of_handoff(reading: ReadSession, handoff_id: UUID) -> list[Link]:
    """A hand-off's links, oldest first."""
    return await reading.all(select(Link).where(Link.handoff_id == handoff_id).order_by(col(Link.id)))


async def visits_of_handoff(reading: ReadSession, handoff_id: UUID) -> list[LinkVisit]:
    """What happened at a hand-off's links without opening them."""
    return await reading.all(
        select(LinkVisit)
        .where(col(LinkVisit.link_id).in_(select(Link.id).where(Link.handoff_id == handoff_id)))
        .order_by(col(LinkVisit.first_at))
    )


async def count_visit(uow: UnitOfWork, link_id: UUID, district: str, what: str) -> None:
    """One visit more of a kind."""
    await uow.execute(
        "INSERT INTO link_visits (link_id, what, district, times, first_at, last_at)"
        " VALUES (:link_id, :what, :district, 1, now(), now())"
        " ON CONFLICT (link_id, what) DO UPDATE SET times = link_visits.times + 1, last_at = now()",
        link_id=link_id,
        what=what,
        district=district,
    )
