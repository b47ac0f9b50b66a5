"""Work lists in the order of an index: an agency's open hand-offs, received and sent, next due first."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ENDED = "('closed', 'rejected', 'cancelled', 'expired', 'superseded', 'entered-in-error')"
PARTIES = ("to", "from")


def upgrade() -> None:
    """The older ones know only hand-offs with a clock: the figures count by them, a list read all that ever were."""
    for party in PARTIES:
        op.execute(
            f"CREATE INDEX handoffs_next_{party} ON handoffs ({party}_agency, due_at, id) WHERE state NOT IN {ENDED}"
        )


def downgrade() -> None:
    """Take them away again."""
    for party in PARTIES:
        op.execute(f"DROP INDEX handoffs_next_{party}")
