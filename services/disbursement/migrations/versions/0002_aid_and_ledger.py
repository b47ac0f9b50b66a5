"""Packs, entitlements, batches, payments, the ledger, statements and findings."""

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
    recorded_at timestamptz NOT NULL DEFAULT now()
"""

STATEMENTS = (
    """
    CREATE TABLE aid_packs (
        district text NOT NULL,
        version text NOT NULL,
        body jsonb NOT NULL,
        digest text NOT NULL,
        loaded_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (district, version)
    )
    """,
    f"""
    CREATE TABLE entitlements (
        {AGGREGATE},
        state text NOT NULL
            CHECK (state IN ('refused', 'established', 'batched', 'paid', 'returned', 'ended')),
        aid_request_id uuid NOT NULL UNIQUE,
        case_id uuid NOT NULL,
        person_id uuid NOT NULL,
        village_code text NOT NULL,
        programme_code text NOT NULL,
        request_reason text NOT NULL,
        rule_version text NOT NULL,
        period text NOT NULL,
        amount_rupiah bigint NOT NULL CHECK (amount_rupiah >= 0),
        attempt integer NOT NULL CHECK (attempt > 0),
        batch_id uuid,
        reason_code text,
        CHECK (state = 'refused' OR (amount_rupiah > 0 AND period <> '' AND rule_version <> '')),
        CHECK ((state IN ('batched', 'paid', 'returned')) <= (batch_id IS NOT NULL))
    )
    """,
    # One person, one programme, one period: paid once, whatever the code above does.
    """
    CREATE UNIQUE INDEX entitlements_once ON entitlements (district, programme_code, period, person_id)
        WHERE state NOT IN ('refused', 'ended')
    """,
    "CREATE INDEX entitlements_waiting ON entitlements (district, programme_code) WHERE state = 'established'",
    "CREATE INDEX entitlements_batch ON entitlements (batch_id) WHERE batch_id IS NOT NULL",
    f"""
    CREATE TABLE batches (
        {AGGREGATE},
        state text NOT NULL
            CHECK (state IN ('proposed', 'endorsed', 'approved', 'sent', 'reconciled', 'rejected')),
        programme_code text NOT NULL,
        rail text NOT NULL,
        items integer NOT NULL CHECK (items > 0),
        total_rupiah bigint NOT NULL CHECK (total_rupiah > 0),
        digest text NOT NULL,
        approval_roles jsonb NOT NULL,
        proposed_by text NOT NULL,
        proposed_at timestamptz NOT NULL,
        approved_at timestamptz,
        file_digest text,
        sent_at timestamptz,
        reconciled_at timestamptz,
        matched integer NOT NULL,
        returned integer NOT NULL,
        reason_code text
    )
    """,
    "CREATE INDEX batches_open ON batches (id) WHERE state IN ('approved', 'sent')",
    """
    CREATE TABLE batch_lines (
        batch_id uuid NOT NULL REFERENCES batches (id),
        line_no integer NOT NULL,
        entitlement_id uuid NOT NULL REFERENCES entitlements (id),
        payment_id uuid NOT NULL,
        case_id uuid NOT NULL,
        case_correlation_id uuid NOT NULL,
        account_reference text NOT NULL,
        amount_rupiah bigint NOT NULL CHECK (amount_rupiah > 0),
        district text NOT NULL,
        PRIMARY KEY (batch_id, line_no),
        UNIQUE (batch_id, entitlement_id)
    )
    """,
    """
    CREATE TABLE approvals (
        batch_id uuid NOT NULL REFERENCES batches (id),
        approval_no integer NOT NULL,
        actor text NOT NULL,
        role text NOT NULL,
        digest text NOT NULL,
        approved_at timestamptz NOT NULL,
        district text NOT NULL,
        PRIMARY KEY (batch_id, approval_no),
        UNIQUE (batch_id, actor)
    )
    """,
    f"""
    CREATE TABLE payments (
        {AGGREGATE},
        state text NOT NULL CHECK (state IN ('ordered', 'instructed', 'credited', 'failed')),
        batch_id uuid NOT NULL REFERENCES batches (id),
        line_no integer NOT NULL,
        entitlement_id uuid NOT NULL REFERENCES entitlements (id),
        case_id uuid NOT NULL,
        account_reference text NOT NULL,
        amount_rupiah bigint NOT NULL CHECK (amount_rupiah > 0),
        bank_reference text,
        reason_code text,
        settled_at timestamptz,
        UNIQUE (batch_id, line_no),
        CHECK ((state = 'credited') = (bank_reference IS NOT NULL))
    )
    """,
    # Of all tries to pay an entitlement only one may stand that is not returned.
    "CREATE UNIQUE INDEX payments_once ON payments (entitlement_id) WHERE state <> 'failed'",
    """
    CREATE TABLE journal_entries (
        id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('OBLIGATION', 'PAYMENT', 'REVERSAL')),
        batch_id uuid NOT NULL,
        payment_id uuid,
        happened_at timestamptz NOT NULL,
        actor text NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        district text NOT NULL
    )
    """,
    "CREATE INDEX journal_entries_batch ON journal_entries (batch_id)",
    """
    CREATE TABLE postings (
        entry_id uuid NOT NULL REFERENCES journal_entries (id),
        line_no integer NOT NULL,
        account text NOT NULL,
        amount bigint NOT NULL CHECK (amount <> 0),
        district text NOT NULL,
        PRIMARY KEY (entry_id, line_no)
    )
    """,
    "CREATE INDEX postings_account ON postings (district, account)",
    """
    CREATE FUNCTION entry_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        entry uuid := CASE WHEN TG_TABLE_NAME = 'postings' THEN (to_jsonb(NEW) ->> 'entry_id')::uuid
                           ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
        lines bigint;
        total numeric;
    BEGIN
        SELECT count(*), coalesce(sum(amount), 0) INTO lines, total FROM postings WHERE entry_id = entry;
        IF lines < 2 OR total <> 0 THEN
            RAISE EXCEPTION 'journal entry does not balance' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER postings_balance AFTER INSERT ON postings
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_must_balance()
    """,
    """
    CREATE CONSTRAINT TRIGGER entries_balance AFTER INSERT ON journal_entries
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_must_balance()
    """,
    """
    CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE TRIGGER entries_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entries
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()
    """,
    """
    CREATE TRIGGER postings_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON postings
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()
    """,
    """
    CREATE VIEW account_balances AS
        SELECT district, account,
               coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint AS debit_rupiah,
               coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint AS credit_rupiah,
               sum(amount)::bigint AS balance_rupiah
        FROM postings GROUP BY district, account
    """,
    """
    CREATE TABLE statement_lines (
        id uuid PRIMARY KEY,
        batch_id uuid NOT NULL REFERENCES batches (id),
        payment_id uuid,
        amount_rupiah bigint,
        status text NOT NULL,
        bank_reference text NOT NULL,
        reason_code text NOT NULL,
        imported_at timestamptz NOT NULL,
        district text NOT NULL
    )
    """,
    "CREATE INDEX statement_lines_batch ON statement_lines (batch_id)",
    f"""
    CREATE TABLE findings (
        {AGGREGATE},
        kind text NOT NULL,
        batch_id uuid NOT NULL REFERENCES batches (id),
        payment_id uuid,
        desk text NOT NULL,
        due_at timestamptz NOT NULL,
        reason_code text NOT NULL,
        resolution text,
        resolved_at timestamptz
    )
    """,
    "CREATE INDEX findings_open ON findings (district, due_at) WHERE resolution IS NULL",
    "CREATE INDEX findings_batch ON findings (batch_id)",
    """
    REVOKE UPDATE, DELETE, TRUNCATE ON journal_entries, postings, statement_lines, approvals, batch_lines
        FROM disbursement_app
    """,
    "REVOKE INSERT, UPDATE, DELETE ON account_balances FROM disbursement_app",
)

TABLES = (
    "findings", "statement_lines", "postings", "journal_entries", "payments", "approvals", "batch_lines",
    "batches", "entitlements", "aid_packs",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them away again."""
    op.execute("DROP VIEW account_balances")
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION entry_must_balance")
    op.execute("DROP FUNCTION ledger_is_append_only")
