"""Occurrences, and visits that stand still."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; a task may pause."""
    op.execute(
        """
        CREATE TABLE occurrences (
            id uuid PRIMARY KEY,
            district text NOT NULL,
            case_id uuid NOT NULL REFERENCES cases (id),
            kind text NOT NULL,
            told_by text NOT NULL,
            happened_at timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL,
            recorded_by text NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX occurrences_case ON occurrences (case_id, recorded_at)")
    op.execute("ALTER TABLE tasks ADD COLUMN paused_at timestamptz")
    op.execute("ALTER TABLE tasks DROP CONSTRAINT tasks_state_check")
    op.execute(
        "ALTER TABLE tasks ADD CONSTRAINT tasks_state_check CHECK (state IN ('open', 'paused', 'done', 'cancelled'))"
    )
    op.execute(
        "ALTER TABLE tasks ADD CONSTRAINT tasks_paused_check CHECK ((state = 'paused') = (paused_at IS NOT NULL))"
    )


def downgrade() -> None:
    """Paused visits are open again."""
    op.execute("UPDATE tasks SET state = 'open', paused_at = NULL WHERE state = 'paused'")
    op.execute("ALTER TABLE tasks DROP CONSTRAINT tasks_paused_check, DROP CONSTRAINT tasks_state_check")
    op.execute("ALTER TABLE tasks ADD CONSTRAINT tasks_state_check CHECK (state IN ('open', 'done', 'cancelled'))")
    op.execute("ALTER TABLE tasks DROP COLUMN paused_at")
    op.execute("DROP TABLE occurrences")
