"""The duty roster."""

from datetime import datetime

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate


class Shift(Aggregate, table=True):
    """One person's turn at a desk. Nothing is addressed to the person: the roster only says who is told first.

    ``phone``: the code of the duty telephone that they carry; empty when they are told under the desk's own number.
    """

    __tablename__ = "shifts"

    agency: str = Field(max_length=64)
    desk: str = Field(max_length=64)
    officer: str = Field(max_length=128)
    starts_at: datetime = Field(sa_type=UTC_INSTANT)
    ends_at: datetime = Field(sa_type=UTC_INSTANT)
    is_withdrawn: bool = False
    phone: str = Field(default="", max_length=64)
