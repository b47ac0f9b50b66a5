"""Every query of the search."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from services.casework.office.matters.tables import Matter
from services.chassis.database import ReadSession
from services.chassis.digests import PersonDigest, PersonNames


async def of_number(reading: ReadSession, number: str) -> list[Matter]:
    """The case of a number, within the caller's scope."""
    return await reading.all(select(Matter).where(Matter.kind == "case", Matter.number == number))


def with_digest(digest: bytes) -> ColumnElement[bool]:
    """Cases of whoever has this NIK."""
    return col(Matter.person_id).in_(select(PersonDigest.person_id).where(PersonDigest.digest == digest))


def with_name(asked: Sequence[Sequence[int]]) -> ColumnElement[bool]:
    """Cases of whoever has one of the hashes of each word."""
    keys: Any = col(PersonNames.keys)
    found = select(PersonNames.person_id).where(*(keys.overlap(list(of_word)) for of_word in asked))
    return col(Matter.person_id).in_(found)


async def page(reading: ReadSession, who: ColumnElement[bool], after: int, limit: int) -> list[Matter]:
    """Cases of the persons that are looked for, within the caller's scope, the newest first."""
    query = select(Matter).where(Matter.kind == "case", who).order_by(col(Matter.id).desc())
    return await reading.all(query.offset(after).limit(limit))


async def count(reading: ReadSession, who: ColumnElement[bool]) -> int:
    """How many there are, within the caller's scope."""
    return await reading.first(select(func.count(col(Matter.id))).where(Matter.kind == "case", who)) or 0
