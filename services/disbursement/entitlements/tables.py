"""Entitlements, granted and refused, and what keeps them from being paid."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate


class Entitlement(Aggregate, table=True):
    """One answered request for aid. Of each programme and period a person has at most one that counts."""

    __tablename__ = "entitlements"

    state: str = Field(max_length=16)
    aid_request_id: UUID
    case_id: UUID
    person_id: UUID
    village_code: str = Field(max_length=13)
    programme_code: str = Field(max_length=64)
    request_reason: str = Field(max_length=64)
    rule_version: str = Field(default="", max_length=64)
    period: str = Field(default="", max_length=16)
    amount_rupiah: int = Field(default=0, sa_type=BigInteger)
    attempt: int = 1
    batch_id: UUID | None = None
    reason_code: str | None = Field(default=None, max_length=64)
    traceparent: str | None = Field(default=None, max_length=64)


class Hold(Aggregate, table=True):
    """What one source says of a request's aid; it stands whatever becomes of the entitlement, until it is let go."""

    __tablename__ = "holds"

    state: str = Field(max_length=16)
    aid_request_id: UUID
    source: str = Field(max_length=16)
    reason_code: str = Field(max_length=64)
    since: datetime = Field(sa_type=UTC_INSTANT)
