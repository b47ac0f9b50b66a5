"""Request and response shapes of assignments."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.casework.case.assignments.commands import HandedOver
from services.casework.case.assignments.repository import Load
from services.chassis.web import RequestBody, Version

WorkerText = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]+:[A-Za-z0-9._@-]{1,120}$"),
    Field(description="Nama samaran petugas pada penyedia identitas, seperti pada catatan tindakan"),
]


class AssignmentIn(RequestBody):
    """Who sees to the case from now on."""

    worker: WorkerText
    expected_version: Version | None = None


class WorkerHandoverIn(RequestBody):
    """Whose cases go to whom."""

    former: WorkerText
    worker: WorkerText


class HandedOverOut(BaseModel):
    """How many went over; ``left``: how many the former still has."""

    cases: int
    left: int

    @classmethod
    def of(cls, done: HandedOver) -> "HandedOverOut":
        """From the command."""
        return cls(cases=done.cases, left=done.left)


class LoadOut(BaseModel):
    """How many open cases somebody sees to; without ``worker`` those that nobody does by name."""

    worker: str | None
    cases: int


class LoadsOut(BaseModel):
    """By worker, the most first."""

    loads: list[LoadOut]

    @classmethod
    def of(cls, found: list[Load]) -> "LoadsOut":
        """From the rows."""
        return cls(loads=[LoadOut(worker=one.worker, cases=one.cases) for one in found])
