"""Reading the pack."""

from services.chassis.database import ReadSession, UnitOfWork
from services.chassis.packs import in_force
from services.notifications.templates.domain import NotificationsPack
from services.notifications.templates.tables import Pack


async def pack_in_force(source: UnitOfWork | ReadSession, district: str) -> NotificationsPack:
    """The district's pack. Raises ``PackIsMissing``."""
    return await in_force(Pack, NotificationsPack, district, source)
