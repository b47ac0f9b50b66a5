"""PostgreSQL: the unit of work, the write buffer and the tables that every service shares."""

from services.chassis.database.connecting import connection_arguments, open_units
from services.chassis.database.faults import DATABASE_AWAY, GuardIsSpent, LostRace, is_infrastructure, is_transient
from services.chassis.database.outgoing import Keeps, Said, current_trace_id, current_traceparent, traceparent_of
from services.chassis.database.reading import Gauge, ReadSession
from services.chassis.database.scope import Scope, ScopeRule, Slice, district_scope
from services.chassis.database.states import with_states
from services.chassis.database.tables import UTC_INSTANT, Aggregate, DistrictRow
from services.chassis.database.unit import Cause, UnitOfWork, Units
from services.chassis.database.writer import Guard

__all__ = [
    "DATABASE_AWAY",
    "UTC_INSTANT",
    "Aggregate",
    "Cause",
    "DistrictRow",
    "Gauge",
    "Guard",
    "GuardIsSpent",
    "Keeps",
    "LostRace",
    "ReadSession",
    "Said",
    "Scope",
    "ScopeRule",
    "Slice",
    "UnitOfWork",
    "Units",
    "connection_arguments",
    "current_trace_id",
    "current_traceparent",
    "district_scope",
    "is_infrastructure",
    "is_transient",
    "open_units",
    "traceparent_of",
    "with_states",
]
