"""The package of a hand-off as it was sent, kept; who read it is found by the hand-off."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the index; hand-offs from before get their first row when somebody next looks at them."""
    op.execute(
        """
        CREATE TABLE packages_sent (
            handoff_id uuid NOT NULL REFERENCES handoffs (id),
            number integer NOT NULL CHECK (number > 0),
            district text NOT NULL,
            purpose text NOT NULL,
            to_agency text NOT NULL,
            to_kind text NOT NULL,
            fields jsonb NOT NULL,
            basis jsonb NOT NULL,
            person_sequence bigint,
            digest text NOT NULL,
            kept_at timestamptz NOT NULL,
            PRIMARY KEY (handoff_id, number),
            CHECK (fields = '[]' OR basis <> '[]')
        )
        """
    )
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON packages_sent FROM casework_app")
    op.execute("CREATE INDEX special_reads_aggregate ON special_reads (aggregate_id, id)")


def downgrade() -> None:
    """Take them away again."""
    op.execute("DROP INDEX special_reads_aggregate")
    op.execute("DROP TABLE packages_sent")
