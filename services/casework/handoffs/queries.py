"""Read models of hand-offs for API and pages."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.casework.handoffs import access, domain, repository
from services.casework.handoffs.domain import PACKAGE_FIELDS, Purpose
from services.casework.handoffs.tables import Handoff, RungRow
from services.chassis.database import ReadSession, Units
from services.chassis.errors import NotFound
from services.chassis.persons import log_special_read, person_known, unseal_person
from services.chassis.principal import Principal


@dataclass(frozen=True, slots=True)
class HandoffView:
    """One hand-off with what its reader may know and do."""

    handoff: Handoff
    legal_now: list[str]
    case_number: str
    package: dict[str, Any]
    rungs: list[RungRow]


def legal_now(principal: Principal, handoff: Handoff) -> list[str]:
    """The moves that are legal now for the sides on which the caller stands."""
    return [
        move
        for side in access.sides(principal, handoff.from_agency, handoff.to_agency)
        for move in domain.legal_moves(handoff.state, side)
        if access.may_move(principal, domain.Move(move))
    ]


async def show_handoff(handoff_id: UUID, reading: ReadSession, units: Units, private_key: str) -> HandoffView:
    """A hand-off with its package; reading the package is logged. Raises ``NotFound``, also to whoever is no party."""
    handoff = await repository.one(reading, handoff_id)
    if handoff is None:
        raise NotFound(kind="handoffs")
    number = await reading.rows("SELECT number FROM cases WHERE id = :id", id=handoff.case_id)
    return HandoffView(
        handoff=handoff,
        legal_now=legal_now(reading.principal, handoff),
        case_number=number[0]["number"] if number else "",
        package=await _package(handoff, reading, units, private_key),
        rungs=await repository.rungs_of(reading, [handoff.id]),
    )


async def _package(handoff: Handoff, reading: ReadSession, units: Units, private_key: str) -> dict[str, Any]:
    fields = sorted(PACKAGE_FIELDS.get(Purpose(handoff.purpose), frozenset()))
    known = await person_known(reading, handoff.person_id)
    package: dict[str, Any] = {
        "person_id": str(handoff.person_id),
        "identity_status": known.identity_status if known else "PROVISIONAL",
        "apparent_minor": known.apparent_minor if known else None,
        "as_of": known.as_of.isoformat() if known else None,
    }
    if not fields or handoff.state not in {s.value for s in domain.OPEN}:
        return package
    await log_special_read(units, reading.principal, handoff.purpose, "handoffs", handoff.id, fields, handoff.district)
    return package | await unseal_person(reading, handoff.person_id, fields, private_key)


async def list_handoffs(
    reading: ReadSession, agency: str | None, states: list[str], after: UUID | None, limit: int
) -> list[Handoff]:
    """A page of hand-offs."""
    return await repository.inbox_page(reading, agency, states, after, limit)


async def next_handoffs(reading: ReadSession, agency: str, limit: int) -> list[Handoff]:
    """An agency's open hand-offs, sent or received, next due first."""
    return await repository.next_due(reading, agency, limit)


async def read_feed(reading: ReadSession, agency: str, after: int, limit: int) -> list[Any]:
    """A page of an agency's feed."""
    return await repository.feed_page(reading, agency, after, limit)


async def handoffs_of_case(reading: ReadSession, case_id: UUID) -> tuple[list[Handoff], dict[UUID, int]]:
    """All hand-offs of a case, and how many rungs of a ladder rang for each."""
    handoffs = await repository.of_case(reading, case_id)
    rungs = await repository.rungs_of(reading, [handoff.id for handoff in handoffs])
    return handoffs, dict(Counter(rung.handoff_id for rung in rungs))
