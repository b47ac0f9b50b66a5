"""The only code that changes decisions about ages."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.case.ages import domain, facts, repository
from services.casework.case.ages.domain import AgeEvidence, AgeState, ChildAgainReason
from services.casework.case.ages.tables import AgeDecision
from services.casework.case.cases import commands as cases
from services.casework.case.cases.domain import CaseIsClosed, CaseState
from services.casework.case.cases.tables import Case
from services.casework.office.matters.queries import matter_of
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound


@dataclass(frozen=True, slots=True)
class ProposeAdulthood:
    """Somebody has seen what shows that the person of a case is an adult."""

    case_id: UUID
    evidence: AgeEvidence


async def propose_adulthood(command: ProposeAdulthood, uow: UnitOfWork) -> AgeDecision:
    """Write down that somebody should count as an adult; protection stays until another person confirms.

    Raises ``NotFound``, ``CaseIsClosed``, ``RegistryKnowsTheAge``, ``AgeIsBeingDecided``, ``NotTakenForAChild``.
    """
    matter = await matter_of(uow, command.case_id)
    if matter is None or matter.person_id is None:
        raise NotFound(kind="cases")
    await repository.lock_person(uow, matter.person_id)
    case = await uow.locked(Case, command.case_id)
    if case.state == CaseState.CLOSED:
        raise CaseIsClosed(())
    live = await repository.live(uow, case.person_id)
    is_known = await repository.is_known(uow, case.person_id)
    domain.check_proposal(live.state if live else None, is_minor=case.apparent_minor, is_known=is_known)
    proposed = AgeDecision(
        id=clock.new_id(),
        correlation_id=case.correlation_id,
        district=case.district,
        case_id=case.id,
        person_id=case.person_id,
        state=AgeState.PROPOSED.value,
        evidence=command.evidence.value,
        proposed_by=uow.principal.actor,
        proposed_at=await uow.now(),
    )
    uow.create(proposed, "propose", reason=command.evidence.value)
    return proposed


async def confirm_adulthood(decision_id: UUID, expected_version: int | None, uow: UnitOfWork) -> AgeDecision:
    """Another person confirms: the protection of a child ends in each of the person's cases, and intake is told.

    Raises ``NotFound``, ``StaleVersion``, ``AgeDecisionCannotMove``, ``RegistryKnowsTheAge``,
    ``SecondPersonDecidesTheAge``.
    """
    decision, state = await _moved(decision_id, "confirm", expected_version, uow)
    await _decide(decision, "confirm", state, uow)
    await cases.record_age(decision.person_id, is_minor=False, is_proven=True, uow=uow)
    uow.publish(facts.adulthood_decided(decision), about=await uow.locked(Case, decision.case_id))
    return decision


async def refuse_adulthood(decision_id: UUID, expected_version: int | None, uow: UnitOfWork) -> AgeDecision:
    """Another person refuses: protection stays.

    Raises ``NotFound``, ``StaleVersion``, ``AgeDecisionCannotMove``, ``SecondPersonDecidesTheAge``.
    """
    decision, state = await _moved(decision_id, "refuse", expected_version, uow)
    await _decide(decision, "refuse", state, uow)
    return decision


async def protect_again(
    decision_id: UUID, reason: ChildAgainReason, expected_version: int | None, uow: UnitOfWork
) -> AgeDecision:
    """Take a confirmed decision back, which one person may: protection is asked for anew, and intake is told.

    Raises ``NotFound``, ``StaleVersion``, ``AgeDecisionCannotMove``, ``RegistryKnowsTheAge``.
    """
    decision, state = await _moved(decision_id, "take_back", expected_version, uow)
    uow.change(
        decision,
        "take_back",
        reason=reason.value,
        state=state.value,
        ended_by=uow.principal.actor,
        ended_at=await uow.now(),
        end_reason=reason.value,
    )
    await cases.protect_again(decision.person_id, str(decision.id), uow)
    uow.publish(facts.adulthood_taken_back(decision, reason.value), about=await uow.locked(Case, decision.case_id))
    return decision


async def _moved(
    decision_id: UUID, move: str, expected_version: int | None, uow: UnitOfWork
) -> tuple[AgeDecision, AgeState]:
    decision = await uow.locked(AgeDecision, decision_id, expected_version)
    await repository.lock_person(uow, decision.person_id)
    is_known = await repository.is_known(uow, decision.person_id)
    return decision, domain.next_state(decision.state, move, is_known=is_known)


async def _decide(decision: AgeDecision, verb: str, state: AgeState, uow: UnitOfWork) -> None:
    if decision.proposed_by == uow.principal.actor:
        raise domain.SecondPersonDecidesTheAge
    uow.change(decision, verb, state=state.value, decided_by=uow.principal.actor, decided_at=await uow.now())


async def hear_age(person_id: UUID, *, is_minor: bool, is_known: bool, uow: UnitOfWork) -> None:
    """Intake tells of a person: a child, unless a registry or two people say otherwise.

    What intake told before it heard of the decision takes nothing back.
    """
    await repository.lock_person(uow, person_id)
    live = await repository.live(uow, person_id)
    is_decided = live is not None and live.state == AgeState.CONFIRMED
    is_adult = domain.is_held_adult(is_minor=is_minor, is_known=is_known, is_decided=is_decided)
    await cases.record_age(person_id, is_minor=not is_adult, is_proven=is_known or is_decided, uow=uow)
