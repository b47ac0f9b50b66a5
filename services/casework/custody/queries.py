"""Read models of custody."""

from uuid import UUID

from services.casework.custody import repository
from services.casework.custody.tables import Custody
from services.chassis.database import ReadSession


async def custody_chain(reading: ReadSession, case_id: UUID) -> list[Custody]:
    """Who had the person of a case, from when to when."""
    return await repository.chain(reading, case_id)
