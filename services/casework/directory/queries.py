"""Reading the pack."""

from functools import lru_cache

import orjson

from services.casework.directory import repository
from services.casework.directory.domain import CaseworkPack, PackIsMissing
from services.chassis.database import ReadSession, UnitOfWork


async def pack_in_force(source: UnitOfWork | ReadSession, district: str) -> CaseworkPack:
    """The district's pack. Raises ``PackIsMissing``."""
    row = await repository.newest_pack(source, district)
    if row is None:
        raise PackIsMissing(district=district)
    return _parsed(row.digest, orjson.dumps(row.body))


@lru_cache(maxsize=64)
def _parsed(digest: str, body: bytes) -> CaseworkPack:
    return CaseworkPack.model_validate_json(body)
