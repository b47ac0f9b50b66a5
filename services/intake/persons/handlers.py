"""What persons hear from casework."""

from contracts.envelope import Envelope
from contracts.events.casework import CaseAdulthoodDecided, CaseAdulthoodTakenBack
from services.chassis.database import UnitOfWork
from services.intake.persons.commands import decide_age


async def when_adulthood_decided_record_it(event: CaseAdulthoodDecided, envelope: Envelope, uow: UnitOfWork) -> None:
    """Two people took the protection of a child away: it is an adult in whatever is told from now on."""
    await decide_age(event.person_id, True, envelope.time, uow)


async def when_adulthood_taken_back_record_it(
    event: CaseAdulthoodTakenBack, envelope: Envelope, uow: UnitOfWork
) -> None:
    """What its signs say counts again."""
    await decide_age(event.person_id, False, envelope.time, uow)
