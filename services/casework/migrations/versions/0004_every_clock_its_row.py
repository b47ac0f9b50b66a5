"""Each clock of a hand-off a row of its own; conditions, spoken answers, holds, the duty roster."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AGGREGATE = """
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
"""
FIRM = "('accepted', 'arrived', 'in-progress')"
IS_FIRM = f"(state IN {FIRM} OR (state = 'on-hold' AND coalesce(held_state, '') IN {FIRM}))"

STATEMENTS = (
    f"""
    CREATE TABLE clocks ({AGGREGATE}
        handoff_id uuid NOT NULL REFERENCES handoffs (id),
        kind text NOT NULL,
        occurrence integer NOT NULL,
        owner text NOT NULL,
        agency text NOT NULL,
        desk text NOT NULL,
        state text NOT NULL CHECK (state IN ('running', 'paused', 'stopped')),
        is_emergency boolean NOT NULL,
        ladder text NOT NULL,
        promised_seconds integer NOT NULL,
        started_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        rings_at timestamptz,
        rungs integer NOT NULL,
        left_seconds integer,
        stopped_at timestamptz,
        sentence text NOT NULL,
        UNIQUE (handoff_id, kind, occurrence),
        CHECK ((state = 'paused') = (left_seconds IS NOT NULL)),
        CHECK ((state = 'stopped') = (stopped_at IS NOT NULL)),
        CHECK (rings_at IS NULL OR state = 'running')
    )
    """,
    "CREATE INDEX clocks_ring ON clocks (rings_at) WHERE rings_at IS NOT NULL",
    "CREATE INDEX clocks_running ON clocks (district) WHERE state = 'running'",
    """
    INSERT INTO clocks (id, district, correlation_id, version, handoff_id, kind, occurrence, owner, agency, desk, state,
        is_emergency, ladder, promised_seconds, started_at, due_at, rings_at, rungs, sentence)
    SELECT gen_random_uuid(), district, correlation_id, 1, id, clock, occurrence,
        CASE WHEN clock = 'READ_BY' THEN from_agency ELSE to_agency END,
        CASE WHEN clock = 'READ_BY' THEN from_agency ELSE to_agency END,
        '', 'running', false, 'default', extract(epoch FROM due_at - coalesce(clock_started_at, requested_at))::integer,
        coalesce(clock_started_at, requested_at), due_at, due_at, rungs, ''
    FROM handoffs WHERE clock IS NOT NULL AND due_at IS NOT NULL
    """,
    "ALTER TABLE rungs ADD COLUMN remark text",
    "ALTER TABLE handoff_groups ADD COLUMN mode text NOT NULL DEFAULT 'sequential'"
    " CHECK (mode IN ('sequential', 'parallel'))",
    """
    ALTER TABLE handoffs
        ADD COLUMN held_state text,
        ADD COLUMN arrived_at timestamptz,
        ADD COLUMN cancel_asked_at timestamptz,
        ADD COLUMN is_reserve boolean NOT NULL DEFAULT false,
        ADD COLUMN spoken_for boolean NOT NULL DEFAULT false,
        ADD COLUMN opened_for_by text,
        ADD COLUMN last_moved_by text NOT NULL DEFAULT '',
        ADD COLUMN last_moved_at timestamptz,
        ADD COLUMN last_move text NOT NULL DEFAULT '',
        DROP COLUMN clock_started_at,
        DROP COLUMN occurrence,
        DROP COLUMN rungs,
        ADD CHECK ((state = 'on-hold') = (held_state IS NOT NULL))
    """,
    "ALTER TABLE handoffs DROP CONSTRAINT handoffs_check1",
    f"ALTER TABLE handoffs ADD CONSTRAINT handoffs_one_promise_holder CHECK ((promise_holder = to_agency) = {IS_FIRM}"
    " OR from_agency = to_agency)",
    "DROP INDEX handoffs_one_promise",
    f"CREATE UNIQUE INDEX handoffs_one_promise ON handoffs (group_id) WHERE {IS_FIRM} OR state = 'completed'",
    """
    CREATE TABLE spoken_answers (
        id uuid PRIMARY KEY,
        district text NOT NULL,
        handoff_id uuid NOT NULL REFERENCES handoffs (id),
        agency text NOT NULL,
        move text NOT NULL,
        spoke_with text NOT NULL,
        role text NOT NULL,
        phone text NOT NULL,
        happened_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        recorded_by text NOT NULL,
        verdict text CHECK (verdict IN ('confirmed', 'contested')),
        verdict_at timestamptz
    )
    """,
    "CREATE INDEX spoken_answers_handoff ON spoken_answers (handoff_id)",
    "CREATE INDEX spoken_answers_agency ON spoken_answers (district, agency, recorded_at)",
    f"""
    CREATE TABLE promises ({AGGREGATE}
        handoff_id uuid NOT NULL REFERENCES handoffs (id),
        case_id uuid NOT NULL,
        number integer NOT NULL,
        code text NOT NULL,
        about text NOT NULL CHECK (about IN ('CASE', 'CANDIDATE')),
        owner text NOT NULL,
        asked_by text NOT NULL,
        due_at timestamptz NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'met', 'waived', 'broken', 'void')),
        decided_at timestamptz,
        reason_code text,
        UNIQUE (handoff_id, number)
    )
    """,
    "CREATE INDEX promises_case ON promises (case_id) WHERE state = 'open'",
    f"""
    CREATE TABLE shifts ({AGGREGATE}
        agency text NOT NULL,
        desk text NOT NULL,
        officer text NOT NULL,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        is_withdrawn boolean NOT NULL,
        CHECK (ends_at > starts_at)
    )
    """,
    "CREATE INDEX shifts_desk ON shifts (agency, desk, ends_at) WHERE NOT is_withdrawn",
)


def upgrade() -> None:
    """Make the tables and carry the clocks that run over to them."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Back to one clock in the row: the one that is due next."""
    for statement in (
        """
        ALTER TABLE handoffs ADD COLUMN clock_started_at timestamptz,
            ADD COLUMN occurrence integer NOT NULL DEFAULT 1, ADD COLUMN rungs integer NOT NULL DEFAULT 0
        """,
        """
        UPDATE handoffs h SET clock_started_at = c.started_at, occurrence = c.occurrence, rungs = c.rungs
        FROM clocks c WHERE c.handoff_id = h.id AND c.kind = h.clock AND c.state = 'running'
        """,
        "DROP INDEX handoffs_one_promise",
        f"CREATE UNIQUE INDEX handoffs_one_promise ON handoffs (group_id) WHERE state IN {FIRM} OR state = 'completed'",
        "ALTER TABLE handoffs DROP CONSTRAINT handoffs_one_promise_holder",
        """
        ALTER TABLE handoffs DROP COLUMN held_state, DROP COLUMN arrived_at, DROP COLUMN cancel_asked_at,
            DROP COLUMN is_reserve, DROP COLUMN spoken_for, DROP COLUMN opened_for_by, DROP COLUMN last_moved_by,
            DROP COLUMN last_moved_at, DROP COLUMN last_move
        """,
        f"ALTER TABLE handoffs ADD CONSTRAINT handoffs_check1 CHECK ((promise_holder = to_agency) = (state IN {FIRM})"
        " OR from_agency = to_agency)",
        "ALTER TABLE handoff_groups DROP COLUMN mode",
        "ALTER TABLE rungs DROP COLUMN remark",
        "DROP TABLE shifts",
        "DROP TABLE promises",
        "DROP TABLE spoken_answers",
        "DROP TABLE clocks",
    ):
        op.execute(statement)
