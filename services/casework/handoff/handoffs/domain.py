"""The hand-off as a promise between two agencies: states, moves, who owes the work, who may say what.

`MOVES` is the whole of what is legal; the 409 of an illegal move names what is. States follow FHIR R5 Task, as
``fhir_status`` and ``BUSINESS`` say.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from services.casework.handoff.disclosures.domain import MOVES_A_PERSON
from services.chassis.errors import Conflict, Forbidden, Invalid

CLOCKS_MAY_DIFFER = timedelta(minutes=5)
"""By how much a caller's clock may run ahead of ours."""
FORESEEABLE = timedelta(days=5 * 366)
"""A stay in a panti may last years; what is promised for later than this is a slip of the pen."""
UNDO_WITHIN = timedelta(minutes=10)
"""How long a mis-click can be undone while nobody has acted on it (`handoff.md` §2)."""


class HandoffState(StrEnum):
    """Where a hand-off stands (`handoff.md` §2)."""

    DRAFT = "draft"
    REQUESTED = "requested"
    RECEIVED = "received"
    CONDITIONAL = "conditional"
    ACCEPTED = "accepted"
    ON_HOLD = "on-hold"
    ARRIVED = "arrived"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    ENTERED_IN_ERROR = "entered-in-error"


class Move(StrEnum):
    """What somebody does with a hand-off."""

    SEND = "send"
    RECEIVE = "receive"
    ACCEPT = "accept"
    ACCEPT_CONDITIONALLY = "accept-conditionally"
    FIRM_UP = "firm-up"
    REJECT = "reject"
    ARRIVE = "arrive"
    START = "start"
    COMPLETE = "complete"
    FAIL = "fail"
    REOPEN = "reopen"
    CLOSE = "close"
    HOLD = "hold"
    RESUME = "resume"
    CONTEST = "contest"
    UNDO = "undo"
    CANCEL = "cancel"
    ASK_CANCEL = "ask-cancel"
    CONFIRM_CANCEL = "confirm-cancel"
    ENTER_IN_ERROR = "enter-in-error"
    EXPIRE = "expire"
    SUPERSEDE = "supersede"
    ASK_AGAIN = "ask-again"


class Side(StrEnum):
    """Who makes a move; the officer is the district office looking after a promise that is not its own."""

    RECEIVER = "receiver"
    SENDER = "sender"
    OFFICER = "officer"
    SYSTEM = "system"


S, M = HandoffState, Move

UNANSWERED = frozenset({S.REQUESTED, S.RECEIVED})
UNDECIDED = UNANSWERED | {S.CONDITIONAL}
"""Nobody has given a firm yes yet: the sender keeps everything."""
PROMISED = frozenset({S.ACCEPTED, S.ARRIVED, S.IN_PROGRESS})
"""States in which the receiver owes the work; in every other the sender does. Held, it stays with whoever had it."""
HOLDABLE = UNDECIDED | PROMISED
UNDOABLE = frozenset({S.CONDITIONAL, S.ACCEPTED})
ANSWERED_YES = frozenset({M.ACCEPT, M.ACCEPT_CONDITIONALLY})
ASKED = frozenset({"request", M.SEND})
ENDED_WORK = frozenset({S.COMPLETED, S.FAILED})
OPEN = HOLDABLE | ENDED_WORK | {S.DRAFT, S.ON_HOLD}

MOVES: dict[tuple[HandoffState, Move], frozenset[HandoffState]] = {
    key: frozenset({target})
    for key, target in {
        (S.DRAFT, M.SEND): S.REQUESTED,
        (S.DRAFT, M.CANCEL): S.CANCELLED,
        (S.DRAFT, M.ENTER_IN_ERROR): S.ENTERED_IN_ERROR,
        (S.REQUESTED, M.RECEIVE): S.RECEIVED,
        (S.REQUESTED, M.ENTER_IN_ERROR): S.ENTERED_IN_ERROR,
        **{(state, M.ACCEPT): S.ACCEPTED for state in UNANSWERED},
        **{(state, M.ACCEPT_CONDITIONALLY): S.CONDITIONAL for state in UNANSWERED},
        **{(state, M.REJECT): S.REJECTED for state in UNDECIDED},
        **{(state, M.CANCEL): S.CANCELLED for state in UNDECIDED},
        **{(state, M.SUPERSEDE): S.SUPERSEDED for state in UNDECIDED | {S.ON_HOLD}},
        **{(state, M.EXPIRE): S.EXPIRED for state in UNDECIDED | {S.DRAFT, S.ON_HOLD, S.ACCEPTED}},
        **{(state, M.HOLD): S.ON_HOLD for state in HOLDABLE},
        **{(state, M.CONTEST): S.REQUESTED for state in (S.CONDITIONAL, S.ACCEPTED, S.REJECTED)},
        **{(state, M.UNDO): S.RECEIVED for state in (S.CONDITIONAL, S.ACCEPTED)},
        (S.CONDITIONAL, M.FIRM_UP): S.ACCEPTED,
        (S.ACCEPTED, M.ARRIVE): S.ARRIVED,
        (S.ACCEPTED, M.START): S.IN_PROGRESS,
        (S.ARRIVED, M.START): S.IN_PROGRESS,
        **{(state, M.FAIL): S.FAILED for state in PROMISED},
        **{(state, M.ASK_CANCEL): state for state in (S.ACCEPTED, S.IN_PROGRESS)},
        **{(state, M.CONFIRM_CANCEL): S.CANCELLED for state in (S.ACCEPTED, S.IN_PROGRESS)},
        (S.IN_PROGRESS, M.COMPLETE): S.COMPLETED,
        (S.FAILED, M.REOPEN): S.IN_PROGRESS,
        **{(state, M.CLOSE): S.CLOSED for state in ENDED_WORK},
        (S.SUPERSEDED, M.ASK_AGAIN): S.REQUESTED,
    }.items()
} | {(S.ON_HOLD, M.RESUME): HOLDABLE}
"""Where each move leads; a resumed hand-off goes back to where it was held."""

SIDES: dict[Move, frozenset[Side]] = {
    **dict.fromkeys(
        (
            M.RECEIVE, M.ACCEPT, M.ACCEPT_CONDITIONALLY, M.REJECT, M.ARRIVE, M.START, M.COMPLETE, M.FAIL, M.REOPEN,
            M.CONTEST, M.UNDO, M.CONFIRM_CANCEL,
        ),
        frozenset({Side.RECEIVER}),
    ),
    **dict.fromkeys((M.SEND, M.CLOSE, M.CANCEL, M.ASK_CANCEL, M.ENTER_IN_ERROR), frozenset({Side.SENDER})),
    **dict.fromkeys((M.HOLD, M.RESUME), frozenset({Side.SENDER, Side.OFFICER})),
    **dict.fromkeys((M.FIRM_UP, M.EXPIRE, M.SUPERSEDE, M.ASK_AGAIN), frozenset({Side.SYSTEM})),
}  # fmt: skip

SPEAKABLE = frozenset(
    {M.RECEIVE, M.ACCEPT, M.ACCEPT_CONDITIONALLY, M.REJECT, M.START, M.COMPLETE, M.FAIL}
)  # fmt: skip
"""What an officer may record for an agency that said it by phone; never that a person changed hands."""

FHIR: dict[HandoffState, str] = {
    S.DRAFT: "draft",
    S.REQUESTED: "requested",
    S.RECEIVED: "received",
    S.CONDITIONAL: "received",
    S.ACCEPTED: "accepted",
    S.ON_HOLD: "on-hold",
    S.ARRIVED: "accepted",
    S.IN_PROGRESS: "in-progress",
    S.COMPLETED: "completed",
    S.FAILED: "failed",
    S.CLOSED: "completed",
    S.REJECTED: "rejected",
    S.CANCELLED: "cancelled",
    S.EXPIRED: "cancelled",
    S.SUPERSEDED: "cancelled",
    S.ENTERED_IN_ERROR: "entered-in-error",
}
BUSINESS: dict[HandoffState, str] = {
    S.CONDITIONAL: "conditional",
    S.ARRIVED: "arrived",
    S.CLOSED: "read",
    S.EXPIRED: "expired",
    S.SUPERSEDED: "superseded",
}
"""FHIR R5 Task.businessStatus, where Task.status does not tell the states apart."""


def fhir_status(state: str, has_failed: bool = False) -> str:
    """FHIR R5 Task.status; what was read after a failure stays failed."""
    if state == S.CLOSED and has_failed:
        return "failed"
    return FHIR[HandoffState(state)]


class Disposal(StrEnum):
    """What an event that changed reality does to an open hand-off (`handoff.md` §4)."""

    EXPIRE = "EXPIRE"
    FAIL = "FAIL"
    ASK_TO_RELEASE = "ASK_TO_RELEASE"


class GroupOutcome(StrEnum):
    """How a request to one or several candidates ended, as the asking procedure learns it."""

    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXHAUSTED = "EXHAUSTED"
    CANCELLED = "CANCELLED"


SEARCH_GOES_ON = frozenset({"FULL", "NO_STAFF", "NOT_OUR_DUTY"})
"""Reasons of a firm yes taken back before the person came, after which the next one is asked."""


class HandoffCannotMove(Conflict):
    """The hand-off's state does not allow this."""

    text = "Serah terima ini tidak dapat diubah dengan cara itu pada keadaan sekarang."


class GroupIsWon(Conflict):
    """Another candidate's firm yes came first."""

    text = "Instansi lain sudah lebih dahulu menyanggupi."
    advice = "Daftarkan diri sebagai cadangan (reserve) bila tetap bersedia; selain itu tidak ada yang perlu dilakukan."


class HandoffIsClaimed(Conflict):
    """A colleague works on it."""

    text = "Butir ini sedang ditangani rekan Anda."
    advice = "Tunggu sampai pergantian jaga, atau hubungi rekan tersebut."


class TooLateToUndo(Conflict):
    """A mis-click is undone within minutes, by whoever made it, while nobody has acted on it."""

    text = "Tindakan ini tidak dapat diurungkan lagi."
    advice = "Sudah lewat sepuluh menit atau sudah ditindaklanjuti pihak lain; hubungi pihak lain itu."


class CancellationWasNotAsked(Conflict):
    """The sender did not ask to be let off."""

    text = "Pengirim tidak meminta pembatalan."


class PersonIsThere(Conflict):
    """Custody has moved: the way back is a hand-off back."""

    text = "Orangnya sudah berpindah tangan, sehingga tidak dapat dibatalkan."
    advice = "Buat serah terima balik kepada instansi pengirim."


class NobodySpokeForThem(Conflict):
    """Only an answer that was recorded on behalf can be contested or confirmed."""

    text = "Tidak ada jawaban yang dicatatkan atas nama instansi Anda."


class HappensLater(Invalid):
    """Only what has happened is recorded."""

    text = "Waktu kejadian berada di masa depan."
    advice = "Isi happened_at dengan waktu yang sudah lewat."


class QuestionIsOpen(Conflict):
    """One question at a time: the sender's clock for the first still runs."""

    text = "Pertanyaan sebelumnya belum dijawab pengirim."


class NoQuestionIsOpen(Conflict):
    """Nobody asked."""

    text = "Tidak ada pertanyaan yang menunggu jawaban."


class NobodyToAsk(Invalid):
    """Neither the request nor the pack names a candidate."""

    text = "Tidak ada instansi tujuan untuk keperluan ini."
    advice = "Sebutkan candidates, atau lengkapi daftar calon pada paket daerah."


class CursorOrDate(Invalid):
    """A feed is read on from a position, or again from an instant."""

    text = "Isi after atau since, tidak keduanya."


class ConditionIsPast(Invalid):
    """A condition is to be met in the future, and one that can be foreseen."""

    text = "Tenggat syarat sudah lewat atau terlalu jauh."
    advice = "Isi due_at setiap syarat dengan waktu yang akan datang, paling jauh lima tahun lagi."


class EndIsTooFar(Invalid):
    """An expected end lies within years that can be foreseen."""

    text = "Perkiraan selesai terlalu jauh."
    advice = "Isi expected_end_at paling jauh lima tahun lagi."


class AdultsOnly(Conflict):
    """An apparent minor is a child until proven otherwise, and never kept with adults (`handoff.md` §6)."""

    text = "Tempat ini hanya menerima orang dewasa, sedangkan orang ini tampak di bawah umur atau bersama anaknya."
    advice = "Pilih tempat yang menerima anak, atau minta UPTD PPA menentukan tempatnya."


class NotByPhone(Invalid):
    """A person changes hands with a signed paper only."""

    text = "Perpindahan orang tidak dapat dicatat atas nama instansi lain."
    advice = "Lampirkan foto berita acara yang ditandatangani melalui pencatatan serah terima orang."


class NotYourMove(Forbidden):
    """The other side has to do this."""

    text = "Tindakan ini milik pihak lain dalam serah terima."
    advice = "Penerima menjawab dan bekerja; pengirim membatalkan dan menutup."


class BeritaAcaraIsMissing(Invalid):
    """A person moves only with a signed paper."""

    text = "Nomor berita acara wajib diisi karena orang berpindah tangan."
    advice = "Isi ba_number dengan nomor berita acara serah terima yang ditandatangani."


def legal_moves(state: str, side: Side) -> tuple[str, ...]:
    """What a side may do now by the state alone."""
    return tuple(move.value for move in Move if (state, move) in MOVES and side in SIDES[move])


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What beside the state decides whether a move is legal now."""

    spoken_for: bool = False
    cancel_asked: bool = False
    person_is_there: bool = False
    answer_may_be_undone: bool = False
    request_may_be_undone: bool = False
    won_by_other: bool = False


class Act(StrEnum):
    """What a party can say without moving the hand-off."""

    ASK = "ask"
    REPLY = "reply"
    REPORT = "report"
    RESERVE = "reserve"
    CONFIRM = "confirm"


def acts_now(state: str, side: Side, *, spoken_for: bool, is_reserve: bool, question_is_open: bool) -> tuple[Act, ...]:
    """What a side can say now beside the moves."""
    mine = {
        Act.ASK: side == Side.RECEIVER and state in UNANSWERED and not question_is_open,
        Act.REPLY: side == Side.SENDER and question_is_open,
        Act.REPORT: side == Side.RECEIVER and state in PROMISED,
        Act.RESERVE: side == Side.RECEIVER and state == S.SUPERSEDED and not is_reserve,
        Act.CONFIRM: side == Side.RECEIVER and spoken_for,
    }
    return tuple(act for act, is_legal in mine.items() if is_legal)


class Standing(Protocol):
    """What of a hand-off's row the rules look at."""

    to_agency: str
    purpose: str
    spoken_for: bool
    cancel_asked_at: datetime | None
    arrived_at: datetime | None
    claimed_by: str | None
    last_move: str
    last_moved_by: str
    last_moved_at: datetime | None


def circumstances(
    handoff: Standing, won_by: str | None, actor: str, now: datetime, *, others_were_told: bool
) -> Circumstances:
    """What beside the state decides about a move of somebody (``actor``) now."""
    is_fresh = handoff.last_moved_at is not None and now - handoff.last_moved_at <= UNDO_WITHIN
    is_mine = is_fresh and handoff.last_moved_by == actor
    return Circumstances(
        spoken_for=handoff.spoken_for,
        cancel_asked=handoff.cancel_asked_at is not None,
        person_is_there=handoff.arrived_at is not None and handoff.purpose in MOVES_A_PERSON,
        answer_may_be_undone=is_mine and handoff.last_move in ANSWERED_YES and not others_were_told,
        request_may_be_undone=is_mine and handoff.last_move in ASKED and handoff.claimed_by is None,
        won_by_other=won_by not in (None, handoff.to_agency),
    )


def refusal(move: Move, now: Circumstances) -> type[Conflict] | None:
    """Why a move that the state allows is not legal all the same."""
    match move:
        case Move.CONTEST if not now.spoken_for:
            return NobodySpokeForThem
        case Move.UNDO if not now.answer_may_be_undone:
            return TooLateToUndo
        case Move.ENTER_IN_ERROR if not now.request_may_be_undone:
            return TooLateToUndo
        case Move.CONFIRM_CANCEL if not now.cancel_asked:
            return CancellationWasNotAsked
        case Move.ASK_CANCEL | Move.CONFIRM_CANCEL if now.person_is_there:
            return PersonIsThere
        case Move.ACCEPT | Move.ACCEPT_CONDITIONALLY | Move.CONTEST | Move.REOPEN if now.won_by_other:
            return GroupIsWon
        case _:
            return None


def legal_now(state: str, side: Side, now: Circumstances) -> tuple[str, ...]:
    """What a side may do now, circumstances included."""
    return tuple(move for move in legal_moves(state, side) if refusal(Move(move), now) is None)


def next_state(
    state: str, move: Move, side: Side, held_state: str | None = None, now: Circumstances | None = None
) -> HandoffState:
    """The state after a move; ``held_state``: where it was when it was put on hold.

    Raises ``HandoffCannotMove`` naming this side's legal moves under the circumstances.
    """
    targets = MOVES.get((HandoffState(state), move))
    if targets is None:
        raise HandoffCannotMove(legal_now(state, side, now or Circumstances()), state=state)
    if len(targets) == 1:
        return next(iter(targets))
    return HandoffState(held_state or "")


def expires(state: str, held_state: str | None = None) -> bool:
    """Whether a hand-off whose purpose is gone ends by itself: not when the work has begun."""
    where = held_state if state == S.ON_HOLD and held_state else state
    return (HandoffState(where), Move.EXPIRE) in MOVES


def giving_up(state: str, held_state: str | None = None) -> Move | None:
    """The move by which a hand-off ends without a word of its receiver; none when its work has ended."""
    where = HandoffState(held_state if state == S.ON_HOLD and held_state else state)
    return next((move for move in (M.EXPIRE, M.FAIL) if (where, move) in MOVES), None)


def is_firm(state: str, held_state: str | None = None) -> bool:
    """Whether the receiver owes the work: after a firm yes, until an end state, also while it is on hold."""
    return (held_state if state == S.ON_HOLD else state) in PROMISED


def promise_holder(state: str, from_agency: str, to_agency: str, held_state: str | None = None) -> str:
    """The one agency that owes this piece of work now."""
    return to_agency if is_firm(state, held_state) else from_agency
