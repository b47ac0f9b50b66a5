"""The hand-off as a promise between two agencies: states, moves, who owes the work, clocks and ladder.

`MOVES` is the whole of what is legal; the 409 of an illegal move names what is. States follow FHIR R5 Task, as the
table ``FHIR`` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.casework.directory.domain import Rung, RungKind
from services.chassis.errors import Conflict, Forbidden, Invalid


class HandoffState(StrEnum):
    """Where a hand-off stands (`handoff.md` §2)."""

    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Move(StrEnum):
    """What somebody does with a hand-off."""

    RECEIVE = "receive"
    ACCEPT = "accept"
    REJECT = "reject"
    ARRIVE = "arrive"
    START = "start"
    COMPLETE = "complete"
    FAIL = "fail"
    CLOSE = "close"
    CANCEL = "cancel"
    EXPIRE = "expire"
    SUPERSEDE = "supersede"


class Side(StrEnum):
    """Who makes a move."""

    RECEIVER = "receiver"
    SENDER = "sender"
    SYSTEM = "system"


S, M = HandoffState, Move

MOVES: dict[tuple[HandoffState, Move], HandoffState] = {
    (S.REQUESTED, M.RECEIVE): S.RECEIVED,
    (S.REQUESTED, M.ACCEPT): S.ACCEPTED,
    (S.REQUESTED, M.REJECT): S.REJECTED,
    (S.REQUESTED, M.CANCEL): S.CANCELLED,
    (S.REQUESTED, M.EXPIRE): S.EXPIRED,
    (S.REQUESTED, M.SUPERSEDE): S.SUPERSEDED,
    (S.RECEIVED, M.ACCEPT): S.ACCEPTED,
    (S.RECEIVED, M.REJECT): S.REJECTED,
    (S.RECEIVED, M.CANCEL): S.CANCELLED,
    (S.RECEIVED, M.EXPIRE): S.EXPIRED,
    (S.RECEIVED, M.SUPERSEDE): S.SUPERSEDED,
    (S.ACCEPTED, M.ARRIVE): S.ARRIVED,
    (S.ACCEPTED, M.START): S.IN_PROGRESS,
    (S.ACCEPTED, M.FAIL): S.FAILED,
    (S.ACCEPTED, M.EXPIRE): S.EXPIRED,
    (S.ARRIVED, M.START): S.IN_PROGRESS,
    (S.ARRIVED, M.FAIL): S.FAILED,
    (S.IN_PROGRESS, M.COMPLETE): S.COMPLETED,
    (S.IN_PROGRESS, M.FAIL): S.FAILED,
    (S.COMPLETED, M.CLOSE): S.CLOSED,
    (S.FAILED, M.CLOSE): S.CLOSED,
}

SIDE: dict[Move, Side] = {
    M.RECEIVE: Side.RECEIVER,
    M.ACCEPT: Side.RECEIVER,
    M.REJECT: Side.RECEIVER,
    M.ARRIVE: Side.RECEIVER,
    M.START: Side.RECEIVER,
    M.COMPLETE: Side.RECEIVER,
    M.FAIL: Side.RECEIVER,
    M.CLOSE: Side.SENDER,
    M.CANCEL: Side.SENDER,
    M.EXPIRE: Side.SYSTEM,
    M.SUPERSEDE: Side.SYSTEM,
}

FHIR: dict[HandoffState, str] = {
    S.REQUESTED: "requested",
    S.RECEIVED: "received",
    S.ACCEPTED: "accepted",
    S.ARRIVED: "accepted",
    S.IN_PROGRESS: "in-progress",
    S.COMPLETED: "completed",
    S.FAILED: "failed",
    S.CLOSED: "completed",
    S.REJECTED: "rejected",
    S.CANCELLED: "cancelled",
    S.EXPIRED: "cancelled",
    S.SUPERSEDED: "cancelled",
}
"""FHIR R5 Task.status of each state."""

OPEN = frozenset({S.REQUESTED, S.RECEIVED, S.ACCEPTED, S.ARRIVED, S.IN_PROGRESS, S.COMPLETED, S.FAILED})
UNANSWERED = frozenset({S.REQUESTED, S.RECEIVED})
PROMISED = frozenset({S.ACCEPTED, S.ARRIVED, S.IN_PROGRESS})
"""States in which the receiver owes the work; in every other the sender does."""


class Purpose(StrEnum):
    """What a hand-off is for (`handoff.md` §5)."""

    CUSTODY_TRANSFER = "CUSTODY_TRANSFER"
    EMERGENCY_CARE = "EMERGENCY_CARE"
    HEALTH_SCREENING = "HEALTH_SCREENING"
    IDENTIFICATION = "IDENTIFICATION"
    INSURANCE = "INSURANCE"
    INPATIENT_BED = "INPATIENT_BED"
    FAMILY_TRACING = "FAMILY_TRACING"
    REUNIFICATION = "REUNIFICATION"
    REPATRIATION = "REPATRIATION"
    PLACEMENT = "PLACEMENT"
    MEDICINE_CONTINUITY = "MEDICINE_CONTINUITY"
    TRAINING = "TRAINING"
    CHILD_PROTECTION = "CHILD_PROTECTION"
    BURIAL = "BURIAL"
    TRANSFER = "TRANSFER"
    INFORMATION = "INFORMATION"


MOVES_A_PERSON = frozenset(
    {
        Purpose.CUSTODY_TRANSFER,
        Purpose.EMERGENCY_CARE,
        Purpose.HEALTH_SCREENING,
        Purpose.INPATIENT_BED,
        Purpose.REUNIFICATION,
        Purpose.REPATRIATION,
        Purpose.PLACEMENT,
    }
)

PACKAGE_FIELDS: dict[Purpose, frozenset[str]] = {
    Purpose.CUSTODY_TRANSFER: frozenset({"name", "features"}),
    Purpose.EMERGENCY_CARE: frozenset({"name", "birth_date", "features"}),
    Purpose.HEALTH_SCREENING: frozenset({"name", "birth_date", "features"}),
    Purpose.INPATIENT_BED: frozenset({"name", "nik", "birth_date"}),
    Purpose.FAMILY_TRACING: frozenset({"name", "features"}),
    Purpose.REUNIFICATION: frozenset({"name"}),
    Purpose.REPATRIATION: frozenset({"name"}),
    Purpose.PLACEMENT: frozenset({"name", "nik", "birth_date"}),
    Purpose.MEDICINE_CONTINUITY: frozenset({"name", "nik", "birth_date"}),
    Purpose.CHILD_PROTECTION: frozenset({"name", "birth_date", "features"}),
}
"""Personal fields that a receiver needs for a purpose; nothing else of the person leaves."""


class ClockKind(StrEnum):
    """The promise whose time is running (`handoff.md` §3)."""

    ANSWER_BY = "ANSWER_BY"
    ARRIVE_BY = "ARRIVE_BY"
    STATUS_BY = "STATUS_BY"
    READ_BY = "READ_BY"


class GroupOutcome(StrEnum):
    """How a request to one or several candidates ended, as the asking procedure learns it."""

    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXHAUSTED = "EXHAUSTED"
    CANCELLED = "CANCELLED"


class HandoffCannotMove(Conflict):
    """The hand-off's state does not allow this."""

    text = "Serah terima ini tidak dapat diubah dengan cara itu pada keadaan sekarang."


class GroupIsWon(Conflict):
    """Another candidate's firm yes came first."""

    text = "Instansi lain sudah lebih dahulu menyanggupi."
    advice = "Tidak ada tindakan yang diperlukan; Anda dicatat sebagai cadangan."


class HandoffIsClaimed(Conflict):
    """A colleague works on it."""

    text = "Butir ini sedang ditangani rekan Anda."
    advice = "Tunggu sampai pergantian jaga, atau hubungi rekan tersebut."


class NotYourMove(Forbidden):
    """The other side has to do this."""

    text = "Tindakan ini milik pihak lain dalam serah terima."
    advice = "Penerima menjawab dan bekerja; pengirim membatalkan dan menutup."


class BeritaAcaraIsMissing(Invalid):
    """A person moves only with a signed paper."""

    text = "Nomor berita acara wajib diisi karena orang berpindah tangan."
    advice = "Isi ba_number dengan nomor berita acara serah terima yang ditandatangani."


def next_state(state: str, move: Move, side: Side) -> HandoffState:
    """The state after a move. Raises ``HandoffCannotMove`` naming this side's legal moves."""
    target = MOVES.get((HandoffState(state), move))
    if target is None:
        raise HandoffCannotMove(legal_moves(state, side), state=state)
    return target


def legal_moves(state: str, side: Side) -> tuple[str, ...]:
    """What a side may do now."""
    return tuple(move.value for (source, move) in MOVES if source == state and SIDE[move] == side)


def promise_holder(state: str, from_agency: str, to_agency: str) -> str:
    """The one agency that owes this piece of work now."""
    return to_agency if HandoffState(state) in PROMISED else from_agency


@dataclass(frozen=True, slots=True)
class Ringing:
    """What a timer finds when it looks at the row: a rung to write now, or when to look again."""

    rung_no: int
    kind: RungKind | None
    look_again_at: datetime | None


def ring(now: datetime, due_at: datetime | None, rungs_written: int, ladder: Sequence[Rung]) -> Ringing:
    """Decide on an escalation: at most one rung, the next of the ladder, once its time has come.

    Pure: the timer that asks may be early, late or asking twice; only the clock and the rungs already written count.
    """
    if due_at is None or rungs_written >= len(ladder):
        return Ringing(rungs_written, None, None)
    rung = ladder[rungs_written]
    rings_at = due_at + rung.after
    if now < rings_at:
        return Ringing(rungs_written, None, rings_at)
    following = ladder[rungs_written + 1] if rungs_written + 1 < len(ladder) else None
    return Ringing(rungs_written + 1, rung.kind, due_at + following.after if following else None)
