"""How two people decide that somebody is an adult, and how it is taken back. Pure functions.

A child until proven otherwise (UU 35/2014; `handoff.md` §6): two people take protection away, one gives it back.
"""

from enum import StrEnum

from services.chassis.errors import Conflict, Forbidden


class AgeState(StrEnum):
    """Where a decision stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


MOVES: dict[tuple[AgeState, str], AgeState] = {
    (AgeState.PROPOSED, "confirm"): AgeState.CONFIRMED,
    (AgeState.PROPOSED, "refuse"): AgeState.REFUSED,
    (AgeState.CONFIRMED, "take_back"): AgeState.TAKEN_BACK,
}
PROPOSE = "propose"
"""What can be done while nothing was decided."""


class AgeEvidence(StrEnum):
    """What shows that somebody is an adult. Nobody's word alone, the person's own included, takes protection away."""

    IDENTITY_PAPER = "IDENTITY_PAPER"
    BIRTH_OR_SCHOOL_PAPER = "BIRTH_OR_SCHOOL_PAPER"
    MEDICAL_EXAMINATION = "MEDICAL_EXAMINATION"


class ChildAgainReason(StrEnum):
    """Why somebody who was decided to be an adult is protected as a child again."""

    WRONG_PERSON = "WRONG_PERSON"
    EVIDENCE_IN_DOUBT = "EVIDENCE_IN_DOUBT"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"


class NotTakenForAChild(Conflict):
    """There is no protection that a decision could end."""

    text = "Orang ini tidak diperlakukan sebagai anak."
    legal_kind = "age_move"


class RegistryKnowsTheAge(Conflict):
    """A match in the register proves the age; no decision stands against it."""

    text = "Umur orang ini sudah diketahui dari data kependudukan."
    advice = "Bila datanya keliru, betulkan dahulu pada data kependudukan."
    legal_kind = "age_move"


class AgeIsBeingDecided(Conflict):
    """One decision at a time, and none while one stands."""

    text = "Sudah ada keputusan umur untuk orang ini."
    legal_kind = "age_move"


class AgeDecisionCannotMove(Conflict):
    """Its state does not allow this."""

    text = "Keputusan umur ini tidak dapat diubah dengan cara itu pada keadaan sekarang."
    legal_kind = "age_move"


class SecondPersonDecidesTheAge(Forbidden):
    """Whoever proposes does not decide."""

    text = "Keputusan bahwa seseorang sudah dewasa harus diambil orang lain."
    advice = "Minta kepala bidang yang bukan pengusul."


def legal_moves(state: str | None, *, is_minor: bool, is_known: bool) -> tuple[str, ...]:
    """What can be done about somebody's age now. ``state``: of the decision that waits or stands, if there is one;
    ``is_known``: a registry tells the age.
    """
    if state is None:
        return (PROPOSE,) if is_minor and not is_known else ()
    return tuple(move for (source, move) in MOVES if source == state and not (is_known and move != "refuse"))


def check_proposal(state: str | None, *, is_minor: bool, is_known: bool) -> None:
    """Raise ``RegistryKnowsTheAge``, ``AgeIsBeingDecided`` or ``NotTakenForAChild``: nothing is there to be decided."""
    legal = legal_moves(state, is_minor=is_minor, is_known=is_known)
    if is_known:
        raise RegistryKnowsTheAge(legal)
    if state is not None:
        raise AgeIsBeingDecided(legal, state=state)
    if not is_minor:
        raise NotTakenForAChild(legal)


def next_state(state: str, move: str, *, is_known: bool) -> AgeState:
    """The state after a move. Raises ``RegistryKnowsTheAge``, ``AgeDecisionCannotMove``; both name what is legal."""
    legal = legal_moves(state, is_minor=True, is_known=is_known)
    if move in legal:
        return MOVES[AgeState(state), move]
    if (state, move) in MOVES:
        raise RegistryKnowsTheAge(legal)
    raise AgeDecisionCannotMove(legal, state=state)


def is_held_adult(*, is_minor: bool, is_known: bool, is_decided: bool) -> bool:
    """Whether somebody of whom intake tells is an adult here: the registry's word counts before the two people's."""
    return not is_minor or (is_decided and not is_known)
