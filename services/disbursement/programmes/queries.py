"""Reading the pack."""

from functools import lru_cache

import orjson

from services.chassis.database import ReadSession, UnitOfWork
from services.disbursement.programmes import repository
from services.disbursement.programmes.domain import DisbursementPack, PackIsMissing, Programme


async def pack_in_force(source: UnitOfWork | ReadSession, district: str) -> DisbursementPack:
    """The district's pack. Raises ``PackIsMissing``."""
    row = await repository.newest_pack(source, district)
    if row is None:
        raise PackIsMissing(district=district)
    return _parsed(row.digest, orjson.dumps(row.body))


async def programme_in_force(source: UnitOfWork | ReadSession, district: str, code: str) -> Programme:
    """A programme that was there when its entitlements were made. Raises ``PackIsMissing``."""
    programme = (await pack_in_force(source, district)).programme(code)
    if programme is None:
        raise PackIsMissing(programme=code)
    return programme


@lru_cache(maxsize=64)
def _parsed(digest: str, body: bytes) -> DisbursementPack:
    return DisbursementPack.model_validate_json(body)
