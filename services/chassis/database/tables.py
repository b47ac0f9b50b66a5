"""Row shapes that every service shares. The spine's tables are made by the SQL of each service's first migration."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel

UTC_INSTANT = DateTime(timezone=True)


class DistrictRow(SQLModel):
    """A row that says to which district (``PP.KK``) it belongs. Every row does."""

    district: str = Field(max_length=5)


class Aggregate(DistrictRow):
    """A row with a life of its own: every change of it is an action and raises ``version`` by one."""

    id: UUID = Field(primary_key=True)
    correlation_id: UUID = Field(index=True)
    version: int = 1
    recorded_at: datetime | None = Field(
        default=None, sa_type=UTC_INSTANT, sa_column_kwargs={"server_default": "now()"}
    )

    @property
    def passes_ahead(self) -> bool:
        """Whether what is said about it goes before other keys: an emergency, as far as its row tells."""
        return False
