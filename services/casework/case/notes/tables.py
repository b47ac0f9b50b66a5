"""Notes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate


class Note(Aggregate, table=True):
    """One wording of a note, sealed with the key of the case's person; ``corrects`` is the wording before it."""

    __tablename__ = "notes"

    case_id: UUID = Field(index=True)
    person_id: UUID
    kind: str = Field(max_length=16)
    happened_at: datetime = Field(sa_type=UTC_INSTANT)
    author: str = Field(max_length=128)
    corrects: UUID | None = None
    sealed: bytes = Field(sa_type=LargeBinary)
