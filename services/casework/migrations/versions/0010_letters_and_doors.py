"""Documents sealed at rest, officials' letters with numbers of their own, and links for agencies without software."""

from alembic import op

revision = "0010"
down_revision = "0009"
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
    CREATE TABLE documents ({AGGREGATE}
        case_id uuid NOT NULL,
        handoff_id uuid NOT NULL REFERENCES handoffs (id),
        kind text NOT NULL CHECK (kind IN ('LETTER', 'SIGNED_LETTER', 'HANDOVER_PHOTO', 'OTHER')),
        media_type text NOT NULL CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
        size_bytes integer NOT NULL CHECK (size_bytes > 0),
        digest text NOT NULL,
        uploaded_by text NOT NULL,
        state text NOT NULL CHECK (state IN ('kept'))
    )
    """,
    "CREATE INDEX documents_handoff ON documents (handoff_id)",
    """
    CREATE TABLE document_keys (
        document_id uuid PRIMARY KEY REFERENCES documents (id),
        district text NOT NULL,
        wrapped_key bytea NOT NULL
    )
    """,
    f"""
    CREATE TABLE links ({AGGREGATE}
        case_id uuid NOT NULL,
        handoff_id uuid NOT NULL REFERENCES handoffs (id),
        agency text NOT NULL,
        desk text NOT NULL,
        token_digest text NOT NULL UNIQUE,
        pin_digest text,
        pin_number integer NOT NULL CHECK (pin_number >= 0),
        attempts integer NOT NULL CHECK (attempts >= 0),
        attempts_allowed integer NOT NULL CHECK (attempts_allowed > 0),
        expires_at timestamptz NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'used', 'locked', 'revoked')),
        browser_digest text,
        opened_at timestamptz,
        answer text,
        answered_at timestamptz,
        CHECK ((state = 'used') = (answer IS NOT NULL))
    )
    """,
    "CREATE INDEX links_handoff ON links (handoff_id)",
    """
    CREATE TABLE link_visits (
        link_id uuid NOT NULL REFERENCES links (id),
        what text NOT NULL,
        district text NOT NULL,
        times integer NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        PRIMARY KEY (link_id, what)
    )
    """,
    """
    CREATE TABLE link_answers (
        id uuid PRIMARY KEY,
        district text NOT NULL,
        handoff_id uuid NOT NULL REFERENCES handoffs (id),
        agency text NOT NULL,
        move text NOT NULL,
        recorded_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX link_answers_handoff ON link_answers (handoff_id)",
    "REVOKE UPDATE, DELETE, TRUNCATE ON link_answers FROM casework_app",
    f"""
    CREATE TABLE letters ({AGGREGATE}
        case_id uuid NOT NULL,
        handoff_id uuid NOT NULL REFERENCES handoffs (id),
        kind text NOT NULL CHECK (kind IN ('COVER_LETTER', 'REFERRAL_LETTER', 'HANDOVER_RECORD')),
        number text NOT NULL,
        serial integer NOT NULL CHECK (serial > 0),
        year integer NOT NULL,
        office text NOT NULL,
        signer text NOT NULL,
        to_agency text NOT NULL,
        issued_on date NOT NULL,
        issued_by text NOT NULL,
        state text NOT NULL CHECK (state IN ('issued', 'signed', 'void', 'replaced')),
        token_digest text NOT NULL UNIQUE,
        link_id uuid REFERENCES links (id),
        document_id uuid NOT NULL REFERENCES documents (id),
        digest text NOT NULL,
        signed_document_id uuid REFERENCES documents (id),
        replaces uuid REFERENCES letters (id),
        replaced_by uuid,
        reason_code text,
        UNIQUE (district, kind, year, serial),
        CHECK (state <> 'signed' OR signed_document_id IS NOT NULL),
        CHECK ((state = 'replaced') = (replaced_by IS NOT NULL)),
        CHECK (state NOT IN ('void', 'replaced') OR reason_code IS NOT NULL)
    )
    """,
    "CREATE INDEX letters_handoff ON letters (handoff_id)",
    """
    CREATE TABLE letter_serials (
        district text NOT NULL,
        kind text NOT NULL,
        year integer NOT NULL,
        last integer NOT NULL,
        PRIMARY KEY (district, kind, year)
    )
    """,
)
TABLES = (
    "letter_serials", "letters", "link_answers", "link_visits", "links", "document_keys", "documents",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables; nothing from before changes."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them away again."""
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
