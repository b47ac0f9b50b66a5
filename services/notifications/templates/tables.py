"""Loaded packs."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, DistrictRow


class Pack(DistrictRow, table=True):
    """A district's pack as it was loaded; versions stay, the newest loaded one is in force."""

    __tablename__ = "message_packs"

    district: str = Field(primary_key=True, max_length=5)
    version: str = Field(primary_key=True, max_length=32)
    body: dict[str, Any] = Field(sa_type=JSONB)
    digest: str = Field(max_length=64)
    loaded_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT, sa_column_kwargs={"server_default": "now()"})
