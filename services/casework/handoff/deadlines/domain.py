"""The clocks of a hand-off and their ladders (`handoff.md` §3). Pure functions.

A clock runs for one agency, in the working time of one desk. Its due instant is computed once and stored with the
sentence that explains it; a pause keeps what was left; the ladder rings from the due instant on, each rung once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.casework.office.directory.domain import Rung, RungKind, say_instant, say_span
from services.chassis.errors import Conflict

SPREAD = timedelta(seconds=10)
"""Deadlines that fall due together are looked at within this span, so that hundreds do not ring in one second."""


class ClockKind(StrEnum):
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


class ClockState(StrEnum):
    """Whether a clock runs."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class Notice(StrEnum):
    """What is known of the message that tells of a rung."""

    AWAITED = "awaited"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


NOBODY_ON_DUTY = "NOBODY_ON_DUTY"
"""The remark on a rung that went to the head because nobody had the turn at the desk."""


class EmergencyCannotPause(Conflict):
    """An emergency's clock is never paused."""

    text = "Tenggat gawat darurat tidak dapat dihentikan sementara."
    advice = "Jawab, batalkan, atau minta instansi lain; tenggatnya tetap berjalan."


@dataclass(frozen=True, slots=True)
class Ringing:
    """What a timer finds when it looks at a clock: a rung to write now, or when to look again."""

    rung_no: int
    kind: RungKind | None
    look_again_at: datetime | None


def ring(now: datetime, due_at: datetime, rungs_written: int, ladder: Sequence[Rung]) -> Ringing:
    """Decide on an escalation: at most one rung, the next of the ladder, once its time has come.

    Pure: the timer that asks may be early, late or asking twice; only the clock and the rungs already written count.
    """
    if rungs_written >= len(ladder):
        return Ringing(rungs_written, None, None)
    rung = ladder[rungs_written]
    rings_at = due_at + rung.after
    if now < rings_at:
        return Ringing(rungs_written, None, rings_at)
    return Ringing(rungs_written + 1, rung.kind, rings_at_of(due_at, rungs_written + 1, ladder))


SEARCHING = frozenset({ClockKind.RECEIVED_BY, ClockKind.ANSWER_BY})
"""Clocks whose silence can be answered by asking somebody else."""


def ladder_of(kind: str, ladder: Iterable[Rung]) -> tuple[Rung, ...]:
    """The rungs of a ladder that mean something for a clock: nobody else is asked once somebody has said yes."""
    return tuple(rung for rung in ladder if kind in SEARCHING or rung.kind != RungKind.NEXT_CANDIDATE)


def rings_at_of(due_at: datetime, rungs_written: int, ladder: Sequence[Rung]) -> datetime | None:
    """When the next rung rings; none when the ladder has come to its end."""
    return due_at + ladder[rungs_written].after if rungs_written < len(ladder) else None


def silence(due_at: datetime, rungs_written: int, ladder: Sequence[Rung]) -> list[tuple[RungKind, datetime]]:
    """What will ring, and when, if nobody says a word from now on."""
    return [(rung.kind, due_at + rung.after) for rung in ladder[rungs_written:]]


def look_at(rings_at: Iterable[tuple[datetime, bool]], subject_id: UUID, now: datetime) -> datetime | None:
    """When the one timer of a subject should look next, given (instant, emergency) of its running clocks.

    Emergencies and what is overdue are looked at on the second; the rest within ``SPREAD``, by the subject's own id,
    so that the same clock is always looked at at the same instant.
    """
    delay = SPREAD * (subject_id.int % 1000) / 1000
    spread = [at if is_emergency or at <= now else at + delay for at, is_emergency in rings_at]
    return min(spread, default=None)


def notice_after(notice: str | None, news: Notice) -> Notice:
    """What is known of a rung's notice after news of one of its messages; one that did not arrive is never undone."""
    return Notice.UNDELIVERED if notice == Notice.UNDELIVERED else news


def remark_on(rung_due_at: datetime, happened_at: datetime) -> str | None:
    """What is noted on a rung that rang although the answer, told later, had come in time."""
    return "ANSWERED_IN_TIME_RECORDED_LATE" if happened_at <= rung_due_at else None


def sentence(within: timedelta, since: datetime, due_at: datetime, zone: str) -> str:
    """Why a clock that counts every hour runs until then."""
    return f"{say_span(within)} sejak {say_instant(since, zone)}; semua jam dihitung; jatuh {say_instant(due_at, zone)}"
