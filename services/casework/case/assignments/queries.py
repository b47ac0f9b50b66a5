"""Whose cases are whose, as people read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.casework.case.assignments import repository
from services.casework.case.assignments.repository import Load
from services.casework.case.cases.tables import Case
from services.chassis.database import ReadSession


@dataclass(frozen=True, slots=True)
class Mine:
    """The caller's open cases, the newest first, and how many there are in all."""

    cases: Sequence[Case]
    of_all: int


async def my_cases(reading: ReadSession, limit: int) -> Mine:
    """A page of the caller's open cases."""
    return Mine(await repository.mine(reading, limit), await repository.count_mine(reading))


async def loads_of(reading: ReadSession) -> list[Load]:
    """How many open cases each worker sees to."""
    return await repository.loads(reading)
