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


def downgrade() -> None:
    """Take it away again."""
    op.execute("DROP TABLE closing_answers")
