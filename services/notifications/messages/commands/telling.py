"""What facts bring: messages to whom they concern, and the copies these need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.database import UnitOfWork, current_traceparent
from services.notifications.messages import domain, repository
from services.notifications.messages.domain import MessageState, Reason
from services.notifications.messages.tables import CaseNumber, DueMessage, Message, MessagePin, ReportSource
from services.notifications.subscribers.domain import find_duty_phone
from services.notifications.templates.domain import NotificationsPack, Occasion, Recipient, Rule, Template
from services.notifications.templates.queries import pack_in_force


@dataclass(frozen=True, slots=True)
class NotifyOfFact:
    """A fact that somebody may have to be told of, with what it knows about whom it concerns."""

    occasion: Occasion
    fact_id: UUID
    correlation_id: UUID
    district: str
    told_at: datetime
    case_id: UUID | None = None
    escalation: str = ""
    reporter: str = ""
    sender: str = ""
    receiver: str = ""
    purpose: str = ""
    due_at: datetime | None = None
    on_duty: Sequence[str] = ()
    sealed_pin: str | None = None

    def phones_for(self, recipient: Recipient, pack: NotificationsPack) -> Sequence[str]:
        """The duty telephones under which a recipient is told; the empty one is the office's own number."""
        if recipient is not Recipient.RECEIVER:
            return [""]
        known = ((one, find_duty_phone(pack.subscribers, self.receiver, one)) for one in self.on_duty)
        return [one for one, phone in known if phone and not phone.is_opted_out] or [""]

    def agency_for(self, recipient: Recipient) -> str:
        """The agency behind a recipient, as far as the fact itself knows."""
        match recipient:
            case Recipient.REPORTER:
                return self.reporter
            case Recipient.SENDER | Recipient.SENDER_HEAD:
                return self.sender
            case Recipient.RECEIVER | Recipient.RECEIVER_HEAD:
                return self.receiver
            case Recipient.VILLAGE:
                return ""
            case Recipient.SECRETARIAT | Recipient.INSPECTORATE:
                return self.district


async def notify_of_fact(command: NotifyOfFact, uow: UnitOfWork) -> list[UUID]:
    """One message per recipient and text that the pack's rules name for this fact, however often it is told.

    A fact that is older than the pack allows (a topic read again from its start) is noted and told to nobody. Raises
    ``PackIsMissing``.
    """
    pack = await pack_in_force(uow, command.district)
    rules = {
        domain.message_id(command.fact_id, rule.to, rule.template, phone): (rule, phone)
        for rule in pack.rules_for(command.occasion, command.escalation)
        for phone in command.phones_for(rule.to, pack)
    }
    known = await repository.known_ids(uow, list(rules))
    now = await uow.now()
    made: list[UUID] = []
    for message_id, (rule, phone) in rules.items():
        template = pack.template(rule.template)
        if message_id in known or template is None:
            continue
        message = _new(message_id, command, rule, phone, template, pack, now)
        uow.create(message, "tell", happened_at=command.told_at)
        if message.state == MessageState.PENDING:
            if command.sealed_pin is not None:
                uow.insert(MessagePin(message_id=message_id, district=command.district, sealed_pin=command.sealed_pin))
            uow.insert(
                DueMessage(
                    message_id=message_id,
                    district=command.district,
                    due_at=now,
                    tries=0 if now - command.told_at <= domain.FRESH else 1,
                    traceparent=current_traceparent(),
                )
            )
            uow.wake()
        made.append(message_id)
    return made


def _new(
    message_id: UUID,
    command: NotifyOfFact,
    rule: Rule,
    phone: str,
    template: Template,
    pack: NotificationsPack,
    now: datetime,
) -> Message:
    is_late = now - command.told_at > pack.tell_within
    return Message(
        id=message_id,
        correlation_id=command.correlation_id,
        district=command.district,
        state=(MessageState.SKIPPED if is_late else MessageState.PENDING).value,
        cause_fact_id=command.fact_id,
        occasion=command.occasion.value,
        recipient=rule.to.value,
        template=template.key,
        channel=template.channel,
        case_id=command.case_id,
        agency=command.agency_for(rule.to),
        duty_phone=phone,
        purpose=command.purpose,
        due_at=command.due_at,
        told_at=command.told_at,
        facts_by=now + pack.delivery.facts_within,
        reason_code=Reason.TOLD_TOO_LATE.value if is_late else None,
    )


@dataclass(frozen=True, slots=True)
class KnowCase:
    """A case was opened: keep its number and its village."""

    correlation_id: UUID
    case_id: UUID
    case_number: str
    village_code: str
    district: str
    as_of: datetime


async def know_case(command: KnowCase, uow: UnitOfWork) -> None:
    """Keep our copy of a case's number; what waits for it is looked at now."""
    uow.put(
        CaseNumber(
            correlation_id=command.correlation_id,
            case_id=command.case_id,
            case_number=command.case_number,
            village_code=command.village_code,
            as_of=command.as_of,
            district=command.district,
        )
    )
    await _look_at_waiting(command.correlation_id, uow)


@dataclass(frozen=True, slots=True)
class KnowReport:
    """A report was verified: keep who reported it."""

    correlation_id: UUID
    reporter_agency: str
    village_code: str
    district: str
    as_of: datetime


async def know_report(command: KnowReport, uow: UnitOfWork) -> None:
    """Keep our copy of a report's sender; what waits for it is looked at now."""
    uow.put(
        ReportSource(
            correlation_id=command.correlation_id,
            reporter_agency=command.reporter_agency,
            village_code=command.village_code,
            as_of=command.as_of,
            district=command.district,
        )
    )
    await _look_at_waiting(command.correlation_id, uow)


async def _look_at_waiting(correlation_id: UUID, uow: UnitOfWork) -> None:
    if await repository.look_at_waiting(uow, correlation_id):
        uow.wake()
