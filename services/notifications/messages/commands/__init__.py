"""The only code that changes messages and the copies they need: ``telling`` makes them, ``carrying`` ends them."""

from services.notifications.messages.commands.carrying import (
    Errand,
    NoteReport,
    Outcome,
    claim_messages,
    note_report,
    prepare_messages,
    rearm_messages,
    record_outcomes,
    revisit_messages,
)
from services.notifications.messages.commands.telling import (
    KnowCase,
    KnowReport,
    NotifyOfFact,
    know_case,
    know_report,
    notify_of_fact,
)

__all__ = [
    "Errand",
    "KnowCase",
    "KnowReport",
    "NoteReport",
    "NotifyOfFact",
    "Outcome",
    "claim_messages",
    "know_case",
    "know_report",
    "note_report",
    "notify_of_fact",
    "prepare_messages",
    "rearm_messages",
    "record_outcomes",
    "revisit_messages",
]
