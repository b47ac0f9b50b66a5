"""Every query on occurrences and on what is open of a case."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.case.cases.domain import AID_AWAITED
from services.casework.case.occurrences.domain import Item, OpenItem, item_of
from services.casework.case.occurrences.tables import OccurrenceRow
from services.casework.desks.tasks.domain import UNFINISHED, VISITS
from services.casework.handoff.handoffs.domain import ENDED_WORK, OPEN
from services.chassis.database import ReadSession, UnitOfWork, with_states

ITEMS = {"task": Item.VISIT, "custody": Item.CUSTODY, "aid": Item.AID}
OPEN_ITEMS = with_states("""
    SELECT 'handoff' AS kind, id, purpose AS name, to_agency AS party, state, held_state FROM handoffs
    WHERE about_id = :case_id AND state IN {not_ended}
    UNION ALL
    SELECT 'task', id, kind, agency, state, NULL FROM tasks
    WHERE about_id = :case_id AND state IN {unfinished} AND kind IN {visits}
    UNION ALL
    SELECT 'custody', id, 'CUSTODY', agency, 'open', NULL FROM custodies WHERE about_id = :case_id AND until IS NULL
    UNION ALL
    SELECT 'aid', aid_request_id, 'AID', holder, aid_state, NULL FROM cases
    WHERE id = :case_id AND aid_state IN {awaited}
    ORDER BY 1, 2
""", not_ended=OPEN - ENDED_WORK, unfinished=UNFINISHED, visits=VISITS, awaited=AID_AWAITED)  # fmt: skip


async def open_items(source: UnitOfWork | ReadSession, case_id: UUID) -> list[OpenItem]:
    """Everything of a case that has not ended, except results that wait to be read."""
    if isinstance(source, ReadSession):
        rows = await source.rows(OPEN_ITEMS, case_id=case_id)
    else:
        rows = list((await source.execute(OPEN_ITEMS, case_id=case_id)).mappings().all())
    return [
        OpenItem(
            ITEMS.get(row["kind"]) or item_of(row["state"], row["held_state"]), row["id"], row["name"], row["party"]
        )
        for row in rows
    ]


async def of_case(source: UnitOfWork | ReadSession, case_id: UUID) -> list[OccurrenceRow]:
    """What happened, oldest record first."""
    return await source.all(
        select(OccurrenceRow).where(OccurrenceRow.case_id == case_id).order_by(col(OccurrenceRow.recorded_at))
    )
