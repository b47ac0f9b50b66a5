"""What a party, or the system for it, does with a hand-off."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.casework.handoff.conditions import repository as conditions_repository
from services.casework.handoff.conditions.commands import decide_condition
from services.casework.handoff.conditions.tables import Condition
from services.casework.handoff.deadlines.commands import deadlines_of
from services.casework.handoff.deadlines.domain import DeadlineKind
from services.casework.handoff.disclosures.domain import MOVES_A_PERSON, Purpose
from services.casework.handoff.handoffs import access, domain, facts, repository
from services.casework.handoff.handoffs.commands.applying import (
    MoveHandoff,
    apply_move,
    end_for_system,
    speaks_for_itself,
)
from services.casework.handoff.handoffs.commands.binding import end_conditions_of_group
from services.casework.handoff.handoffs.commands.groups import follow, weigh_conditions
from services.casework.handoff.handoffs.commands.rows import locked, note_next_due, standing, tell
from services.casework.handoff.handoffs.domain import (
    GroupOutcome,
    HandoffDisposition,
    HandoffState,
    Move,
    Side,
)
from services.casework.handoff.handoffs.tables import Handoff, LinkAnswer, SpokenAnswer
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.domain import AboutKind
from services.casework.person.custody.commands import TransferCustody, transfer_custody
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import Forbidden, NotFound


async def move_handoff(command: MoveHandoff, uow: UnitOfWork) -> Handoff:
    """Every answer and every other move of a party.

    Raises ``NotFound`` to whoever is no party, ``NotYourMove`` to the wrong one, ``HandoffCannotMove`` naming what is
    legal now, ``GroupIsWon`` when another firm yes came first, ``StaleVersion``, ``BeritaAcaraIsMissing``,
    ``NotByPhone``, ``HappensLater``, ``HappensTooEarly``,
    ``HandoffResultIsUnknown``, and the refusals of ``domain.refusal``.
    """
    group, handoff = await locked(command.handoff_id, uow)
    side = _side(command, handoff, uow)
    if command.expected_version is not None and handoff.version != command.expected_version:
        await uow.locked(Handoff, command.handoff_id, command.expected_version)
    if command.move == Move.COMPLETE:
        domain.check_result(handoff.purpose, command.result_code or "")
    target = await legal_target(handoff, command.move, side, uow)
    if command.move == Move.ARRIVE and handoff.purpose in MOVES_A_PERSON and not command.ba_number:
        raise domain.BeritaAcaraIsMissing
    domain.check_happened_at(command.happened_at, handoff.requested_at, await uow.now())
    pack = await pack_in_force(uow, handoff.district)
    await _note_spoken(command, handoff, uow)
    if command.via:
        await _note_link(command, handoff, uow)
    await apply_move(handoff, command, target, pack, uow)
    if command.move == Move.ARRIVE and handoff.purpose in MOVES_A_PERSON:
        await _take_over(command, handoff, pack, uow)
    await follow(group, handoff, command, pack, uow)
    return handoff


def _side(command: MoveHandoff, handoff: Handoff, uow: UnitOfWork) -> Side:
    if command.spoken is not None:
        if command.move not in domain.SPEAKABLE:
            raise domain.NotByPhone
        access.check_may_speak_for(uow.principal, handoff.from_agency, handoff.to_agency)
        return Side.RECEIVER
    side = access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, domain.SIDES[command.move])
    if not access.may_move(uow.principal, command.move):
        raise Forbidden
    return side


async def legal_target(handoff: Handoff, move: Move, side: Side, uow: UnitOfWork) -> HandoffState:
    """Where a move leads that is legal now; else raises why it is not, naming all that the caller may do."""
    now = await standing(handoff, uow)
    legal = access.everything_now(uow.principal, handoff, now)
    refused = domain.refusal(move, now)
    if refused is domain.GroupIsWon and handoff.state != HandoffState.FAILED:
        raise refused(legal, won=True)
    if (HandoffState(handoff.state), move) not in domain.MOVES:
        raise domain.HandoffCannotMove(legal, state=handoff.state)
    if refused is not None:
        raise refused(legal, state=handoff.state)
    return domain.next_state(handoff.state, move, side, handoff.held_state)


async def _note_spoken(command: MoveHandoff, handoff: Handoff, uow: UnitOfWork) -> None:
    """Write down who spoke; the agency's own next move confirms what was said for it."""
    now = await uow.now()
    spoken = command.spoken
    if spoken is None:
        if speaks_for_itself(handoff, uow):
            verdict = "contested" if command.move == Move.CONTEST else "confirmed"
            await _decide_spoken(handoff, verdict, uow)
        return
    uow.cause = replace(uow.cause, on_behalf_of=handoff.to_agency)
    uow.insert(
        SpokenAnswer(
            id=clock.new_id(),
            district=handoff.district,
            handoff_id=handoff.id,
            agency=handoff.to_agency,
            move=command.move.value,
            spoke_with=spoken.spoke_with,
            role=spoken.role,
            phone=spoken.phone,
            happened_at=command.happened_at or now,
            recorded_at=now,
            recorded_by=uow.principal.actor,
        )
    )


async def _note_link(command: MoveHandoff, handoff: Handoff, uow: UnitOfWork) -> None:
    """Remember that the agency answered without software of its own."""
    answer = LinkAnswer(
        id=clock.new_id(),
        district=handoff.district,
        handoff_id=handoff.id,
        agency=handoff.to_agency,
        move=command.move.value,
        recorded_at=await uow.now(),
    )
    uow.insert(answer)
    uow.cause = replace(uow.cause, on_behalf_of=f"via:{command.via}")


async def _decide_spoken(handoff: Handoff, verdict: str, uow: UnitOfWork) -> None:
    now = await uow.now()
    for answer in await repository.unconfirmed_answers(uow, handoff.id):
        uow.set(answer, verdict=verdict, verdict_at=now)


async def confirm_spoken(handoff_id: UUID, uow: UnitOfWork) -> Handoff:
    """«Yes, we said that»: what an officer wrote down for the receiver stands for good.

    Raises ``NotFound``, ``NotYourMove``, ``NobodySpokeForThem``.
    """
    _, handoff = await locked(handoff_id, uow)
    access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, frozenset({Side.RECEIVER}))
    if not handoff.spoken_for:
        legal = access.everything_now(uow.principal, handoff, await standing(handoff, uow))
        raise domain.NobodySpokeForThem(legal, state=handoff.state)
    pack = await pack_in_force(uow, handoff.district)
    deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
    await deadlines.stop("CONFIRMED", {DeadlineKind.CONFIRM_BY})
    await _decide_spoken(handoff, "confirmed", uow)
    uow.change(handoff, "confirm", spoken_for=False, **note_next_due(handoff, deadlines))
    tell(handoff, "confirmed", await uow.now(), uow)
    return handoff


async def _take_over(command: MoveHandoff, handoff: Handoff, pack: CaseworkPack, uow: UnitOfWork) -> None:
    await transfer_custody(
        TransferCustody(
            person_id=handoff.person_id,
            about=handoff.about,
            correlation_id=handoff.correlation_id,
            district=handoff.district,
            to_agency=handoff.to_agency,
            happened_at=command.happened_at or await uow.now(),
            place_code=command.place_code or pack.agency(handoff.to_agency).place_code or handoff.district,
            observed_state=command.observed_state,
            ba_number=command.ba_number,
        ),
        uow,
    )


async def settle_condition(condition_id: UUID, verb: str, reason_code: str | None, uow: UnitOfWork) -> Condition:
    """``meet``, ``waive`` or ``break`` a condition; the last one that is met makes the yes firm, a broken one ends it.

    Raises what ``decide_condition`` raises, and ``NotFound``.
    """
    handoff_id = await conditions_repository.handoff_of(uow, condition_id)
    if handoff_id is None:
        raise NotFound(kind="conditions")
    group, handoff = await locked(handoff_id, uow)
    access.check_is_party(uow.principal, handoff.from_agency, handoff.to_agency)
    condition = await decide_condition(condition_id, verb, reason_code, uow)
    pack = await pack_in_force(uow, handoff.district)
    deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
    await deadlines.stop(condition.state, {DeadlineKind.PROMISE_BY}, occurrence=condition.number)
    uow.change(handoff, f"condition-{condition.state}", reason=condition.code, **note_next_due(handoff, deadlines))
    uow.publish(facts.condition_decided(handoff, condition.code, condition.state), about=handoff)
    tell(handoff, f"condition.{condition.state}", await uow.now(), uow)
    await weigh_conditions(group, handoff, condition.reason_code, pack, uow)
    return condition


async def expire_of_matter(about_id: UUID, reason_code: str, uow: UnitOfWork) -> int:
    """End every unanswered or merely promised hand-off of a case whose purpose is gone; returns how many.

    Work that has begun goes on until its receiver reports.
    """
    ended = 0
    for group in await repository.open_groups_of_matter(uow, about_id):
        pack = await pack_in_force(uow, group.district)
        still_open = await repository.open_of_group(uow, group.id)
        expiring = [h for h in still_open if domain.expires(h.state, h.held_state)]
        has_work = any(h.state not in domain.ENDED_WORK for h in still_open if h not in expiring)
        for handoff in expiring:
            command = MoveHandoff(handoff.id, Move.EXPIRE, reason_code=reason_code)
            await apply_move(handoff, command, HandoffState.EXPIRED, pack, uow)
        if not has_work:
            uow.change(group, "end", outcome=GroupOutcome.CANCELLED.value, reason_code=reason_code)
            await end_conditions_of_group(group, reason_code, uow)
        ended += len(expiring)
    return ended


MOVE_OF_DISPOSITION: dict[HandoffDisposition, Move] = {
    HandoffDisposition.EXPIRE: Move.EXPIRE,
    HandoffDisposition.FAIL: Move.FAIL,
    HandoffDisposition.ASK_TO_RELEASE: Move.ASK_CANCEL,
}


async def apply_dispositions(
    about_id: UUID,
    dispositions: Mapping[UUID, HandoffDisposition],
    reason_code: str,
    happened_at: datetime,
    uow: UnitOfWork,
) -> None:
    """Reality changed: let these hand-offs of a case expire or fail, or ask their receivers to let go.

    What no longer stands there is left alone.
    """
    for group in await repository.open_groups_of_matter(uow, about_id):
        pack = await pack_in_force(uow, group.district)
        for handoff in await repository.open_of_group(uow, group.id):
            if handoff.id not in dispositions:
                continue
            move = MOVE_OF_DISPOSITION[dispositions[handoff.id]]
            command = MoveHandoff(handoff.id, move, reason_code=reason_code, happened_at=happened_at)
            if await end_for_system(handoff, command, pack, uow):
                await follow(group, handoff, command, pack, uow)


async def end_purpose(about_id: UUID, purpose: Purpose, reason_code: str, uow: UnitOfWork) -> None:
    """A purpose is gone though its case goes on: what was not begun ends, who has begun is asked to let go."""
    dispositions = {
        handoff.id: HandoffDisposition.EXPIRE
        if domain.expires(handoff.state, handoff.held_state)
        else HandoffDisposition.ASK_TO_RELEASE
        for group in await repository.open_groups_of_matter(uow, about_id)
        if group.purpose == purpose
        for handoff in await repository.open_of_group(uow, group.id)
    }
    await apply_dispositions(about_id, dispositions, reason_code, await uow.now(), uow)


async def close_results(about_id: UUID, uow: UnitOfWork) -> None:
    """Take every result of a case that nobody has read as read."""
    for handoff_id in await repository.unread_of_matter(uow, about_id):
        group, handoff = await locked(handoff_id, uow)
        pack = await pack_in_force(uow, handoff.district)
        await apply_move(handoff, MoveHandoff(handoff.id, Move.CLOSE), HandoffState.CLOSED, pack, uow)
        await follow(group, handoff, MoveHandoff(handoff.id, Move.CLOSE), pack, uow)


async def answer_for_registry(
    about_id: UUID, purpose: Purpose, result_code: str, uow: UnitOfWork, handoff_id: UUID | None
) -> Handoff | None:
    """A registry's answer, heard as an event, carries its hand-off from wherever it stands to completed.

    What is on hold goes on first; a «yes, if …» needs its conditions no more. One that has ended stays ended.
    """
    if handoff_id is None:
        return None
    group_id = await repository.group_of_handoff(uow, handoff_id)
    group = await repository.group(uow, group_id) if group_id else None
    if group is None or group.about_id != about_id or group.purpose != purpose:
        return None
    handoff = await uow.locked(Handoff, handoff_id)
    pack = await pack_in_force(uow, handoff.district)
    if handoff.state == HandoffState.ON_HOLD:
        held = HandoffState(handoff.held_state or "")
        await apply_move(handoff, MoveHandoff(handoff.id, Move.RESUME), held, pack, uow)
    for move in domain.TO_COMPLETION.get(HandoffState(handoff.state), ()):
        command = MoveHandoff(handoff.id, move, result_code=result_code if move == Move.COMPLETE else None)
        await apply_move(handoff, command, domain.next_state(handoff.state, move, Side.RECEIVER), pack, uow)
        await follow(group, handoff, command, pack, uow)
    return handoff
