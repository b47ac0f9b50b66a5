"""What is heard about the aid of a case: each turns one event into one command."""

from uuid import UUID

from contracts.envelope import Envelope
from contracts.events.casework import CaseAidEnded, CaseAidHeld, CaseAidReleased
from services.chassis.database import UnitOfWork
from services.disbursement.entitlements.commands import HearOfAid
from services.disbursement.entitlements.domain import Fact, HoldSource
from services.disbursement.holds.commands import hear_of_aid


async def when_aid_held_keep_it_back(fact: CaseAidHeld, envelope: Envelope, uow: UnitOfWork) -> None:
    """The case says to wait: off its list, until it is let go."""
    await hear_of_aid(_of_case(fact.aid_request_id, Fact.HOLD, fact.reason_code, envelope), uow)


async def when_aid_released_let_it_go(fact: CaseAidReleased, envelope: Envelope, uow: UnitOfWork) -> None:
    """The case keeps it back no more."""
    await hear_of_aid(_of_case(fact.aid_request_id, Fact.LET_GO, fact.reason_code, envelope), uow)


async def when_aid_ended_end_it(fact: CaseAidEnded, envelope: Envelope, uow: UnitOfWork) -> None:
    """People decided that it will not be paid."""
    await hear_of_aid(_of_case(fact.aid_request_id, Fact.END, fact.reason_code, envelope), uow)


def _of_case(aid_request_id: UUID, fact: Fact, reason_code: str, envelope: Envelope) -> HearOfAid:
    return HearOfAid(
        aid_request_id=aid_request_id,
        source=HoldSource.CASE,
        fact=fact,
        reason_code=reason_code,
        happened_at=envelope.time,
        district=str(envelope.district),
        correlation_id=envelope.correlationid,
    )
