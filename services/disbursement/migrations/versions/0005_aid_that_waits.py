"""An entitlement may be held back."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = "'refused', 'established', 'batched', 'paid', 'returned', 'ended'"


def upgrade() -> None:
    """One more state."""
    op.execute("ALTER TABLE entitlements DROP CONSTRAINT entitlements_state_check")
    op.execute(f"ALTER TABLE entitlements ADD CONSTRAINT entitlements_state_check CHECK (state IN ({STATES}, 'held'))")


def downgrade() -> None:
    """What was held waits like the others."""
    op.execute("UPDATE entitlements SET state = 'established' WHERE state = 'held'")
    op.execute("ALTER TABLE entitlements DROP CONSTRAINT entitlements_state_check")
    op.execute(f"ALTER TABLE entitlements ADD CONSTRAINT entitlements_state_check CHECK (state IN ({STATES}))")
