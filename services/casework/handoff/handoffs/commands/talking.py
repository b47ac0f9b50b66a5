"""What is said about a hand-off without moving it: questions, news, «we would still take them»."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.casework.handoff.deadlines.commands import deadlines_of
from services.casework.handoff.deadlines.domain import DeadlineKind, EmergencyCannotPause
from services.casework.handoff.handoffs import access, domain, facts, repository
from services.casework.handoff.handoffs.commands.groups import signal_procedure
from services.casework.handoff.handoffs.commands.rows import (
    check_act,
    locked,
    note_next_due,
    receivers_deadline,
    rules_of,
    senders_deadline,
    standing,
    tell,
)
from services.casework.handoff.handoffs.domain import Act, Side
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.domain import AboutKind
from services.chassis.database import UnitOfWork
from services.chassis.errors import Conflict


async def ask_question(handoff_id: UUID, question_code: str, uow: UnitOfWork) -> Handoff:
    """The receiver cannot answer without knowing more: its deadline stands still, the sender's starts.

    Raises ``NotFound``, ``NotYourMove``, ``HandoffCannotMove`` when the hand-off is answered, ``QuestionIsOpen``,
    ``EmergencyCannotPause``.
    """
    _, handoff = await locked(handoff_id, uow)
    access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, frozenset({Side.RECEIVER}))
    now = await standing(handoff, uow)
    refusal: type[Conflict] = domain.QuestionIsOpen if now.question_is_open else domain.HandoffCannotMove
    if now.is_emergency and handoff.state in domain.UNANSWERED:
        refusal = EmergencyCannotPause
    await check_act(handoff, Act.ASK, uow, refusal)
    pack = await pack_in_force(uow, handoff.district)
    deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
    deadlines.pause("QUESTION", {DeadlineKind.ANSWER_BY, DeadlineKind.RECEIVED_BY})
    rules = rules_of(handoff, pack)
    deadlines.start(senders_deadline(DeadlineKind.REPLY_BY, rules.reply_within, handoff, rules, pack))
    uow.change(handoff, "ask", reason=question_code, **note_next_due(handoff, deadlines))
    uow.publish(facts.handoff_questioned(handoff, question_code), about=handoff)
    tell(handoff, "questioned", await uow.now(), uow)
    return handoff


async def reply(handoff_id: UUID, reply_code: str, uow: UnitOfWork) -> Handoff:
    """The sender answered the receiver's question: the receiver's deadline goes on with what was left.

    Raises ``NotFound``, ``NotYourMove``, ``NoQuestionIsOpen``.
    """
    _, handoff = await locked(handoff_id, uow)
    access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, frozenset({Side.SENDER}))
    await check_act(handoff, Act.REPLY, uow, domain.NoQuestionIsOpen)
    pack = await pack_in_force(uow, handoff.district)
    deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
    await deadlines.stop("REPLIED", {DeadlineKind.REPLY_BY})
    deadlines.resume("REPLIED", {DeadlineKind.ANSWER_BY, DeadlineKind.RECEIVED_BY})
    uow.change(handoff, "reply", reason=reply_code, **note_next_due(handoff, deadlines))
    uow.publish(facts.handoff_replied(handoff, reply_code), about=handoff)
    tell(handoff, "replied", await uow.now(), uow)
    return handoff


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """How the work stands, without a diagnosis; ``is_ready``: whoever sent the person may fetch it now."""

    handoff_id: UUID
    status_code: str
    expected_end_at: datetime | None = None
    is_ready: bool = False


async def report_status(command: ReportStatus, uow: UnitOfWork) -> Handoff:
    """News of the work: the next one is due a period later; «ready» starts the sender's deadline to fetch.

    Raises ``NotFound``, ``NotYourMove``, ``HandoffCannotMove`` unless the work is the receiver's, ``EndIsTooFar``.
    """
    group, handoff = await locked(command.handoff_id, uow)
    access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, frozenset({Side.RECEIVER}))
    await check_act(handoff, Act.REPORT, uow)
    pack = await pack_in_force(uow, handoff.district)
    rules, now = rules_of(handoff, pack), await uow.now()
    if command.expected_end_at is not None and command.expected_end_at > now + domain.FORESEEABLE:
        raise domain.EndIsTooFar
    deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
    receiver = receivers_deadline(handoff, rules)
    if deadlines.is_running(DeadlineKind.STATUS_BY):
        await deadlines.stop("REPORTED", {DeadlineKind.STATUS_BY})
        deadlines.start(receiver)
    if command.expected_end_at is not None and command.expected_end_at > now:
        await deadlines.stop("REPORTED", {DeadlineKind.EXPECTED_END})
        deadlines.start(replace(receiver, kind=DeadlineKind.EXPECTED_END, until=command.expected_end_at))
    if command.is_ready and not deadlines.is_running(DeadlineKind.FETCH_BY):
        deadlines.start(
            replace(receiver, kind=DeadlineKind.FETCH_BY, owner=handoff.from_agency, within=rules.fetch_within)
        )
    uow.change(handoff, "report", reason=command.status_code, **note_next_due(handoff, deadlines))
    fact = facts.handoff_status_reported(
        handoff, command.status_code, is_ready=command.is_ready, expected_end_at=command.expected_end_at
    )
    uow.publish(fact, about=handoff)
    tell(handoff, "reported", now, uow)
    if command.is_ready:
        signal_procedure(group, uow)
    return handoff


async def keep_as_reserve(handoff_id: UUID, uow: UnitOfWork) -> Handoff:
    """«We would still take them»: asked first when the winner falls away.

    Raises ``NotFound``, ``NotYourMove``, ``HandoffCannotMove`` unless another candidate won.
    """
    _, handoff = await locked(handoff_id, uow)
    access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, frozenset({Side.RECEIVER}))
    if not handoff.is_reserve:
        await check_act(handoff, Act.RESERVE, uow)
        uow.change(handoff, "reserve", is_reserve=True)
    return handoff


async def note_read(agency: str, position: int, uow: UnitOfWork) -> None:
    """An agency says that it has read its feed up to a position: what it reads again is a replay."""
    district = next((office[:5] for office in uow.principal.offices if len(office) >= 5), "")
    await repository.note_feed_read(uow, agency, district, position)
