"""Under which duty telephone of its agency a message is told, and the sealed PIN that it takes along."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ONCE = "messages_cause_fact_id_recipient_template_key"
"""The name that PostgreSQL gave to what keeps a fact from being told twice."""


def upgrade() -> None:
    """Messages from before were told under the office's own number."""
    op.execute("ALTER TABLE messages ADD COLUMN duty_phone text NOT NULL DEFAULT ''")
    op.execute(
        "CREATE TABLE message_pins (message_id uuid PRIMARY KEY, district text NOT NULL, sealed_pin text NOT NULL)"
    )
    op.execute(f"ALTER TABLE messages DROP CONSTRAINT {ONCE}")
    op.execute(
        "ALTER TABLE messages ADD CONSTRAINT messages_told_once UNIQUE (cause_fact_id, recipient, template, duty_phone)"
    )


def downgrade() -> None:
    """Take it away again; of one fact told under several telephones the first message stays."""
    op.execute(
        "DELETE FROM messages m USING messages first WHERE first.id < m.id AND first.cause_fact_id = m.cause_fact_id"
        " AND first.recipient = m.recipient AND first.template = m.template"
    )
    op.execute("ALTER TABLE messages DROP CONSTRAINT messages_told_once")
    op.execute(f"ALTER TABLE messages ADD CONSTRAINT {ONCE} UNIQUE (cause_fact_id, recipient, template)")
    op.execute("ALTER TABLE messages DROP COLUMN duty_phone")
    op.execute("DROP TABLE message_pins")
