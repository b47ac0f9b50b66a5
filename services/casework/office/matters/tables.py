"""Matters."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from services.casework.office.matters.domain import About, AboutKind
from services.chassis.database import UTC_INSTANT, DistrictRow


class AboutRow(SQLModel):
    """The two columns that name what a row is about: a case is one kind among others."""

    about_kind: str = Field(max_length=16)
    about_id: UUID

    @property
    def about(self) -> About:
        """Both as one value."""
        return About(AboutKind(self.about_kind), self.about_id)


class Matter(DistrictRow, table=True):
    """What every wing may know of what it works on, whatever stands above it: its number, its person, its procedure.

    Kept by whoever owns the matter: a case keeps its own. ``apparent_minor``: its person is taken for a child.
    ``closed_at``: nobody works on it any more.
    """

    __tablename__ = "matters"

    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=16)
    correlation_id: UUID
    number: str = Field(max_length=64)
    person_id: UUID | None = None
    village_code: str = Field(max_length=13)
    workflow: str = Field(max_length=64)
    rules_version: int
    apparent_minor: bool = False
    closed_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
