"""What entitlements hear: each turns one event into one command."""

from contracts.envelope import Envelope
from contracts.events.casework import CaseAidEnded, CaseAidHeld, CaseAidReleased, CaseAidRequested
from services.chassis.database import UnitOfWork
from services.disbursement.entitlements.commands import EstablishEntitlement, establish_entitlement, turn_hold
from services.disbursement.entitlements.domain import Move


async def when_aid_requested_establish_entitlement(fact: CaseAidRequested, envelope: Envelope, uow: UnitOfWork) -> None:
    """A case asks for aid: answer with an entitlement or a refusal."""
    await establish_entitlement(
        EstablishEntitlement(
            aid_request_id=fact.aid_request_id,
            case_id=envelope.subject,
            correlation_id=envelope.correlationid,
            district=str(envelope.district),
            programme_code=fact.programme_code,
            person_id=fact.person_id,
            village_code=str(fact.village_code),
            reason_code=fact.reason_code,
            requested_at=envelope.time,
        ),
        uow,
    )


async def when_aid_held_hold_entitlement(fact: CaseAidHeld, envelope: Envelope, uow: UnitOfWork) -> None:
    """The case says to wait: no payment list takes it until it is let go."""
    await turn_hold(fact.aid_request_id, Move.HOLD, fact.reason_code, uow)


async def when_aid_released_let_it_go(fact: CaseAidReleased, envelope: Envelope, uow: UnitOfWork) -> None:
    """Nothing keeps it back any more."""
    await turn_hold(fact.aid_request_id, Move.LET_GO, fact.reason_code, uow)


async def when_aid_ended_end_entitlement(fact: CaseAidEnded, envelope: Envelope, uow: UnitOfWork) -> None:
    """People decided that what was held will not be paid."""
    await turn_hold(fact.aid_request_id, Move.END, fact.reason_code, uow)
