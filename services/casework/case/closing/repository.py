"""Every query on what keeps cases open."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.case.cases.domain import AID_SETTLED
from services.casework.case.closing.domain import Blocker, Decision, Kind, item_id, open_elsewhere
from services.casework.case.closing.tables import ClosingRound, ForcedClosing
from services.casework.desks.tasks.domain import UNFINISHED, TaskKind
from services.casework.handoff.handoffs.domain import ENDED
from services.chassis.database import ReadSession, UnitOfWork, with_states

LIST_ROWS = 100

OPEN_HERE = with_states("""
    SELECT 'HANDOFF' AS kind, id, purpose AS name, to_agency AS party, state FROM handoffs WHERE about_id = :case_id
        AND state NOT IN {ended}
    UNION ALL
    SELECT 'TASK', id, kind, agency, state FROM tasks WHERE about_id = :case_id AND state IN {unfinished}
        AND kind <> {phone_call}
    UNION ALL
    SELECT 'CUSTODY', id, 'CUSTODY', agency, 'open' FROM custodies WHERE about_id = :case_id AND until IS NULL
    UNION ALL
    SELECT 'AID', aid_request_id, 'AID', 'disbursement', aid_state FROM cases
    WHERE id = :case_id AND aid_state IS NOT NULL AND aid_state NOT IN {settled}
    ORDER BY 1, 2
""", ended=ENDED, unfinished=UNFINISHED, phone_call=TaskKind.PHONE_CALL, settled=AID_SETTLED)  # fmt: skip


async def open_here(source: UnitOfWork | ReadSession, case_id: UUID) -> list[Blocker]:
    """Everything of a case that has not ended here, by name; a telephone call that nobody made delays nothing."""
    rows = await source.rows(OPEN_HERE, case_id=case_id)
    return [
        Blocker(Kind(row["kind"]), item_id(Kind(row["kind"]), row["id"]), row["name"], row["party"], row["state"])
        for row in rows
    ]


async def last_round(source: UnitOfWork | ReadSession, case_id: UUID) -> ClosingRound | None:
    """The last round of asking."""
    return await source.first(
        select(ClosingRound).where(ClosingRound.case_id == case_id).order_by(col(ClosingRound.number).desc()).limit(1)
    )


async def open_anywhere(source: UnitOfWork | ReadSession, case_id: UUID) -> tuple[list[Blocker], ClosingRound | None]:
    """What keeps a case open here or, when nothing does, at the other services as far as the last round asked."""
    here = await open_here(source, case_id)
    last = await last_round(source, case_id)
    return here if here or last is None else open_elsewhere(last.answers), last


async def proposal(source: UnitOfWork | ReadSession, case_id: UUID) -> ForcedClosing | None:
    """The forced closing of a case that waits for a decision."""
    return await source.first(
        select(ForcedClosing).where(ForcedClosing.case_id == case_id, ForcedClosing.state == Decision.PROPOSED.value)
    )


async def undecided(reading: ReadSession) -> list[ForcedClosing]:
    """Forced closings within the caller's scope that wait for a decision of somebody else than who proposed them."""
    return await reading.all(
        select(ForcedClosing)
        .where(ForcedClosing.state == Decision.PROPOSED.value, ForcedClosing.proposed_by != reading.principal.actor)
        .order_by(col(ForcedClosing.proposed_at))
        .limit(LIST_ROWS)
    )


async def case_of_correlation(uow: UnitOfWork, correlation_id: UUID) -> UUID | None:
    """The case that a fact of another service belongs to, once it was asked to close."""
    found = await uow.scalars(
        select(ClosingRound.case_id).where(ClosingRound.correlation_id == correlation_id).limit(1)
    )
    return found[0] if found else None
