"""What cases hear from intake, disbursement and notifications."""

from contracts.envelope import Envelope
from contracts.events.casework import TaskCompleted
from contracts.events.disbursement import (
    EntitlementEnded,
    EntitlementEstablished,
    EntitlementRefused,
    PaymentCredited,
    PaymentFailed,
)
from contracts.events.intake import RegistryCheckCompleted, ReportVerified
from contracts.events.notifications import MessageDelivered, MessageFailed
from services.casework.case.cases import commands
from services.casework.case.cases.commands import OpenCase, RegistryAnswer
from services.casework.case.cases.domain import AidState
from services.casework.handoff.deadlines.domain import Notice
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.commands import note_notice
from services.casework.office.case_types.domain import CASE_TYPES
from services.chassis.database import UnitOfWork

REGISTRY_PURPOSE = {"IDENTITY": Purpose.IDENTIFICATION, "INSURANCE": Purpose.INSURANCE}


async def when_report_verified_open_case(event: ReportVerified, envelope: Envelope, uow: UnitOfWork) -> None:
    """A believed report becomes a case; a person caught in an operation is in the agency's hands already."""
    answering = CASE_TYPES.answering(event.kind)
    await commands.open_case(
        OpenCase(
            report_id=envelope.subject,
            case_type=answering.code if answering else event.case_type_guess,
            person_id=event.person_id,
            village_code=str(event.village_code),
            district=str(envelope.district),
            urgency=event.urgency,
            reporter_agency=event.reporter_agency or "",
            apparent_minor=event.apparent_minor,
            found_at=event.found_at,
            is_in_custody=event.is_with_reporter or event.operation_id is not None,
        ),
        uow,
    )


async def when_registry_answered_complete_its_handoff(
    event: RegistryCheckCompleted, envelope: Envelope, uow: UnitOfWork
) -> None:
    """Dukcapil or BPJS answered through intake: that hand-off is done, and what nobody can read is somebody's task."""
    if event.about_id is not None and event.handoff_id is not None:
        answer = RegistryAnswer(event.about_id, event.handoff_id, REGISTRY_PURPOSE[event.kind], event.result)
        await commands.hear_registry(answer, uow)


async def when_entitlement_established_record_aid_state(
    event: EntitlementEstablished, envelope: Envelope, uow: UnitOfWork
) -> None:
    """Aid was granted and waits for payment."""
    await commands.record_aid_state(envelope.correlationid, AidState.ENTITLED, uow)


async def when_entitlement_refused_record_aid_state(
    event: EntitlementRefused, envelope: Envelope, uow: UnitOfWork
) -> None:
    """Aid was refused."""
    await commands.record_aid_state(envelope.correlationid, AidState.REFUSED, uow)


async def when_payment_credited_record_aid_state(event: PaymentCredited, envelope: Envelope, uow: UnitOfWork) -> None:
    """Aid was paid."""
    await commands.record_aid_state(envelope.correlationid, AidState.CREDITED, uow)


async def when_payment_failed_record_aid_state(event: PaymentFailed, envelope: Envelope, uow: UnitOfWork) -> None:
    """The bank could not pay; disbursement owns the exception."""
    await commands.record_aid_state(envelope.correlationid, AidState.FAILED, uow)


async def when_entitlement_ended_record_aid_state(event: EntitlementEnded, envelope: Envelope, uow: UnitOfWork) -> None:
    """Aid that was due will not be paid any more."""
    await commands.record_aid_state(envelope.correlationid, AidState.ENDED, uow)


async def when_task_completed_reroute_the_person(event: TaskCompleted, envelope: Envelope, uow: UnitOfWork) -> None:
    """The office said which service somebody needs who was taken for another."""
    await commands.reroute(event.task_id, uow)


async def when_message_delivered_note_its_escalation(
    event: MessageDelivered, envelope: Envelope, uow: UnitOfWork
) -> None:
    """The message that tells of an escalation step reached a telephone."""
    await note_notice(event.cause_fact_id, Notice.DELIVERED, commands.REACH, uow)


async def when_message_failed_have_the_desk_called(event: MessageFailed, envelope: Envelope, uow: UnitOfWork) -> None:
    """The message that tells of an escalation step reached nobody: somebody has to telephone."""
    await note_notice(event.cause_fact_id, Notice.UNDELIVERED, commands.REACH, uow)
