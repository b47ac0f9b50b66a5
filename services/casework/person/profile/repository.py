"""Every query on who somebody is."""

from collections.abc import Sequence

from sqlmodel import col, or_, select

from services.casework.office.matters.tables import Matter
from services.chassis.database import ReadSession
from services.chassis.digests import PersonDigest

EPISODES_LIMIT = 20


async def other_cases(reading: ReadSession, matter: Matter) -> Sequence[Matter]:
    """Other cases of a person or of whoever has the same NIK, the newest first."""
    ours = select(PersonDigest.digest).where(
        PersonDigest.person_id == matter.person_id, col(PersonDigest.digest).is_not(None)
    )
    theirs = select(PersonDigest.person_id).where(
        PersonDigest.district == matter.district, col(PersonDigest.digest).in_(ours)
    )
    is_theirs = or_(Matter.person_id == matter.person_id, col(Matter.person_id).in_(theirs))
    return await reading.all(
        select(Matter)
        .where(Matter.kind == "case", Matter.id != matter.id, is_theirs)
        .order_by(col(Matter.id).desc())
        .limit(EPISODES_LIMIT)
    )
