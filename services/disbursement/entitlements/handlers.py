"""What entitlements hear: each turns one event into one command."""

from contracts.envelope import Envelope
from contracts.events.casework import CaseAidRequested
from services.chassis.database import UnitOfWork
from services.disbursement.entitlements.commands import EstablishEntitlement, establish_entitlement


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
