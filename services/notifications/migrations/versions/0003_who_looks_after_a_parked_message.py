"""Who looks after a parked message."""

from alembic import op

from services.chassis.database import add_parked_claims

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    for statement in add_parked_claims():
        op.execute(statement)


def downgrade() -> None:
    """The spine is never taken away."""
    raise NotImplementedError
