"""Umur: whether somebody is protected as a child, and two people's decision that it is an adult."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.case.ages import access, commands, queries
from services.casework.case.ages.schemas import AdulthoodDecisionIn, AdulthoodIn, ChildAgainIn
from services.casework.office.directory.pages import directory_of
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"

EVIDENCE = {
    "IDENTITY_PAPER": "KTP atau kartu keluarga yang diperlihatkan",
    "BIRTH_OR_SCHOOL_PAPER": "Akta lahir, ijazah atau rapor yang diperlihatkan",
    "MEDICAL_EXAMINATION": "Pemeriksaan umur oleh dokter",
}
AGAIN = {
    "WRONG_PERSON": "Ternyata orang lain",
    "EVIDENCE_IN_DOUBT": "Buktinya diragukan",
    "ENTERED_IN_ERROR": "Salah catat",
}
WORDS = {
    "age_evidence": EVIDENCE,
    "child_again_reason": AGAIN,
    "age_move": {
        "propose": "Usulkan sebagai dewasa",
        "confirm": "Setujui sebagai dewasa",
        "refuse": "Tolak usulan",
        "take_back": "Lindungi lagi sebagai anak",
    },
    "field": {"evidence": "Bukti", "age_decision_id": "Keputusan"},
    "field.evidence": EVIDENCE,
    "done": {
        "adulthood-proposed": "Diusulkan. Perlindungan anak tetap sampai orang lain menyetujui.",
        "adulthood-confirmed": "Disetujui. Orang ini dewasa; perlindungan anak berakhir.",
        "adulthood-refused": "Ditolak. Orang ini tetap dilindungi sebagai anak.",
        "child-again": "Dicabut. Orang ini dilindungi sebagai anak lagi.",
    },
}

router = page_router()


class DecisionFormIn(AdulthoodDecisionIn):
    """The page's form names the decision that it shows: another one may wait by now."""

    age_decision_id: UUID


class ChildAgainFormIn(ChildAgainIn):
    """The page's form names the decision that it shows."""

    age_decision_id: UUID


@router.get("/perkara/{case_id}/umur")
async def age_page(
    case_id: UUID, request: Request, caller: Annotated[Principal, page_requires("case:act")], reading: Reading
) -> Response:
    """How the person is taken, and what can be decided."""
    view = await queries.age_of(case_id, reading)
    rendered: Response = request.app.state.pages.render(
        request,
        "age.html",
        view=view,
        case=view.case,
        decision=view.decision,
        may_decide=bool(caller.roles & access.PERMISSIONS["case:decide-adulthood"])
        and view.decision is not None
        and view.decision.proposed_by != caller.actor,
        evidence=EVIDENCE,
        again=AGAIN,
        **(await directory_of(reading, [view.case.district])).context(view.case.district),
    )
    return rendered


@router.post("/perkara/{case_id}/umur/usulkan")
async def post_page_adulthood(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:propose-adulthood")], form: Form
) -> Response:
    """Ask that the person count as an adult."""
    command = form.read(AdulthoodIn).command(case_id)
    return await form.write(lambda uow: commands.propose_adulthood(command, uow), "adulthood-proposed")


@router.post("/perkara/{case_id}/umur/setuju")
async def post_page_age_confirmation(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:decide-adulthood")], form: Form
) -> Response:
    """The other person confirms."""
    seen = form.read(DecisionFormIn)
    return await form.write(
        lambda uow: commands.confirm_adulthood(seen.age_decision_id, seen.expected_version, uow), "adulthood-confirmed"
    )


@router.post("/perkara/{case_id}/umur/tolak")
async def post_page_age_refusal(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:decide-adulthood")], form: Form
) -> Response:
    """The other person refuses."""
    seen = form.read(DecisionFormIn)
    return await form.write(
        lambda uow: commands.refuse_adulthood(seen.age_decision_id, seen.expected_version, uow), "adulthood-refused"
    )


@router.post("/perkara/{case_id}/umur/cabut")
async def post_page_child_again(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:protect-again")], form: Form
) -> Response:
    """Protect the person as a child again."""
    seen = form.read(ChildAgainFormIn)
    return await form.write(
        lambda uow: commands.protect_again(seen.age_decision_id, seen.reason_code, seen.expected_version, uow),
        "child-again",
    )
