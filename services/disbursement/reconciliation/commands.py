"""The only code that imports statements and resolves findings."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.batches import commands as batches
from services.disbursement.batches.domain import BatchState, PaymentState, settles
from services.disbursement.batches.messages import BatchReading, Submission
from services.disbursement.batches.tables import Batch, Payment
from services.disbursement.entitlements.commands import of_entitlement
from services.disbursement.entitlements.domain import Fact, HoldSource, Move
from services.disbursement.entitlements.queries import is_held_back, of_id
from services.disbursement.findings.commands import OpenFinding, open_finding, settle_findings
from services.disbursement.findings.domain import FindingKind, Resolution, check_resolution
from services.disbursement.findings.tables import Finding
from services.disbursement.holds.commands import hear_of_aid, weigh
from services.disbursement.programmes.queries import pack_in_force
from services.disbursement.rails.domain import BANK_HAS_OTHER_FILE
from services.disbursement.reconciliation import domain, repository
from services.disbursement.reconciliation.domain import (
    Expected,
    LineStatus,
    StatementIsNotReadable,
    StatementLine,
    UnreadableLine,
    Verdict,
)
from services.disbursement.reconciliation.tables import BankMovement


@dataclass(frozen=True, slots=True)
class Told:
    """What the bank said of a batch before: which lines, how much under each reference of a payment, and under which
    reference a payment was credited last."""

    lines: set[UUID]
    moved: Counter[tuple[UUID | None, str, str]]
    credited_by: dict[UUID | None, str]

    @classmethod
    def of(cls, before: Sequence[BankMovement]) -> "Told":
        """From the movements that stand."""
        told = cls({row.id for row in before}, Counter(), {})
        for row in before:
            told.note(row.payment_id, row.status, row.bank_reference, row.moved_rupiah)
        return told

    def note(self, payment_id: UUID | None, status: str, bank_reference: str, moved_rupiah: int) -> None:
        """One movement more."""
        self.moved[payment_id, status, bank_reference] += moved_rupiah
        if status == LineStatus.CREDITED:
            self.credited_by[payment_id] = bank_reference


async def import_statement(
    batch_id: UUID, lines: Sequence[StatementLine | UnreadableLine], uow: UnitOfWork
) -> BatchReading:
    """Match a statement with the batch's payments; lines imported before change nothing.

    Each line is a movement of its own, and every rupiah that it moved is booked. What was owed and came is credited,
    what did not come or came back is failed; every difference is a finding. When the last payment is settled the
    batch is reconciled.
    """
    settlement = await batches.open_settlement(batch_id, uow)
    if settlement.is_awaited:
        told = Told.of(await repository.of_batch(uow, batch_id))
        for line in lines:
            if line.identity not in told.lines:
                told.lines.add(line.identity)
                await _import_line(settlement, line, told, uow)
        await _miss_lines(settlement, {payment_id for payment_id, _, _ in told.moved}, uow)
    return await batches.close_settlement(settlement, uow)


async def _import_line(
    settlement: batches.Settlement, line: StatementLine | UnreadableLine, told: Told, uow: UnitOfWork
) -> None:
    batch, now = settlement.batch, await uow.now()
    row = BankMovement(
        id=line.identity, batch_id=batch.id, status="UNREADABLE", imported_at=now, district=batch.district
    )
    if isinstance(line, UnreadableLine):
        uow.insert(row)
        await _find(batch, FindingKind.LINE_UNREADABLE, line.digest, None, line.why.value, uow, line.line_no)
        return
    payment = settlement.payments.get(line.payment_id)
    key = (line.payment_id, line.status.value, line.bank_reference)
    verdict = domain.judge(line, _expected(payment), told.moved[key] if line.bank_reference else 0)
    told.note(*key, verdict.moved_rupiah)
    row.payment_id, row.amount_rupiah, row.moved_rupiah = line.payment_id, line.amount_rupiah, verdict.moved_rupiah
    row.status, row.bank_reference, row.reason_code = line.status.value, line.bank_reference, line.reason_code
    row.reason_text, row.value_on = line.reason_text, line.value_on
    uow.insert(row)
    if verdict.moved_rupiah:
        moved = batches.BookMovement(line.identity, payment.id if payment else None, verdict.moved_rupiah, now)
        await batches.book_movement(settlement, moved, uow)
    await _settle(settlement, line, verdict, told, uow)
    if verdict.finding is not None:
        await _find(batch, verdict.finding, str(line.identity), payment, line.reason_code, uow)


def _expected(payment: Payment | None) -> Expected | None:
    if payment is None:
        return None
    return Expected(PaymentState(payment.state), payment.owed_rupiah, payment.credited_rupiah)


async def _settle(
    settlement: batches.Settlement, line: StatementLine, verdict: Verdict, told: Told, uow: UnitOfWork
) -> None:
    """What becomes of the payment, and of what was open about it.

    A movement back may leave exactly what was owed: then the credit before it is what paid.
    """
    payment, now = settlement.payments.get(line.payment_id), await uow.now()
    if payment is None:
        return
    if verdict.moved_rupiah or verdict.move:
        await settle_findings(payment.entitlement_id, domain.SUPERSEDED, "LATER_MOVEMENT", uow)
    if verdict.move == "credit":
        await batches.credit_payment(settlement, payment.id, told.credited_by[payment.id], now, uow)
    elif verdict.move == "fail":
        await batches.fail_payment(settlement, payment.id, line.reason_code, now, uow)
    if verdict.finding is FindingKind.CREDITED_LATE:
        await _keep_from_second_payment(payment, Fact.HOLD, uow)
    elif verdict.moved_rupiah < 0 and not payment.owed_rupiah and not payment.credited_rupiah:
        await _keep_from_second_payment(payment, Fact.LET_GO, uow)


async def _keep_from_second_payment(payment: Payment, fact: Fact, uow: UnitOfWork) -> None:
    """A payment that was given up arrived, or went back: the aid is off any other list, or free for one."""
    entitlement = await of_id(payment.entitlement_id, uow)
    await hear_of_aid(of_entitlement(entitlement, HoldSource.BANK, fact, "PAID_LATE", await uow.now()), uow)


async def _miss_lines(settlement: batches.Settlement, told: Collection[UUID | None], uow: UnitOfWork) -> None:
    """Payments of which the bank says nothing for too long are somebody's to ask about."""
    batch = settlement.batch
    if batch.sent_at is None or batch.state != BatchState.SENT:
        return
    waits = (await pack_in_force(uow, batch.district)).statement_waits
    if await uow.now() < batch.sent_at + waits.missing_after:
        return
    for payment in settlement.payments.values():
        if payment.state == PaymentState.INSTRUCTED and payment.id not in told:
            await _find(batch, FindingKind.LINE_MISSING, str(payment.id), payment, "", uow)


async def look_for_missing(batch_id: UUID, uow: UnitOfWork) -> BatchReading:
    """The bank has no statement yet: whoever is missed for too long becomes a finding."""
    return await import_statement(batch_id, [], uow)


async def record_unreadable(
    batch_id: UUID, digest: str, fault: StatementIsNotReadable, uow: UnitOfWork
) -> BatchReading:
    """The bank's file makes no sense: somebody is told which line and why; the bank is asked again."""
    settlement = await batches.open_settlement(batch_id, uow)
    await _find(settlement.batch, FindingKind.STATEMENT_UNREADABLE, digest, None, fault.why.value, uow, fault.line_no)
    await _miss_lines(settlement, {row.payment_id for row in await repository.of_batch(uow, batch_id)}, uow)
    return await batches.close_settlement(settlement, uow)


async def _find(
    batch: Batch,
    kind: FindingKind,
    about: str,
    payment: Payment | None,
    reason_code: str,
    uow: UnitOfWork,
    line_no: int | None = None,
) -> None:
    await open_finding(
        OpenFinding(
            kind=kind,
            about=about,
            batch_id=batch.id,
            correlation_id=batch.correlation_id,
            district=batch.district,
            reason_code=reason_code,
            payment_id=payment.id if payment else None,
            entitlement_id=payment.entitlement_id if payment else None,
            line_no=line_no,
        ),
        uow,
    )


async def record_refusal(submission: Submission, uow: UnitOfWork) -> None:
    """The bank refuses the file: the list can be stopped again, and somebody has to look.

    When the bank has another file under this key, nothing of it can be stopped.
    """
    batch = (await batches.open_settlement(submission.batch_id, uow)).batch
    if batch.state == BatchState.SENDING:
        about = f"{submission.file_digest}:{submission.refusal}:{batch.version}"
        await _find(batch, FindingKind.FILE_REFUSED, about, None, submission.refusal, uow)
        if submission.refusal != BANK_HAS_OTHER_FILE:
            await batches.take_back(batch, submission.refusal, uow)


@dataclass(frozen=True, slots=True)
class ResolveFinding:
    """Somebody decides about a finding; ``expected_version`` is what they saw."""

    finding_id: UUID
    expected_version: int
    resolution: Resolution
    reason_code: str


async def resolve_finding(command: ResolveFinding, uow: UnitOfWork) -> Finding:
    """Settle a finding; paying again or ending the aid takes the obligation back from the books.

    Raises ``NotFound``, ``StaleVersion``, ``FindingIsResolved``, ``ResolutionDoesNotFit``.
    """
    finding = await uow.locked(Finding, command.finding_id, command.expected_version)
    is_kept_back = finding.entitlement_id is not None and await is_held_back(finding.entitlement_id, uow)
    check_resolution(finding.kind, finding.resolution is None, command.resolution, is_kept_back=is_kept_back)
    uow.change(
        finding,
        "resolve",
        reason=command.reason_code,
        resolution=command.resolution.value,
        resolved_at=await uow.now(),
    )
    match command.resolution:
        case Resolution.PAY_AGAIN | Resolution.END_AID:
            assert finding.payment_id is not None
            move = Move.RENEW if command.resolution is Resolution.PAY_AGAIN else Move.END
            entitlement = await batches.reverse_obligation(finding.payment_id, move, command.reason_code, uow)
            await weigh([entitlement.person_id], entitlement.district, uow)
        case Resolution.SEND_AGAIN:
            await batches.send_again(finding.batch_id, command.reason_code, uow)
        case Resolution.ACCEPT_AMOUNT | Resolution.BANK_SAYS_UNPAID | Resolution.RECOVERED:
            await _decide_payment(finding, command, uow)
        case Resolution.RECOVERY_ASKED | Resolution.NOTED:
            pass
    return finding


async def _decide_payment(finding: Finding, command: ResolveFinding, uow: UnitOfWork) -> None:
    """People settle what the bank left open about one payment."""
    settlement = await batches.open_settlement(finding.batch_id, uow)
    assert finding.payment_id is not None
    payment, now = settlement.payments[finding.payment_id], await uow.now()
    match command.resolution:
        case Resolution.ACCEPT_AMOUNT:
            await batches.owe(settlement, payment, payment.credited_rupiah, command.reason_code, uow)
            if payment.state != PaymentState.CREDITED:
                told = Told.of(await repository.of_batch(uow, finding.batch_id))
                await batches.credit_payment(settlement, payment.id, told.credited_by[payment.id], now, uow)
        case Resolution.BANK_SAYS_UNPAID:
            await batches.fail_payment(settlement, payment.id, command.reason_code, now, uow)
            await _find(
                settlement.batch, FindingKind.PAYMENT_RETURNED, str(finding.id), payment, command.reason_code, uow
            )
        case _:
            excess = payment.credited_rupiah - settles(payment.owed_rupiah, payment.credited_rupiah)
            if excess > 0:
                await batches.recover(settlement, finding.id, payment.id, excess, uow)
            if not payment.owed_rupiah and not payment.credited_rupiah:
                await _keep_from_second_payment(payment, Fact.LET_GO, uow)
    await batches.close_settlement(settlement, uow)
