"""What this service said when casework asked whether a case may close."""

from alembic import op

from services.chassis.closing import MIGRATION

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.execute(MIGRATION)
    op.execute("CREATE INDEX messages_waiting ON messages (correlation_id) WHERE state = 'pending'")


def downgrade() -> None:
    """Take it away again."""
    op.execute("DROP INDEX messages_waiting")
    op.execute("DROP TABLE closing_answers")
