"""Packs, messages, and our copies of case numbers and reports' senders."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE message_packs (
        district text NOT NULL,
        version text NOT NULL,
        body jsonb NOT NULL,
        digest text NOT NULL,
        loaded_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (district, version)
    )
    """,
    """
    CREATE TABLE messages (
        id uuid PRIMARY KEY,
        district text NOT NULL,
        correlation_id uuid NOT NULL,
        version integer NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        state text NOT NULL CHECK (state IN ('pending', 'sent', 'delivered', 'failed', 'skipped')),
        cause_fact_id uuid NOT NULL,
        occasion text NOT NULL,
        recipient text NOT NULL,
        template text NOT NULL,
        channel text NOT NULL,
        case_id uuid,
        agency text NOT NULL,
        village_code text NOT NULL,
        purpose text NOT NULL,
        due_at timestamptz,
        told_at timestamptz NOT NULL,
        facts_by timestamptz NOT NULL,
        to_name text NOT NULL,
        to_masked text NOT NULL,
        body text NOT NULL,
        reason_code text,
        sent_at timestamptz,
        ended_at timestamptz,
        UNIQUE (cause_fact_id, recipient, template),
        CHECK (state NOT IN ('sent', 'delivered') OR (sent_at IS NOT NULL AND body <> ''))
    )
    """,
    "CREATE INDEX messages_case ON messages (case_id) WHERE case_id IS NOT NULL",
    "CREATE INDEX messages_open ON messages (id) WHERE state IN ('pending', 'sent')",
    """
    CREATE TABLE case_numbers (
        correlation_id uuid PRIMARY KEY,
        case_id uuid NOT NULL,
        case_number text NOT NULL,
        village_code text NOT NULL,
        as_of timestamptz NOT NULL,
        district text NOT NULL
    )
    """,
    """
    CREATE TABLE report_sources (
        correlation_id uuid PRIMARY KEY,
        reporter_agency text NOT NULL,
        village_code text NOT NULL,
        as_of timestamptz NOT NULL,
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
    for table in ("report_sources", "case_numbers", "messages", "message_packs"):
        op.execute(f"DROP TABLE {table}")
