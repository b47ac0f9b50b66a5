"""What a plan is made of, how it comes into force, and what became of its lines. Pure functions.

The stages are those of social rehabilitation (PP 39/2012 art. 7): no plan without an assessment, no service but by the
plan. The services are those that a district gives outside institutions (Permensos 9/2018, Permendagri 59/2021).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.disclosures.domain import Purpose
from services.chassis.errors import Conflict, Forbidden, Invalid


class PlanState(StrEnum):
    """Where a version of a plan stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


S = PlanState
MOVES: dict[tuple[PlanState, str], PlanState] = {
    (S.DRAFT, "change"): S.DRAFT,
    (S.DRAFT, "propose"): S.PROPOSED,
    (S.PROPOSED, "withdraw"): S.DRAFT,
    (S.PROPOSED, "return"): S.DRAFT,
    (S.PROPOSED, "approve"): S.APPROVED,
}
"""An approved version is superseded by the next one's approval, and by nothing else."""


class PlannedService(StrEnum):
    """What a district can give (`domain.md` §4.0)."""

    EMERGENCY = "EMERGENCY"
    FOOD = "FOOD"
    CLOTHING = "CLOTHING"
    ASSISTIVE_DEVICE = "ASSISTIVE_DEVICE"
    HEALTH_SUPPLIES = "HEALTH_SUPPLIES"
    GUIDANCE = "GUIDANCE"
    FAMILY_GUIDANCE = "FAMILY_GUIDANCE"
    CIVIL_DOCUMENTS = "CIVIL_DOCUMENTS"
    HEALTH_AND_EDUCATION = "HEALTH_AND_EDUCATION"
    FAMILY_TRACING = "FAMILY_TRACING"
    REUNIFICATION = "REUNIFICATION"
    REFERRAL = "REFERRAL"
    AID = "AID"


P = Purpose
ASKED_FOR: Mapping[PlannedService, tuple[Purpose, ...]] = {
    PlannedService.EMERGENCY: (P.EMERGENCY_CARE,),
    PlannedService.HEALTH_SUPPLIES: (P.MEDICINE_CONTINUITY,),
    PlannedService.GUIDANCE: (P.TRAINING, P.CHILD_PROTECTION),
    PlannedService.CIVIL_DOCUMENTS: (P.IDENTIFICATION,),
    PlannedService.HEALTH_AND_EDUCATION: (P.HEALTH_SCREENING, P.INPATIENT_BED, P.INSURANCE),
    PlannedService.FAMILY_TRACING: (P.FAMILY_TRACING,),
    PlannedService.REUNIFICATION: (P.REUNIFICATION, P.REPATRIATION),
    PlannedService.REFERRAL: (P.PLACEMENT, P.TRANSFER),
}
"""For which purposes another agency is asked when a service is to be given."""
DONE_BY_TASK: Mapping[PlannedService, tuple[str, ...]] = {
    PlannedService.EMERGENCY: (TaskKind.FIRST_RESPONSE,),
    PlannedService.HEALTH_SUPPLIES: (TaskKind.MEDICINE_CONTROL,),
    PlannedService.FAMILY_GUIDANCE: (TaskKind.AFTERCARE_VISIT,),
}
"""Which tasks of the office's own desks give a service."""
NOTHING_CAME = frozenset({"NOT_MET", "NO_MEDICINE", "NOT_FOUND", "REFUSED"})
"""Results with which work ends and nothing was given."""


class ReturnReason(StrEnum):
    """Why a plan goes back to whoever wrote it."""

    NEEDS_LEFT_OUT = "NEEDS_LEFT_OUT"
    SERVICE_DOES_NOT_FIT = "SERVICE_DOES_NOT_FIT"
    NOT_IN_TIME = "NOT_IN_TIME"


class Standing(StrEnum):
    """What became of a line."""

    NOT_BEGUN = "NOT_BEGUN"
    UNDER_WAY = "UNDER_WAY"
    GIVEN = "GIVEN"
    NOT_GIVEN = "NOT_GIVEN"


@dataclass(frozen=True, slots=True)
class Work:
    """A hand-off, a task or aid that serves a line; ``is_over``: nothing more comes of it, ``result``: what came."""

    kind: str
    id: UUID
    about: str
    agency: str
    state: str
    is_over: bool
    result: str


class PlanCannotMove(Conflict):
    """Not from where it stands."""

    text = "Rencana ini tidak dapat diubah begitu dari keadaannya sekarang."
    legal_kind = "plan_move"


class PlanIsBeingWritten(Conflict):
    """One version at a time."""

    text = "Sudah ada rencana yang sedang disusun atau menunggu persetujuan."
    legal_kind = "plan_move"


class AssessmentComesFirst(Conflict):
    """No plan without an assessment."""

    text = "Rencana disusun setelah asesmen."
    advice = "Catat asesmen terlebih dahulu."


class PlanHasNoLines(Conflict):
    """A plan of nothing cannot be signed."""

    text = "Rencana belum berisi layanan."
    advice = "Tambahkan paling sedikit satu layanan."


class PlanHasChanged(Conflict):
    """What is to be signed is not what was shown."""

    text = "Rencana ini berubah sejak Anda melihatnya."
    advice = "Muat ulang halaman dan baca kembali sebelum menyetujui."


class SecondPersonSignsThePlan(Forbidden):
    """Whoever proposes does not sign."""

    text = "Rencana harus disetujui orang lain, bukan pengusulnya."
    advice = "Minta kepala bidang yang bukan pengusul."


class LineHasPassed(Invalid):
    """A service is planned for a day that comes."""

    text = "Batas waktu layanan sudah lewat."
    advice = "Pilih hari ini atau sesudahnya."


def legal_moves(state: str | None, *, is_open: bool, is_assessed: bool, has_lines: bool) -> tuple[str, ...]:
    """What can be done with a case's plan whose newest version stands so; nothing once the case is closed."""
    if not is_open:
        return ()
    if state not in (S.DRAFT, S.PROPOSED):
        return ("assess", "begin") if is_assessed else ("assess",)
    moves = [move for (at, move) in MOVES if at == state and (move != "propose" or has_lines)]
    return ("assess", *moves)


def next_state(state: str, move: str) -> PlanState:
    """Where a version stands after a move. Raises ``PlanCannotMove``."""
    target = MOVES.get((PlanState(state), move))
    if target is None:
        raise PlanCannotMove([known for (at, known) in MOVES if at == state], state=state)
    return target


def check_until(until: date, today: date) -> None:
    """Raise ``LineHasPassed``."""
    if until < today:
        raise LineHasPassed


def digest_of(assessment_id: UUID, lines: Sequence[tuple[UUID, str, str, date, bytes]]) -> str:
    """SHA-256 over what is signed: the assessment and each line with its words, sealed as they are kept."""
    said = [
        [str(one), service, agency, until.isoformat(), sealed.hex()] for one, service, agency, until, sealed in lines
    ]
    return hashlib.sha256(json.dumps([str(assessment_id), sorted(said)]).encode()).hexdigest()


def standing_of(works: Sequence[Work]) -> Standing:
    """What became of a line: given as soon as one work brought something, under way while one goes on."""
    if any(work.result and work.result not in NOTHING_CAME for work in works):
        return Standing.GIVEN
    if any(not work.is_over for work in works):
        return Standing.UNDER_WAY
    return Standing.NOT_GIVEN if works else Standing.NOT_BEGUN


def serves(service: str, kind: str, about: str) -> bool:
    """Whether a hand-off of a purpose, a task of a kind, or aid gives a service."""
    planned = PlannedService(service)
    match kind:
        case "handoff":
            return about in {purpose.value for purpose in ASKED_FOR.get(planned, ())}
        case "task":
            return about in DONE_BY_TASK.get(planned, ())
        case _:
            return planned is PlannedService.AID
