"""Every query on shifts."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from services.casework.office.rosters.tables import Shift
from services.chassis.database import ReadSession, UnitOfWork


def _has_begun_and_not_ended(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(Shift.starts_at) <= at, col(Shift.ends_at) > at, col(Shift.is_withdrawn).is_(False)


async def on_duty(source: UnitOfWork | ReadSession, agency: str, desk: str, at: datetime) -> list[Shift]:
    """Who has the turn at a desk now, by the start of the turn."""
    return await source.all(
        select(Shift)
        .where(
            Shift.agency == agency,
            Shift.desk == desk,
            *_has_begun_and_not_ended(at),
        )
        .order_by(col(Shift.starts_at), col(Shift.id))
    )


async def last_ended(uow: UnitOfWork, agency: str, desk: str, at: datetime) -> Shift | None:
    """The turn at a desk that ended last."""
    return await uow.first(
        select(Shift)
        .where(
            Shift.agency == agency,
            Shift.desk == desk,
            col(Shift.ends_at) <= at,
            col(Shift.is_withdrawn).is_(False),
        )
        .order_by(col(Shift.ends_at).desc())
    )


async def shift_of(uow: UnitOfWork, agency: str, officer: str, at: datetime) -> Shift | None:
    """The turn that somebody has now at any desk of an agency."""
    return await uow.first(
        select(Shift)
        .where(
            Shift.agency == agency,
            Shift.officer == officer,
            *_has_begun_and_not_ended(at),
        )
        .order_by(col(Shift.ends_at).desc())
    )


async def roster(reading: ReadSession, agency: str, desk: str, since: datetime, until: datetime) -> list[Shift]:
    """The turns at a desk that touch a span."""
    return await reading.all(
        select(Shift)
        .where(
            Shift.agency == agency,
            Shift.desk == desk,
            col(Shift.ends_at) > since,
            col(Shift.starts_at) < until,
            col(Shift.is_withdrawn).is_(False),
        )
        .order_by(col(Shift.starts_at), col(Shift.id))
        .limit(1000)
    )
