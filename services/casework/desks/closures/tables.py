"""Closures and what became of each hand-off."""

from uuid import UUID

from sqlmodel import Field

from services.chassis.database import Aggregate, DistrictRow


class Closure(Aggregate, table=True):
    """An agency closes: what the office decided for its open hand-offs."""

    __tablename__ = "closures"

    agency: str = Field(max_length=64)
    fate: str = Field(max_length=16)
    to_agency: str | None = Field(default=None, max_length=64)
    reason_code: str = Field(max_length=64)
    state: str = Field(max_length=16)
    handoffs: int
    waiting: int


class ClosureItem(DistrictRow, table=True):
    """One hand-off of a closure, and its result."""

    __tablename__ = "closure_items"

    closure_id: UUID = Field(primary_key=True)
    handoff_id: UUID = Field(primary_key=True)
    treatment: str = Field(max_length=24)
    state: str = Field(max_length=16)
    result: str | None = Field(default=None, max_length=64)
