"""Every query on the timeline."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.case.timeline.tables import TimelineRow
from services.chassis.database import ReadSession


async def of_case(reading: ReadSession, correlation_id: UUID) -> list[TimelineRow]:
    """All lines of a case: by when it was recorded, which follows cause; per subject by sequence."""
    return await reading.all(
        select(TimelineRow)
        .where(TimelineRow.correlation_id == correlation_id)
        .order_by(col(TimelineRow.recorded_at), col(TimelineRow.sequence), col(TimelineRow.fact_id))
    )
