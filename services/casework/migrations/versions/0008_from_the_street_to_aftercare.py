"""Who had the person when a case was opened, when its service ended, and what keeps it from closing elsewhere."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What older rows cannot tell is read off their actions and custody."""
    op.execute("ALTER TABLE cases ADD COLUMN found_in_custody boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE cases ADD COLUMN outcome_at timestamptz")
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
    op.execute("ALTER TABLE cases DROP COLUMN found_in_custody, DROP COLUMN outcome_at")
