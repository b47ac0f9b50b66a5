"""The only code that changes messages and the copies they need."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis import sealing
from services.chassis.database import UnitOfWork
from services.notifications.messages import domain, facts, repository
from services.notifications.messages.domain import MessageState, Move, Reason
from services.notifications.messages.messages import MessageChanged, MessageReading, MessageStart, Sending
from services.notifications.messages.tables import CaseNumber, Message, MessagePin, ReportSource
from services.notifications.subscribers.domain import (
    Subscriber,
    SubscriberKind,
    find_duty_phone,
    find_office,
    find_place,
    masked,
)
from services.notifications.templates.domain import (
    HIDDEN_PIN,
    NotificationsPack,
    Occasion,
    Recipient,
    render,
    say_instant,
)
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
        is_late = now - command.told_at > pack.tell_within
        message = Message(
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
        uow.create(message, "tell", happened_at=command.told_at)
        if not is_late:
            if command.sealed_pin is not None:
                pin = MessagePin(message_id=message_id, district=command.district, sealed_pin=command.sealed_pin)
                uow.insert(pin)
            wake(message, uow)
        made.append(message_id)
    return made


def wake(message: Message, uow: UnitOfWork) -> None:
    """Tell the message's workflow to look at the row, starting it when it does not run."""
    uow.signal(
        "MessageWorkflow",
        f"message:{message.id}",
        "message_changed",
        MessageChanged(),
        start=MessageStart(message_id=message.id, district=message.district),
        about=message,
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
    """Keep our copy of a case's number."""
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


@dataclass(frozen=True, slots=True)
class KnowReport:
    """A report was verified: keep who reported it."""

    correlation_id: UUID
    reporter_agency: str
    village_code: str
    district: str
    as_of: datetime


async def know_report(command: KnowReport, uow: UnitOfWork) -> None:
    """Keep our copy of a report's sender."""
    uow.put(
        ReportSource(
            correlation_id=command.correlation_id,
            reporter_agency=command.reporter_agency,
            village_code=command.village_code,
            as_of=command.as_of,
            district=command.district,
        )
    )


async def prepare_message(message_id: UUID, uow: UnitOfWork) -> MessageReading:
    """Find the recipient and fill the text, once; says to wait while a fact that is needed has not been heard.

    Facts of different topics come in no order. When one stays away past its time, the message goes without the case's
    number, or to nobody.
    """
    message = await uow.locked(Message, message_id)
    pack = await pack_in_force(uow, message.district)
    if message.state != MessageState.PENDING or message.body:
        return _reading(message, pack)
    template = pack.template(message.template)
    if template is None:
        return await _skip(message, Reason.TEXT_IS_GONE, pack, uow)
    if "pin" in template.placeholders and message.due_at and message.due_at <= await uow.now():
        return await _skip(message, Reason.TOLD_TOO_LATE, pack, uow)
    case = await repository.case_number(uow, message.correlation_id)
    is_patient = await uow.now() < message.facts_by
    if case is None and "case_number" in template.placeholders and is_patient:
        return _reading(message, pack, is_missing_facts=True)
    agency, village = message.agency, case.village_code if case else ""
    if not agency and message.recipient in (Recipient.REPORTER, Recipient.VILLAGE):
        source = await repository.report_source(uow, message.correlation_id)
        if source is None and is_patient and not (message.recipient == Recipient.VILLAGE and village):
            return _reading(message, pack, is_missing_facts=True)
        if source is not None:
            agency, village = source.reporter_agency, village or source.village_code
    to = _find(pack, message, agency, village)
    if to is None or to.is_opted_out:
        return await _skip(message, Reason.OPTED_OUT if to else Reason.NOBODY_SUBSCRIBED, pack, uow)
    values = {
        "case_number": domain.spoken_number(case.case_number) if case else "(belum bernomor)",
        "purpose": pack.purpose(message.purpose),
        "due_at": say_instant(message.due_at, pack.zone) if message.due_at else "secepatnya",
        "pin": HIDDEN_PIN,
    }
    uow.change(
        message,
        Move.ADDRESS.value,
        state=domain.next_state(message.state, Move.ADDRESS).value,
        agency="" if message.recipient == Recipient.VILLAGE else agency,
        village_code=village if message.recipient == Recipient.VILLAGE else "",
        to_name=to.name,
        to_masked=masked(to.phone),
        body=render(template, values),
    )
    return _reading(message, pack)


def _find(pack: NotificationsPack, message: Message, agency: str, village: str) -> Subscriber | None:
    kind = domain.kind_of(Recipient(message.recipient))
    if message.duty_phone and (on_duty := find_duty_phone(pack.subscribers, agency, message.duty_phone)):
        return on_duty
    if kind is SubscriberKind.PLACE:
        return find_place(pack.subscribers, village) if village else None
    return find_office(pack.subscribers, kind, agency)


def _reading(message: Message, pack: NotificationsPack, *, is_missing_facts: bool = False) -> MessageReading:
    return MessageReading(
        is_missing_facts=is_missing_facts,
        is_to_be_sent=message.state == MessageState.PENDING and bool(message.body),
        is_awaiting_report=message.state == MessageState.SENT,
        first_wait=pack.delivery.first_wait,
        longest_wait=pack.delivery.longest_wait,
    )


async def _skip(message: Message, reason: Reason, pack: NotificationsPack, uow: UnitOfWork) -> MessageReading:
    state = domain.next_state(message.state, Move.SKIP)
    await repository.forget_pin(uow, message.id)
    uow.change(
        message,
        Move.SKIP.value,
        reason=reason.value,
        state=state.value,
        reason_code=reason.value,
        ended_at=await uow.now(),
    )
    return _reading(message, pack)


@dataclass(frozen=True, slots=True)
class Addressed:
    """A message as the gateway needs it; never leaves the process but to the gateway."""

    to: str
    body: str


async def address_of(message_id: UUID, uow: UnitOfWork, private_key: str) -> Addressed | None:
    """Number and text of a message that is to be sent; nothing when it is not, or nobody answers to it any more.

    Raises ``CannotUnseal`` when its PIN was sealed for another key.
    """
    message = await uow.locked(Message, message_id)
    if message.state != MessageState.PENDING or not message.body:
        return None
    pack = await pack_in_force(uow, message.district)
    to = _find(pack, message, message.agency, message.village_code)
    sealed_pin = await repository.sealed_pin(uow, message.id)
    if to is None or sealed_pin is None:
        return Addressed(to.phone, message.body) if to else None
    pin = sealing.unwrap(base64.b64decode(sealed_pin), private_key).decode()
    return Addressed(to.phone, message.body.replace(HIDDEN_PIN, pin))


async def record_sent(sending: Sending, uow: UnitOfWork) -> MessageReading:
    """The gateway has the message, or refuses it. Said twice, it counts once."""
    message = await uow.locked(Message, sending.message_id)
    pack = await pack_in_force(uow, message.district)
    if message.state == MessageState.PENDING and sending.refusal:
        await _fail(message, sending.refusal, uow)
    elif message.state == MessageState.PENDING:
        state = domain.next_state(message.state, Move.SEND)
        uow.change(message, Move.SEND.value, state=state.value, sent_at=await uow.now())
        await repository.forget_pin(uow, message.id)
        uow.publish(facts.message_sent(message), about=message)
    return _reading(message, pack)


async def record_report(message_id: UUID, was_delivered: bool | None, uow: UnitOfWork) -> MessageReading:
    """What the gateway reports: delivered, failed, or nothing yet, which counts as failed when it lasts too long."""
    message = await uow.locked(Message, message_id)
    pack = await pack_in_force(uow, message.district)
    if message.state == MessageState.SENT:
        assert message.sent_at is not None
        now = await uow.now()
        if was_delivered:
            state = domain.next_state(message.state, Move.DELIVER)
            uow.change(message, Move.DELIVER.value, state=state.value, ended_at=now)
            uow.publish(facts.message_delivered(message), about=message)
        elif was_delivered is not None:
            await _fail(message, Reason.NOT_DELIVERED.value, uow)
        elif now - message.sent_at > pack.delivery.report_within:
            await _fail(message, Reason.NO_DELIVERY_REPORT.value, uow)
    return _reading(message, pack)


async def _fail(message: Message, reason_code: str, uow: UnitOfWork) -> None:
    await repository.forget_pin(uow, message.id)
    changes: dict[str, Any] = {"state": domain.next_state(message.state, Move.FAIL).value, "reason_code": reason_code}
    uow.change(message, Move.FAIL.value, reason=reason_code, ended_at=await uow.now(), **changes)
    uow.publish(facts.message_failed(message, reason_code), about=message)


async def rearm_messages(uow: UnitOfWork) -> int:
    """Signal the workflow of every message that is not ended; those that run just look again. Returns how many."""
    rows = await repository.open_messages(uow)
    for message in rows:
        wake(message, uow)
    return len(rows)
