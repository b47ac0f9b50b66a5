"""The spine: outbox, inbox, parking, request keys, actions, feed, sessions."""

from alembic import op

from services.chassis.database import create_spine

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the spine tables and give the app's role its rights."""
    for statement in create_spine("notifications_app"):
        op.execute(statement)


def downgrade() -> None:
    """The spine is never taken away."""
    raise NotImplementedError
