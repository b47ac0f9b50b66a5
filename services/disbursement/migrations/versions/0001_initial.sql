-- Everything that disbursement keeps, as its first release makes it. Later migrations change it; this file stays as it is.

GRANT USAGE ON SCHEMA public TO disbursement_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO disbursement_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO disbursement_app;

-- The spine, which every service has.

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transport text NOT NULL CHECK (transport IN ('kafka', 'temporal', 'feed')),
    key text NOT NULL,
    target text NOT NULL,
    body json,
    headers json NOT NULL,
    district text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    unsendable_at timestamptz,
    error text,
    is_urgent boolean NOT NULL DEFAULT false
);
CREATE INDEX outbox_unsent ON outbox (transport, id) WHERE sent_at IS NULL;
CREATE INDEX outbox_unsent_of_key ON outbox (transport, key, id) WHERE sent_at IS NULL;
CREATE INDEX outbox_urgent ON outbox (transport, id) WHERE is_urgent AND sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_unsendable ON outbox (transport, key) WHERE unsendable_at IS NOT NULL AND sent_at IS NULL;

CREATE TABLE inbox (
    fact_id uuid PRIMARY KEY,
    event_type text NOT NULL,
    district text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_received ON inbox (received_at);

CREATE TABLE inbox_subjects (
    event_type text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    district text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_type, subject)
);

CREATE TABLE dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district text NOT NULL,
    owner text NOT NULL,
    key text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    fact_id uuid,
    event_type text,
    headers json NOT NULL,
    body bytea,
    state text NOT NULL CHECK (state IN ('dead', 'blocked', 'replay', 'done', 'dropped')),
    error_code text,
    error_text text,
    tries integer NOT NULL DEFAULT 0,
    trace_id text,
    set_aside_at timestamptz NOT NULL DEFAULT now(),
    next_try_at timestamptz,
    decided_at timestamptz,
    decided_by text,
    reason text,
    claimed_by text,
    claimed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    UNIQUE (topic, partition, record_offset)
);
CREATE INDEX dead_letters_open ON dead_letters (owner, key, id) WHERE state IN ('dead', 'blocked', 'replay');

CREATE TABLE request_keys (
    principal text NOT NULL,
    operation text NOT NULL,
    key uuid NOT NULL,
    digest bytea NOT NULL,
    status smallint,
    answer json,
    district text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, operation, key)
);
CREATE INDEX request_keys_recorded ON request_keys (recorded_at);

CREATE TABLE actions (
    aggregate_id uuid NOT NULL,
    version integer NOT NULL,
    aggregate text NOT NULL,
    verb text NOT NULL,
    changes jsonb NOT NULL,
    happened_at timestamptz NOT NULL DEFAULT now(),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    on_behalf_of text,
    reason text,
    causation_id uuid,
    trace_id text,
    district text NOT NULL,
    PRIMARY KEY (aggregate_id, version)
);
CREATE INDEX actions_recorded ON actions (recorded_at);

CREATE TABLE feed (
    position bigint PRIMARY KEY,
    agency text NOT NULL,
    district text NOT NULL,
    fact_id uuid NOT NULL,
    body json NOT NULL,
    headers json NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX feed_agency ON feed (agency, position);

CREATE TABLE sessions (
    token_digest bytea PRIMARY KEY,
    principal json NOT NULL,
    csrf_token text NOT NULL,
    id_token text,
    refresh_sealed bytea,
    checked_at timestamptz NOT NULL DEFAULT now(),
    verified_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL,
    district text NOT NULL
);

CREATE TABLE colleagues (
    actor text PRIMARY KEY,
    agency text NOT NULL,
    district text NOT NULL,
    name text NOT NULL,
    seen_at timestamptz NOT NULL
);

-- Added to, never changed or deleted.
REVOKE UPDATE, DELETE, TRUNCATE ON actions FROM disbursement_app;
REVOKE UPDATE, DELETE, TRUNCATE ON feed FROM disbursement_app;

-- Of disbursement alone.

CREATE FUNCTION entry_must_balance() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
    END $$;

CREATE FUNCTION ledger_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
    END $$;

CREATE TABLE aid_packs (
    district text NOT NULL,
    version text NOT NULL,
    body jsonb NOT NULL,
    digest text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (district, version)
);

CREATE TABLE persons_known (
    person_id uuid PRIMARY KEY,
    identity_status text NOT NULL,
    apparent_minor boolean NOT NULL,
    merged_into uuid,
    sealed bytea,
    district text NOT NULL,
    sequence bigint NOT NULL,
    as_of timestamptz NOT NULL
);
CREATE INDEX persons_known_merged ON persons_known (merged_into) WHERE (merged_into IS NOT NULL);

CREATE TABLE person_keys (
    person_id uuid PRIMARY KEY,
    wrapped_key bytea,
    district text NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE person_digests (
    person_id uuid PRIMARY KEY,
    digest bytea,
    district text NOT NULL
);
CREATE INDEX person_digests_same ON person_digests (district, digest) WHERE (digest IS NOT NULL);

CREATE TABLE case_persons (
    case_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    district text NOT NULL
);
CREATE INDEX case_persons_person ON case_persons (person_id);

CREATE TABLE case_doubles (
    case_id uuid PRIMARY KEY,
    parent_case_id uuid NOT NULL,
    stands boolean NOT NULL,
    since timestamptz NOT NULL,
    district text NOT NULL
);
CREATE INDEX case_doubles_parent ON case_doubles (parent_case_id);

CREATE TABLE deaths (
    case_id uuid PRIMARY KEY,
    died_at timestamptz NOT NULL,
    stands boolean NOT NULL,
    district text NOT NULL
);

CREATE TABLE batches (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL CHECK (state IN ('proposed', 'endorsed', 'approved', 'sending', 'sent', 'reconciled', 'rejected')),
    revision integer NOT NULL CHECK (revision > 0),
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
);
CREATE INDEX batches_open ON batches (id) WHERE (state = ANY (ARRAY['approved', 'sending', 'sent']));

CREATE TABLE approvals (
    batch_id uuid NOT NULL REFERENCES batches,
    revision integer NOT NULL,
    approval_no integer NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    digest text NOT NULL,
    approved_at timestamptz NOT NULL,
    district text NOT NULL,
    PRIMARY KEY (batch_id, revision, approval_no),
    CONSTRAINT approvals_batch_id_revision_actor_key UNIQUE (batch_id, revision, actor)
);
REVOKE UPDATE, DELETE ON approvals FROM disbursement_app;

CREATE TABLE closing_answers (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    case_id uuid NOT NULL,
    round integer NOT NULL,
    blockers jsonb NOT NULL,
    CONSTRAINT closing_answers_case_id_round_key UNIQUE (case_id, round)
);

CREATE TABLE entitlements (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL CHECK (state IN ('refused', 'established', 'batched', 'paid', 'returned', 'ended', 'held')),
    aid_request_id uuid NOT NULL,
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
    traceparent text,
    CONSTRAINT entitlements_aid_request_id_key UNIQUE (aid_request_id),
    CONSTRAINT entitlements_check CHECK ((state = 'refused') OR ((amount_rupiah > 0) AND (period <> '') AND (rule_version <> ''))),
    CONSTRAINT entitlements_check1 CHECK (state IN ('batched', 'paid', 'returned') <= (batch_id IS NOT NULL))
);
CREATE INDEX entitlements_batch ON entitlements (batch_id) WHERE (batch_id IS NOT NULL);
CREATE INDEX entitlements_case ON entitlements (case_id);
CREATE INDEX entitlements_person ON entitlements (person_id);
CREATE UNIQUE INDEX entitlements_once ON entitlements (district, programme_code, period, person_id) WHERE (state <> ALL (ARRAY['refused', 'ended']));
CREATE INDEX entitlements_waiting ON entitlements (district, programme_code) WHERE (state = 'established');

CREATE TABLE batch_lines (
    batch_id uuid NOT NULL REFERENCES batches,
    line_no integer NOT NULL,
    entitlement_id uuid NOT NULL REFERENCES entitlements,
    payment_id uuid NOT NULL,
    case_id uuid NOT NULL,
    case_correlation_id uuid NOT NULL,
    account_reference text NOT NULL,
    amount_rupiah bigint NOT NULL CHECK (amount_rupiah > 0),
    district text NOT NULL,
    PRIMARY KEY (batch_id, line_no),
    CONSTRAINT batch_lines_batch_id_entitlement_id_key UNIQUE (batch_id, entitlement_id)
);
REVOKE UPDATE, DELETE ON batch_lines FROM disbursement_app;

CREATE TABLE batch_lines_taken_off (
    batch_id uuid NOT NULL,
    line_no integer NOT NULL,
    revision integer NOT NULL,
    reason_code text NOT NULL,
    taken_off_at timestamptz NOT NULL,
    district text NOT NULL,
    PRIMARY KEY (batch_id, line_no),
    FOREIGN KEY (batch_id, line_no) REFERENCES batch_lines
);
REVOKE UPDATE, DELETE ON batch_lines_taken_off FROM disbursement_app;

CREATE TABLE holds (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL CHECK (state IN ('held', 'ended', 'let-go')),
    aid_request_id uuid NOT NULL,
    source text NOT NULL,
    reason_code text NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT holds_aid_request_id_source_key UNIQUE (aid_request_id, source)
);

CREATE TABLE findings (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL,
    batch_id uuid NOT NULL REFERENCES batches,
    payment_id uuid,
    entitlement_id uuid,
    line_no integer,
    desk text NOT NULL,
    due_at timestamptz NOT NULL,
    reason_code text NOT NULL,
    resolution text,
    resolved_at timestamptz
);
CREATE INDEX findings_batch ON findings (batch_id);
CREATE INDEX findings_open ON findings (district, due_at) WHERE (resolution IS NULL);

CREATE TABLE journal_entries (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('OBLIGATION', 'PAYMENT', 'REVERSAL', 'ADJUSTMENT')),
    batch_id uuid NOT NULL,
    payment_id uuid,
    happened_at timestamptz NOT NULL,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    district text NOT NULL
);
CREATE INDEX journal_entries_batch ON journal_entries (batch_id);
REVOKE UPDATE, DELETE ON journal_entries FROM disbursement_app;

CREATE TABLE postings (
    entry_id uuid NOT NULL REFERENCES journal_entries,
    line_no integer NOT NULL,
    account text NOT NULL,
    amount bigint NOT NULL CHECK (amount <> 0),
    district text NOT NULL,
    PRIMARY KEY (entry_id, line_no)
);
CREATE INDEX postings_account ON postings (district, account);
REVOKE UPDATE, DELETE ON postings FROM disbursement_app;

CREATE TABLE payments (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL CHECK (state IN ('ordered', 'instructed', 'credited', 'failed', 'cancelled')),
    batch_id uuid NOT NULL REFERENCES batches,
    line_no integer NOT NULL,
    entitlement_id uuid NOT NULL REFERENCES entitlements,
    case_id uuid NOT NULL,
    account_reference text NOT NULL,
    amount_rupiah bigint NOT NULL CHECK (amount_rupiah > 0),
    owed_rupiah bigint NOT NULL CHECK (owed_rupiah >= 0),
    credited_rupiah bigint NOT NULL,
    bank_reference text,
    reason_code text,
    settled_at timestamptz,
    CONSTRAINT payments_batch_id_line_no_key UNIQUE (batch_id, line_no),
    CONSTRAINT payments_check CHECK ((state <> 'credited') OR (bank_reference IS NOT NULL))
);
-- Whom and how much stays as it was ordered; only what becomes of it is written.
REVOKE UPDATE, DELETE ON payments FROM disbursement_app;
GRANT UPDATE (version, state, owed_rupiah, credited_rupiah, bank_reference, reason_code, settled_at) ON payments TO disbursement_app;
CREATE UNIQUE INDEX payments_once ON payments (entitlement_id) WHERE (state NOT IN ('failed', 'cancelled'));

CREATE TABLE bank_movements (
    id uuid PRIMARY KEY,
    batch_id uuid NOT NULL REFERENCES batches,
    payment_id uuid,
    amount_rupiah bigint,
    status text NOT NULL,
    bank_reference text NOT NULL,
    reason_code text NOT NULL,
    reason_text text NOT NULL,
    value_on date,
    moved_rupiah bigint NOT NULL,
    imported_at timestamptz NOT NULL,
    district text NOT NULL
);
CREATE INDEX bank_movements_batch ON bank_movements (batch_id);
REVOKE UPDATE, DELETE ON bank_movements FROM disbursement_app;

CREATE VIEW account_balances AS
 SELECT district,
    account,
    (COALESCE(sum(amount) FILTER (WHERE (amount > 0)), (0)::numeric))::bigint AS debit_rupiah,
    (COALESCE((- sum(amount) FILTER (WHERE (amount < 0))), (0)::numeric))::bigint AS credit_rupiah,
    (sum(amount))::bigint AS balance_rupiah
   FROM postings
  GROUP BY district, account;
REVOKE INSERT, UPDATE, DELETE ON account_balances FROM disbursement_app;

CREATE CONSTRAINT TRIGGER entries_balance AFTER INSERT ON journal_entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_must_balance();

CREATE TRIGGER entries_stand BEFORE DELETE OR UPDATE OR TRUNCATE ON journal_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

CREATE CONSTRAINT TRIGGER postings_balance AFTER INSERT ON postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_must_balance();

CREATE TRIGGER postings_stand BEFORE DELETE OR UPDATE OR TRUNCATE ON postings FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
