"""Every query on closures and on the hand-offs that they are about."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.casework.desks.closures.domain import ItemState
from services.casework.desks.closures.tables import Closure, ClosureItem
from services.casework.handoff.handoffs.domain import ENDED, STARTED
from services.chassis.database import ReadSession, UnitOfWork, with_states

_OPEN_OF_AGENCY = with_states("""
    SELECT h.id, h.state, h.held_state, h.purpose, h.from_agency, m.number,
           (h.arrived_at IS NOT NULL AND coalesce(h.held_state, h.state) IN {started}
            AND EXISTS (SELECT 1 FROM custodies u WHERE u.person_id = h.person_id AND u.until IS NULL
                        AND u.agency = h.to_agency)) AS is_person_there
    FROM handoffs h JOIN matters m ON m.id = h.about_id
    WHERE h.district = :district AND h.to_agency = :agency AND h.state NOT IN {ended}
    ORDER BY h.id
""", started=STARTED, ended=ENDED)  # fmt: skip
_ITEMS = """
    SELECT i.handoff_id, i.disposition, i.state, i.result, h.purpose, h.state AS handoff_state, m.number
    FROM closure_items i JOIN handoffs h ON h.id = i.handoff_id JOIN matters m ON m.id = h.about_id
    WHERE i.closure_id = :closure_id AND i.district = :district AND i.handoff_id > :after
    ORDER BY i.handoff_id LIMIT :limit
"""
FIRST = UUID(int=0)


async def open_of_agency(source: UnitOfWork | ReadSession, district: str, agency: str) -> list[Any]:
    """What an agency owes or was asked for: hand-off, case number, whether it has the person in hand."""
    return await source.rows(_OPEN_OF_AGENCY, district=district, agency=agency)


async def one(reading: ReadSession, closure_id: UUID) -> Closure | None:
    """A closure within the caller's scope."""
    return await reading.first(select(Closure).where(Closure.id == closure_id))


async def newest(reading: ReadSession, limit: int) -> list[Closure]:
    """The last closures within the caller's scope."""
    return await reading.all(select(Closure).order_by(col(Closure.id).desc()).limit(limit))


async def items(reading: ReadSession, closure: Closure, after: UUID | None, limit: int) -> list[Any]:
    """The hand-offs of a closure with their results, in order of id."""
    return await reading.rows(
        _ITEMS, closure_id=closure.id, district=closure.district, after=after or FIRST, limit=limit
    )


async def waiting(uow: UnitOfWork, closure_id: UUID, limit: int) -> list[ClosureItem]:
    """The next hand-offs of a closure that nothing was done about, locked."""
    return await uow.all(
        select(ClosureItem)
        .where(ClosureItem.closure_id == closure_id, ClosureItem.state == ItemState.WAITING.value)
        .order_by(col(ClosureItem.handoff_id))
        .limit(limit)
        .with_for_update()
    )
