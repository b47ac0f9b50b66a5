-- Everything that intake keeps, as its first release makes it. Later migrations change it; this file stays as it is.

GRANT USAGE ON SCHEMA public TO intake_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO intake_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO intake_app;

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
REVOKE UPDATE, DELETE, TRUNCATE ON actions FROM intake_app;
REVOKE UPDATE, DELETE, TRUNCATE ON feed FROM intake_app;

-- Of intake alone.

CREATE TABLE special_reads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor text NOT NULL,
    agency text NOT NULL,
    purpose text NOT NULL,
    aggregate text NOT NULL,
    aggregate_id uuid NOT NULL,
    fields text NOT NULL,
    district text NOT NULL,
    trace_id text,
    read_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX special_reads_aggregate ON special_reads (aggregate_id, id);
-- Added to, never changed or deleted.
REVOKE UPDATE, DELETE, TRUNCATE ON special_reads FROM intake_app;

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

CREATE TABLE operations (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    agency text NOT NULL,
    order_number text NOT NULL,
    place_code text NOT NULL,
    persons_count integer NOT NULL,
    conducted_at timestamptz NOT NULL
);

CREATE INDEX operations_order ON operations (agency, upper(order_number));

CREATE TABLE person_keyring (
    person_id uuid PRIMARY KEY,
    wrapped jsonb NOT NULL,
    district text NOT NULL
);

CREATE TABLE persons (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    identity_status text NOT NULL,
    nik_level text,
    nik_digest bytea,
    sex text,
    apparent_minor boolean NOT NULL,
    merged_into uuid,
    sealed bytea,
    is_decided_adult boolean NOT NULL DEFAULT false,
    age_decided_at timestamptz
);
CREATE INDEX persons_nik_digest ON persons (nik_digest) WHERE (nik_digest IS NOT NULL);

CREATE TABLE registry_checks (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    person_id uuid NOT NULL,
    about_id uuid NOT NULL,
    handoff_id uuid NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    result text NOT NULL,
    asked_at timestamptz NOT NULL,
    answered_at timestamptz,
    is_same_person boolean,
    settled_at timestamptz,
    CONSTRAINT registry_checks_handoff_id_key UNIQUE (handoff_id)
);
CREATE INDEX registry_checks_waiting ON registry_checks (id) WHERE (answered_at IS NULL);
CREATE INDEX registry_checks_about_id ON registry_checks (about_id);

CREATE TABLE report_cases (
    report_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    case_number text NOT NULL,
    is_closed boolean NOT NULL,
    district text NOT NULL
);
CREATE INDEX report_cases_number ON report_cases (case_number);

CREATE TABLE reports (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL CHECK (state IN ('received', 'verified', 'rejected', 'duplicate')),
    channel text NOT NULL,
    kind text NOT NULL,
    urgency text NOT NULL,
    village_code text NOT NULL,
    person_id uuid NOT NULL,
    operation_id uuid REFERENCES operations,
    reporter_agency text NOT NULL,
    found_at timestamptz NOT NULL,
    evidence jsonb NOT NULL,
    sealed bytea,
    nik_digest bytea,
    parent_report_id uuid,
    reason_code text,
    is_with_reporter boolean NOT NULL DEFAULT false,
    tracking_digest bytea NOT NULL,
    decided_by text
);
CREATE UNIQUE INDEX reports_tracking ON reports (tracking_digest);

CREATE TABLE objections (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    report_id uuid NOT NULL REFERENCES reports,
    against text NOT NULL CHECK (against IN ('REFUSED', 'ENDED')),
    state text NOT NULL CHECK (state IN ('open', 'upheld', 'dismissed')),
    sealed bytea NOT NULL,
    raised_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    CONSTRAINT objections_once UNIQUE (report_id, against),
    CONSTRAINT objections_decided CHECK ((state = 'open') = (decided_by IS NULL))
);
CREATE INDEX objections_open ON objections (district, raised_at) WHERE (state = 'open');

CREATE INDEX reports_operation ON reports (operation_id) WHERE (operation_id IS NOT NULL);
CREATE INDEX reports_nik_digest ON reports (nik_digest) WHERE (nik_digest IS NOT NULL);
CREATE INDEX reports_evidence ON reports USING gin (evidence jsonb_path_ops) WHERE (evidence <> '[]');
CREATE INDEX reports_person ON reports (person_id);
CREATE INDEX reports_parent ON reports (parent_report_id) WHERE (parent_report_id IS NOT NULL);
CREATE INDEX reports_state ON reports (district, state, id);
