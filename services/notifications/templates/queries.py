"""Reading the pack."""

from functools import lru_cache

import orjson

from services.chassis.database import ReadSession, UnitOfWork
from services.notifications.templates import repository
from services.notifications.templates.domain import NotificationsPack, PackIsMissing


async def pack_in_force(source: UnitOfWork | ReadSession, district: str) -> NotificationsPack:
    """The district's pack. Raises ``PackIsMissing``."""
    row = await repository.newest_pack(source, district)
    if row is None:
        raise PackIsMissing(district=district)
    return _parsed(row.digest, orjson.dumps(row.body))


@lru_cache(maxsize=64)
def _parsed(digest: str, body: bytes) -> NotificationsPack:
    return NotificationsPack.model_validate_json(body)
