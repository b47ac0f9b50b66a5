"""Every query on what waits for whom."""

from typing import Any

from services.casework.desks.tasks.domain import TaskState
from services.casework.handoff.deadlines.domain import DeadlineKind, DeadlineState
from services.casework.handoff.handoffs.domain import ENDED, ENDED_WORK, PROMISED, UNANSWERED, HandoffState
from services.chassis.database import ReadSession, with_states

_WORK = with_states(
    """
    WITH waiting AS (
        SELECT 'handoff' AS kind, h.id, h.due_at,
            h.id IN (SELECT d.about_id FROM deadlines d WHERE d.state = {running} AND d.owner = :agency)
            OR (h.to_agency = :agency AND (h.state IN {promised} OR (h.state IN {unanswered} AND NOT EXISTS (
                SELECT FROM deadlines d WHERE d.about_id = h.id AND d.state = {running} AND d.kind = {reply}))))
            OR (h.from_agency = :agency AND h.state IN {senders}) AS is_ours
        FROM handoffs h
        WHERE ((h.to_agency = :agency AND h.state <> {draft}) OR h.from_agency = :agency) AND h.state NOT IN {ended}
        UNION ALL
        SELECT 'task', t.id, t.due_at, true FROM tasks t
        WHERE :with_tasks AND t.agency = :agency AND t.state = {open_task}
    )
    SELECT kind, id, is_ours, of_all FROM (
        SELECT *, count(*) OVER (PARTITION BY is_ours) AS of_all,
            row_number() OVER (PARTITION BY is_ours ORDER BY due_at NULLS LAST, id)
                - CASE WHEN is_ours THEN CAST(:ours_after AS bigint) ELSE CAST(:others_after AS bigint) END AS line
        FROM waiting
    ) counted
    WHERE line BETWEEN 1 AND CAST(:limit AS bigint)
    ORDER BY line
    """,
    running=DeadlineState.RUNNING,
    promised=PROMISED,
    unanswered=UNANSWERED,
    reply=DeadlineKind.REPLY_BY,
    draft=HandoffState.DRAFT,
    senders=ENDED_WORK | {HandoffState.DRAFT, HandoffState.ON_HOLD},
    ended=ENDED,
    open_task=TaskState.OPEN,
)
"""What is ours to do: whatever a deadline of ours runs for; as the receiver what was promised, or asked and not asked
back about; as the sender what was not sent yet, is paused, or has ended unread."""


async def waiting(
    reading: ReadSession, agency: str, *, with_tasks: bool, ours_after: int, others_after: int, limit: int
) -> list[Any]:
    """A page each of what is the agency's to do and of what it waits for, next due first.

    Each row: ``kind``, ``id``, ``is_ours``, and ``of_all``, how many lines its list has.
    """
    return await reading.rows(
        _WORK,
        agency=agency,
        with_tasks=with_tasks,
        ours_after=ours_after,
        others_after=others_after,
        limit=limit,
    )
