"""Work lists in the order of an index: an agency's open hand-offs, received and sent, next due first."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ENDED = "('closed', 'rejected', 'cancelled', 'expired', 'superseded', 'entered-in-error')"
PARTIES = ("to", "from")


def upgrade() -> None:
    """They take the place of indexes that knew only hand-offs with a clock, so that a list read all that ever were."""
    for party in PARTIES:
        op.execute(
            f"CREATE INDEX handoffs_next_{party} ON handoffs ({party}_agency, due_at, id) WHERE state NOT IN {ENDED}"
        )
        op.execute(f"DROP INDEX handoffs_{party}")


def downgrade() -> None:
    """As it was."""
    for party in PARTIES:
        op.execute(f"CREATE INDEX handoffs_{party} ON handoffs ({party}_agency, due_at) WHERE due_at IS NOT NULL")
        op.execute(f"DROP INDEX handoffs_next_{party}")
