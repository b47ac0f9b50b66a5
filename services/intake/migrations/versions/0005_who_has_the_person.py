"""Whether the reporting agency has the person in hand."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whoever conducted an operation had its people in hand."""
    op.execute("ALTER TABLE reports ADD COLUMN is_with_reporter boolean NOT NULL DEFAULT false")
    op.execute("UPDATE reports SET is_with_reporter = true WHERE operation_id IS NOT NULL")


def downgrade() -> None:
    """Take it away again."""
    op.execute("ALTER TABLE reports DROP COLUMN is_with_reporter")
