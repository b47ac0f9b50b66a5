"""What ages hear from intake."""

from contracts.envelope import Envelope
from contracts.events.intake import PersonRecorded
from services.casework.case.ages.commands import hear_age
from services.casework.person.custody.commands import learn_who_it_is
from services.casework.person.profile.domain import KNOWN_BY_REGISTRY
from services.chassis.database import UnitOfWork
from services.chassis.digests import Reader
from services.chassis.inbox import Handler
from services.chassis.persons import when_person_recorded_keep_copy


def when_person_recorded_know_who_it_is(reader: Reader) -> Handler:
    """The handler that hashes the NIK of a person."""

    async def when_person_recorded_know_who_it_is(event: PersonRecorded, envelope: Envelope, uow: UnitOfWork) -> None:
        """Keep the copy; a person who turns out to be a minor is protected as one from now on."""
        await when_person_recorded_keep_copy(event, envelope, uow)
        await learn_who_it_is(event.person_id, str(envelope.district), reader, uow)
        is_known = event.identity_status == KNOWN_BY_REGISTRY
        await hear_age(event.person_id, is_minor=event.apparent_minor, is_known=is_known, uow=uow)

    return when_person_recorded_know_who_it_is
