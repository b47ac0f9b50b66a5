"""Everything that disbursement consumes, on one page: event type -> handler."""

from contracts.events.casework import (
    CaseAidEnded,
    CaseAidHeld,
    CaseAidReleased,
    CaseAidRequested,
    CaseClosingAsked,
    CaseDuplicateUndone,
    CaseMarkedDuplicate,
    CaseOccurrenceRecorded,
    CaseOccurrenceRevoked,
    CaseOpened,
)
from contracts.events.disbursement import ClosingAnswered
from contracts.events.intake import PersonKeyIssued, PersonRecorded
from services.chassis.closing import when_closing_asked_answer
from services.chassis.digests import Reader
from services.chassis.inbox import Handler
from services.disbursement.entitlements import handlers as entitlements
from services.disbursement.entitlements.queries import what_keeps_open
from services.disbursement.holds import handlers as holds


def hearing(reader: Reader) -> dict[str, Handler]:
    """What is heard, by handlers of which some open a person's sealed fields."""
    return {
        PersonRecorded.TYPE: holds.when_person_recorded_know_who_it_is(reader),
        PersonKeyIssued.TYPE: holds.when_person_key_issued_know_who_it_is(reader),
        CaseOpened.TYPE: holds.when_case_opened_keep_whose_it_is,
        CaseMarkedDuplicate.TYPE: holds.when_case_marked_duplicate_end_its_aid,
        CaseDuplicateUndone.TYPE: holds.when_duplicate_undone_bring_its_aid_back,
        CaseOccurrenceRecorded.TYPE: holds.when_occurrence_recorded_hold_the_aid_of_the_dead,
        CaseOccurrenceRevoked.TYPE: holds.when_occurrence_revoked_let_the_aid_of_the_living_go,
        CaseAidRequested.TYPE: entitlements.when_aid_requested_establish_entitlement,
        CaseAidHeld.TYPE: holds.when_aid_held_keep_it_back,
        CaseAidReleased.TYPE: holds.when_aid_released_let_it_go,
        CaseAidEnded.TYPE: holds.when_aid_ended_end_it,
        CaseClosingAsked.TYPE: when_closing_asked_answer(ClosingAnswered, what_keeps_open),
    }


SUBSCRIPTIONS = hearing(Reader("", ""))
"""What is heard, as it is told to the broker and in the documents; to be called, ``hearing`` takes our secrets."""
