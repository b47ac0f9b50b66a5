"""What is heard about persons, cases and their aid: each turns one event into one command."""

from uuid import UUID

from contracts.envelope import Envelope
from contracts.events.casework import (
    CaseAidEnded,
    CaseAidHeld,
    CaseAidReleased,
    CaseDuplicateUndone,
    CaseMarkedDuplicate,
    CaseOccurrenceRecorded,
    CaseOccurrenceRevoked,
    CaseOpened,
)
from contracts.events.intake import PersonKeyIssued, PersonRecorded
from services.chassis.database import UnitOfWork
from services.chassis.digests import Reader, learn_number
from services.chassis.inbox import Handler
from services.chassis.persons import when_person_key_issued_keep_for, when_person_recorded_keep_copy
from services.disbursement.entitlements.commands import HearOfAid
from services.disbursement.entitlements.domain import Fact, HoldSource
from services.disbursement.holds.commands import end_aid_of_case, hear_of_aid, hear_of_death, hear_of_double, weigh
from services.disbursement.persons.commands import KeepDouble, change_who_is_who, keep_person_of_case
from services.disbursement.persons.queries import same_as

DIED = "DIED"
"""The occurrence that is about the person, whatever case it was told in."""

_keep_key = when_person_key_issued_keep_for("disbursement")


def when_person_recorded_know_who_it_is(reader: Reader) -> Handler:
    """The handler that hashes the NIK of a person."""

    async def when_person_recorded_know_who_it_is(event: PersonRecorded, envelope: Envelope, uow: UnitOfWork) -> None:
        """Keep the copy: by its number, or by a person's word, it may be somebody whom we know."""
        await change_who_is_who(str(envelope.district), uow)
        before = await same_as(event.person_id, uow)
        await when_person_recorded_keep_copy(event, envelope, uow)
        await learn_number(event.person_id, str(envelope.district), reader, uow)
        await weigh([event.person_id, *before], str(envelope.district), uow)

    return when_person_recorded_know_who_it_is


def when_person_key_issued_know_who_it_is(reader: Reader) -> Handler:
    """The handler that opens what came before its key, and forgets the number when the key is gone."""

    async def when_person_key_issued_know_who_it_is(
        event: PersonKeyIssued, envelope: Envelope, uow: UnitOfWork
    ) -> None:
        """Keep our wrapped copy of the key, and look who it is."""
        await change_who_is_who(str(envelope.district), uow)
        before = await same_as(event.person_id, uow)
        await _keep_key(event, envelope, uow)
        await learn_number(event.person_id, str(envelope.district), reader, uow)
        await weigh([event.person_id, *before], str(envelope.district), uow)

    return when_person_key_issued_know_who_it_is


async def when_case_opened_keep_whose_it_is(fact: CaseOpened, envelope: Envelope, uow: UnitOfWork) -> None:
    """Whose case it is: a double, or a death, may have been told of it before."""
    await change_who_is_who(str(envelope.district), uow)
    await keep_person_of_case(envelope.subject, fact.person_id, str(envelope.district), uow)
    await weigh([fact.person_id], str(envelope.district), uow)


async def when_case_marked_duplicate_end_its_aid(
    fact: CaseMarkedDuplicate, envelope: Envelope, uow: UnitOfWork
) -> None:
    """Its aid ends with it; both cases' persons are one."""
    await hear_of_double(_double(fact.parent_case_id, envelope, stands=True), uow)


async def when_duplicate_undone_bring_its_aid_back(
    fact: CaseDuplicateUndone, envelope: Envelope, uow: UnitOfWork
) -> None:
    """It is a case of its own, and its person another."""
    await hear_of_double(_double(fact.parent_case_id, envelope, stands=False), uow)


def _double(parent_case_id: UUID, envelope: Envelope, *, stands: bool) -> KeepDouble:
    return KeepDouble(envelope.subject, parent_case_id, stands, envelope.time, str(envelope.district))


async def when_occurrence_recorded_hold_the_aid_of_the_dead(
    fact: CaseOccurrenceRecorded, envelope: Envelope, uow: UnitOfWork
) -> None:
    """A death reaches all aid of the real person, whatever case it was told in; the rest is told of each aid."""
    if fact.kind == DIED:
        await hear_of_death(envelope.subject, envelope.time, True, str(envelope.district), uow)


async def when_occurrence_revoked_let_the_aid_of_the_living_go(
    fact: CaseOccurrenceRevoked, envelope: Envelope, uow: UnitOfWork
) -> None:
    """The person did not die: nothing is held for it any more."""
    if fact.kind == DIED:
        await hear_of_death(envelope.subject, envelope.time, False, str(envelope.district), uow)


async def when_aid_held_keep_it_back(fact: CaseAidHeld, envelope: Envelope, uow: UnitOfWork) -> None:
    """The case says to wait: off its list, until it is let go."""
    await hear_of_aid(_of_case(fact.aid_request_id, Fact.HOLD, fact.reason_code, envelope), uow)


async def when_aid_released_let_it_go(fact: CaseAidReleased, envelope: Envelope, uow: UnitOfWork) -> None:
    """The case keeps it back no more."""
    await hear_of_aid(_of_case(fact.aid_request_id, Fact.LET_GO, fact.reason_code, envelope), uow)


async def when_aid_ended_end_it(fact: CaseAidEnded, envelope: Envelope, uow: UnitOfWork) -> None:
    """People decided that it will not be paid."""
    await end_aid_of_case(_of_case(fact.aid_request_id, Fact.END, fact.reason_code, envelope), uow)


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
