"""Every query of oversight; each names the districts that the caller may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.casework.case.cases.domain import AID_AWAITED, CaseState
from services.casework.desks.tasks.domain import TaskState
from services.casework.handoff.deadlines.domain import SPREAD, DeadlineState
from services.casework.handoff.handoffs.domain import HandoffState
from services.casework.oversight.audit.domain import LIST_ROWS, TIMER_LATE, AuditList
from services.chassis.database import ReadSession, with_states

_LISTS: dict[AuditList, str] = {
    AuditList.ON_BEHALF: """
        SELECT s.agency, c.number AS case_number, s.handoff_id, h.purpose, s.move AS verb, s.happened_at, s.recorded_at,
               s.recorded_by AS actor, s.verdict
        FROM spoken_answers s JOIN handoffs h ON h.id = s.handoff_id JOIN matters c ON c.id = h.about_id
        WHERE s.district LIKE ANY(:districts) AND s.recorded_at >= :since AND s.recorded_at < :until
          AND (:agency = '' OR s.agency = :agency)
        ORDER BY s.recorded_at, s.id LIMIT :limit
    """,
    AuditList.LATE: """
        SELECT h.to_agency AS agency, c.number AS case_number, h.id AS handoff_id, h.purpose, a.verb,
               a.happened_at, a.recorded_at, a.actor,
               extract(epoch FROM a.recorded_at - a.happened_at)::bigint AS late_seconds
        FROM actions a JOIN handoffs h ON h.id = a.aggregate_id JOIN matters c ON c.id = h.about_id
        WHERE a.district LIKE ANY(:districts) AND a.recorded_at >= :since AND a.recorded_at < :until
          AND a.recorded_at - a.happened_at > :late_after AND (:agency = '' OR h.to_agency = :agency)
        ORDER BY a.recorded_at, a.aggregate_id, a.version LIMIT :limit
    """,
    AuditList.PAUSES: """
        SELECT k.owner AS agency, c.number AS case_number, k.about_id AS handoff_id, h.purpose, k.kind AS deadline,
               a.reason, a.recorded_at,
               (SELECT min(e.recorded_at) FROM actions e WHERE e.aggregate_id = a.aggregate_id
                AND e.version > a.version AND (e.verb = 'resume' OR e.verb = 'stop')) AS ended_at, a.actor
        FROM actions a JOIN deadlines k ON k.id = a.aggregate_id
             JOIN handoffs h ON h.id = k.about_id JOIN matters c ON c.id = h.about_id
        WHERE a.district LIKE ANY(:districts) AND a.recorded_at >= :since AND a.recorded_at < :until
          AND a.verb = 'pause' AND (:agency = '' OR k.owner = :agency)
        ORDER BY a.recorded_at, a.aggregate_id, a.version LIMIT :limit
    """,
    AuditList.FORCED: """
        SELECT c.holder AS agency, c.number AS case_number, c.id AS case_id, a.reason, a.recorded_at, a.actor
        FROM actions a JOIN cases c ON c.id = a.aggregate_id
        WHERE a.district LIKE ANY(:districts) AND a.recorded_at >= :since AND a.recorded_at < :until
          AND a.verb = 'force_close' AND (:agency = '' OR c.holder = :agency)
        ORDER BY a.recorded_at, a.aggregate_id, a.version LIMIT :limit
    """,
}
_WITHOUT_NEXT_STEP = with_states(
    """
    SELECT c.id AS case_id, c.number AS case_number, c.stage, c.holder,
           (SELECT max(a.recorded_at) FROM actions a WHERE a.aggregate_id = c.id) AS last_moved_at,
           (SELECT count(*) FROM tasks t WHERE t.about_id = c.id AND t.state = {paused}) AS paused
    FROM cases c
    WHERE c.district LIKE ANY(:districts) AND c.state <> {closed}
      AND coalesce(c.aid_state, '') NOT IN {awaited}
      AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.about_id = c.id
                      AND (h.due_at IS NOT NULL OR h.state = {on_hold}))
      AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.about_id = c.id AND t.state = {open})
    ORDER BY c.id LIMIT :limit
    """,
    paused=TaskState.PAUSED,
    open=TaskState.OPEN,
    closed=CaseState.CLOSED,
    awaited=AID_AWAITED,
    on_hold=HandoffState.ON_HOLD,
)
_DEADLINES_WITHOUT_TIMER = with_states(
    """
    SELECT h.id AS handoff_id, c.number AS case_number, h.to_agency AS agency, due.escalates_at, k.checked_at,
           k.next_check_at,
           CASE WHEN k.handoff_id IS NULL THEN 'NO_TIMER'
                WHEN due.escalates_at < now() - CAST(:late AS interval) THEN 'DID_NOT_ESCALATE'
                ELSE 'CHECKS_TOO_LATE' END AS difference
    FROM (SELECT about_id AS handoff_id, min(escalates_at) AS escalates_at, max(started_at) AS started_at FROM deadlines
          WHERE state = {running} AND escalates_at IS NOT NULL AND district LIKE ANY(:districts) GROUP BY about_id)
          due
    JOIN handoffs h ON h.id = due.handoff_id JOIN matters c ON c.id = h.about_id
    LEFT JOIN timer_checks k ON k.handoff_id = due.handoff_id
    WHERE (k.handoff_id IS NULL AND due.started_at < now() - CAST(:late AS interval))
       OR due.escalates_at < now() - CAST(:late AS interval)
       OR (k.checked_at < now() - CAST(:late AS interval)
           AND (k.next_check_at IS NULL OR k.next_check_at > due.escalates_at + CAST(:spread AS interval)))
    ORDER BY due.escalates_at, h.id LIMIT :limit
    """,
    running=DeadlineState.RUNNING,
)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows of a list: recorded since, until, of an agency (all when empty); late: longer ago than this."""

    since: datetime
    until: datetime
    agency: str
    late_after: timedelta


async def audit_rows(
    reading: ReadSession, wanted: AuditList, districts: Sequence[str], which: AuditFilter
) -> list[Any]:
    """One list of a period, in the order of recording."""
    values: dict[str, Any] = {
        "districts": list(districts),
        "since": which.since,
        "until": which.until,
        "agency": which.agency,
        "limit": LIST_ROWS,
    }
    if wanted is AuditList.LATE:
        values["late_after"] = which.late_after
    return await reading.rows(_LISTS[wanted], **values)


async def cases_without_next_step(reading: ReadSession, districts: Sequence[str]) -> list[Any]:
    """Open cases for which nothing is due and nothing is awaited."""
    return await reading.rows(_WITHOUT_NEXT_STEP, districts=list(districts), limit=LIST_ROWS)


async def deadlines_without_timer(reading: ReadSession, districts: Sequence[str]) -> list[Any]:
    """Hand-offs whose deadline will escalate and whose workflow does not know it: by what it was last told, in one
    query.
    """
    return await reading.rows(
        _DEADLINES_WITHOUT_TIMER, districts=list(districts), late=TIMER_LATE, spread=SPREAD, limit=LIST_ROWS
    )
