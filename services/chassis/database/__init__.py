"""PostgreSQL: the unit of work, the write buffer and the tables that every service shares."""

from services.chassis.database.scope import district_scope
from services.chassis.database.tables import (
    UTC_INSTANT,
    Aggregate,
    DistrictRow,
)
from services.chassis.database.unit import (
    DATABASE_AWAY,
    Cause,
    GuardIsSpent,
    LostRace,
    ReadSession,
    UnitOfWork,
    Units,
    connection_arguments,
    current_traceparent,
    is_infrastructure,
    open_units,
    traceparent_of,
)
from services.chassis.database.writer import Guard

__all__ = [
    "DATABASE_AWAY",
    "UTC_INSTANT",
    "Aggregate",
    "Cause",
    "DistrictRow",
    "Guard",
    "GuardIsSpent",
    "LostRace",
    "ReadSession",
    "UnitOfWork",
    "Units",
    "connection_arguments",
    "current_traceparent",
    "district_scope",
    "is_infrastructure",
    "open_units",
    "traceparent_of",
]
