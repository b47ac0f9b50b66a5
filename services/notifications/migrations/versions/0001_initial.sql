-- Everything that notifications keeps, as its first release makes it. Later migrations change it; this file stays as it is.

GRANT USAGE ON SCHEMA public TO notifications_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO notifications_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO notifications_app;

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
REVOKE UPDATE, DELETE, TRUNCATE ON actions FROM notifications_app;
REVOKE UPDATE, DELETE, TRUNCATE ON feed FROM notifications_app;

-- Of notifications alone.

CREATE TABLE case_numbers (
    correlation_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    case_number text NOT NULL,
    village_code text NOT NULL,
    as_of timestamptz NOT NULL,
    district text NOT NULL
);

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

CREATE TABLE due_messages (
    message_id uuid PRIMARY KEY,
    district text NOT NULL,
    due_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    traceparent text NOT NULL
);
CREATE INDEX due_messages_due ON due_messages (due_at);

CREATE TABLE message_packs (
    district text NOT NULL,
    version text NOT NULL,
    body jsonb NOT NULL,
    digest text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (district, version)
);

CREATE TABLE message_pins (
    message_id uuid PRIMARY KEY,
    district text NOT NULL,
    sealed_pin text NOT NULL
);

CREATE TABLE messages (
    id uuid PRIMARY KEY,
    district text NOT NULL,
    correlation_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL CHECK (state IN ('pending', 'sent', 'delivered', 'failed', 'skipped')),
    cause_fact_id uuid NOT NULL,
    occasion text NOT NULL,
    recipient text NOT NULL,
    template text NOT NULL,
    channel text NOT NULL,
    case_id uuid,
    agency text NOT NULL,
    village_code text NOT NULL,
    purpose text NOT NULL,
    due_at timestamptz,
    told_at timestamptz NOT NULL,
    facts_by timestamptz NOT NULL,
    to_name text NOT NULL,
    to_masked text NOT NULL,
    body text NOT NULL,
    reason_code text,
    sent_at timestamptz,
    ended_at timestamptz,
    duty_phone text NOT NULL DEFAULT '',
    CONSTRAINT messages_told_once UNIQUE (cause_fact_id, recipient, template, duty_phone),
    CONSTRAINT messages_check CHECK ((state <> ALL (ARRAY['sent', 'delivered'])) OR ((sent_at IS NOT NULL) AND (body <> '')))
);
CREATE INDEX messages_case ON messages (case_id) WHERE (case_id IS NOT NULL);
CREATE INDEX messages_open ON messages (id) WHERE (state = ANY (ARRAY['pending', 'sent']));
CREATE INDEX messages_waiting ON messages (correlation_id) WHERE (state = 'pending');

CREATE TABLE report_sources (
    correlation_id uuid PRIMARY KEY,
    reporter_agency text NOT NULL,
    village_code text NOT NULL,
    as_of timestamptz NOT NULL,
    district text NOT NULL
);
