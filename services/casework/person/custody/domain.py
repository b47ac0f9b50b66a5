"""Who had the person in hand, from when to when, and where the records contradict each other. Pure functions.

What was told is never refused: a record of what happened is one stretch of a person's chain, in whatever order it came
in, and the chain is laid out anew from all of them. The same records give the same chain and the same contradictions
in any order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from services.chassis.errors import Conflict, Invalid

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before this a date is a slip of the finger."""

CLOCK_SKEW = timedelta(minutes=5)
"""How far an agency's clock may run ahead of the database's."""


class CustodianKind(StrEnum):
    """Who can have a person in hand; carriers are custodians too."""

    AGENCY = "AGENCY"
    CARRIER = "CARRIER"
    FAMILY = "FAMILY"
    OTHER = "OTHER"


PARTIES_WITHOUT_A_DESK: Mapping[CustodianKind, tuple[str, ...]] = {
    CustodianKind.AGENCY: (),
    CustodianKind.CARRIER: ("ambulance", "escort"),
    CustodianKind.FAMILY: ("family",),
    CustodianKind.OTHER: ("other",),
}
"""What a custodian is called that no pack lists. A closed list: a name typed in here would travel in events."""

OUTSIDE = frozenset(PARTIES_WITHOUT_A_DESK[CustodianKind.FAMILY] + PARTIES_WITHOUT_A_DESK[CustodianKind.OTHER])
"""Whoever may give a person into our hands without ever having stood in the chain."""


BURIED = "BURIED"
"""Why custody ended for good."""


class Proof(StrEnum):
    """What shows that the hand-over took place: signatures, a photo of the signed paper, or nothing yet."""

    SIGNED = "SIGNED"
    PHOTO = "PHOTO"
    NONE = "NONE"


class ObservedState(StrEnum):
    """In what state a person was seen when taken over; never a diagnosis."""

    STABLE = "STABLE"
    AGITATED = "AGITATED"
    ILL = "ILL"
    INJURED = "INJURED"
    UNCONSCIOUS = "UNCONSCIOUS"
    UNKNOWN = "UNKNOWN"


class BelongingKind(StrEnum):
    """What a person carries."""

    CLOTHES = "CLOTHES"
    BAG = "BAG"
    MONEY = "MONEY"
    PHONE = "PHONE"
    IDENTITY_PAPER = "IDENTITY_PAPER"
    OTHER_PAPER = "OTHER_PAPER"
    MEDICINE = "MEDICINE"
    VALUABLE = "VALUABLE"
    AID_DEVICE = "AID_DEVICE"
    OTHER_THING = "OTHER_THING"


class PartyIsUnknown(Invalid):
    """Neither an agency of the pack nor one of the parties without a desk."""

    text = "Pihak yang menyerahkan atau menerima tidak dikenal."
    advice = "Pakai kode instansi pada paket daerah, atau ambulance, escort, family, other menurut jenisnya."


class GiverIsTaker(Invalid):
    """Nobody hands a person over to themselves."""

    text = "Yang menyerahkan dan yang menerima adalah pihak yang sama."
    advice = "Perbaiki salah satu pihak."


class TimesAreNotPossible(Invalid):
    """In the future, before anything of ours, or ended before it began."""

    text = "Waktu serah terima tidak mungkin."
    advice = "Waktu mulai tidak boleh di masa depan, dan waktu akhir tidak boleh sebelum waktu mulai."


class ProofIsIncomplete(Invalid):
    """Signatures need the paper's number, a photo its digest."""

    text = "Bukti serah terima belum lengkap."
    advice = "Tanda tangan memerlukan nomor berita acara, foto memerlukan sidik SHA-256 berkasnya."


class ProofIsThere(Conflict):
    """The hand-over is proved already."""

    text = "Serah terima ini sudah ada buktinya."
    advice = "Muat ulang untuk membaca buktinya."


class PersonKeyIsMissing(Conflict):
    """The key with which the note would be sealed has not arrived, or was destroyed."""

    text = "Catatan barang belum dapat disegel karena kunci orang ini belum ada."
    advice = "Kirim serah terima tanpa catatan barang, atau ulangi beberapa saat lagi."


def check_party(kind: CustodianKind, code: str, agencies: Iterable[str]) -> None:
    """Raise ``PartyIsUnknown`` unless the pack lists the agency or the kind has such a party."""
    listed = kind in (CustodianKind.AGENCY, CustodianKind.CARRIER) and code in set(agencies)
    if not listed and code not in PARTIES_WITHOUT_A_DESK[kind]:
        raise PartyIsUnknown


def check_giver(code: str, agencies: Iterable[str]) -> None:
    """Raise ``PartyIsUnknown`` unless somebody of any kind is called so."""
    if code not in set(agencies) and not any(code in codes for codes in PARTIES_WITHOUT_A_DESK.values()):
        raise PartyIsUnknown


def check_times(happened_at: datetime, until: datetime | None, now: datetime) -> None:
    """Raise ``TimesAreNotPossible`` for what cannot have happened."""
    latest = now + CLOCK_SKEW
    if not EARLIEST <= happened_at <= latest or (until is not None and not happened_at <= until <= latest):
        raise TimesAreNotPossible


def check_proof(proof: Proof, ba_number: str | None, photo_digest: str | None) -> None:
    """Raise ``ProofIsIncomplete`` when the proof lacks what makes it one."""
    if (proof is Proof.SIGNED and not ba_number) or (proof is Proof.PHOTO and not photo_digest):
        raise ProofIsIncomplete


# Claims


class ClaimState(StrEnum):
    """Where a claim of custody stands: a hand-over that one side alone tells, against whoever has the person."""

    CLAIMED = "claimed"
    CONTESTED = "contested"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class ClaimMove(StrEnum):
    """What is said to a claim."""

    CONFIRM = "confirm"
    CONTEST = "contest"
    REFUSE = "refuse"


class ClaimSide(StrEnum):
    """Who says it: the custodian against whom it was made, or the office."""

    CUSTODIAN = "custodian"
    OFFICE = "office"


CLAIM_MOVES: Mapping[tuple[ClaimState, ClaimMove], ClaimState] = {
    (ClaimState.CLAIMED, ClaimMove.CONFIRM): ClaimState.CONFIRMED,
    (ClaimState.CLAIMED, ClaimMove.CONTEST): ClaimState.CONTESTED,
    (ClaimState.CLAIMED, ClaimMove.REFUSE): ClaimState.REFUSED,
    (ClaimState.CONTESTED, ClaimMove.CONFIRM): ClaimState.CONFIRMED,
    (ClaimState.CONTESTED, ClaimMove.REFUSE): ClaimState.REFUSED,
}
CLAIM_MOVES_OF: Mapping[ClaimSide, Mapping[ClaimState, frozenset[ClaimMove]]] = {
    ClaimSide.CUSTODIAN: {ClaimState.CLAIMED: frozenset({ClaimMove.CONFIRM, ClaimMove.CONTEST})},
    ClaimSide.OFFICE: dict.fromkeys(
        (ClaimState.CLAIMED, ClaimState.CONTESTED), frozenset({ClaimMove.CONFIRM, ClaimMove.REFUSE})
    ),
}
"""A custodian speaks once; where the two sides differ the office decides."""
OPEN_CLAIMS = frozenset({ClaimState.CLAIMED, ClaimState.CONTESTED})


class ClaimCannotMove(Conflict):
    """The claim does not stand where this may be said to it, or not by this side."""

    text = "Pernyataan serah terima ini tidak dapat dijawab begitu pada keadaan sekarang."
    legal_kind = "claim_move"


def legal_claim_moves(state: str, side: ClaimSide) -> tuple[str, ...]:
    """What a side may say to a claim now."""
    return tuple(sorted(CLAIM_MOVES_OF[side].get(ClaimState(state), ())))


def next_claim_state(state: str, move: ClaimMove, side: ClaimSide) -> ClaimState:
    """Where a claim stands after a move. Raises ``ClaimCannotMove`` naming what this side may say now."""
    if move.value not in legal_claim_moves(state, side):
        raise ClaimCannotMove(legal_claim_moves(state, side), state=state)
    return CLAIM_MOVES[ClaimState(state), move]


# The chain


@dataclass(frozen=True, slots=True)
class Stretch:
    """One record: somebody took the person at ``since``.

    ``giver`` and ``stated_until`` are what the record itself says, ``until`` follows from the whole chain.
    ``ended_reason`` tells that nobody of ours had the person from ``until`` on.
    """

    id: UUID
    custodian: str
    since: datetime
    giver: str | None = None
    stated_until: datetime | None = None
    until: datetime | None = None
    ended_reason: str | None = None


class ContradictionKind(StrEnum):
    """How records can contradict each other."""

    OVERLAP = "CUSTODY_OVERLAP"
    GAP = "CUSTODY_GAP"
    GIVER = "GIVER_DID_NOT_HOLD"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two hands at once, no hand, or a giver who had nobody to give: with the stretches that show it."""

    kind: ContradictionKind
    first: Stretch
    second: Stretch | None = None

    @property
    def cause(self) -> str:
        """The same for the same contradiction."""
        if self.kind is ContradictionKind.OVERLAP and self.second is not None:
            return f"{self.first.id}:{self.second.id}"
        return str(self.first.id)

    @property
    def span(self) -> tuple[datetime | None, datetime | None]:
        """From when to when the records do not match."""
        second = self.second
        match self.kind:
            case ContradictionKind.OVERLAP:
                return (second.since if second else None), self.first.until
            case ContradictionKind.GAP:
                return self.first.until, (second.since if second else None)
            case ContradictionKind.GIVER:
                return self.first.since, None
            case _:
                assert_never(self.kind)


@dataclass(frozen=True, slots=True)
class Chain:
    """A person's custody in order of time, and what in it does not match."""

    stretches: tuple[Stretch, ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def current(self) -> Stretch | None:
        """The one stretch that goes on, if any."""
        return next((stretch for stretch in self.stretches if stretch.until is None), None)


def lay_out(records: Iterable[Stretch]) -> Chain:
    """The chain that these records give, whatever order they came in; at most its last stretch goes on.

    A stretch ends at the instant its own record states, else when nobody of ours had the person any more, else when
    somebody took the person from this custodian by name, else when the next one took the person.
    """
    rows = _with_endings(sorted(records, key=lambda stretch: (stretch.since, stretch.id)))
    releases = _releases(rows)
    laid = []
    for n, row in enumerate(rows):
        following = rows[n + 1].since if n + 1 < len(rows) else None
        released = rows[releases[n]].since if n in releases else following
        laid.append(replace(row, until=row.stated_until or row.until or released))
    found = [*_overlaps(laid, releases), *_gaps(laid), *_givers_without(laid, releases)]
    return Chain(tuple(laid), tuple(sorted(found, key=lambda one: (one.kind, one.cause))))


def holder_at(stretches: Sequence[Stretch], instant: datetime) -> Stretch | None:
    """Who had the person at an instant, as far as these stretches tell."""
    begun = [stretch for stretch in stretches if stretch.since <= instant]
    last = max(begun, key=lambda stretch: (stretch.since, stretch.id), default=None)
    if last is None or (last.until is not None and (last.until < instant or last.ended_reason is not None)):
        return None
    return last


def _with_endings(rows: Sequence[Stretch]) -> list[Stretch]:
    """Each ending on the last stretch begun by then that does not state its own end; no other end is known yet."""
    told = sorted((row.until, row.ended_reason) for row in rows if row.until and row.ended_reason)
    open_again = [replace(row, until=None, ended_reason=None) for row in rows]
    for at, reason in told:
        begun = [n for n, row in enumerate(open_again) if row.since <= at and row.stated_until is None]
        if begun:
            open_again[begun[-1]] = replace(open_again[begun[-1]], until=at, ended_reason=reason)
    return open_again


def _told_again(rows: Sequence[Stretch], n: int) -> bool:
    """Whether a record only repeats that its custodian has the person."""
    return n > 0 and rows[n - 1].custodian == rows[n].custodian and rows[n - 1].ended_reason is None


def _last_of(rows: Sequence[Stretch], custodian: str, before: int) -> int | None:
    return next((n for n in range(before - 1, -1, -1) if rows[n].custodian == custodian), None)


def _releases(rows: Sequence[Stretch]) -> dict[int, int]:
    """Which record first took the person out of each stretch, by the name of its giver."""
    found: dict[int, int] = {}
    for n, row in enumerate(rows):
        if row.giver is None or _told_again(rows, n):
            continue
        given = _last_of(rows, row.giver, n)
        if given is not None:
            found.setdefault(given, n)
    return found


def _overlaps(rows: Sequence[Stretch], releases: Mapping[int, int]) -> Iterable[Contradiction]:
    """Two hands at once: somebody took the person while another is attested to have held on."""
    for n, row in enumerate(rows):
        attested = row.stated_until is not None or row.ended_reason is not None or n in releases
        for k in range(n + 1, len(rows)):
            other = rows[k]
            is_within = attested and row.until is not None and other.since < row.until
            is_at_once = other.since == row.since and other.giver is None and k == n + 1
            if other.custodian != row.custodian and (is_within or is_at_once):
                yield Contradiction(ContradictionKind.OVERLAP, row, other)


def _gaps(rows: Sequence[Stretch]) -> Iterable[Contradiction]:
    """No hand: the last one let go, nobody says that the person left us, and nobody took over at once."""
    if not rows:
        return
    last = rows[0]
    for row in rows[1:]:
        if last.until is not None and row.since > last.until and last.ended_reason is None:
            yield Contradiction(ContradictionKind.GAP, last, row)
        if row.until is None or (last.until is not None and row.until >= last.until):
            last = row
    if last.until is not None and last.ended_reason is None:
        yield Contradiction(ContradictionKind.GAP, last)


def _givers_without(rows: Sequence[Stretch], releases: Mapping[int, int]) -> Iterable[Contradiction]:
    """A giver who had nobody to give: never held the person, had given them away already, or had lost them."""
    for n, row in enumerate(rows):
        if row.giver is None or _told_again(rows, n):
            continue
        given = _last_of(rows, row.giver, n)
        if given is None:
            if row.giver not in OUTSIDE:
                yield Contradiction(ContradictionKind.GIVER, row)
            continue
        until = rows[given].until
        has_let_go = (
            until is not None and until < row.since and (given != n - 1 or rows[given].ended_reason is not None)
        )
        if releases.get(given) != n or has_let_go:
            yield Contradiction(ContradictionKind.GIVER, row, rows[given])
