"""Packs, cases, hand-offs, custody, tasks and the story."""

from alembic import op

revision = "0002"
down_revision = "0001"
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
    CREATE TABLE packs (
        district text NOT NULL,
        version text NOT NULL,
        body jsonb NOT NULL,
        digest text NOT NULL,
        loaded_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (district, version)
    )
    """,
    f"""
    CREATE TABLE cases ({AGGREGATE}
        number text NOT NULL UNIQUE,
        case_type text NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'aftercare', 'closed')),
        stage text NOT NULL,
        person_id uuid NOT NULL,
        village_code text NOT NULL,
        source_report_id uuid NOT NULL UNIQUE,
        reporter_agency text NOT NULL,
        urgency text NOT NULL,
        apparent_minor boolean NOT NULL,
        holder text NOT NULL,
        unit text NOT NULL,
        workflow text NOT NULL,
        rules_version integer NOT NULL,
        pack_version text NOT NULL,
        outcome text,
        aid_request_id uuid,
        aid_state text,
        parent_case_id uuid,
        opened_at timestamptz NOT NULL,
        closed_at timestamptz
    )
    """,
    "CREATE INDEX cases_open ON cases (district, id) WHERE state <> 'closed'",
    "CREATE INDEX cases_person ON cases (person_id)",
    """
    CREATE TABLE case_serials (
        district text NOT NULL,
        prefix text NOT NULL,
        year integer NOT NULL,
        last integer NOT NULL,
        PRIMARY KEY (district, prefix, year)
    )
    """,
    f"""
    CREATE TABLE handoff_groups ({AGGREGATE}
        case_id uuid NOT NULL,
        person_id uuid NOT NULL,
        step text NOT NULL,
        purpose text NOT NULL,
        from_agency text NOT NULL,
        candidates jsonb NOT NULL,
        asked integer NOT NULL,
        outcome text,
        result_code text,
        reason_code text,
        won_by text,
        reply_to text NOT NULL,
        reply_workflow text NOT NULL
    )
    """,
    "CREATE INDEX handoff_groups_case ON handoff_groups (case_id)",
    f"""
    CREATE TABLE handoffs ({AGGREGATE}
        case_id uuid NOT NULL,
        person_id uuid NOT NULL,
        group_id uuid NOT NULL REFERENCES handoff_groups (id),
        candidate_no integer NOT NULL,
        purpose text NOT NULL,
        from_agency text NOT NULL,
        to_agency text NOT NULL,
        to_desk text NOT NULL,
        state text NOT NULL,
        promise_holder text NOT NULL,
        clock text,
        clock_started_at timestamptz,
        due_at timestamptz,
        occurrence integer NOT NULL,
        rungs integer NOT NULL,
        requested_at timestamptz NOT NULL,
        received_at timestamptz,
        answered_at timestamptz,
        ended_at timestamptz,
        claimed_by text,
        claimed_until timestamptz,
        result_code text,
        reason_code text,
        ba_number text,
        UNIQUE (group_id, candidate_no),
        CHECK (promise_holder IN (from_agency, to_agency)),
        CHECK ((promise_holder = to_agency) = (state IN ('accepted', 'arrived', 'in-progress'))
               OR from_agency = to_agency)
    )
    """,
    "CREATE INDEX handoffs_case ON handoffs (case_id)",
    "CREATE INDEX handoffs_to ON handoffs (to_agency, due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX handoffs_from ON handoffs (from_agency, due_at) WHERE due_at IS NOT NULL",
    "CREATE UNIQUE INDEX handoffs_one_promise ON handoffs (group_id)"
    " WHERE state IN ('accepted', 'arrived', 'in-progress', 'completed')",
    """
    CREATE TABLE rungs (
        handoff_id uuid NOT NULL,
        clock text NOT NULL,
        occurrence integer NOT NULL,
        rung_no integer NOT NULL,
        kind text NOT NULL,
        due_at timestamptz NOT NULL,
        decided_at timestamptz NOT NULL,
        district text NOT NULL,
        PRIMARY KEY (handoff_id, clock, occurrence, rung_no)
    )
    """,
    f"""
    CREATE TABLE custodies ({AGGREGATE}
        person_id uuid NOT NULL,
        case_id uuid NOT NULL,
        agency text NOT NULL,
        since timestamptz NOT NULL,
        until timestamptz,
        place_code text NOT NULL,
        condition_code text NOT NULL,
        ba_number text,
        ended_reason text
    )
    """,
    "CREATE UNIQUE INDEX custodies_one_open ON custodies (person_id) WHERE until IS NULL",
    "CREATE INDEX custodies_case ON custodies (case_id)",
    f"""
    CREATE TABLE tasks ({AGGREGATE}
        case_id uuid NOT NULL,
        step text NOT NULL,
        kind text NOT NULL,
        agency text NOT NULL,
        desk text NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
        due_at timestamptz NOT NULL,
        is_overdue boolean NOT NULL,
        result_code text,
        ended_at timestamptz,
        reply_to text NOT NULL,
        reply_workflow text NOT NULL
    )
    """,
    "CREATE INDEX tasks_case ON tasks (case_id)",
    "CREATE INDEX tasks_due ON tasks (agency, due_at) WHERE state = 'open'",
    """
    CREATE TABLE story_lines (
        fact_id uuid PRIMARY KEY,
        district text NOT NULL,
        correlation_id uuid NOT NULL,
        event_type text NOT NULL,
        facts jsonb NOT NULL,
        happened_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text NOT NULL,
        subject uuid NOT NULL,
        sequence integer NOT NULL,
        trace_id text
    )
    """,
    "CREATE INDEX story_lines_case ON story_lines (correlation_id, recorded_at)",
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them away again."""
    for table in (
        "story_lines", "tasks", "custodies", "rungs", "handoffs", "handoff_groups", "case_serials", "cases", "packs"
    ):  # fmt: skip
        op.execute(f"DROP TABLE {table}")
