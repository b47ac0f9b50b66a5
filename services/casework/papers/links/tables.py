"""Links, and what happened at them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.casework.office.matters.tables import AboutRow
from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class Link(AboutRow, Aggregate, table=True):
    """One link to one hand-off for its receiver's desk; tokens, PINs and browsers as digests only."""

    __tablename__ = "links"

    handoff_id: UUID = Field(index=True)
    agency: str = Field(max_length=64)
    desk: str = Field(max_length=64)
    token_digest: str = Field(max_length=64)
    pin_digest: str | None = Field(default=None, max_length=64)
    pin_number: int
    attempts: int = 0
    attempts_allowed: int
    expires_at: datetime = Field(sa_type=UTC_INSTANT)
    state: str = Field(max_length=16)
    browser_digest: str | None = Field(default=None, max_length=64)
    opened_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    answer: str | None = Field(default=None, max_length=24)
    answered_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)


class LinkVisit(DistrictRow, table=True):
    """How often a link was met that did not open, and why."""

    __tablename__ = "link_visits"

    link_id: UUID = Field(primary_key=True)
    what: str = Field(primary_key=True, max_length=16)
    times: int
    first_at: datetime = Field(sa_type=UTC_INSTANT)
    last_at: datetime = Field(sa_type=UTC_INSTANT)
