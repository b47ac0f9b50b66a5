"""Checks against outside registries."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.execute(
        """
        CREATE TABLE registry_checks (
            id uuid PRIMARY KEY,
            district text NOT NULL,
            correlation_id uuid NOT NULL,
            version integer NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            person_id uuid NOT NULL,
            case_id uuid NOT NULL,
            handoff_id uuid NOT NULL UNIQUE,
            kind text NOT NULL,
            source text NOT NULL,
            result text NOT NULL,
            asked_at timestamptz NOT NULL,
            answered_at timestamptz
        )
        """
    )
    op.execute("CREATE INDEX registry_checks_waiting ON registry_checks (id) WHERE answered_at IS NULL")


def downgrade() -> None:
    """Take it away again."""
    op.execute("DROP TABLE registry_checks")
