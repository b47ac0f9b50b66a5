"""Every query on the story."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.case.timeline.tables import StoryRow
from services.chassis.database import ReadSession


async def of_case(reading: ReadSession, correlation_id: UUID) -> list[StoryRow]:
    """All lines of a case: by when it was recorded, which follows cause; per subject by sequence."""
    return await reading.all(
        select(StoryRow)
        .where(StoryRow.correlation_id == correlation_id)
        .order_by(col(StoryRow.recorded_at), col(StoryRow.sequence), col(StoryRow.fact_id))
    )
