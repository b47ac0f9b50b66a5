"""What custody hears of persons: by the number, two of them may be one."""

from contracts.envelope import Envelope
from contracts.events.intake import PersonKeyIssued
from services.casework.person.custody.commands import learn_who_it_is
from services.chassis.database import UnitOfWork
from services.chassis.digests import Reader
from services.chassis.inbox import Handler
from services.chassis.persons import when_person_key_issued_keep_for

_keep_key = when_person_key_issued_keep_for("casework")


def when_person_key_issued_know_who_it_is(reader: Reader) -> Handler:
    """The handler that opens what came before its key, and forgets the number when the key is gone."""

    async def when_person_key_issued_know_who_it_is(
        event: PersonKeyIssued, envelope: Envelope, uow: UnitOfWork
    ) -> None:
        """Keep our wrapped copy of the key, and look who it is."""
        await _keep_key(event, envelope, uow)
        await learn_who_it_is(event.person_id, str(envelope.district), reader, uow)

    return when_person_key_issued_know_who_it_is
