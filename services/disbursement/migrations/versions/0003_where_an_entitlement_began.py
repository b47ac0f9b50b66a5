"""Where an entitlement began: the trace that its batch and its payment are linked to."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; entitlements from before have no link."""
    op.execute("ALTER TABLE entitlements ADD COLUMN traceparent text")


def downgrade() -> None:
    """Take the column away."""
    op.execute("ALTER TABLE entitlements DROP COLUMN traceparent")
