"""The timeline as people read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from services.casework.case.cases.tables import Case
from services.casework.case.timeline import repository
from services.casework.case.timeline.domain import FOLDED, tell
from services.casework.office.directory.queries import pack_in_force
from services.chassis.database import ReadSession


@dataclass(frozen=True, slots=True)
class Line:
    """One line, ready to show."""

    fact_id: UUID
    happened_at: datetime
    recorded_at: datetime
    is_late: bool
    service: str
    event_type: str
    text: str
    actor: str
    trace_id: str | None
    facts: Mapping[str, Any]


async def timeline_of(case: Case, reading: ReadSession) -> list[Line]:
    """What happened to a case, in order."""
    pack = await pack_in_force(reading, case.district)
    return [
        Line(
            fact_id=row.fact_id,
            happened_at=row.happened_at,
            recorded_at=row.recorded_at,
            is_late=pack.is_told_late(row.happened_at, row.recorded_at),
            service=row.event_type.split(".", 1)[0],
            event_type=row.event_type,
            text=tell(row.event_type, row.facts),
            actor=row.actor,
            trace_id=row.trace_id,
            facts=row.facts,
        )
        for row in await repository.of_case(reading, case.correlation_id)
    ]


def in_parts(lines: Sequence[Line]) -> list[tuple[bool, list[Line]]]:
    """The same lines in their order, with those that are folded away together where they follow each other."""
    return [(is_folded, list(part)) for is_folded, part in groupby(lines, lambda line: line.event_type in FOLDED)]
