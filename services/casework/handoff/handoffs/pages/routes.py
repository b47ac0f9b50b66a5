"""The page of one hand-off and the forms on it, each through the very command of the agency API."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.handoff.handoffs import access, commands, queries
from services.casework.handoff.handoffs.commands import Redirect, ReportStatus
from services.casework.handoff.handoffs.domain import OPEN, Move
from services.casework.handoff.handoffs.pages.words import (
    CONDITIONS,
    MOVES,
    NEWS,
    OWNERS,
    PERIODS,
    QUESTIONS,
    REASONS,
    REPLIES,
    SPEAKERS,
    results_for,
)
from services.casework.handoff.handoffs.schemas import (
    ArrivalIn,
    CompletionIn,
    ConditionalFormIn,
    ConditionFormIn,
    HoldIn,
    MoveIn,
    QuestionIn,
    ReasonedIn,
    RedirectionIn,
    ReplyIn,
    SpokenFormIn,
    StatusIn,
)
from services.casework.office.directory.access import OFFICE_ROLES
from services.casework.office.directory.pages import directory_of
from services.casework.person.custody.pages import OBSERVED_STATES
from services.casework.person.profile.access import may_know_who
from services.casework.person.profile.queries import profile_of
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parents[1] / "templates"

router = page_router()


@router.get("/serah-terima/{handoff_id}")
async def handoff_page(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, page_requires("handoff:read")], reading: Reading
) -> Response:
    """One hand-off with its disclosure and exactly the answers that are legal now."""
    state = request.app.state
    view = await queries.show_handoff(handoff_id, reading, state.units, state.settings.sealing_private_key)
    handoff = view.handoff
    tag_span(case_id=str(handoff.correlation_id), handoff_id=str(handoff.id))
    directory = await directory_of(reading, [handoff.district])
    today = directory.today(handoff.district)
    is_open = handoff.state in {found.value for found in OPEN}
    is_party = caller.agency in (handoff.to_agency, handoff.from_agency)
    may_claim = bool(caller.roles & access.PERMISSIONS["handoff:claim"]) and handoff.claimed_by != caller.actor
    rendered: Response = state.pages.render(
        request,
        "handoff.html",
        view=view,
        handoff=handoff,
        legal_now=view.legal_now,
        may_claim=may_claim and is_open and is_party,
        is_mine=handoff.claimed_by == caller.actor,
        is_of_the_office=bool(caller.roles & OFFICE_ROLES),
        profile=await profile_of(reading, handoff.about_id, state.units, state.settings.sealing_private_key, today)
        if may_know_who(caller)
        else None,
        reasons=REASONS,
        results=results_for(handoff.purpose),
        observed_states=OBSERVED_STATES,
        questions=QUESTIONS,
        replies=REPLIES,
        news=NEWS,
        conditions=CONDITIONS,
        owners=OWNERS,
        periods=PERIODS,
        speakers=SPEAKERS,
        agency=caller.agency,
        **directory.context(handoff.district),
    )
    return rendered


def _move(path: str, move: Move, permission: str, shape: type[MoveIn]) -> Callable[..., Any]:
    """One form per move, all of the same kind, through the very command of the agency API."""

    async def post_move(
        handoff_id: UUID, caller: Annotated[Principal, page_requires(permission)], form: Form
    ) -> Response:
        command = form.read(shape).command(handoff_id, move)
        return await form.write(lambda uow: commands.move_handoff(command, uow), f"handoff-{move.value}")

    post_move.__name__ = f"post_{move.value}"
    post_move.__doc__ = f"{MOVES[move.value]}."
    router.post(f"/serah-terima/{{handoff_id}}/{path}")(post_move)
    return post_move


_move("lihat", Move.RECEIVE, "handoff:answer", MoveIn)
_move("sanggupi", Move.ACCEPT, "handoff:answer", MoveIn)
_move("tolak", Move.REJECT, "handoff:answer", ReasonedIn)
_move("tiba", Move.ARRIVE, "handoff:answer", ArrivalIn)
_move("mulai", Move.START, "handoff:answer", MoveIn)
_move("selesai", Move.COMPLETE, "handoff:answer", CompletionIn)
_move("gagal", Move.FAIL, "handoff:answer", ReasonedIn)
_move("tutup", Move.CLOSE, "handoff:send", MoveIn)
_move("batal", Move.CANCEL, "handoff:send", ReasonedIn)
_move("kirim", Move.SEND, "handoff:send", MoveIn)
_move("bersyarat", Move.ACCEPT_CONDITIONALLY, "handoff:answer", ConditionalFormIn)
_move("lanjut", Move.REOPEN, "handoff:answer", ReasonedIn)
_move("henti", Move.HOLD, "handoff:send", HoldIn)
_move("jalan", Move.RESUME, "handoff:send", MoveIn)
_move("bantah", Move.CONTEST, "handoff:answer", ReasonedIn)
_move("urung", Move.UNDO, "handoff:answer", MoveIn)
_move("minta-batal", Move.ASK_CANCEL, "handoff:send", ReasonedIn)
_move("setuju-batal", Move.CONFIRM_CANCEL, "handoff:answer", MoveIn)
_move("salah", Move.ENTER_IN_ERROR, "handoff:send", MoveIn)


@router.post("/serah-terima/{handoff_id}/kirim-ulang")
async def post_resending(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:send")], form: Form
) -> Response:
    """Tell the desk once more."""
    return await form.write(lambda uow: commands.resend(handoff_id, uow), "handoff-resend")


@router.post("/serah-terima/{handoff_id}/alihkan")
async def post_redirection(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:send")], form: Form
) -> Response:
    """Ask another agency instead."""
    body = form.read(RedirectionIn)
    command = Redirect(handoff_id, body.reason_code, body.to_agency)
    return await form.write(lambda uow: commands.redirect(command, uow), "handoff-redirect")


@router.post("/serah-terima/{handoff_id}/tarik")
async def post_withdrawal(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:send")], form: Form
) -> Response:
    """Nobody is asked any more."""
    body = form.read(ReasonedIn)
    return await form.write(lambda uow: commands.withdraw(handoff_id, body.reason_code, uow), "handoff-withdraw")


@router.post("/serah-terima/{handoff_id}/lisan")
async def post_spoken(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:speak")], reading: Reading, form: Form
) -> Response:
    """What an agency said by phone."""
    zone = (await directory_of(reading, caller.offices)).zone()
    command = form.read(SpokenFormIn).spoken_command(handoff_id, zone)
    return await form.write(lambda uow: commands.move_handoff(command, uow), "handoff-speak")


@router.post("/serah-terima/{handoff_id}/benar")
async def post_confirmation(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:answer")], form: Form
) -> Response:
    """What was written down for us is right."""
    return await form.write(lambda uow: commands.confirm_spoken(handoff_id, uow), "handoff-confirm")


@router.post("/serah-terima/{handoff_id}/cadangan")
async def post_reserve(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:answer")], form: Form
) -> Response:
    """Still willing."""
    return await form.write(lambda uow: commands.keep_as_reserve(handoff_id, uow), "handoff-reserve")


@router.post("/serah-terima/{handoff_id}/tanya")
async def post_question(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:answer")], form: Form
) -> Response:
    """Ask back."""
    code = form.read(QuestionIn).question_code
    return await form.write(lambda uow: commands.ask_question(handoff_id, code, uow), "handoff-ask")


@router.post("/serah-terima/{handoff_id}/jawab")
async def post_reply(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:send")], form: Form
) -> Response:
    """Answer the question."""
    code = form.read(ReplyIn).reply_code
    return await form.write(lambda uow: commands.reply(handoff_id, code, uow), "handoff-reply")


@router.post("/serah-terima/{handoff_id}/kabar")
async def post_status(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:answer")], form: Form
) -> Response:
    """News of the work."""
    code = form.read(StatusIn).status_code
    command = ReportStatus(handoff_id, code, is_ready=code == "READY")
    return await form.write(lambda uow: commands.report_status(command, uow), "handoff-report")


def _settle(path: str, verb: str, doc: str) -> None:
    async def post_decision(
        handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:answer")], form: Form
    ) -> Response:
        condition_id = form.read(ConditionFormIn).condition_id
        return await form.write(
            lambda uow: commands.settle_condition(condition_id, verb, None, uow), "condition-decided"
        )

    post_decision.__name__ = f"post_condition_{verb}"
    post_decision.__doc__ = doc
    router.post(f"/serah-terima/{{handoff_id}}/{path}")(post_decision)


_settle("syarat-terpenuhi", "meet", "The condition is met.")
_settle("syarat-dilepas", "waive", "The condition is no longer asked.")
_settle("syarat-batal", "break", "The condition cannot be met.")
