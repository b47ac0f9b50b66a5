"""What became of the message about a rung, the urgency a ladder was chosen by, and desks that are to be called."""

from alembic import op

revision = "0009"
down_revision = "0007"
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
)


def upgrade() -> None:
    """Add columns with defaults: nobody knows what became of messages from before, and nobody is called for them."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them away again."""
    op.execute("ALTER TABLE tasks DROP COLUMN about_desk, DROP COLUMN about_agency")
    op.execute("ALTER TABLE handoffs DROP COLUMN urgency")
    op.execute("ALTER TABLE handoff_groups DROP COLUMN urgency")
    op.execute("DROP INDEX rungs_awaited")
    op.execute("DROP INDEX rungs_fact")
    op.execute(
        "ALTER TABLE rungs DROP COLUMN delivered_at, DROP COLUMN notice_by, DROP COLUMN notice, DROP COLUMN fact_id"
    )
