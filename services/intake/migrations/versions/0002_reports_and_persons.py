"""Reports, operations, persons and their keys."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE operations (
        id uuid PRIMARY KEY,
        district text NOT NULL,
        correlation_id uuid NOT NULL,
        version integer NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        agency text NOT NULL,
        order_number text NOT NULL,
        place_code text NOT NULL,
        persons_count integer NOT NULL,
        conducted_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE reports (
        id uuid PRIMARY KEY,
        district text NOT NULL,
        correlation_id uuid NOT NULL,
        version integer NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        state text NOT NULL CHECK (state IN ('received', 'verified', 'rejected', 'duplicate')),
        channel text NOT NULL,
        kind text NOT NULL,
        urgency text NOT NULL,
        village_code text NOT NULL,
        person_id uuid NOT NULL,
        operation_id uuid REFERENCES operations (id),
        reporter_agency text NOT NULL,
        found_at timestamptz NOT NULL,
        evidence jsonb NOT NULL,
        sealed bytea,
        parent_report_id uuid,
        reason_code text
    )
    """,
    "CREATE INDEX reports_operation ON reports (operation_id) WHERE operation_id IS NOT NULL",
    "CREATE INDEX reports_received ON reports (district, id) WHERE state = 'received'",
    """
    CREATE TABLE persons (
        id uuid PRIMARY KEY,
        district text NOT NULL,
        correlation_id uuid NOT NULL,
        version integer NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        identity_status text NOT NULL,
        nik_level text,
        nik_digest bytea,
        sex text,
        apparent_minor boolean NOT NULL,
        merged_into uuid,
        sealed bytea
    )
    """,
    "CREATE INDEX persons_nik_digest ON persons (nik_digest) WHERE nik_digest IS NOT NULL",
    """
    CREATE TABLE person_keyring (
        person_id uuid PRIMARY KEY,
        wrapped jsonb NOT NULL,
        district text NOT NULL
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them away again."""
    for table in ("person_keyring", "persons", "reports", "operations"):
        op.execute(f"DROP TABLE {table}")
