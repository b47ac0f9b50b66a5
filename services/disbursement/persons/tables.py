"""Whose case is whose, doubles and deaths: facts of others, as far as they say who is who."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, DistrictRow


class CasePerson(DistrictRow, table=True):
    """Whose case it is."""

    __tablename__ = "case_persons"

    case_id: UUID = Field(primary_key=True)
    person_id: UUID


class CaseDouble(DistrictRow, table=True):
    """A case that is a double of another, or was taken for one."""

    __tablename__ = "case_doubles"

    case_id: UUID = Field(primary_key=True)
    parent_case_id: UUID
    stands: bool
    since: datetime = Field(sa_type=UTC_INSTANT)


class Death(DistrictRow, table=True):
    """The person of a case died, or was said to have."""

    __tablename__ = "deaths"

    case_id: UUID = Field(primary_key=True)
    died_at: datetime = Field(sa_type=UTC_INSTANT)
    stands: bool
