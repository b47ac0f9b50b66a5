"""Read models of closures."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.casework.desks.closures import domain, repository
from services.casework.desks.closures.domain import Fate, Treatment
from services.casework.desks.closures.tables import Closure
from services.casework.office.directory.queries import pack_in_force
from services.chassis.database import ReadSession
from services.chassis.errors import NotFound


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of one hand-off."""

    handoff_id: UUID
    case_number: str
    purpose: str
    state: str
    treatment: Treatment


async def foresee(reading: ReadSession, district: str, agency: str, fate: Fate) -> list[Foreseen]:
    """What a closure would do, without doing it. Raises ``NotFound`` for another district, ``AgencyIsUnknown``."""
    if not reading.principal.covers(district):
        raise NotFound(kind="agencies")
    (await pack_in_force(reading, district)).agency(agency)
    return [
        Foreseen(
            row["id"],
            row["number"],
            row["purpose"],
            row["state"],
            domain.treatment_of(fate, row["state"], row["held_state"], is_person_there=row["is_person_there"]),
        )
        for row in await repository.open_of_agency(reading, district, agency)
    ]


async def show_closure(
    reading: ReadSession, closure_id: UUID, after: UUID | None, limit: int
) -> tuple[Closure, list[Any]]:
    """A closure with a page of its hand-offs and their results. Raises ``NotFound``."""
    closure = await repository.one(reading, closure_id)
    if closure is None:
        raise NotFound(kind="closures")
    return closure, await repository.items(reading, closure, after, limit)


async def list_closures(reading: ReadSession, limit: int) -> list[Closure]:
    """The last closures."""
    return await repository.newest(reading, limit)
