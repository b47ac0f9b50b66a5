"""What messages hear: each turns one event into commands of this service."""

from typing import Any
from uuid import UUID

from contracts.envelope import Envelope
from contracts.events.casework import (
    CaseOpened,
    CaseOutcomeRecorded,
    HandoffCancellationAsked,
    HandoffCancelled,
    HandoffConditionPassedOn,
    HandoffContested,
    HandoffEnteredInError,
    HandoffEscalated,
    HandoffExpired,
    HandoffFact,
    HandoffFailed,
    HandoffHeld,
    HandoffQuestioned,
    HandoffRejected,
    HandoffReopened,
    HandoffReplied,
    HandoffRequested,
    HandoffResent,
    HandoffResumed,
    HandoffSuperseded,
    LinkPinIssued,
)
from contracts.events.disbursement import PaymentCredited
from contracts.events.intake import ReportVerified
from services.chassis.database import UnitOfWork
from services.notifications.messages.commands import (
    KnowCase,
    KnowReport,
    NotifyOfFact,
    know_case,
    know_report,
    notify_of_fact,
)
from services.notifications.templates.domain import Occasion


async def when_report_verified_notify_reporter(fact: ReportVerified, envelope: Envelope, uow: UnitOfWork) -> None:
    """Keep who reported, and tell them that their report was taken up."""
    reporter = fact.reporter_agency or ""
    await know_report(
        KnowReport(
            correlation_id=envelope.correlationid,
            reporter_agency=reporter,
            village_code=str(fact.village_code),
            district=str(envelope.district),
            as_of=envelope.recordedtime,
        ),
        uow,
    )
    await notify_of_fact(_about(Occasion.REPORT_VERIFIED, envelope, reporter=reporter), uow)


async def when_case_opened_keep_number(fact: CaseOpened, envelope: Envelope, uow: UnitOfWork) -> None:
    """Keep the number by which offices speak of the case."""
    await know_case(
        KnowCase(
            correlation_id=envelope.correlationid,
            case_id=envelope.subject,
            case_number=fact.case_number,
            village_code=str(fact.village_code),
            district=str(envelope.district),
            as_of=envelope.recordedtime,
        ),
        uow,
    )


async def when_handoff_asks_notify_receiver(
    fact: HandoffRequested | HandoffResent, envelope: Envelope, uow: UnitOfWork
) -> None:
    """An agency is asked for something; one that has not answered is told again in the same words."""
    await notify_of_fact(
        _about(
            Occasion.HANDOFF_REQUESTED,
            envelope,
            case_id=_case_of(fact),
            sender=fact.from_agency,
            receiver=fact.to_agency,
            purpose=fact.purpose,
            due_at=fact.answer_by,
            on_duty=fact.on_duty,
        ),
        uow,
    )


async def when_handoff_escalated_notify_of_escalation(
    fact: HandoffEscalated, envelope: Envelope, uow: UnitOfWork
) -> None:
    """A step of the escalation policy was taken: tell whom the pack names for it; reminded is the desk that owes
    the step.
    """
    await notify_of_fact(
        _about(
            Occasion.HANDOFF_ESCALATED,
            envelope,
            case_id=_case_of(fact),
            escalation=fact.escalation,
            sender=fact.from_agency,
            receiver=fact.owed_by if fact.owed_by and fact.escalation == "REMIND_DESK" else fact.to_agency,
            purpose=fact.purpose,
            due_at=fact.due_at,
            on_duty=fact.on_duty,
        ),
        uow,
    )


TOLD: dict[type[HandoffFact], Occasion] = {
    HandoffRejected: Occasion.HANDOFF_REJECTED,
    HandoffSuperseded: Occasion.HANDOFF_SUPERSEDED,
    HandoffExpired: Occasion.HANDOFF_EXPIRED,
    HandoffCancelled: Occasion.HANDOFF_CANCELLED,
    HandoffEnteredInError: Occasion.HANDOFF_ENTERED_IN_ERROR,
    HandoffCancellationAsked: Occasion.HANDOFF_CANCELLATION_ASKED,
    HandoffHeld: Occasion.HANDOFF_HELD,
    HandoffResumed: Occasion.HANDOFF_RESUMED,
    HandoffQuestioned: Occasion.HANDOFF_QUESTIONED,
    HandoffReplied: Occasion.HANDOFF_REPLIED,
    HandoffContested: Occasion.HANDOFF_CONTESTED,
    HandoffFailed: Occasion.HANDOFF_FAILED,
    HandoffReopened: Occasion.HANDOFF_REOPENED,
    HandoffConditionPassedOn: Occasion.HANDOFF_CONDITION_PASSED_ON,
}
"""What ends or changes what one of the two agencies must do; the pack says which of them is told, in which words."""


async def when_handoff_changed_notify_agencies(fact: HandoffFact, envelope: Envelope, uow: UnitOfWork) -> None:
    """A request ended or stands otherwise than it did: whoever must know is told. Nobody is told of a draft's end.

    Work that failed by what happened to the person is, to the receiver, a request that is needed no more.
    """
    if isinstance(fact, HandoffCancelled | HandoffExpired | HandoffEnteredInError) and not fact.was_asked:
        return
    is_over = isinstance(fact, HandoffFailed) and not fact.is_receivers
    await notify_of_fact(
        _about(
            Occasion.HANDOFF_EXPIRED if is_over else TOLD[type(fact)],
            envelope,
            case_id=_case_of(fact),
            sender=fact.from_agency,
            receiver=fact.to_agency,
            purpose=fact.purpose,
        ),
        uow,
    )


async def when_outcome_recorded_notify_village_and_reporter(
    fact: CaseOutcomeRecorded, envelope: Envelope, uow: UnitOfWork
) -> None:
    """The service of a case ended."""
    await notify_of_fact(_about(Occasion.OUTCOME_RECORDED, envelope, case_id=envelope.subject), uow)


async def when_link_has_pin_notify_desk(fact: LinkPinIssued, envelope: Envelope, uow: UnitOfWork) -> None:
    """The PIN of a link goes to the desk's registered number, never along with the link's address."""
    await notify_of_fact(
        _about(
            Occasion.LINK_PIN_ISSUED,
            envelope,
            case_id=_case_of(fact),
            sender=fact.from_agency,
            receiver=fact.to_agency,
            purpose=fact.purpose,
            due_at=fact.expires_at,
            on_duty=fact.on_duty,
            sealed_pin=fact.sealed_pin,
        ),
        uow,
    )


async def when_payment_credited_notify_village(fact: PaymentCredited, envelope: Envelope, uow: UnitOfWork) -> None:
    """Aid was paid."""
    await notify_of_fact(_about(Occasion.PAYMENT_CREDITED, envelope, case_id=fact.case_id), uow)


def _case_of(fact: HandoffFact | LinkPinIssued) -> UUID | None:
    return fact.about_id if fact.about_kind == "case" else None


def _about(occasion: Occasion, envelope: Envelope, **known: Any) -> NotifyOfFact:
    return NotifyOfFact(
        occasion=occasion,
        fact_id=envelope.factid,
        correlation_id=envelope.correlationid,
        district=str(envelope.district),
        told_at=envelope.recordedtime,
        **known,
    )
