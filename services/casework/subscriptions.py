"""Everything that casework consumes, on one page: event type -> handler."""

from services.casework.case.ages import handlers as ages
from services.casework.case.cases import handlers as cases
from services.casework.case.closing import handlers as closing
from services.casework.case.closing.domain import ASKED
from services.casework.case.closing.handlers import and_ask_again
from services.casework.case.occurrences import handlers as occurrences
from services.casework.case.timeline.handlers import also_record_in_timeline, when_anything_happens_record_in_timeline
from services.casework.person.custody import handlers as custody
from services.casework.person.operations import handlers as operations
from services.chassis.digests import Reader
from services.chassis.inbox import Handler


def hearing(reader: Reader) -> dict[str, Handler]:
    """What is heard, by handlers of which some open a person's sealed fields."""
    return {
        "intake.person.recorded.v1": ages.when_person_recorded_know_who_it_is(reader),
        "intake.person_key.issued.v1": custody.when_person_key_issued_know_who_it_is(reader),
        "intake.operation.conducted.v1": operations.when_operation_conducted_keep_it,
        "intake.report.received.v1": also_record_in_timeline(operations.when_report_received_keep_its_person),
        "intake.report.verified.v1": also_record_in_timeline(cases.when_report_verified_open_case),
        "intake.report.rejected.v1": when_anything_happens_record_in_timeline,
        "intake.report.marked_duplicate.v1": when_anything_happens_record_in_timeline,
        "intake.report.duplicate_undone.v1": when_anything_happens_record_in_timeline,
        "intake.registry_check.completed.v1": also_record_in_timeline(
            and_ask_again(cases.when_registry_answered_complete_its_handoff)
        ),
        "disbursement.entitlement.established.v1": also_record_in_timeline(
            cases.when_entitlement_established_record_aid_state
        ),
        "disbursement.entitlement.refused.v1": also_record_in_timeline(cases.when_entitlement_refused_record_aid_state),
        "disbursement.entitlement.ended.v1": also_record_in_timeline(
            and_ask_again(cases.when_entitlement_ended_record_aid_state)
        ),
        **{
            f"{service}.closing.answered.v1": also_record_in_timeline(closing.when_closing_answered_note_it)
            for service in ASKED
        },
        "disbursement.payment.instructed.v1": when_anything_happens_record_in_timeline,
        "disbursement.payment.credited.v1": also_record_in_timeline(
            and_ask_again(cases.when_payment_credited_record_aid_state)
        ),
        "disbursement.payment.failed.v1": also_record_in_timeline(cases.when_payment_failed_record_aid_state),
        "notifications.message.sent.v1": also_record_in_timeline(closing.when_anything_changes_elsewhere_ask_again),
        "notifications.message.delivered.v1": also_record_in_timeline(cases.when_message_delivered_note_its_escalation),
        "notifications.message.failed.v1": also_record_in_timeline(
            and_ask_again(cases.when_message_failed_have_the_desk_called)
        ),
        "casework.handoff.failed.v1": occurrences.when_handoff_failed_record_what_happened,
        "casework.task.completed.v1": cases.when_task_completed_reroute_the_person,
        "casework.custody.transferred.v1": operations.when_custody_transferred_compare_counts,
    }


SUBSCRIPTIONS = hearing(Reader("", ""))
"""What is heard, as it is told to the broker and in the documents; to be called, ``hearing`` takes our secrets."""
