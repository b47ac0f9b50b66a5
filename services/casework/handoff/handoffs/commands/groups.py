"""Candidates: asked in turn or side by side, won by the first firm yes, searched on when one falls away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.casework.handoff.conditions import repository as conditions_repository
from services.casework.handoff.conditions.domain import Verdict, verdict_on
from services.casework.handoff.deadlines.commands import deadlines_of_new
from services.casework.handoff.disclosures.commands import keep_first_disclosure
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import domain, facts, repository
from services.casework.handoff.handoffs.commands.applying import MoveHandoff, apply_move, start_search_deadlines
from services.casework.handoff.handoffs.commands.binding import bind_winner, end_conditions_of_group
from services.casework.handoff.handoffs.commands.rows import note_next_due, tell
from services.casework.handoff.handoffs.domain import GroupOutcome, HandoffReason, HandoffState, Move, Side
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.domain import About, AboutKind
from services.casework.office.procedure_messages.commands import look_again
from services.casework.office.procedure_messages.messages import ProcedureStart, StepEnded, StepResult
from services.casework.office.rosters.queries import phones_on_duty
from services.casework.person.custody.repository import comes_with_child
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.persons import PersonKnown, person_known

GROUPS = UUID("6f0d3f1c-6f2b-5d4e-9a53-0a54b6f0f5a1")


@dataclass(frozen=True, slots=True)
class RequestHandoff:
    """A procedure's step, or a person, asks candidates for a piece of work about a person: in turn or side by side.

    ``asked_at``: when they were asked, if that was before its record, as by telephone.
    ``resumed_at``: when the person was found again; what had ended before because they had left is asked anew.
    """

    about: About
    correlation_id: UUID
    district: str
    person_id: UUID
    village_code: str
    step: str
    occurrence: int
    purpose: Purpose
    from_agency: str
    candidates: Sequence[str]
    reply_to: str
    reply_workflow: str
    mode: str = "sequential"
    is_draft: bool = False
    opened_for_by: str | None = None
    urgency: str = ""
    asked_at: datetime | None = None
    resumed_at: datetime | None = None


async def request_handoff(command: RequestHandoff, uow: UnitOfWork) -> StepResult:
    """Ask the first candidate; asking again for the same step answers how it stands and asks nobody twice."""
    group_id = clock.derived_id(GROUPS, facts.group_key(command.about.id, command.step, command.occurrence))
    known = await repository.group(uow, group_id)
    if known is not None:
        if await _is_lost(known, command, uow):
            await _ask_anew(known, command, uow)
        return step_result(known)
    group, _ = await _open_group(group_id, command, uow)
    return step_result(group)


async def _is_lost(known: HandoffGroup, command: RequestHandoff, uow: UnitOfWork) -> bool:
    """Whether a step ended because the person had left, who has been found since."""
    if command.resumed_at is None or known.outcome is None or known.reason_code != HandoffReason.ABSCONDED:
        return False
    ended_at = await repository.end_of_step(uow, command.about.id, known.step)
    return ended_at is not None and ended_at <= command.resumed_at


async def _ask_anew(group: HandoffGroup, command: RequestHandoff, uow: UnitOfWork) -> None:
    candidates = [*group.candidates[: group.asked], *command.candidates]
    changes: dict[str, Any] = {
        "outcome": None,
        "result_code": None,
        "reason_code": None,
        "won_by": None,
        "mode": command.mode,
    }
    uow.change(group, "reopen", reason=HandoffReason.FOUND_AGAIN, candidates=candidates, **changes)
    await _ask_first(group, command, await pack_in_force(uow, command.district), uow)


async def known_step(about_id: UUID, step: str, occurrence: int, uow: UnitOfWork) -> StepResult | None:
    """How a step stands that was asked for; nothing when it never was."""
    known = await repository.group(uow, clock.derived_id(GROUPS, facts.group_key(about_id, step, occurrence)))
    return step_result(known) if known is not None else None


async def end_of_step(about_id: UUID, step: str, uow: UnitOfWork) -> datetime | None:
    """When the work of a step ended, as its agency tells; nothing when no hand-off was asked under that name."""
    return await repository.end_of_step(uow, about_id, step)


async def open_handoff(command: RequestHandoff, uow: UnitOfWork) -> Handoff:
    """A person asks, or writes a draft without a deadline; answers the first candidate's hand-off.

    Raises ``AgencyIsUnknown``, ``NobodyToAsk`` when neither the request nor the pack names a candidate.
    """
    if not command.candidates:
        raise domain.NobodyToAsk(purpose=command.purpose.value)
    group_id = clock.derived_id(GROUPS, facts.group_key(command.about.id, command.step, command.occurrence))
    _, asked = await _open_group(group_id, command, uow)
    return asked[0]


async def _open_group(
    group_id: UUID, command: RequestHandoff, uow: UnitOfWork
) -> tuple[HandoffGroup, Sequence[Handoff]]:
    group = HandoffGroup(
        id=group_id,
        correlation_id=command.correlation_id,
        district=command.district,
        about_kind=command.about.kind.value,
        about_id=command.about.id,
        person_id=command.person_id,
        step=command.step,
        purpose=command.purpose.value,
        urgency=command.urgency,
        from_agency=command.from_agency,
        candidates=list(command.candidates),
        asked=0,
        mode=command.mode,
        reply_to=command.reply_to,
        reply_workflow=command.reply_workflow,
    )
    pack = await pack_in_force(uow, command.district)
    uow.create(group, "open")
    return group, await _ask_first(group, command, pack, uow)


async def _ask_first(
    group: HandoffGroup, command: RequestHandoff, pack: CaseworkPack, uow: UnitOfWork
) -> Sequence[Handoff]:
    """The first candidate, or all of them side by side; with nobody to ask the request has ended."""
    person = await person_known(uow, group.person_id)
    asked = []
    for _ in command.candidates if command.mode == "parallel" else command.candidates[:1]:
        handoff = await _ask(
            group,
            pack,
            person,
            uow,
            is_draft=command.is_draft,
            opened_for_by=command.opened_for_by,
            asked_at=command.asked_at,
        )
        asked.append(handoff)
    if not asked:
        await _end_group(group, GroupOutcome.EXHAUSTED, None, uow)
    return asked


def step_result(group: HandoffGroup) -> StepResult:
    """How a step stands."""
    return StepResult(
        step=group.step,
        ended=group.outcome is not None,
        outcome=group.outcome or "",
        result_code=group.result_code or "",
        reason_code=group.reason_code or "",
        agency=group.won_by or "",
    )


async def _ask(
    group: HandoffGroup,
    pack: CaseworkPack,
    person: PersonKnown | None,
    uow: UnitOfWork,
    *,
    is_draft: bool = False,
    opened_for_by: str | None = None,
    asked_at: datetime | None = None,
) -> Handoff:
    agency = pack.agency(group.candidates[group.asked])
    now = await uow.now()
    handoff = Handoff(
        id=clock.new_id(),
        correlation_id=group.correlation_id,
        district=group.district,
        about_kind=group.about_kind,
        about_id=group.about_id,
        person_id=group.person_id,
        group_id=group.id,
        candidate_no=group.asked + 1,
        purpose=group.purpose,
        urgency=group.urgency,
        from_agency=group.from_agency,
        to_agency=agency.code,
        to_desk=agency.desks[0].code,
        state=(HandoffState.DRAFT if is_draft else HandoffState.REQUESTED).value,
        promise_holder=group.from_agency,
        requested_at=asked_at or now,
        opened_for_by=opened_for_by,
        last_moved_by=uow.principal.actor,
        last_moved_at=now,
        last_move="request",
    )
    uow.change(group, "ask", asked=group.asked + 1)
    deadlines = await deadlines_of_new(AboutKind.HANDOFF, handoff, pack, uow)
    answer_by = None if is_draft else start_search_deadlines(handoff, deadlines, pack, asked_at)
    note_next_due(handoff, deadlines)
    uow.create(handoff, "draft" if is_draft else "request", happened_at=asked_at)
    if answer_by is not None:
        keep_first_disclosure(handoff, pack, person, uow)
        on_duty = await phones_on_duty(handoff.to_agency, handoff.to_desk, pack, uow)
        uow.publish(facts.handoff_requested(handoff, answer_by, on_duty), about=handoff, happened_at=asked_at)
        tell(handoff, "requested", asked_at or now, uow)
    return handoff


async def ask_next(group: HandoffGroup, pack: CaseworkPack, uow: UnitOfWork, *, spare_reserves: bool = False) -> bool:
    """Ask whoever keeps a place as a reserve, else the next candidate; False when there is nobody left.

    ``spare_reserves``: somebody else is wanted now.
    """
    for reserve in [] if spare_reserves else await repository.reserves_of_group(uow, group.id):
        await apply_move(reserve, MoveHandoff(reserve.id, Move.ASK_AGAIN), HandoffState.REQUESTED, pack, uow)
        return True
    while group.asked < len(group.candidates):
        if await is_no_place_for(group.person_id, group.candidates[group.asked], pack, uow):
            uow.change(group, "skip", reason=domain.AdultsOnly.code, asked=group.asked + 1)
            continue
        await _ask(group, pack, await person_known(uow, group.person_id), uow)
        return True
    return False


async def is_no_place_for(person_id: UUID, agency: str, pack: CaseworkPack, uow: UnitOfWork) -> bool:
    """Whether a person is a child, or has one along, and the agency takes adults only (`handoff.md` §6)."""
    return pack.is_for_adults_only(agency) and await comes_with_child(uow, person_id)


async def follow(
    group: HandoffGroup, handoff: Handoff, command: MoveHandoff, pack: CaseworkPack, uow: UnitOfWork
) -> None:
    """What a move means for the group: won, next candidate, or the end of the step."""
    match command.move:
        case Move.ACCEPT | Move.FIRM_UP | Move.REOPEN:
            if command.move == Move.REOPEN:
                uow.change(group, "reopen", reason=command.reason_code, outcome=None, won_by=handoff.to_agency)
            else:
                uow.change(group, "win", won_by=handoff.to_agency)
            for other in await repository.undecided_of_group(uow, group.id):
                if other.id != handoff.id:
                    beaten = MoveHandoff(other.id, Move.SUPERSEDE)
                    await apply_move(other, beaten, HandoffState.SUPERSEDED, pack, uow)
            await bind_winner(group, handoff, pack, uow)
        case Move.CONTEST | Move.UNDO:
            if group.won_by == handoff.to_agency or group.outcome is not None:
                uow.change(group, "reopen", reason=command.move.value, won_by=None, outcome=None)
        case Move.RESUME:
            await weigh_conditions(group, handoff, command.reason_code, pack, uow)
        case Move.REJECT:
            await _search_on(group, handoff, GroupOutcome.EXHAUSTED, pack, uow)
        case Move.COMPLETE:
            await _end_group(group, GroupOutcome.COMPLETED, handoff, uow)
        case Move.FAIL:
            if handoff.arrived_at is None and command.reason_code in domain.SEARCH_GOES_ON:
                uow.change(group, "reopen", reason=command.reason_code, won_by=None)
                await _search_on(group, handoff, GroupOutcome.FAILED, pack, uow)
            else:
                await _end_group(group, GroupOutcome.FAILED, handoff, uow)
        case Move.CANCEL | Move.EXPIRE | Move.CONFIRM_CANCEL | Move.ENTER_IN_ERROR:
            others = [h for h in await repository.open_of_group(uow, group.id) if h.id != handoff.id]
            if group.outcome is None and all(h.state in domain.ENDED_WORK for h in others):
                await _end_group(group, GroupOutcome.CANCELLED, handoff, uow)
        case Move.CLOSE:
            signal_procedure(group, uow)
        case _:
            pass


async def weigh_conditions(
    group: HandoffGroup, handoff: Handoff, reason_code: str | None, pack: CaseworkPack, uow: UnitOfWork
) -> None:
    """What the conditions decided so far mean for a conditional yes; while it is held they mean nothing yet."""
    if handoff.state != HandoffState.CONDITIONAL:
        return
    verdict = verdict_on([p.state for p in await conditions_repository.of_handoff(uow, handoff.id)])
    if verdict == Verdict.WAITING:
        return
    command = MoveHandoff(handoff.id, Move.FIRM_UP)
    if verdict == Verdict.BROKEN:
        command = MoveHandoff(handoff.id, Move.REJECT, reason_code=reason_code or "PROMISE_BROKEN")
    target = domain.next_state(handoff.state, command.move, Side.SYSTEM)
    await apply_move(handoff, command, target, pack, uow)
    await follow(group, handoff, command, pack, uow)


async def _search_on(
    group: HandoffGroup, handoff: Handoff, otherwise: GroupOutcome, pack: CaseworkPack, uow: UnitOfWork
) -> None:
    waiting = [h for h in await repository.undecided_of_group(uow, group.id) if h.id != handoff.id]
    if not await ask_next(group, pack, uow) and not waiting:
        await _end_group(group, otherwise, handoff, uow)


def signal_procedure(group: HandoffGroup, uow: UnitOfWork) -> None:
    """Something of the case changed that its procedure may wait for."""
    start = ProcedureStart(about_id=group.about_id, district=group.district)
    look_again(group.reply_workflow, group.reply_to, start, group, uow)


async def end_exhausted(group: HandoffGroup, handoff: Handoff, uow: UnitOfWork) -> None:
    """Nobody is left to be asked."""
    await _end_group(group, GroupOutcome.EXHAUSTED, handoff, uow)


async def _end_group(group: HandoffGroup, outcome: GroupOutcome, handoff: Handoff | None, uow: UnitOfWork) -> None:
    uow.change(
        group,
        "end",
        outcome=outcome.value,
        result_code=handoff.result_code if handoff else None,
        reason_code=handoff.reason_code if handoff else None,
    )
    if outcome != GroupOutcome.COMPLETED:
        await end_conditions_of_group(group, group.reason_code or outcome.value, uow)
    if group.reply_workflow:
        uow.signal(
            group.reply_workflow,
            group.reply_to,
            "step_ended",
            StepEnded(
                step=group.step,
                outcome=outcome.value,
                result_code=group.result_code or "",
                reason_code=group.reason_code or "",
                agency=group.won_by or "",
            ),
            start=ProcedureStart(about_id=group.about_id, district=group.district),
            about=group,
        )
