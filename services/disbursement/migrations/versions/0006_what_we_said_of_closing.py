"""What this service said when casework asked whether a case may close."""

from alembic import op

from services.chassis.closing import MIGRATION

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.execute(MIGRATION)
    op.execute("CREATE INDEX entitlements_case ON entitlements (case_id)")


def downgrade() -> None:
    """Take it away again."""
    op.execute("DROP INDEX entitlements_case")
    op.execute("DROP TABLE closing_answers")
