"""Custody in full, findings, and what operations brought."""

from alembic import op

revision = "0006"
down_revision = "0005"
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
    """
    ALTER TABLE custodies
        ADD COLUMN giver text,
        ADD COLUMN custodian_kind text NOT NULL DEFAULT 'AGENCY'
            CHECK (custodian_kind IN ('AGENCY', 'CARRIER', 'FAMILY', 'OTHER')),
        ADD COLUMN stated_until timestamptz,
        ADD COLUMN proof text NOT NULL DEFAULT 'NONE' CHECK (proof IN ('SIGNED', 'PHOTO', 'NONE')),
        ADD COLUMN photo_digest text,
        ADD COLUMN belongings jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN note_sealed bytea
    """,
    "CREATE INDEX custodies_person ON custodies (person_id, since)",
    "CREATE INDEX custodies_tonight ON custodies (agency, id) WHERE until IS NULL",
    f"""
    CREATE TABLE case_findings ({AGGREGATE}
        about text NOT NULL,
        kind text NOT NULL,
        cause text NOT NULL,
        owner text NOT NULL,
        case_id uuid,
        person_id uuid,
        operation_id uuid,
        details jsonb NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'explained')),
        found_at timestamptz NOT NULL,
        explanation text,
        reason text,
        explained_by text,
        explained_at timestamptz,
        UNIQUE (about, kind, cause),
        CHECK ((state = 'explained') = (explanation IS NOT NULL))
    )
    """,
    "CREATE INDEX case_findings_open ON case_findings (owner, id) WHERE state = 'open'",
    "CREATE INDEX case_findings_case ON case_findings (case_id)",
    "CREATE INDEX case_findings_person ON case_findings (person_id) WHERE state = 'open'",
    f"""
    CREATE TABLE operations_known ({AGGREGATE}
        agency text NOT NULL,
        place_code text NOT NULL,
        persons_count integer NOT NULL,
        conducted_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE operation_persons (
        report_id uuid PRIMARY KEY,
        operation_id uuid NOT NULL,
        person_id uuid NOT NULL,
        district text NOT NULL
    )
    """,
    "CREATE INDEX operation_persons_operation ON operation_persons (operation_id)",
    "CREATE INDEX operation_persons_person ON operation_persons (person_id)",
    f"""
    CREATE TABLE operation_counts ({AGGREGATE}
        operation_id uuid NOT NULL REFERENCES operations_known (id),
        said_by text NOT NULL CHECK (said_by IN ('GIVER', 'TAKER')),
        giver text NOT NULL,
        taker text NOT NULL,
        ba_number text NOT NULL,
        paper_count integer NOT NULL CHECK (paper_count >= 0),
        counted_at timestamptz NOT NULL,
        UNIQUE (operation_id, said_by, giver, taker, ba_number)
    )
    """,
)


def upgrade() -> None:
    """Add columns with defaults, so that rows from before stay valid, and make the new tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them away again."""
    for table in ("operation_counts", "operation_persons", "operations_known", "case_findings"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP INDEX custodies_tonight")
    op.execute("DROP INDEX custodies_person")
    for column in ("giver", "custodian_kind", "stated_until", "proof", "photo_digest", "belongings", "note_sealed"):
        op.execute(f"ALTER TABLE custodies DROP COLUMN {column}")
