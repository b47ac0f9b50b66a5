"""The page that says what keeps a case open, and on which two people may close over it."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response
from pydantic import ConfigDict

from services.casework.case.closing import access, commands, queries
from services.casework.case.closing.domain import Decision, Kind, dispositions_of
from services.casework.case.closing.schemas import ForcedClosingDecisionIn, ForcedClosingIn
from services.casework.office.directory.pages import directory_of
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
DISPOSITION_FIELD = "nasib."

KINDS = {
    "HANDOFF": "Serah terima",
    "TASK": "Tugas",
    "CUSTODY": "Penguasaan atas orang",
    "AID": "Bantuan",
    "SERVICE": "Layanan lain",
}
CODES = {
    "SILENT": "belum menjawab",
    "AID_ON_ITS_WAY": "bantuan belum selesai",
    "REGISTRY_CHECK_WAITS": "pertanyaan ke registri belum dijawab",
    "MESSAGE_NOT_SENT": "pemberitahuan belum terkirim",
}
DISPOSITIONS = {
    "EXPIRE": "tidak berlaku lagi",
    "FAIL": "berakhir tanpa hasil",
    "READ": "hasilnya dianggap dibaca",
    "CANCEL": "dibatalkan",
    "END_AID": "bantuan diakhiri",
    "PAY_ON": "bantuan tetap dibayarkan",
    "LEAVE": "dibiarkan",
}
REASONS = {
    "NO_ANSWER_FOR_LONG": "Lama tidak ada jawaban",
    "RECORDED_ELSEWHERE": "Ditangani di luar sistem",
    "OPENED_BY_MISTAKE": "Dibuka keliru",
}
MOVES = {"approve": "Setujui penutupan paksa", "refuse": "Tolak penutupan paksa"}
WORDS = {
    "blocker": KINDS,
    "closing_code": CODES,
    "closing_disposition": DISPOSITIONS,
    "closing_reason": REASONS,
    "closing_move": MOVES,
    "handoff_reason": REASONS,
    "field": {"dispositions": "Nasib setiap hal"},
    "field.reason_code": REASONS,
    "done": {
        "closing-proposed": "Tercatat: penutupan paksa diusulkan dan menunggu keputusan orang lain.",
        "closing-approved": "Perkara ditutup paksa. Setiap hal terbuka diperlakukan seperti yang dipilih.",
        "closing-refused": "Usulan ditolak; perkara tetap terbuka.",
    },
}

router = page_router()


class ClosingProposalIn(ForcedClosingIn):
    """The page's form: dispositions come as fields of their own, one per open item."""

    model_config = ConfigDict(extra="ignore")


@router.get("/perkara/{case_id}/penutupan")
async def closing_page(
    case_id: UUID, request: Request, caller: Annotated[Principal, page_requires("case:read")], reading: Reading
) -> Response:
    """What keeps the case open, one by one; a proposal to close over it; its decision."""
    view = await queries.what_keeps_open(case_id, reading)
    forcible = [blocker for blocker in view.blockers if dispositions_of(blocker)]
    rendered: Response = request.app.state.pages.render(
        request,
        "closing.html",
        case=view.case,
        view=view,
        kinds=KINDS,
        reasons=REASONS,
        choices={
            b.id: {disposition.value: DISPOSITIONS[disposition.value] for disposition in dispositions_of(b)}
            for b in forcible
        },
        is_held=any(blocker.kind == Kind.CUSTODY for blocker in view.blockers),
        may_propose=bool(caller.roles & access.PERMISSIONS["case:propose-forced-closing"]),
        may_decide=bool(caller.roles & access.PERMISSIONS["case:decide-forced-closing"])
        and view.proposal is not None
        and view.proposal.proposed_by != caller.actor,
        **(await directory_of(reading, [view.case.district])).context(view.case.district),
    )
    return rendered


@router.post("/perkara/{case_id}/penutupan/usul")
async def post_proposal(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:propose-forced-closing")], form: Form
) -> Response:
    """Propose to close over what is open."""
    dispositions = {
        n.removeprefix(DISPOSITION_FIELD): disposition
        for n, disposition in form.fields.items()
        if n.startswith(DISPOSITION_FIELD)
    }
    body = form.read(ClosingProposalIn, dispositions=dispositions)
    return await form.write(lambda uow: commands.propose_forced_closing(body.command(case_id), uow), "closing-proposed")


class ClosingDecisionIn(ForcedClosingDecisionIn):
    """The page's form names the proposal that it decides on."""

    forced_closing_id: UUID


@router.post("/perkara/{case_id}/penutupan/setuju")
async def post_page_approval(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:decide-forced-closing")], form: Form
) -> Response:
    """The other person approves."""
    body = form.read(ClosingDecisionIn)
    return await form.write(
        lambda uow: commands.decide_forced_closing(
            body.forced_closing_id, Decision.APPROVED, body.expected_version, uow
        ),
        "closing-approved",
    )


@router.post("/perkara/{case_id}/penutupan/tolak")
async def post_page_refusal(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:decide-forced-closing")], form: Form
) -> Response:
    """The other person refuses."""
    body = form.read(ClosingDecisionIn)
    return await form.write(
        lambda uow: commands.decide_forced_closing(
            body.forced_closing_id, Decision.REFUSED, body.expected_version, uow
        ),
        "closing-refused",
    )
