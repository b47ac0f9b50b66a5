"""What the sweeper does with messages that are due: a set is claimed, prepared and recorded, a commit each."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.chassis import sealing
from services.chassis.database import UnitOfWork
from services.chassis.errors import PackIsMissing
from services.chassis.sealing import CannotUnseal
from services.chassis.telemetry import carried_on, linked_span, log
from services.notifications.channels.domain import DeliveryState
from services.notifications.messages import domain, facts, repository
from services.notifications.messages.domain import MessageCannotMove, MessageState, Move, Reason, patience
from services.notifications.messages.tables import CaseNumber, DueMessage, Message, ReportSource
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
    Recipient,
    Template,
    render,
    say_instant,
)
from services.notifications.templates.queries import pack_in_force


@dataclass(frozen=True, slots=True)
class Errand:
    """What has to be done at the gateway for one message: hand it over, or, without a number, ask where it is.

    Number and text never leave the process but to the gateway.
    """

    message_id: UUID
    correlation_id: UUID
    traceparent: str
    is_first_try: bool
    to: str = field(default="", repr=False)
    body: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an errand; the gateway was away when it says nothing. ``is_left``: it was never begun."""

    message_id: UUID
    traceparent: str
    is_taken: bool = False
    refusal: str = ""
    report: DeliveryState | None = None
    is_left: bool = False


async def claim_messages(rows: int, lease: timedelta, uow: UnitOfWork) -> list[UUID]:
    """Take at most so many messages that are due; whoever dies holding them lets go at the end of the lease."""
    return await repository.claim_due(uow, rows, lease)


async def revisit_messages(uow: UnitOfWork) -> None:
    """Look at every open message now, whatever instant it carries."""
    await repository.look_at_all(uow)
    uow.wake()


async def rearm_messages(uow: UnitOfWork) -> int:
    """Give every message that is not ended its instant again; the row decides what is left to do. Returns how many."""
    uow.wake()
    return await repository.rearm(uow)


async def prepare_messages(ids: Sequence[UUID], uow: UnitOfWork, private_key: str) -> list[Errand]:
    """Find recipients and fill texts, once; answers what is to be done at the gateway.

    A message waits while a fact that it needs has not been heard: facts of different topics come in no order. When one
    stays away past its time, the message goes without the case's number, or to nobody.
    """
    carrying = await _Carrying.of(ids, uow)
    known = await _Known.of(carrying.messages, uow)
    errands = []
    for message, due in carrying.rows():
        with carried_on(due.traceparent):
            errand = _prepare(message, due, known, carrying, private_key)
        if errand is not None:
            errands.append(errand)
    await carrying.finish()
    return errands


async def record_outcomes(outcomes: Sequence[Outcome], uow: UnitOfWork) -> None:
    """What the gateway said of a set of messages. Said twice, it counts once."""
    by_id = {outcome.message_id: outcome for outcome in outcomes}
    carrying = await _Carrying.of(list(by_id), uow)
    for message, due in carrying.rows():
        with carried_on(by_id[message.id].traceparent):
            _record(message, due, by_id[message.id], carrying)
    await carrying.finish()


@dataclass(frozen=True, slots=True)
class NoteReport:
    """What the gateway says by itself of how a message ended."""

    message_id: UUID
    was_delivered: bool


async def note_report(command: NoteReport, uow: UnitOfWork) -> None:
    """Keep what the gateway reports, once however often it says so; a report may overtake our own note of the sending.

    Raises ``NotFound``, and ``MessageCannotMove`` for a message that nobody handed over or that ended otherwise.
    """
    due = (await repository.locked_due(uow, [command.message_id])).get(command.message_id)
    message = await uow.locked(Message, command.message_id)
    move = Move.DELIVER if command.was_delivered else Move.FAIL
    if message.state == ENDS[move]:
        return
    told_in = due.traceparent if due else ""
    with linked_span("delivery report", told_in, message_id=str(message.id), case_id=str(message.correlation_id)):
        carrying = _Carrying(uow, await uow.now(), {}, [], {})
        if message.state == MessageState.PENDING:
            if due is None or not due.tries:
                raise MessageCannotMove(domain.legal_moves(message.state), state=message.state)
            carrying.send(message)
        if command.was_delivered:
            carrying.deliver(message)
        else:
            carrying.fail(message, Reason.NOT_DELIVERED.value)
        await carrying.finish()


ENDS = {Move.DELIVER: MessageState.DELIVERED, Move.FAIL: MessageState.FAILED}


@dataclass(slots=True)
class _Carrying:
    """Messages under lock with their packs, and what they come to."""

    uow: UnitOfWork
    now: datetime
    due: dict[UUID, DueMessage]
    messages: list[Message]
    packs: Mapping[str, NotificationsPack]
    gone: list[UUID] = field(default_factory=list)
    ended: list[UUID] = field(default_factory=list)

    @classmethod
    async def of(cls, ids: Sequence[UUID], uow: UnitOfWork) -> "_Carrying":
        """Lock them. A district whose pack is missing waits for it, the others go on."""
        due = await repository.locked_due(uow, ids)
        messages = await repository.locked_messages(uow, list(due))
        packs = {}
        for district in {message.district for message in messages}:
            try:
                packs[district] = await pack_in_force(uow, district)
            except PackIsMissing:
                log().error("messages_without_a_pack", district=district)
        return cls(uow, await uow.now(), due, messages, packs)

    def rows(self) -> list[tuple[Message, DueMessage]]:
        """Those that have a pack, each with its instant."""
        return [(message, self.due[message.id]) for message in self.messages if message.district in self.packs]

    def pack(self, message: Message) -> NotificationsPack:
        """The pack of a message's district."""
        return self.packs[message.district]

    def wait(self, due: DueMessage, span: timedelta, **changes: Any) -> None:
        """Look again after so long."""
        self.uow.set(due, due_at=self.now + span, **changes)

    def be_patient(self, message: Message, due: DueMessage, tries: int) -> None:
        """Look again, each time later."""
        delivery = self.pack(message).delivery
        self.wait(due, patience(delivery.first_wait, delivery.longest_wait, tries))

    def skip(self, message: Message, reason: Reason) -> None:
        """Nobody is told."""
        state = domain.next_state(message.state, Move.SKIP).value
        self._end(message, Move.SKIP, reason.value, state=state, reason_code=reason.value)

    def fail(self, message: Message, reason_code: str) -> None:
        """It did not arrive."""
        state = domain.next_state(message.state, Move.FAIL).value
        self._end(message, Move.FAIL, reason_code, state=state, reason_code=reason_code)
        self.uow.publish(facts.message_failed(message, reason_code), about=message)

    def deliver(self, message: Message) -> None:
        """It arrived."""
        self._end(message, Move.DELIVER, None, state=domain.next_state(message.state, Move.DELIVER).value)
        self.uow.publish(facts.message_delivered(message), about=message)

    def send(self, message: Message) -> None:
        """The gateway has it."""
        state = domain.next_state(message.state, Move.SEND).value
        self.uow.change(message, Move.SEND.value, state=state, sent_at=self.now)
        self.gone.append(message.id)
        self.uow.publish(facts.message_sent(message), about=message)

    def _end(self, message: Message, move: Move, reason: str | None, **changes: Any) -> None:
        self.uow.change(message, move.value, reason=reason, ended_at=self.now, **changes)
        self.ended.append(message.id)

    async def finish(self) -> None:
        """Forget what is needed no more, and put off what has no pack."""
        for message in self.messages:
            if message.district not in self.packs:
                self.wait(self.due[message.id], WITHOUT_A_PACK)
        if self.gone or self.ended:
            await repository.forget_pins(self.uow, [*self.gone, *self.ended])
        if self.ended:
            await repository.forget_due(self.uow, self.ended)


WITHOUT_A_PACK = timedelta(minutes=1)
"""Patience itself stands in the pack."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a set of messages needs from elsewhere."""

    cases: Mapping[UUID, CaseNumber]
    sources: Mapping[UUID, ReportSource]
    pins: Mapping[UUID, str]

    @classmethod
    async def of(cls, messages: Sequence[Message], uow: UnitOfWork) -> "_Known":
        """Read after the instants are locked: a fact that comes later makes its messages due again."""
        pending = [message for message in messages if message.state == MessageState.PENDING]
        told = list({message.correlation_id for message in pending if not message.body})
        return cls(
            await repository.case_numbers(uow, told) if told else {},
            await repository.report_sources(uow, told) if told else {},
            await repository.sealed_pins(uow, [message.id for message in pending]) if pending else {},
        )


def _prepare(message: Message, due: DueMessage, known: _Known, carrying: _Carrying, private_key: str) -> Errand | None:
    if message.state == MessageState.SENT:
        return Errand(message.id, message.correlation_id, due.traceparent, False)
    if message.state not in domain.OPEN:
        carrying.ended.append(message.id)
        return None
    if not message.body:
        _address(message, due, known, carrying)
    if message.state != MessageState.PENDING or not message.body:
        return None
    to = _find(carrying.pack(message), message, message.agency, message.village_code)
    if to is None:
        carrying.fail(message, Reason.RECIPIENT_GONE.value)
        return None
    body, sealed_pin = message.body, known.pins.get(message.id)
    if sealed_pin is not None:
        try:
            pin = sealing.unwrap(base64.b64decode(sealed_pin), private_key).decode()
        except CannotUnseal:
            carrying.fail(message, Reason.PIN_UNREADABLE.value)
            return None
        body = body.replace(HIDDEN_PIN, pin)
    return Errand(message.id, message.correlation_id, due.traceparent, due.tries == 1, to.phone, body)


def _address(message: Message, due: DueMessage, known: _Known, carrying: _Carrying) -> None:
    """Find the recipient and fill the text; or skip the message, or let it wait for a fact."""
    pack, now = carrying.pack(message), carrying.now
    template = pack.template(message.template)
    if template is None:
        carrying.skip(message, Reason.TEXT_IS_GONE)
        return
    if "pin" in template.placeholders and message.due_at and message.due_at <= now:
        carrying.skip(message, Reason.TOLD_TOO_LATE)
        return
    case, source = known.cases.get(message.correlation_id), known.sources.get(message.correlation_id)
    if now < message.facts_by and _is_missing_facts(message, template, case, source):
        delivery = pack.delivery
        wait = patience(delivery.first_wait, delivery.longest_wait, due.tries - 1)
        carrying.wait(due, min(wait, message.facts_by - now))
        return
    agency, village = message.agency, case.village_code if case else ""
    if _is_found_by_report(message) and source is not None:
        agency, village = source.reporter_agency, village or source.village_code
    to = _find(pack, message, agency, village)
    if to is None or to.is_opted_out:
        carrying.skip(message, Reason.OPTED_OUT if to else Reason.NOBODY_SUBSCRIBED)
        return
    values = {
        "case_number": domain.spoken_number(case.case_number) if case else "(belum bernomor)",
        "purpose": pack.purpose(message.purpose),
        "due_at": say_instant(message.due_at, pack.zone) if message.due_at else "secepatnya",
        "pin": HIDDEN_PIN,
    }
    carrying.uow.change(
        message,
        Move.ADDRESS.value,
        state=domain.next_state(message.state, Move.ADDRESS).value,
        agency="" if message.recipient == Recipient.VILLAGE else agency,
        village_code=village if message.recipient == Recipient.VILLAGE else "",
        to_name=to.name,
        to_masked=masked(to.phone),
        body=render(template, values),
    )


def _is_found_by_report(message: Message) -> bool:
    return not message.agency and message.recipient in (Recipient.REPORTER, Recipient.VILLAGE)


def _is_missing_facts(
    message: Message, template: Template, case: CaseNumber | None, source: ReportSource | None
) -> bool:
    if case is None and "case_number" in template.placeholders:
        return True
    has_village = message.recipient == Recipient.VILLAGE and case is not None and bool(case.village_code)
    return _is_found_by_report(message) and source is None and not has_village


def _find(pack: NotificationsPack, message: Message, agency: str, village: str) -> Subscriber | None:
    kind = domain.kind_of(Recipient(message.recipient))
    if message.duty_phone and (on_duty := find_duty_phone(pack.subscribers, agency, message.duty_phone)):
        return on_duty
    if kind is SubscriberKind.PLACE:
        return find_place(pack.subscribers, village) if village else None
    return find_office(pack.subscribers, kind, agency)


def _record(message: Message, due: DueMessage, outcome: Outcome, carrying: _Carrying) -> None:
    delivery = carrying.pack(message).delivery
    if outcome.is_left:
        carrying.wait(due, delivery.first_wait, tries=max(due.tries - 1, 0))
    elif message.state == MessageState.PENDING and outcome.refusal:
        carrying.fail(message, outcome.refusal)
    elif message.state == MessageState.PENDING and outcome.is_taken:
        carrying.send(message)
        carrying.wait(due, delivery.report_awaited or delivery.first_wait, tries=0)
    elif message.state == MessageState.SENT and outcome.report is not None:
        _hear(message, due, outcome.report, carrying)
    else:
        carrying.be_patient(message, due, due.tries - 1)


def _hear(message: Message, due: DueMessage, report: DeliveryState, carrying: _Carrying) -> None:
    """Delivered, failed, or nothing yet, which counts as failed when it lasts too long."""
    assert message.sent_at is not None
    match report:
        case DeliveryState.DELIVERED:
            carrying.deliver(message)
        case DeliveryState.FAILED:
            carrying.fail(message, Reason.NOT_DELIVERED.value)
        case DeliveryState.UNDER_WAY:
            if carrying.now - message.sent_at > carrying.pack(message).delivery.report_within:
                carrying.fail(message, Reason.NO_DELIVERY_REPORT.value)
            else:
                carrying.be_patient(message, due, due.tries)
