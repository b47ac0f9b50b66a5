"""Where the runbook says what to do, by the name under which somebody sees the trouble.

Checks of readiness, figures and log lines of the spine stand here; a service adds its own figures in its wiring. A test
holds every link to a heading of the page.
"""

from collections.abc import Mapping

PAGE = "docs/runbook.md"

CHECKS: Mapping[str, str] = {
    "database": "a-database-is-away",
    "relay-kafka": "kafka-is-away",
    "relay-feed": "a-database-is-away",
    "relay-temporal": "temporal-is-away-or-lost-its-store",
    "outbox": "the-outbox-grows-old",
    "consumer": "a-consumer-has-no-partitions",
    "disk": "a-disk-fills-up",
    "lag": "a-consumer-falls-behind",
    "sweeper": "a-database-is-away",
    "worker": "temporal-is-away-or-lost-its-store",
    "identity-provider": "the-identity-provider-is-away",
}
FIGURES: Mapping[str, str] = {
    "sigap_outbox_oldest_seconds": "the-outbox-grows-old",
    "sigap_outbox_rows": "the-outbox-grows-old",
    "sigap_outbox_urgent_oldest_seconds": "the-outbox-grows-old",
    "sigap_outbox_urgent_rows": "the-outbox-grows-old",
    "sigap_outbox_unsendable": "an-outbox-row-can-never-be-sent",
    "sigap_dead_letters": "a-message-was-set-aside",
    "sigap_dead_letters_oldest_seconds": "a-message-was-set-aside",
    "sigap_consumer_lag_messages": "a-consumer-falls-behind",
    "sigap_consumer_in_hand_messages": "a-consumer-falls-behind",
    "sigap_consumer_oldest_seconds": "a-consumer-falls-behind",
    "sigap_consumer_urgent_messages": "a-consumer-falls-behind",
    "sigap_consumer_urgent_oldest_seconds": "a-consumer-falls-behind",
    "sigap_disk_free_bytes": "a-disk-fills-up",
    "sigap_identity_provider_away_seconds": "the-identity-provider-is-away",
    "sigap_messages_skipped": "messages-are-skipped",
}
LINES: Mapping[str, str] = {
    "message_dead_lettered": "a-message-was-set-aside",
    "outbox_row_unsendable": "an-outbox-row-can-never-be-sent",
    "send_failed": "kafka-is-away",
    "consumer_waits": "kafka-is-away",
    "relay_waits": "the-outbox-grows-old",
    "signal_failed": "the-outbox-grows-old",
    "messages_not_carried": "messages-do-not-arrive",
    "message_not_carried": "messages-do-not-arrive",
    "messages_without_a_pack": "messages-do-not-arrive",
    "sweeper_waits": "a-database-is-away",
    "feed_watch_waits": "a-database-is-away",
    "worker_waits": "temporal-is-away-or-lost-its-store",
    "consuming_failed": "a-fault-of-ours",
    "drain_failed": "a-fault-of-ours",
    "unexpected_fault": "a-fault-of-ours",
    "database_away": "a-database-is-away",
    "database_clock_jumped": "the-databases-clock-jumped",
    "process_failed": "a-fault-of-ours",
    "process_did_not_end": "a-part-hangs",
}


def link(section: str) -> str:
    """The address of a section of the runbook."""
    return f"{PAGE}#{section}"
