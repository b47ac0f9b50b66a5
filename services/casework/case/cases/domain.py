"""What a case may become, and what keeps it from closing. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.values import CASE_TYPE_GUESS, Kind
from services.casework.handoff.disclosures.domain import AgencyKind, Purpose
from services.casework.office.case_types.domain import CASE_TYPES, DUPLICATE
from services.chassis.errors import Conflict, Invalid


class CaseState(StrEnum):
    """Where a case stands: service, aftercare, end."""

    OPEN = "open"
    AFTERCARE = "aftercare"
    CLOSED = "closed"


def ends_everything(outcome: str | None) -> bool:
    """Whether a service ended so that open requests and tasks have lost their purpose; not while it is being given."""
    found = CASE_TYPES.known.outcomes.get(outcome or "")
    return found is not None and found.ends_everything


def final_outcomes() -> list[str]:
    """The codes with which ``ends_everything``."""
    return [code for code in CASE_TYPES.known.outcomes if ends_everything(code)]


class Whose(StrEnum):
    """Which cases somebody lists: their own, or those that nobody sees to by name."""

    MINE = "mine"
    NOBODYS = "nobodys"


class AidState(StrEnum):
    """What became of the aid a case asked for."""

    REQUESTED = "requested"
    ENTITLED = "entitled"
    CREDITED = "credited"
    REFUSED = "refused"
    FAILED = "failed"
    ENDED = "ended"


AID_AWAITED = frozenset({AidState.REQUESTED, AidState.ENTITLED})
AID_SETTLED = frozenset({AidState.CREDITED, AidState.REFUSED, AidState.ENDED})
AID_OVERTAKEN = frozenset({(AidState.CREDITED, AidState.ENTITLED)})
"""What is known, and what is heard after it though it was before: grants and payments travel on topics of their own."""

MOVES: dict[tuple[CaseState, str], CaseState] = {
    (CaseState.OPEN, "enter_stage"): CaseState.OPEN,
    (CaseState.OPEN, "record_outcome"): CaseState.AFTERCARE,
    (CaseState.AFTERCARE, "enter_stage"): CaseState.AFTERCARE,
    (CaseState.AFTERCARE, "resume_service"): CaseState.OPEN,
    (CaseState.AFTERCARE, "close"): CaseState.CLOSED,
    (CaseState.OPEN, "force_close"): CaseState.CLOSED,
    (CaseState.AFTERCARE, "force_close"): CaseState.CLOSED,
    (CaseState.OPEN, "mark_duplicate"): CaseState.CLOSED,
    (CaseState.CLOSED, "undo_duplicate"): CaseState.OPEN,
    (CaseState.CLOSED, "resume_service"): CaseState.OPEN,
}
BY_PEOPLE = ("force_close", "mark_duplicate", "undo_duplicate")
"""Moves that people make; the others are the procedure's."""


class CaseIsClosed(Conflict):
    """Nothing can be done with a closed case, but to take back an end that was a mistake."""

    text = "Perkara ini sudah ditutup."
    legal_kind = "case_move"


class CaseDoublesItself(Invalid):
    """A case cannot double itself."""

    text = "Perkara tidak dapat menjadi ganda dari dirinya sendiri."
    advice = "Isi nomor perkara lain sebagai induk."


class ParentCaseIsNotAlive(Conflict):
    """What was closed, ended or is a double itself cannot go on for another case; ``last``: the one that does."""

    text = "Perkara induk sudah ditutup, berakhir, atau sendiri ganda."
    advice = "Pilih perkara yang masih berjalan; bila induknya ganda, pilih perkara terakhir yang dirujuknya."


class HangingKind(StrEnum):
    """What keeps a case from ending as a double."""

    HANDOFF = "HANDOFF"
    CUSTODY = "CUSTODY"
    FAMILY = "FAMILY"


@dataclass(frozen=True, slots=True)
class Hanging:
    """Something that cannot end with a double: what it is, its name, with whom it lies."""

    kind: HangingKind
    name: str
    party: str


class SomethingHangsOnIt(Conflict):
    """Somebody works for the person under this case, or has them where the other case says somebody else does."""

    text = "Masih ada yang bergantung pada perkara ini, jadi belum dapat ditandai ganda."
    advice = "Jadikan perkara yang satunya ganda dari perkara ini, atau selesaikan dahulu setiap hal yang disebut."
    legal_kind = "case_move"


class CaseCannotMove(Conflict):
    """The case's state does not allow this."""

    text = "Perkara ini tidak dapat diubah dengan cara itu pada keadaan sekarang."
    legal_kind = "case_move"


REROUTED_TO: dict[str, str] = {
    "ELDERLY": CASE_TYPE_GUESS[Kind.LANSIA_TERLANTAR],
    "CHILD": CASE_TYPE_GUESS[Kind.ANAK_TERLANTAR],
    "DISABILITY": CASE_TYPE_GUESS[Kind.ORANG_TERLANTAR],
    "OTHER_SERVICE": CASE_TYPE_GUESS[Kind.ORANG_TERLANTAR],
}
"""By how the office reroutes: the type of case that opens. A foreigner is for immigration, a family takes its own."""

SETS_A_STAGE = ("open", "enter_stage")
"""The actions on a case that put it into a stage."""


class NotTheCaseOfAChild(Conflict):
    """A mother is tied to somebody who is taken for a child."""

    text = "Perkara yang dikaitkan bukan perkara anak."
    advice = "Isi perkara anaknya; bila orang itu tampak di bawah umur, catat dahulu pada laporannya."


class StageIsUnknown(Conflict):
    """The procedure has no such stage."""

    text = "Tahap ini tidak dikenal pada prosedur perkara ini."
    legal_kind = "stage"


def is_ahead(workflow: str, stage: str, wanted: str) -> bool:
    """Whether a stage comes after the one a case is in. Raises ``StageIsUnknown`` naming the procedure's stages."""
    stages = CASE_TYPES.stages_of(workflow)
    if wanted not in stages:
        raise StageIsUnknown(stages, stage=stage)
    return stage not in stages or stages.index(wanted) > stages.index(stage)


@dataclass(frozen=True, slots=True)
class Milestone:
    """One stage of a case's way: behind it, where it is now, or ahead."""

    stage: str
    is_now: bool
    is_behind: bool


def way_of(workflow: str, entered: Sequence[str], stage: str, *, is_over: bool) -> list[Milestone]:
    """The way of a case through its procedure: stages it was in, the one it is in, and those that follow."""
    stages = CASE_TYPES.stages_of(workflow)
    ahead = stages[stages.index(stage) + 1 :] if stage in stages and not is_over else ()
    behind = [known for known in stages if known in entered and known != stage and known not in ahead]
    return [
        *(Milestone(known, is_now=False, is_behind=True) for known in behind),
        Milestone(stage, is_now=not is_over, is_behind=is_over),
        *(Milestone(known, is_now=False, is_behind=False) for known in ahead),
    ]


MEDICAL = frozenset({AgencyKind.PUSKESMAS, AgencyKind.HOSPITAL, AgencyKind.MENTAL_HOSPITAL})


def is_done_already(purpose: str, custodian: str | None, custodian_kind: str, holder: str) -> bool:
    """Whether there is nothing left to ask: in medical hands, or in the holder's own, already."""
    if purpose == Purpose.EMERGENCY_CARE:
        return custodian_kind in MEDICAL
    return purpose == Purpose.CUSTODY_TRANSFER and custodian == holder


def next_state(state: str, move: str, outcome: str | None = None) -> CaseState:
    """The state after a move. Raises ``CaseIsClosed`` or ``CaseCannotMove`` naming what is legal now."""
    legal = legal_moves(state, outcome)
    if move not in legal:
        if state == CaseState.CLOSED:
            raise CaseIsClosed(legal, state=state)
        raise CaseCannotMove(legal, state=state)
    return MOVES[CaseState(state), move]


def legal_moves(state: str, outcome: str | None = None) -> tuple[str, ...]:
    """What may be done with a case now; an end is taken back where it is the one that stands."""
    return tuple(move for (source, move) in MOVES if source == state and _takes_back(move, state, outcome))


def _takes_back(move: str, state: str, outcome: str | None) -> bool:
    """Whether a move that takes an end back means the end that stands; a service is given again, also when the case
    was closed, after whatever ended it in the middle.
    """
    if move == "undo_duplicate":
        return outcome == DUPLICATE.code
    if move == "resume_service" and state == CaseState.CLOSED:
        return ends_everything(outcome) and outcome != DUPLICATE.code
    return True


class Ending(Protocol):
    """What of a case says whether it goes on."""

    id: UUID
    state: str
    outcome: str | None


def double_of(case: Ending, parent: Ending, last: str | None, hanging: Sequence[Hanging]) -> CaseState:
    """The state of a case that ends as a double of another.

    ``last``: the number of the case that goes on for the other one if that is a double itself. Raises
    ``CaseDoublesItself``, ``CaseIsClosed``, ``CaseCannotMove``, ``ParentCaseIsNotAlive`` where the other one is closed
    or ended, ``SomethingHangsOnIt`` naming each thing and with whom it lies.
    """
    if case.id == parent.id:
        raise CaseDoublesItself
    state = next_state(case.state, "mark_duplicate", case.outcome)
    if parent.state == CaseState.CLOSED or ends_everything(parent.outcome):
        raise ParentCaseIsNotAlive((), state=parent.state, last=last)
    if hanging:
        legal = [move for move in legal_moves(case.state) if move != "mark_duplicate"]
        raise SomethingHangsOnIt(legal, hanging=[f"{one.kind}:{one.name}:{one.party}" for one in hanging])
    return state


def year_of(instant: datetime, zone: str) -> int:
    """The year that the office writes at an instant: its own zone's, not UTC's."""
    return instant.astimezone(ZoneInfo(zone)).year


def case_number(prefix: str, district: str, year: int, serial: int) -> str:
    """``ODGJ/35.24/2026/000123``."""
    return f"{prefix}/{district}/{year}/{serial:06d}"
