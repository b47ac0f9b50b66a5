"""The deadlines of a hand-off and their escalation policies (`handoff.md` §3). Pure functions.

A deadline runs for one agency, in the working time of one desk. Its due instant is computed once and stored with the
sentence that explains it; a pause keeps what was left; the escalation policy counts from the due instant on, each
escalation step once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.casework.office.directory.domain import EscalationKind, PolicyStep, say_instant, say_span
from services.chassis.errors import Conflict

SPREAD = timedelta(seconds=10)
"""Deadlines that fall due together are looked at within this span, so that hundreds do not ring in one second."""


class DeadlineKind(StrEnum):
    """The promise whose time is running."""

    RECEIVED_BY = "RECEIVED_BY"
    ANSWER_BY = "ANSWER_BY"
    REPLY_BY = "REPLY_BY"
    PROMISE_BY = "PROMISE_BY"
    CONFIRM_BY = "CONFIRM_BY"
    ARRIVE_BY = "ARRIVE_BY"
    STATUS_BY = "STATUS_BY"
    EXPECTED_END = "EXPECTED_END"
    FETCH_BY = "FETCH_BY"
    READ_BY = "READ_BY"


class DeadlineState(StrEnum):
    """Whether a deadline runs."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


ALIVE = frozenset(DeadlineState) - {DeadlineState.STOPPED}
"""A deadline that runs, or will run again."""


class Notice(StrEnum):
    """What is known of the message that tells of an escalation step."""

    AWAITED = "awaited"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


NOBODY_ON_DUTY = "NOBODY_ON_DUTY"
"""The remark on an escalation step that went to the head because nobody had the turn at the desk."""


class EmergencyCannotPause(Conflict):
    """An emergency's deadline is never paused."""

    text = "Tenggat gawat darurat tidak dapat dihentikan sementara."
    advice = "Jawab, batalkan, atau minta instansi lain; tenggatnya tetap berjalan."


@dataclass(frozen=True, slots=True)
class DueStep:
    """What a timer finds when it looks at a deadline: an escalation step to write now, or when to look again."""

    step_no: int
    kind: EscalationKind | None
    next_check_at: datetime | None


def escalate(
    now: datetime, due_at: datetime, escalations_written: int, escalation_policy: Sequence[PolicyStep]
) -> DueStep:
    """Decide on an escalation: at most one escalation step, the next of the escalation policy, once its time has come.

    Pure: the timer that asks may be early, late or asking twice; only the deadline and the escalation steps already
    written count.
    """
    if escalations_written >= len(escalation_policy):
        return DueStep(escalations_written, None, None)
    escalation = escalation_policy[escalations_written]
    escalates_at = due_at + escalation.after
    if now < escalates_at:
        return DueStep(escalations_written, None, escalates_at)
    return DueStep(
        escalations_written + 1, escalation.kind, escalates_at_of(due_at, escalations_written + 1, escalation_policy)
    )


SEARCHING = frozenset({DeadlineKind.RECEIVED_BY, DeadlineKind.ANSWER_BY})
"""Deadlines whose silence can be answered by asking somebody else."""


def policy_of(kind: str, escalation_policy: Iterable[PolicyStep]) -> tuple[PolicyStep, ...]:
    """The escalation steps of an escalation policy that mean something for a deadline: nobody else is asked once
    somebody has said yes.
    """
    return tuple(
        escalation
        for escalation in escalation_policy
        if kind in SEARCHING or escalation.kind != EscalationKind.NEXT_CANDIDATE
    )


def escalates_at_of(
    due_at: datetime, escalations_written: int, escalation_policy: Sequence[PolicyStep]
) -> datetime | None:
    """When the next escalation step is due; none when the escalation policy has come to its end."""
    return (
        due_at + escalation_policy[escalations_written].after if escalations_written < len(escalation_policy) else None
    )


def silence(
    due_at: datetime, escalations_written: int, escalation_policy: Sequence[PolicyStep]
) -> list[tuple[EscalationKind, datetime]]:
    """What will escalate, and when, if nobody says a word from now on."""
    return [(escalation.kind, due_at + escalation.after) for escalation in escalation_policy[escalations_written:]]


def look_at(escalates_at: Iterable[tuple[datetime, bool]], subject_id: UUID, now: datetime) -> datetime | None:
    """When the one timer of a subject should look next, given (instant, emergency) of its running deadlines.

    Emergencies and what is overdue are looked at on the second; the rest within ``SPREAD``, by the subject's own id,
    so that the same deadline is always looked at at the same instant.
    """
    delay = SPREAD * (subject_id.int % 1000) / 1000
    spread = [at if is_emergency or at <= now else at + delay for at, is_emergency in escalates_at]
    return min(spread, default=None)


def notice_after(notice: str | None, news: Notice) -> Notice:
    """What is known of an escalation step's notice after news of one of its messages; one that did not arrive is never
    undone.
    """
    return Notice.UNDELIVERED if notice == Notice.UNDELIVERED else news


def remark_on(escalation_due_at: datetime, happened_at: datetime) -> str | None:
    """What is noted on an escalation step that was taken although the answer, told later, had come in time."""
    return "ANSWERED_IN_TIME_RECORDED_LATE" if happened_at <= escalation_due_at else None


def sentence(within: timedelta, since: datetime, due_at: datetime, zone: str) -> str:
    """Why a deadline that counts every hour runs until then."""
    return f"{say_span(within)} sejak {say_instant(since, zone)}; semua jam dihitung; jatuh {say_instant(due_at, zone)}"
