"""Cases of a mother and her child, who are never kept apart."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AGGREGATE = """
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
"""

STATEMENTS = (
    f"""
    CREATE TABLE family_ties ({AGGREGATE}
        case_id uuid NOT NULL REFERENCES cases (id),
        person_id uuid NOT NULL,
        child_case_id uuid NOT NULL REFERENCES cases (id),
        child_id uuid NOT NULL,
        is_ended boolean NOT NULL,
        UNIQUE (person_id, child_id),
        CHECK (person_id <> child_id)
    )
    """,
    "ALTER TABLE cases ADD COLUMN is_tied boolean NOT NULL DEFAULT false",
    "CREATE INDEX family_ties_child ON family_ties (child_id)",
    "CREATE INDEX family_ties_case ON family_ties (case_id)",
    "CREATE INDEX family_ties_child_case ON family_ties (child_case_id)",
)


def upgrade() -> None:
    """Make the table; no case from before is tied."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take it away again."""
    op.execute("DROP TABLE family_ties")
    op.execute("ALTER TABLE cases DROP COLUMN is_tied")
