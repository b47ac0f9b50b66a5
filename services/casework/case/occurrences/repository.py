"""Every query on occurrences and on what is open of a case."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.case.occurrences.domain import Item, OpenItem, item_of
from services.casework.case.occurrences.tables import OccurrenceRow
from services.chassis.database import ReadSession, UnitOfWork

ITEMS = {"task": Item.VISIT, "custody": Item.CUSTODY, "aid": Item.AID}
OPEN_ITEMS = """
    SELECT 'handoff' AS kind, id, purpose AS name, to_agency AS party, state, held_state FROM handoffs
    WHERE about_id = :case_id AND state IN
        ('draft', 'requested', 'received', 'conditional', 'accepted', 'on-hold', 'arrived', 'in-progress')
    UNION ALL
    SELECT 'task', id, kind, agency, state, NULL FROM tasks
    WHERE about_id = :case_id AND state IN ('open', 'paused') AND kind IN ('AFTERCARE_VISIT', 'MEDICINE_CONTROL')
    UNION ALL
    SELECT 'custody', id, 'CUSTODY', agency, 'open', NULL FROM custodies WHERE about_id = :case_id AND until IS NULL
    UNION ALL
    SELECT 'aid', aid_request_id, 'AID', holder, aid_state, NULL FROM cases
    WHERE id = :case_id AND aid_state IN ('requested', 'entitled')
    ORDER BY 1, 2
"""


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
