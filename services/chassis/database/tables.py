"""Row shapes that every service shares, and the spine tables that each service's first migration creates.

The spine is made by SQL of its own, not by metadata, so that a service's autogenerate never sees it.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel

UTC_INSTANT = DateTime(timezone=True)


class DistrictRow(SQLModel):
    """A row that says to which district (``PP.KK``) it belongs. Every row does."""

    district: str = Field(max_length=5)

    def __init__(self, **values: Any) -> None:
        """Lay the values down as they are: they were checked at the door, and asking the mapping about each is slow.

        Raises ``TypeError`` for a name that is no column.
        """
        defaults, factories, names = _columns_of(type(self))
        if not names.issuperset(values):
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(values.keys() - names))}")
        row = vars(self)
        row.update(defaults)
        for name, make in factories.items():
            row[name] = make()
        row.update(values)
        object.__setattr__(self, "__pydantic_fields_set__", set(values))
        object.__setattr__(self, "__pydantic_extra__", None)
        object.__setattr__(self, "__pydantic_private__", None)


@lru_cache
def _columns_of(kind: type[SQLModel]) -> tuple[dict[str, Any], dict[str, Any], frozenset[str]]:
    fields = kind.model_fields
    fixed = {
        name: field.default for name, field in fields.items() if not field.is_required() and not field.default_factory
    }
    made = {name: field.default_factory for name, field in fields.items() if field.default_factory}
    return fixed, made, frozenset(fields)


class Aggregate(DistrictRow):
    """A row with a life of its own: every change of it is an action and raises ``version`` by one."""

    id: UUID = Field(primary_key=True)
    correlation_id: UUID = Field(index=True)
    version: int = 1
    recorded_at: datetime | None = Field(
        default=None, sa_type=UTC_INSTANT, sa_column_kwargs={"server_default": "now()"}
    )


SPINE = """
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exit text NOT NULL CHECK (exit IN ('kafka', 'temporal', 'feed')),
    key text NOT NULL,
    target text NOT NULL,
    body json,
    headers json NOT NULL,
    district text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    parked_at timestamptz,
    error text
);
CREATE INDEX outbox_unsent ON outbox (exit, id) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_parked ON outbox (exit, key) WHERE parked_at IS NOT NULL AND sent_at IS NULL;

CREATE TABLE inbox (
    fact_id uuid PRIMARY KEY,
    event_type text NOT NULL,
    district text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_received ON inbox (received_at);

CREATE TABLE inbox_subjects (
    event_type text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    district text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_type, subject)
);

CREATE TABLE parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district text NOT NULL,
    owner text NOT NULL,
    key text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    fact_id uuid,
    event_type text,
    headers json NOT NULL,
    body bytea,
    state text NOT NULL CHECK (state IN ('parked', 'waiting', 'replay', 'done', 'dropped')),
    error_code text,
    error_text text,
    tries integer NOT NULL DEFAULT 0,
    trace_id text,
    parked_at timestamptz NOT NULL DEFAULT now(),
    next_try_at timestamptz,
    decided_at timestamptz,
    decided_by text,
    reason text,
    claimed_by text,
    claimed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    UNIQUE (topic, partition, record_offset)
);
CREATE INDEX parked_open ON parked (owner, key, id) WHERE state IN ('parked', 'waiting', 'replay');

CREATE TABLE request_keys (
    principal text NOT NULL,
    operation text NOT NULL,
    key uuid NOT NULL,
    digest bytea NOT NULL,
    status smallint,
    answer json,
    district text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, operation, key)
);
CREATE INDEX request_keys_recorded ON request_keys (recorded_at);

CREATE TABLE actions (
    aggregate_id uuid NOT NULL,
    version integer NOT NULL,
    aggregate text NOT NULL,
    verb text NOT NULL,
    changes jsonb NOT NULL,
    happened_at timestamptz NOT NULL DEFAULT now(),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    on_behalf_of text,
    reason text,
    causation_id uuid,
    trace_id text,
    district text NOT NULL,
    PRIMARY KEY (aggregate_id, version)
);
CREATE INDEX actions_recorded ON actions (recorded_at);

CREATE TABLE feed (
    position bigint PRIMARY KEY,
    agency text NOT NULL,
    district text NOT NULL,
    fact_id uuid NOT NULL,
    body json NOT NULL,
    headers json NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX feed_agency ON feed (agency, position);

CREATE TABLE sessions (
    token_digest bytea PRIMARY KEY,
    principal json NOT NULL,
    csrf_token text NOT NULL,
    id_token text,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL,
    district text NOT NULL
);

CREATE TABLE special_reads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor text NOT NULL,
    agency text NOT NULL,
    purpose text NOT NULL,
    aggregate text NOT NULL,
    aggregate_id uuid NOT NULL,
    fields text NOT NULL,
    district text NOT NULL,
    trace_id text,
    read_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE person_keys (
    person_id uuid PRIMARY KEY,
    wrapped_key bytea,
    district text NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE persons_known (
    person_id uuid PRIMARY KEY,
    identity_status text NOT NULL,
    apparent_minor boolean NOT NULL,
    merged_into uuid,
    sealed bytea,
    district text NOT NULL,
    sequence bigint NOT NULL,
    as_of timestamptz NOT NULL
);
"""

APPEND_ONLY = ("actions", "special_reads", "feed")


def create_spine(app_role: str) -> list[str]:
    """The statements that make the spine tables and give ``app_role`` what it may do with them.

    Actions, reads of SPECIAL fields and the feed can be added to but never changed or deleted.
    """
    grants = [
        f"GRANT USAGE ON SCHEMA public TO {app_role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app_role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app_role}",
    ]
    tables = [statement.strip() for statement in SPINE.split(";\n") if statement.strip()]
    revokes = [f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {app_role}" for table in APPEND_ONLY]
    return grants + tables + revokes


def add_parked_claims() -> list[str]:
    """The statements for a spine from before somebody could look after a parked message."""
    return [
        "ALTER TABLE parked ADD COLUMN IF NOT EXISTS claimed_by text",
        "ALTER TABLE parked ADD COLUMN IF NOT EXISTS claimed_at timestamptz",
    ]
