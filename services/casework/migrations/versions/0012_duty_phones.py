"""Which duty telephone goes with a turn."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Turns from before are told under the desk's own number."""
    op.execute("ALTER TABLE shifts ADD COLUMN phone text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Take it away again."""
    op.execute("ALTER TABLE shifts DROP COLUMN phone")
