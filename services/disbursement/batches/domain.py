"""A batch of payments: states, moves, four eyes, and the frozen list. Pure functions.

`MOVES` is the whole of what is legal; the 409 of an illegal move names what a person may do.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from services.chassis.errors import Conflict, Forbidden, Invalid

PAYMENTS = UUID("6f0c2a4e-3d7b-5a51-9c1e-7b1f2b7c1d03")
"""Namespace of payment ids: programme, period, entitlement and attempt make one payment for ever."""

ACCOUNTS = UUID("6f0c2a4e-3d7b-5a51-9c1e-7b1f2b7c1d04")
"""Namespace of the account references that stand for a person's account towards the bank."""

BATCH_LIMIT = 1000
"""Lines of one list: what two people can look through."""

PROPOSAL_LIMIT = 10 * BATCH_LIMIT
"""Lines of all lists of one proposal."""


class RejectionReason(StrEnum):
    """Why a list is refused."""

    AMOUNT_QUESTIONED = "AMOUNT_QUESTIONED"
    RECIPIENT_QUESTIONED = "RECIPIENT_QUESTIONED"
    PAPERS_INCOMPLETE = "PAPERS_INCOMPLETE"


class BatchState(StrEnum):
    """Where a batch stands."""

    PROPOSED = "proposed"
    ENDORSED = "endorsed"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    RECONCILED = "reconciled"
    REJECTED = "rejected"


class Move(StrEnum):
    """What happens to a batch. ``ENDORSE`` is an approval that others must follow, ``APPROVE`` the last one.

    ``REVISE`` takes lines off: what was approved was another list, so it is proposed anew. ``HAND_IN`` is the instant
    from which the bank may have the file and nothing on it can be stopped; ``TAKE_BACK``: the bank did not take it.
    """

    ENDORSE = "endorse"
    APPROVE = "approve"
    REJECT = "reject"
    REVISE = "revise"
    DISSOLVE = "dissolve"
    HAND_IN = "hand_in"
    TAKE_BACK = "take_back"
    SEND = "send"
    RECONCILE = "reconcile"


S, M = BatchState, Move
UNFINISHED = frozenset({S.APPROVED, S.SENDING, S.SENT})
"""A list that is to be paid and is not settled."""

STOPPABLE = frozenset({S.PROPOSED, S.ENDORSED, S.APPROVED})
"""Whose lines can still be taken off: the bank cannot have the file."""

MOVES: dict[tuple[BatchState, Move], BatchState] = {
    (S.PROPOSED, M.ENDORSE): S.ENDORSED,
    (S.PROPOSED, M.REJECT): S.REJECTED,
    (S.ENDORSED, M.ENDORSE): S.ENDORSED,
    (S.ENDORSED, M.APPROVE): S.APPROVED,
    (S.ENDORSED, M.REJECT): S.REJECTED,
    (S.PROPOSED, M.REVISE): S.PROPOSED,
    (S.ENDORSED, M.REVISE): S.PROPOSED,
    (S.APPROVED, M.REVISE): S.PROPOSED,
    (S.PROPOSED, M.DISSOLVE): S.REJECTED,
    (S.ENDORSED, M.DISSOLVE): S.REJECTED,
    (S.APPROVED, M.DISSOLVE): S.REJECTED,
    (S.APPROVED, M.HAND_IN): S.SENDING,
    (S.SENDING, M.TAKE_BACK): S.APPROVED,
    (S.SENDING, M.SEND): S.SENT,
    (S.SENT, M.RECONCILE): S.RECONCILED,
}

ACTION: dict[Move, str] = {M.ENDORSE: "approve", M.APPROVE: "approve", M.REJECT: "reject"}
"""The moves that people make, by the name of the action they see; the other moves follow by themselves."""


class PaymentState(StrEnum):
    """Where one payment stands."""

    ORDERED = "ordered"
    INSTRUCTED = "instructed"
    CREDITED = "credited"
    FAILED = "failed"
    CANCELLED = "cancelled"


PAYMENT_MOVES: dict[tuple[PaymentState, str], PaymentState] = {
    (PaymentState.ORDERED, "instruct"): PaymentState.INSTRUCTED,
    (PaymentState.ORDERED, "cancel"): PaymentState.CANCELLED,
    (PaymentState.INSTRUCTED, "credit"): PaymentState.CREDITED,
    (PaymentState.INSTRUCTED, "fail"): PaymentState.FAILED,
    (PaymentState.CREDITED, "fail"): PaymentState.FAILED,
    (PaymentState.FAILED, "credit"): PaymentState.CREDITED,
}

SETTLED = frozenset({PaymentState.CREDITED, PaymentState.FAILED})
UNSETTLED = frozenset({PaymentState.ORDERED, PaymentState.INSTRUCTED})


class BatchCannotMove(Conflict):
    """The batch's state does not allow this."""

    text = "Daftar bayar ini tidak dapat diubah dengan cara itu pada keadaan sekarang."
    legal_kind = "batch_move"


class PaymentCannotMove(Conflict):
    """The payment's state does not allow this."""

    text = "Pembayaran ini tidak dapat diubah dengan cara itu pada keadaan sekarang."


class NothingToPay(Conflict):
    """No entitlement of the programme waits for payment."""

    text = "Tidak ada hak bantuan yang menunggu pembayaran pada program ini."
    advice = "Tunggu hak bantuan baru, atau periksa kode program."


class TotalIsAboveEveryLimit(Conflict):
    """Nobody may approve a single aid of this amount."""

    text = "Satu hak bantuan saja sudah melebihi semua batas kewenangan."
    advice = "Periksa nilai bantuan dan batas kewenangan pada paket daerah."


class DistrictIsMissing(Invalid):
    """The caller serves several districts and has to name one."""

    text = "Daerah daftar bayar belum disebut."
    advice = "Isi district dengan kode kabupaten/kota PP.KK yang menjadi wewenang Anda."


class DistrictIsNotYours(Forbidden):
    """The district lies outside the caller's offices."""

    text = "Daerah ini di luar kewenangan akun Anda."


class ProposerCannotApprove(Forbidden):
    """Whoever proposed a batch may not decide on it."""

    text = "Pengusul tidak boleh memutuskan daftar bayar yang diusulkannya sendiri."
    advice = "Minta pejabat lain yang berwenang untuk memutuskan."


class AlreadyApprovedByYou(Conflict):
    """Nobody approves twice."""

    text = "Anda sudah menyetujui daftar bayar ini."
    advice = "Persetujuan berikutnya harus dari orang lain."
    legal_kind = "batch_move"


class ApprovalIsForOtherList(Conflict):
    """The digest is not that of the frozen list."""

    text = "Persetujuan ini untuk daftar lain: sidik daftar tidak cocok."
    advice = "Muat ulang daftar bayar, periksa isinya, lalu setujui dengan sidik yang tertera."


class ListPaysOnePersonTwice(Conflict):
    """A line's real person has the same aid by another line or list, or had it."""

    text = "Daftar ini memuat bantuan kedua untuk orang yang sama pada periode yang sama."
    advice = "Tolak daftar ini dan usulkan lagi; baris yang ganda tidak akan ikut."


class ApprovalNeedsOtherRole(Forbidden):
    """It is another role's turn to approve."""

    text = "Persetujuan tahap ini milik peran lain."
    advice = "Tunggu persetujuan tahap sebelumnya, atau minta pejabat dengan peran yang disebut."


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of the list that is approved."""

    line_no: int
    entitlement_id: UUID
    payment_id: UUID
    amount_rupiah: int


@dataclass(frozen=True, slots=True)
class Given:
    """An approval that stands."""

    actor: str
    role: str


def next_state(state: str, move: Move) -> BatchState:
    """The state after a move. Raises ``BatchCannotMove`` naming what people may do now."""
    target = MOVES.get((BatchState(state), move))
    if target is None:
        raise BatchCannotMove(legal_actions(state), state=state)
    return target


def legal_actions(state: str) -> tuple[str, ...]:
    """What people may do with a batch now."""
    found = [ACTION[move] for (source, move) in MOVES if source == state and move in ACTION]
    return tuple(dict.fromkeys(found))


def next_payment_state(state: str, move: str) -> PaymentState:
    """The payment's state after a move. Raises ``PaymentCannotMove``."""
    target = PAYMENT_MOVES.get((PaymentState(state), move))
    if target is None:
        raise PaymentCannotMove(tuple(m for (s, m) in PAYMENT_MOVES if s == state), state=state)
    return target


def check_approval(
    *, state: str, actor: str, roles: Collection[str], proposer: str, needed: Sequence[str], given: Sequence[Given]
) -> Move:
    """The move that an approval by this person is: ``ENDORSE``, or ``APPROVE`` when it is the last that is needed.

    Four eyes: the proposer never decides, nobody approves twice, each approval is of the role whose turn it is.
    Raises ``BatchCannotMove``, ``ProposerCannotApprove``, ``AlreadyApprovedByYou``, ``ApprovalNeedsOtherRole``.
    """
    is_last = len(given) + 1 >= len(needed)
    move = Move.APPROVE if is_last else Move.ENDORSE
    next_state(state, move)
    if actor == proposer:
        raise ProposerCannotApprove
    if any(approval.actor == actor for approval in given):
        raise AlreadyApprovedByYou(("reject",))
    if needed[len(given)] not in roles:
        raise ApprovalNeedsOtherRole(role=needed[len(given)])
    return move


def check_rejection(*, state: str, actor: str, proposer: str) -> BatchState:
    """The state after a refusal. Raises ``BatchCannotMove``, ``ProposerCannotApprove``."""
    target = next_state(state, Move.REJECT)
    if actor == proposer:
        raise ProposerCannotApprove
    return target


def payment_id(programme_code: str, period: str, entitlement_id: UUID, attempt: int) -> UUID:
    """The one id under which an entitlement is paid in a period; another try after a return is another payment."""
    return uuid5(PAYMENTS, f"{programme_code}:{period}:{entitlement_id}:{attempt}")


def settles(owed_rupiah: int, credited_rupiah: int) -> int:
    """How much of what the bank moved for a payment settles the obligation; the rest nobody owed."""
    return min(max(credited_rupiah, 0), owed_rupiah)


def list_sizes(amounts: Sequence[int], limit_rupiah: int) -> list[int]:
    """How many of these amounts, in order, stand on each list so that each total may be approved by somebody.

    Raises ``TotalIsAboveEveryLimit`` when one amount alone is too much.
    """
    sizes: list[int] = []
    total = 0
    for amount in amounts:
        if amount > limit_rupiah:
            raise TotalIsAboveEveryLimit(limit_rupiah=limit_rupiah)
        if not sizes or total + amount > limit_rupiah or sizes[-1] == BATCH_LIMIT:
            sizes.append(0)
            total = 0
        sizes[-1] += 1
        total += amount
    return sizes


def revision_id(batch_id: UUID, revision: int) -> UUID:
    """The one id of a revision of a list, under which what it obliges us to pay stands in the books."""
    return uuid5(batch_id, str(revision))


def account_reference(person_id: UUID) -> str:
    """A reference that stands for a person's account: it says nothing to anybody but the bank's own register."""
    return f"REK-{uuid5(ACCOUNTS, str(person_id)).hex[:16].upper()}"


def list_digest(programme_code: str, lines: Sequence[ListLine]) -> str:
    """SHA-256 over the list in its one canonical form: what approvers approve."""
    body = {
        "programme": programme_code,
        "lines": [
            [line.line_no, str(line.entitlement_id), str(line.payment_id), line.amount_rupiah]
            for line in sorted(lines, key=lambda line: line.line_no)
        ],
    }
    return hashlib.sha256(json.dumps(body, separators=(",", ":"), sort_keys=True).encode()).hexdigest()
