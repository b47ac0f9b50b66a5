"""Every query on occurrences and on what is open of a case."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.casework.case.cases.domain import CaseState, final_outcomes
from services.casework.case.cases.tables import Case
from services.casework.case.occurrences import access, domain
from services.casework.case.occurrences.domain import Consequence, Item, Occurrence, OpenItem, RevocationState, item_of
from services.casework.case.occurrences.tables import OccurrenceRow, Revocation
from services.casework.desks.tasks.domain import UNFINISHED, VISITS, TaskState
from services.casework.handoff.conditions.domain import ConditionState
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.domain import ENDED_WORK, OPEN, HandoffReason, HandoffState
from services.casework.office.directory.queries import pack_in_force
from services.casework.person.custody.queries import part_in
from services.chassis.database import ReadSession, UnitOfWork, with_states

LIST_ROWS = 100

OPEN_ITEMS = with_states("""
    SELECT 'HANDOFF' AS kind, id, purpose AS name, to_agency AS party, state, held_state, false AS is_lost,
        CAST(NULL AS uuid) AS hangs_on
    FROM handoffs WHERE about_id = :case_id AND state IN {not_ended}
    UNION ALL
    SELECT 'HANDOFF', id, purpose, to_agency, CASE state WHEN {failed} THEN {started} ELSE {asked} END, NULL, true, NULL
    FROM handoffs WHERE about_id = :case_id AND state IN {lost} AND reason_code = {absconded}
    UNION ALL
    SELECT CASE WHEN kind IN {visits} THEN 'VISIT' ELSE 'TASK' END, id, kind, agency, state, NULL, false, NULL
    FROM tasks WHERE about_id = :case_id AND state IN {unfinished}
    UNION ALL
    (SELECT 'CUSTODY', id, 'CUSTODY', agency, 'open', NULL, until IS NOT NULL, NULL FROM custodies
     WHERE about_id = :case_id AND (until IS NULL OR ended_reason = {absconded}) ORDER BY since DESC LIMIT 1)
    UNION ALL
    SELECT 'AID', aid_request_id, 'AID', holder, aid_state, NULL, false, NULL FROM cases
    WHERE id = :case_id AND aid_request_id IS NOT NULL
    UNION ALL
    SELECT 'SERVICE', id, 'SERVICE', holder, CASE outcome WHEN {absconded} THEN {paused} ELSE state END, NULL, false,
        NULL
    FROM cases WHERE id = :case_id AND state <> {closed} AND (outcome = {absconded} OR outcome IS NULL
        OR outcome <> ALL(:final))
    UNION ALL
    SELECT 'CONDITION', c.id, c.code, c.owner, c.state, NULL, false, (
        SELECT o.id FROM handoffs h JOIN handoffs o ON o.group_id = h.group_id AND o.state IN {not_ended}
        WHERE h.id = c.handoff_id ORDER BY o.id = h.id DESC, o.id LIMIT 1)
    FROM conditions c WHERE c.matter_id = :case_id AND c.state = {waited_for}
    ORDER BY 1, 2
""", not_ended=OPEN - ENDED_WORK, lost=(HandoffState.FAILED, HandoffState.EXPIRED), failed=HandoffState.FAILED,
    started=HandoffState.IN_PROGRESS, asked=HandoffState.REQUESTED, absconded=HandoffReason.ABSCONDED,
    unfinished=UNFINISHED, visits=VISITS, paused=TaskState.PAUSED,
    closed=CaseState.CLOSED, waited_for=ConditionState.OPEN)  # fmt: skip


async def open_items(source: UnitOfWork | ReadSession, case_id: UUID, kind: Occurrence) -> list[OpenItem]:
    """Everything of a case that an occurrence can reach: what has not ended, except results that wait to be read; for
    somebody who is found, also what ended because they had left.
    """
    rows = await source.rows(OPEN_ITEMS, case_id=case_id, final=final_outcomes())
    return [
        OpenItem(
            item_of(row["state"], row["held_state"]) if row["kind"] == "HANDOFF" else Item(row["kind"]),
            row["id"],
            row["name"],
            row["party"],
            is_lost=row["is_lost"],
            is_paused=row["state"] == TaskState.PAUSED,
            hangs_on=row["hangs_on"],
            is_conditional=HandoffState.CONDITIONAL in (row["state"], row["held_state"]),
        )
        for row in rows
        if kind == Occurrence.FOUND_AGAIN or not row["is_lost"]
    ]


async def foresee(
    source: UnitOfWork | ReadSession, case: Case, kind: Occurrence, to_agency: str | None = None
) -> Sequence[Consequence]:
    """All that an occurrence will do, row by row; ``to_agency`` goes on with the visits of whoever is sent on.

    Raises ``AgencyIsUnknown``.
    """
    pack = await pack_in_force(source, case.district)
    named = (pack.agency(to_agency).code,) if to_agency else ()
    visitor = next(iter(named or pack.candidates_for(Purpose.MEDICINE_CONTINUITY, case.village_code)), "")
    parties = domain.Parties(case.holder, visitor)
    return domain.consequences(kind, await open_items(source, case.id, kind), parties)


async def tellable_now(source: UnitOfWork | ReadSession, case: Case) -> frozenset[Occurrence]:
    """What the caller may tell of a case's person. Raises ``NotFound``, ``PersonIsNotWithYou``."""
    part = await part_in(case.id, source)
    office = (await pack_in_force(source, case.district)).office
    return access.tellable(source.principal, office, part.custodian, knows_the_case=part.knows_the_case)


async def proposal(source: UnitOfWork | ReadSession, case_id: UUID) -> Revocation | None:
    """The revocation of a case that waits for another person."""
    return await source.first(
        select(Revocation).where(Revocation.case_id == case_id, Revocation.state == RevocationState.PROPOSED.value)
    )


async def undecided(reading: ReadSession) -> list[Revocation]:
    """Revocations within the caller's scope that wait for somebody else than who proposed them, oldest first."""
    return await reading.all(
        select(Revocation)
        .where(Revocation.state == RevocationState.PROPOSED.value, Revocation.proposed_by != reading.principal.actor)
        .order_by(col(Revocation.proposed_at))
        .limit(LIST_ROWS)
    )


async def of_case(source: UnitOfWork | ReadSession, case_id: UUID) -> list[OccurrenceRow]:
    """What happened, oldest record first."""
    return await source.all(
        select(OccurrenceRow).where(OccurrenceRow.case_id == case_id).order_by(col(OccurrenceRow.recorded_at))
    )
