"""Every query on cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlmodel import col, select

from services.casework.case.cases.domain import SETS_A_STAGE, CaseState, Hanging, HangingKind, Whose, final_outcomes
from services.casework.case.cases.tables import Case
from services.casework.handoff.deadlines.domain import ALIVE, DeadlineKind
from services.casework.handoff.handoffs.domain import PROMISED, HandoffState
from services.casework.office.case_types.domain import DECEASED
from services.chassis.database import Gauge, ReadSession, UnitOfWork, with_states

_READY_STEPS = with_states("""
    SELECT DISTINCT g.step, h.to_agency FROM handoffs h JOIN handoff_groups g ON g.id = h.group_id
    JOIN deadlines k ON k.about_id = h.id AND k.kind = {fetch_by} AND k.state IN {alive}
    WHERE h.about_id = :case_id
""", fetch_by=DeadlineKind.FETCH_BY, alive=ALIVE)  # fmt: skip


_HANGING = with_states("""
    SELECT 'HANDOFF' AS kind, purpose AS name, to_agency AS party FROM handoffs
    WHERE about_id = :case_id AND coalesce(held_state, state) IN {promised}
    UNION ALL
    SELECT 'CUSTODY', own.agency, theirs.agency FROM custodies own
    JOIN custodies theirs ON theirs.about_id = :parent_id AND theirs.until IS NULL AND theirs.agency <> own.agency
    WHERE own.about_id = :case_id AND own.until IS NULL
    UNION ALL
    SELECT 'FAMILY', m.number, m.number FROM family_ties f
    JOIN matters m ON m.id = CASE WHEN f.matter_id = :case_id THEN f.child_matter_id ELSE f.matter_id END
    WHERE :case_id IN (f.matter_id, f.child_matter_id) AND NOT f.is_ended
    ORDER BY 1, 2
""", promised=PROMISED | {HandoffState.CONDITIONAL})  # fmt: skip
_LAST = """
    WITH RECURSIVE chain(root, id, parent_id, number, depth) AS (
        SELECT id, id, parent_case_id, number, 0 FROM cases WHERE id = ANY(:ids)
        UNION ALL
        SELECT chain.root, c.id, c.parent_case_id, c.number, depth + 1 FROM chain JOIN cases c ON c.id = chain.parent_id
    )
    SELECT DISTINCT ON (root) root, id, number FROM chain ORDER BY root, depth DESC
"""


async def hanging(source: UnitOfWork | ReadSession, case_id: UUID, parent_id: UUID) -> list[Hanging]:
    """What of a case cannot end with it as a double of another: promises, two custodians, a mother or child."""
    rows = await source.rows(_HANGING, case_id=case_id, parent_id=parent_id)
    return [Hanging(HangingKind(row["kind"]), row["name"], row["party"]) for row in rows]


async def last_of(source: UnitOfWork | ReadSession, case_id: UUID) -> Mapping[str, Any]:
    """The case (``id``, ``number``) that goes on for a double, whatever number of doubles lies between; else itself."""
    found: Mapping[str, Any] = (await source.rows(_LAST, ids=[case_id]))[0]
    return found


async def doubles_of(reading: ReadSession, case_id: UUID) -> list[Case]:
    """The cases that are doubles of one."""
    return await reading.all(select(Case).where(Case.parent_case_id == case_id).order_by(col(Case.id)))


async def by_report(uow: UnitOfWork, report_id: UUID) -> Case | None:
    """The case that a report opened, locked."""
    return await uow.first(select(Case).where(Case.source_report_id == report_id).with_for_update())


async def open_of_person(uow: UnitOfWork, person_id: UUID) -> list[Case]:
    """A person's cases that are not closed, locked."""
    return [case for case in await of_person(uow, person_id) if case.state != CaseState.CLOSED]


async def of_person(uow: UnitOfWork, person_id: UUID) -> list[Case]:
    """A person's cases, locked."""
    return await uow.all(select(Case).where(Case.person_id == person_id).order_by(col(Case.id)).with_for_update())


async def next_serial(uow: UnitOfWork, district: str, year: int) -> int:
    """The next number of a district and year, without gaps.

    All types count together: a message tells a number without its type, and it is one case's all the same.
    """
    found = await uow.execute(
        "INSERT INTO case_serials (district, year, last) VALUES (:district, :year, 1)"
        " ON CONFLICT (district, year) DO UPDATE SET last = case_serials.last + 1 RETURNING last",
        district=district,
        year=year,
    )
    serial: int = found.scalar_one()
    return serial


@dataclass(frozen=True, slots=True)
class Stay:
    """Who has the person of a case in hand now, and since when."""

    id: UUID
    agency: str
    since: datetime


async def stay_of(uow: UnitOfWork, case_id: UUID) -> Stay | None:
    """The open stretch of custody about which no task says that it is too long.

    Stays with one custodian add up, so that a journey in between starts no new count: ``since`` lies earlier by what
    was stayed before. Whoever is dead is kept until the burial, which has a deadline of its own.
    """
    found = await uow.execute(
        """
        SELECT c.id, c.agency, c.since - coalesce((
            SELECT sum(p.until - p.since) FROM custodies p
            WHERE p.about_id = c.about_id AND p.agency = c.agency AND p.id <> c.id AND p.until IS NOT NULL
        ), interval '0') AS since FROM custodies c
        WHERE c.about_id = :case_id AND c.until IS NULL AND NOT EXISTS (
            SELECT 1 FROM tasks t WHERE t.about_id = c.about_id AND t.step = 'stay:' || c.id)
        AND NOT EXISTS (SELECT 1 FROM cases k WHERE k.id = c.about_id AND k.outcome = :deceased)
        ORDER BY c.since DESC LIMIT 1
        """,
        case_id=case_id,
        deceased=DECEASED.code,
    )
    row = found.mappings().first()
    return Stay(row["id"], row["agency"], row["since"]) if row else None


_OUTCOMES = """
    SELECT changes ->> 'outcome' AS outcome, (changes ->> 'outcome_at')::timestamptz AS at FROM actions
    WHERE aggregate_id = :case_id AND verb = 'record_outcome' AND NOT changes ->> 'outcome' = ANY(:final)
    ORDER BY version DESC LIMIT 1
"""


async def outcome_before(uow: UnitOfWork, case_id: UUID) -> tuple[str | None, datetime | None]:
    """How the service of a case had ended before the person left, and when; nothing when it was still being given."""
    row = (await uow.execute(_OUTCOMES, case_id=case_id, final=final_outcomes())).mappings().first()
    return (row["outcome"], row["at"]) if row else (None, None)


async def by_number(reading: ReadSession, number: str) -> Case | None:
    """The case that people know under a number, within the caller's scope."""
    return await reading.first(select(Case).where(Case.number == number))


async def ready_steps(uow: UnitOfWork, case_id: UUID) -> dict[str, str]:
    """Steps of a case whose receiver says that the person may be fetched, and who that is."""
    found = await uow.execute(_READY_STEPS, case_id=case_id)
    return {row["step"]: row["to_agency"] for row in found.mappings()}


async def one(reading: ReadSession, case_id: UUID) -> Case | None:
    """One case within the caller's scope."""
    return await reading.first(select(Case).where(Case.id == case_id))


async def page(
    reading: ReadSession, state: str | None, after: UUID | None, limit: int, whose: Whose | None = None
) -> list[Case]:
    """Cases in order of id; of all or of the caller's own, or those that nobody sees to by name."""
    query = select(Case).order_by(col(Case.id)).limit(limit)
    if whose is not None:
        worker = reading.principal.actor if whose is Whose.MINE else None
        query = query.where(col(Case.worker).is_not_distinct_from(worker))
    if state is not None:
        query = query.where(Case.state == state)
    if after is not None:
        query = query.where(col(Case.id) > after)
    return await reading.all(query)


async def not_closed(uow: UnitOfWork) -> list[Case]:
    """All cases whose procedure should run: what ``reconcile`` re-arms."""
    return await uow.all(select(Case).where(Case.state != CaseState.CLOSED.value).order_by(col(Case.id)))


async def stages_entered(reading: ReadSession, case_id: UUID) -> list[str]:
    """The stages that a case was ever in, in order."""
    rows = await reading.rows(
        "SELECT changes ->> 'stage' AS stage FROM actions"
        " WHERE aggregate_id = :case_id AND verb = ANY(:verbs) ORDER BY version",
        case_id=case_id,
        verbs=list(SETS_A_STAGE),
    )
    return [row["stage"] for row in rows]


_OPEN = with_states("SELECT count(*) FROM cases WHERE state <> {closed}", closed=CaseState.CLOSED)


async def gauges(pool: asyncpg.Pool) -> list[Gauge]:
    """Cases that are not closed."""
    return [("sigap_cases_open", {}, float(await pool.fetchval(_OPEN)))]
