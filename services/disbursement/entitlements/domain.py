"""Whether aid is due, and what an entitlement may become. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from services.chassis.errors import Conflict
from services.disbursement.programmes.domain import Programme, Rule, period_key

ENTITLEMENTS = UUID("6f0c2a4e-3d7b-5a51-9c1e-7b1f2b7c1d02")
"""Namespace of entitlement ids: one request for aid makes one entitlement, however often it is heard."""


class EntitlementState(StrEnum):
    """Where an entitlement stands."""

    REFUSED = "refused"
    ESTABLISHED = "established"
    HELD = "held"
    BATCHED = "batched"
    PAID = "paid"
    RETURNED = "returned"
    ENDED = "ended"


class Move(StrEnum):
    """What happens to an entitlement."""

    HOLD = "hold"
    LET_GO = "let-go"
    TAKE = "take"
    RELEASE = "release"
    PAY = "pay"
    RETURN = "return"
    RENEW = "renew"
    END = "end"
    REVIVE = "revive"
    RECONSIDER = "reconsider"


S, M = EntitlementState, Move

MOVES: dict[tuple[EntitlementState, Move], EntitlementState] = {
    (S.ESTABLISHED, M.HOLD): S.HELD,
    (S.HELD, M.LET_GO): S.ESTABLISHED,
    (S.ESTABLISHED, M.END): S.ENDED,
    (S.HELD, M.END): S.ENDED,
    (S.BATCHED, M.HOLD): S.HELD,
    (S.BATCHED, M.END): S.ENDED,
    (S.ENDED, M.REVIVE): S.ESTABLISHED,
    (S.REFUSED, M.RECONSIDER): S.ESTABLISHED,
    (S.ESTABLISHED, M.TAKE): S.BATCHED,
    (S.BATCHED, M.RELEASE): S.ESTABLISHED,
    (S.BATCHED, M.PAY): S.PAID,
    (S.BATCHED, M.RETURN): S.RETURNED,
    (S.PAID, M.RETURN): S.RETURNED,
    (S.RETURNED, M.PAY): S.PAID,
    (S.RETURNED, M.RENEW): S.ESTABLISHED,
    (S.RETURNED, M.END): S.ENDED,
}


COUNTING = frozenset(S) - {S.REFUSED, S.ENDED}
"""Aid that counts as the one of its person, programme and period."""


class HoldState(StrEnum):
    """What somebody says of a request's aid: wait, never, or nothing more."""

    HELD = "held"
    ENDED = "ended"
    LET_GO = "let-go"


STANDING = frozenset({HoldState.HELD, HoldState.ENDED})
"""Holds that keep aid from being paid."""


class HoldSource(StrEnum):
    """Who says so; each source lets go of its own hold only."""

    CASE = "CASE"
    DOUBLE = "DOUBLE"
    SAME_PERSON = "SAME_PERSON"
    DEATH = "DEATH"
    BANK = "BANK"


class Fact(StrEnum):
    """What is heard about the aid of a case."""

    HOLD = "hold"
    END = "end"
    LET_GO = "let-go"


class Place(StrEnum):
    """How far a request's aid has come when a fact about it is heard."""

    UNKNOWN = "unknown"
    REFUSED = "refused"
    WAITING = "waiting"
    HELD = "held"
    LISTED = "listed"
    AT_THE_BANK = "at-the-bank"
    RETURNED = "returned"
    PAID = "paid"
    ENDED = "ended"


class Reach(StrEnum):
    """What a fact does: at once; kept for every later state; or too late, which somebody has to see to."""

    APPLY = "apply"
    REMEMBER = "remember"
    FINDING = "finding"


_REACH = {
    Fact.HOLD: {
        Place.WAITING: Reach.APPLY, Place.LISTED: Reach.APPLY,
        Place.AT_THE_BANK: Reach.FINDING, Place.PAID: Reach.FINDING,
    },
    Fact.END: {
        Place.WAITING: Reach.APPLY, Place.HELD: Reach.APPLY, Place.LISTED: Reach.APPLY,
        Place.AT_THE_BANK: Reach.FINDING, Place.PAID: Reach.FINDING,
    },
    Fact.LET_GO: {Place.HELD: Reach.APPLY, Place.ENDED: Reach.APPLY},
}  # fmt: skip


def reach_of(fact: Fact, place: Place) -> Reach:
    """What a fact about aid does where that aid stands now. Whatever else it does, it is kept."""
    return _REACH[fact].get(place, Reach.REMEMBER)


class RefusalReason(StrEnum):
    """Why aid is not due."""

    PROGRAMME_UNKNOWN = "PROGRAMME_UNKNOWN"
    NO_RULE_IN_FORCE = "NO_RULE_IN_FORCE"
    REASON_NOT_COVERED = "REASON_NOT_COVERED"
    ALREADY_ENTITLED = "ALREADY_ENTITLED"


class EntitlementCannotMove(Conflict):
    """The entitlement's state does not allow this."""

    text = "Hak bantuan ini tidak dapat diubah dengan cara itu pada keadaan sekarang."


def next_state(state: str, move: Move) -> EntitlementState:
    """The state after a move. Raises ``EntitlementCannotMove`` naming the moves that are legal now."""
    target = MOVES.get((EntitlementState(state), move))
    if target is None:
        raise EntitlementCannotMove(legal_moves(state), state=state)
    return target


def legal_moves(state: str) -> tuple[str, ...]:
    """What may happen to an entitlement now."""
    return tuple(move.value for (source, move) in MOVES if source == state)


_NEARNESS = {Place.PAID: 0, Place.AT_THE_BANK: 1, Place.RETURNED: 2, Place.LISTED: 3}


LISTED_PLACES = {
    S.ESTABLISHED: Place.WAITING,
    S.HELD: Place.HELD,
    S.BATCHED: Place.LISTED,
    S.RETURNED: Place.RETURNED,
    S.PAID: Place.PAID,
}
"""How far aid that counts has come, as far as its own row says."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One of several grants to one real person for one programme and period."""

    entitlement_id: UUID
    place: Place
    recorded_at: datetime


def the_one(claims: Iterable[Claim]) -> Claim | None:
    """The grant that stands for all: the nearest to being paid, then the oldest."""
    return min(
        claims,
        key=lambda claim: (_NEARNESS.get(claim.place, len(_NEARNESS)), claim.recorded_at, claim.entitlement_id),
        default=None,
    )


HOLDS = UUID("6f0c2a4e-3d7b-5a51-9c1e-7b1f2b7c1d06")
"""Namespace of hold ids: one for each request for aid and source."""


SAID = {Fact.HOLD: HoldState.HELD, Fact.END: HoldState.ENDED, Fact.LET_GO: HoldState.LET_GO}


def next_hold_state(state: str, source: HoldSource, fact: Fact) -> HoldState:
    """What a source's hold is after it says something more; people's end of the aid stands."""
    if state == HoldState.ENDED and source is HoldSource.CASE:
        return HoldState.ENDED
    return SAID[fact]


def hold_id(aid_request_id: UUID, source: HoldSource) -> UUID:
    """The one id of a source's hold on a request's aid."""
    return uuid5(HOLDS, f"{aid_request_id}:{source.value}")


def entitlement_id(aid_request_id: UUID) -> UUID:
    """The one id of the entitlement, or of the refusal, that a request for aid leads to."""
    return uuid5(ENTITLEMENTS, str(aid_request_id))


@dataclass(frozen=True, slots=True)
class Due:
    """Aid is due under this rule, for this period."""

    rule: Rule
    period: str


def decide(programme: Programme | None, reason_code: str, on: date) -> Due | RefusalReason:
    """Whether the programme's rule of that day grants the aid."""
    if programme is None:
        return RefusalReason.PROGRAMME_UNKNOWN
    rule = programme.rule_on(on)
    if rule is None:
        return RefusalReason.NO_RULE_IN_FORCE
    if rule.reason_codes and reason_code not in rule.reason_codes:
        return RefusalReason.REASON_NOT_COVERED
    return Due(rule, period_key(rule.period, on))
