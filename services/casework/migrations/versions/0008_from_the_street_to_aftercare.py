"""Who had the person when a case was opened, when its service ended, and what keeps it from closing elsewhere."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AGGREGATE = """
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    case_id uuid NOT NULL REFERENCES cases (id),
"""
CLOSING = (
    f"""
    CREATE TABLE closing_rounds ({AGGREGATE}
        number integer NOT NULL,
        asked_at timestamptz NOT NULL,
        answers jsonb NOT NULL,
        is_stale boolean NOT NULL,
        UNIQUE (case_id, number)
    )
    """,
    "CREATE INDEX closing_rounds_correlation ON closing_rounds (correlation_id)",
    f"""
    CREATE TABLE forced_closings ({AGGREGATE}
        state text NOT NULL CHECK (state IN ('proposed', 'approved', 'refused')),
        reason_code text NOT NULL,
        fates jsonb NOT NULL,
        proposed_by text NOT NULL,
        proposed_at timestamptz NOT NULL,
        decided_by text CHECK (decided_by <> proposed_by),
        decided_at timestamptz,
        CHECK ((state = 'proposed') = (decided_by IS NULL))
    )
    """,
    "CREATE UNIQUE INDEX forced_closings_one ON forced_closings (case_id) WHERE state = 'proposed'",
)


def upgrade() -> None:
    """What older rows cannot tell is read off their actions and custody."""
    op.execute("ALTER TABLE cases ADD COLUMN found_in_custody boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE cases ADD COLUMN outcome_at timestamptz, ADD COLUMN aid_decision text")
    for statement in CLOSING:
        op.execute(statement)
    op.execute(
        """
        UPDATE cases c SET found_in_custody = true
        WHERE EXISTS (SELECT 1 FROM custodies k WHERE k.case_id = c.id AND k.agency = c.reporter_agency)
        """
    )
    op.execute(
        """
        UPDATE cases c SET outcome_at = a.at FROM (
            SELECT aggregate_id, max(recorded_at) AS at FROM actions WHERE verb = 'record_outcome' GROUP BY 1) a
        WHERE a.aggregate_id = c.id
        """
    )


def downgrade() -> None:
    """Take it away again."""
    op.execute("DROP TABLE forced_closings")
    op.execute("DROP TABLE closing_rounds")
    op.execute("ALTER TABLE cases DROP COLUMN found_in_custody, DROP COLUMN outcome_at, DROP COLUMN aid_decision")
