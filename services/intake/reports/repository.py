"""Every query on reports and operations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, tuple_
from sqlmodel import col, select

from contracts.values import Urgency
from services.chassis.database import ReadSession, UnitOfWork
from services.intake.reports.domain import ALIVE, Because, ReportState
from services.intake.reports.tables import Operation, Report, ReportCase


async def report(reading: ReadSession, report_id: UUID) -> Report | None:
    """One report within the caller's scope."""
    return await reading.first(select(Report).where(Report.id == report_id))


async def one(source: ReadSession | UnitOfWork, report_id: UUID) -> Report | None:
    """One report, of whatever reads it."""
    return await source.first(select(Report).where(Report.id == report_id))


async def of_ids(reading: ReadSession, ids: Sequence[UUID]) -> list[Report]:
    """Some reports, as far as they lie within the caller's scope."""
    return await reading.all(select(Report).where(col(Report.id).in_(ids)))


async def reports_page(reading: ReadSession, after: UUID | None, limit: int, state: str | None) -> list[Report]:
    """Reports by id, which is by time of arrival, after a cursor."""
    query = select(Report).order_by(col(Report.id)).limit(limit)
    if after is not None:
        query = query.where(col(Report.id) > after)
    if state is not None:
        query = query.where(Report.state == state)
    return await reading.all(query)


RANKS = {Urgency.EMERGENCY.value: 2, Urgency.URGENT.value: 1, Urgency.NORMAL.value: 0}


async def inbox(reading: ReadSession, state: str, after: Report | None, limit: int) -> list[Report]:
    """Reports of a state, after one of them: those that wait by urgency, and all of them newest first."""
    order: list[Any] = [col(Report.id)]
    if state == ReportState.RECEIVED:
        order.insert(0, case(RANKS, value=col(Report.urgency)))
    query = select(Report).where(Report.state == state).order_by(*(one.desc() for one in order)).limit(limit)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*(RANKS[after.urgency], after.id)[-len(order) :]))
    return await reading.all(query)


async def count_waiting(reading: ReadSession, urgency: str | None = None) -> int:
    """How many reports wait for a decision; of an urgency or of all."""
    query = select(func.count(col(Report.id))).where(Report.state == ReportState.RECEIVED)
    return await reading.first(query.where(Report.urgency == urgency) if urgency else query) or 0


async def newest(reading: ReadSession, state: str, limit: int) -> list[Report]:
    """The newest reports of a state within the caller's scope, newest first."""
    return await reading.all(select(Report).where(Report.state == state).order_by(col(Report.id).desc()).limit(limit))


async def known(uow: UnitOfWork, report_id: UUID) -> Report | None:
    """The report that opened a case, locked; nothing for a case that none did."""
    return await uow.first(select(Report).where(Report.id == report_id).with_for_update())


async def case_of(source: ReadSession | UnitOfWork, report_id: UUID) -> ReportCase | None:
    """What became of a report, as casework told; nothing while no case was opened out of it."""
    return await source.first(select(ReportCase).where(ReportCase.report_id == report_id))


async def case_of_number(reading: ReadSession, number: str) -> ReportCase | None:
    """The case that people know under a number, within the caller's scope."""
    return await reading.first(select(ReportCase).where(ReportCase.case_number == number))


async def cases_of(reading: ReadSession, ids: Sequence[UUID]) -> dict[UUID, ReportCase]:
    """What became of reports."""
    rows = await reading.all(select(ReportCase).where(col(ReportCase.report_id).in_(ids)))
    return {row.report_id: row for row in rows}


_LAST = """
    WITH RECURSIVE chain(root, id, parent_id, depth) AS (
        SELECT id, id, parent_report_id, 0 FROM reports WHERE id = ANY(:ids)
        UNION ALL
        SELECT chain.root, r.id, r.parent_report_id, depth + 1 FROM chain JOIN reports r ON r.id = chain.parent_id
    )
    SELECT DISTINCT ON (root) root, id FROM chain ORDER BY root, depth DESC
"""


async def last_of(source: ReadSession | UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """By report: the one that goes on for it, whatever number of doubles lies between; else itself."""
    return {row["root"]: row["id"] for row in await source.rows(_LAST, ids=list(ids))}


_REPEATS = """
    WITH mine AS (
        SELECT r.id, r.district, r.person_id, r.operation_id, r.evidence, o.agency,
            upper(o.order_number) AS order_number, coalesce(p.nik_digest, r.nik_digest) AS nik_digest
        FROM reports r LEFT JOIN operations o ON o.id = r.operation_id LEFT JOIN persons p ON p.id = r.person_id
        WHERE r.id = ANY(:ids) AND r.state = ANY(:alive)
    ), found AS (
        SELECT mine.id, other.id AS other_id, 'NIK' AS because FROM mine
        JOIN reports other ON other.nik_digest = mine.nik_digest
        UNION
        SELECT mine.id, other.id, 'NIK' FROM mine
        JOIN persons p ON p.nik_digest = mine.nik_digest JOIN reports other ON other.person_id = p.id
        UNION
        SELECT mine.id, other.id, 'PHOTO' FROM mine
        CROSS JOIN LATERAL jsonb_array_elements(mine.evidence) photo
        JOIN reports other ON other.evidence <> '[]'
            AND other.evidence @> jsonb_build_array(jsonb_build_object('digest', photo ->> 'digest'))
        UNION
        SELECT mine.id, first.id, 'ORDER_NUMBER' FROM mine
        JOIN operations o ON o.agency = mine.agency AND upper(o.order_number) = mine.order_number
            AND o.id <> mine.operation_id
        CROSS JOIN LATERAL (SELECT id FROM reports WHERE operation_id = o.id ORDER BY id LIMIT 1) first
    )
    SELECT found.id, found.other_id, other.state, other.kind, other.found_at, known.case_number,
        array_agg(found.because ORDER BY found.because) AS because
    FROM found JOIN mine ON mine.id = found.id
    JOIN reports other ON other.id = found.other_id AND other.district = mine.district
    LEFT JOIN report_cases known ON known.report_id = other.id
    WHERE found.other_id <> found.id AND other.state = ANY(:alive) AND NOT coalesce(known.is_closed, false)
    GROUP BY found.id, found.other_id, other.state, other.kind, other.found_at, known.case_number
    ORDER BY found.id, found.other_id
"""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Another report that is alive and has something in common that few pairs of persons have."""

    report_id: UUID
    state: str
    kind: str
    found_at: datetime
    case_number: str | None
    because: tuple[Because, ...]


async def likely_repeats(reading: ReadSession, ids: Sequence[UUID]) -> dict[UUID, list[Repeat]]:
    """By report that is alive: reports of its district with the same NIK, photo, or number of a letter of order."""
    alive = sorted(ALIVE)
    found: dict[UUID, list[Repeat]] = {}
    for row in await reading.rows(_REPEATS, ids=list(ids), alive=alive) if ids else []:
        because = tuple(Because(one) for one in row["because"])
        repeat = Repeat(row["other_id"], row["state"], row["kind"], row["found_at"], row["case_number"], because)
        found.setdefault(row["id"], []).append(repeat)
    return found


async def operation(reading: ReadSession, operation_id: UUID) -> Operation | None:
    """One operation within the caller's scope."""
    return await reading.first(select(Operation).where(Operation.id == operation_id))


async def reports_of_operation(reading: ReadSession, operation_id: UUID) -> list[Report]:
    """The reports of one operation in the order of its paper."""
    return await reading.all(select(Report).where(Report.operation_id == operation_id).order_by(col(Report.id)))
