"""What became of a rung's message, the urgency of a ladder, desks that are to be called, agencies that close."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    ALTER TABLE rungs
        ADD COLUMN fact_id uuid,
        ADD COLUMN notice text CHECK (notice IN ('awaited', 'delivered', 'undelivered')),
        ADD COLUMN notice_by timestamptz,
        ADD COLUMN delivered_at timestamptz
    """,
    "CREATE UNIQUE INDEX rungs_fact ON rungs (fact_id)",
    "CREATE INDEX rungs_awaited ON rungs (handoff_id) WHERE notice = 'awaited'",
    "ALTER TABLE handoff_groups ADD COLUMN urgency text NOT NULL DEFAULT ''",
    "ALTER TABLE handoffs ADD COLUMN urgency text NOT NULL DEFAULT ''",
    """
    ALTER TABLE tasks
        ADD COLUMN about_agency text NOT NULL DEFAULT '',
        ADD COLUMN about_desk text NOT NULL DEFAULT ''
    """,
    """
    CREATE TABLE closures (
        id uuid PRIMARY KEY,
        district text NOT NULL,
        correlation_id uuid NOT NULL,
        version integer NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        agency text NOT NULL,
        fate text NOT NULL CHECK (fate IN ('RESEND', 'REDIRECT', 'WITHDRAW')),
        to_agency text,
        reason_code text NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'done')),
        handoffs integer NOT NULL CHECK (handoffs >= 0),
        waiting integer NOT NULL CHECK (waiting >= 0 AND waiting <= handoffs),
        CHECK ((state = 'done') = (waiting = 0))
    )
    """,
    """
    CREATE TABLE closure_items (
        closure_id uuid NOT NULL REFERENCES closures (id),
        handoff_id uuid NOT NULL REFERENCES handoffs (id),
        district text NOT NULL,
        treatment text NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting', 'done', 'left', 'changed')),
        result text,
        PRIMARY KEY (closure_id, handoff_id)
    )
    """,
    """
    CREATE TABLE feed_readers (
        agency text PRIMARY KEY,
        district text NOT NULL,
        position bigint NOT NULL CHECK (position >= 0),
        read_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE clock_keepers (
        handoff_id uuid PRIMARY KEY REFERENCES handoffs (id),
        district text NOT NULL,
        looked_at timestamptz NOT NULL,
        looks_again_at timestamptz
    )
    """,
    "CREATE INDEX handoffs_open_at ON handoffs (to_agency, id) WHERE state NOT IN"
    " ('closed', 'rejected', 'cancelled', 'expired', 'superseded', 'entered-in-error')",
)


def upgrade() -> None:
    """Add columns with defaults: nobody knows what became of messages from before, and nobody is called for them."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them away again."""
    op.execute("DROP INDEX handoffs_open_at")
    op.execute("DROP TABLE clock_keepers")
    op.execute("DROP TABLE feed_readers")
    op.execute("DROP TABLE closure_items")
    op.execute("DROP TABLE closures")
    op.execute("ALTER TABLE tasks DROP COLUMN about_desk, DROP COLUMN about_agency")
    op.execute("ALTER TABLE handoffs DROP COLUMN urgency")
    op.execute("ALTER TABLE handoff_groups DROP COLUMN urgency")
    op.execute("DROP INDEX rungs_awaited")
    op.execute("DROP INDEX rungs_fact")
    op.execute(
        "ALTER TABLE rungs DROP COLUMN delivered_at, DROP COLUMN notice_by, DROP COLUMN notice, DROP COLUMN fact_id"
    )
