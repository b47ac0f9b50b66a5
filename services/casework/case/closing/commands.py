"""The only code that closes cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.casework.case.cases import commands as cases
from services.casework.case.cases.domain import CaseIsClosed, CaseState, ends_everything
from services.casework.case.cases.messages import CloseResult
from services.casework.case.cases.tables import Case
from services.casework.case.closing import domain, facts, repository
from services.casework.case.closing.domain import Blocker, Decision, Disposition, Kind
from services.casework.case.closing.tables import ClosingRound, ForcedClosing
from services.casework.desks.tasks.commands import cancel_task, is_open, settle_by_custody
from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.handoffs.commands import apply_dispositions, close_results
from services.chassis import clock
from services.chassis.database import UnitOfWork

ROUNDS = UUID("5b2c7c3e-9f5d-5b9e-8a14-0d7f0f4f7c21")


async def close_case(case_id: UUID, reason_code: str, uow: UnitOfWork) -> CloseResult:
    """Close a case when nothing of it is open here and every other service says so too.

    A service that is still being given, or again, closes nothing. Else say what keeps it open, by name, and change
    nothing but to ask: the others are asked once nothing is open
    here, and their answers signal the procedure.
    """
    case = await uow.locked(Case, case_id)
    if case.state == CaseState.CLOSED:
        return CloseResult(closed=True)
    await settle_by_custody(case.id, uow)
    if case.state == CaseState.OPEN:
        return CloseResult(closed=False, blockers=("service",))
    await _let_aid_be_decided(case, uow)
    blockers = await repository.open_here(uow, case.id)
    if not blockers:
        blockers = await _ask_others(case, uow)
    if blockers:
        return CloseResult(closed=False, blockers=tuple(blocker.id for blocker in blockers))
    await cases.close(case, reason_code, uow)
    return CloseResult(closed=True)


async def _let_aid_be_decided(case: Case, uow: UnitOfWork) -> None:
    """Aid held for somebody who died or left is decided by people, once, before the case can close; not while they are
    looked for.
    """
    if (
        case.outcome is None
        or not ends_everything(case.outcome)
        or not cases.aid_is_pending(case)
        or case.aid_decision is not None
        or await is_open(case.id, TaskKind.SEARCH_PERSON, uow)
    ):
        return
    decided = await cases.give_task(case, TaskKind.AID_DECISION, "aid-decision", uow)
    if not decided.ended:
        return
    uow.change(case, "decide_aid", aid_decision=decided.result_code)
    if decided.result_code == "PAY_ON":
        await cases.release_aid(case, decided.result_code, await uow.now(), uow)
    else:
        uow.publish(facts.aid_ended(case, case.outcome), about=case)


async def _ask_others(case: Case, uow: UnitOfWork) -> list[Blocker]:
    last = await repository.last_round(uow, case.id)
    now = await uow.now()
    answers = last.answers if last else {}
    if not domain.is_to_be_asked(last.asked_at if last else None, answers, bool(last and last.is_stale), now):
        return domain.open_elsewhere(answers)
    number = last.number + 1 if last else 1
    asked = ClosingRound(
        id=clock.derived_id(ROUNDS, f"{case.id}:{number}"),
        correlation_id=case.correlation_id,
        district=case.district,
        case_id=case.id,
        number=number,
        asked_at=now,
        answers={},
    )
    uow.create(asked, "ask")
    uow.publish(facts.closing_asked(number), about=case)
    return domain.open_elsewhere({})


async def note_answer(case_id: UUID, number: int, service: str, blockers: tuple[str, ...], uow: UnitOfWork) -> None:
    """A service says what is open on its side; the procedure looks again when all have answered.

    An answer to a round that is over says nothing.
    """
    case = await uow.locked(Case, case_id)
    last = await repository.last_round(uow, case.id)
    if last is None or last.number != number or service in last.answers:
        return
    uow.change(last, "answer", reason=service, answers={**last.answers, service: list(blockers)})
    if not domain.waiting_for(last.answers):
        cases.signal_procedure(case, uow)


async def reconsider(case_id: UUID | None, uow: UnitOfWork) -> None:
    """Something of a case changed at another service: what its last round finds open is asked anew.

    The change may be heard before the answer that does not know of it yet, since topics keep no order among each other.
    """
    if case_id is None:
        return
    case = await uow.locked(Case, case_id)
    last = await repository.last_round(uow, case.id)
    if last is not None and not last.is_stale and case.state != CaseState.CLOSED:
        uow.change(last, "outdate", is_stale=True)
        cases.signal_procedure(case, uow)


@dataclass(frozen=True, slots=True)
class ProposeForcedClosing:
    """Close a case over what is open: a disposition for each thing, and why."""

    case_id: UUID
    reason_code: str
    dispositions: Mapping[str, Disposition]


async def propose_forced_closing(command: ProposeForcedClosing, uow: UnitOfWork) -> ForcedClosing:
    """Write down what should become of everything open; nothing happens before another person decides.

    Raises ``NotFound``, ``CaseIsClosed``, ``ClosingIsProposed`` and what ``check_dispositions`` raises.
    """
    case = await uow.locked(Case, command.case_id)
    if case.state == CaseState.CLOSED:
        raise CaseIsClosed(())
    if await repository.proposal(uow, case.id) is not None:
        raise domain.ClosingIsProposed(("approve", "refuse"))
    dispositions = {item: disposition.value for item, disposition in command.dispositions.items()}
    blockers, _ = await repository.open_anywhere(uow, case.id)
    domain.check_dispositions(blockers, dispositions)
    forced = ForcedClosing(
        id=clock.new_id(),
        correlation_id=case.correlation_id,
        district=case.district,
        case_id=case.id,
        state=Decision.PROPOSED.value,
        reason_code=command.reason_code,
        dispositions=dispositions,
        proposed_by=uow.principal.actor,
        proposed_at=await uow.now(),
    )
    uow.create(forced, "propose")
    return forced


async def decide_forced_closing(
    forced_id: UUID, decision: Decision, expected_version: int | None, uow: UnitOfWork
) -> ForcedClosing:
    """Another person approves, and everything open gets its disposition and the case closes; or refuses, and nothing
    changes.

    Raises ``NotFound``, ``StaleVersion``, ``ClosingIsDecided``, ``TwoPeopleAreNeeded``, ``CaseIsClosed`` and what
    ``check_dispositions`` raises when something else is open by now.
    """
    forced = await uow.locked(ForcedClosing, forced_id, expected_version)
    if forced.state != Decision.PROPOSED:
        raise domain.ClosingIsDecided((), state=forced.state)
    if forced.proposed_by == uow.principal.actor:
        raise domain.TwoPeopleAreNeeded
    if decision is Decision.APPROVED:
        case = await uow.locked(Case, forced.case_id)
        if case.state == CaseState.CLOSED:
            raise CaseIsClosed(())
        blockers, _ = await repository.open_anywhere(uow, case.id)
        domain.check_dispositions(blockers, forced.dispositions)
        await _give_dispositions(case, forced, blockers, uow)
        await cases.close(case, forced.reason_code, uow, verb="force_close")
        cases.signal_procedure(case, uow)
    uow.change(
        forced,
        decision.value,
        state=decision.value,
        decided_by=uow.principal.actor,
        decided_at=await uow.now(),
    )
    return forced


async def _give_dispositions(case: Case, forced: ForcedClosing, blockers: list[Blocker], uow: UnitOfWork) -> None:
    chosen = [(blocker, Disposition(forced.dispositions[blocker.id])) for blocker in blockers]
    ids = {blocker.id: UUID(blocker.id.split(":", 1)[1]) for blocker in blockers if blocker.kind != Kind.SERVICE}
    dispositions = {
        ids[b.id]: domain.HANDOFF_DISPOSITIONS[disposition]
        for b, disposition in chosen
        if disposition in domain.HANDOFF_DISPOSITIONS
    }
    await apply_dispositions(case.id, dispositions, forced.reason_code, await uow.now(), uow)
    await close_results(case.id, uow)
    for blocker, disposition in chosen:
        match disposition:
            case Disposition.CANCEL:
                await cancel_task(ids[blocker.id], forced.reason_code, uow)
            case Disposition.END_AID:
                uow.publish(facts.aid_ended(case, forced.reason_code), about=case)
            case _:
                pass
