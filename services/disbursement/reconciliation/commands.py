"""The only code that imports statements and resolves findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.batches import commands as batches
from services.disbursement.batches.domain import BatchState, PaymentState
from services.disbursement.batches.messages import BatchReading, Submission
from services.disbursement.batches.queries import orders_of_batch
from services.disbursement.batches.tables import Batch, Payment
from services.disbursement.entitlements.domain import Move
from services.disbursement.programmes.queries import pack_in_force
from services.disbursement.reconciliation import domain, repository
from services.disbursement.reconciliation.domain import (
    Expected,
    FindingKind,
    LineStatus,
    Resolution,
    StatementLine,
    UnreadableLine,
)
from services.disbursement.reconciliation.tables import Finding, StatementLineRow

SETTLED_AS = {PaymentState.CREDITED: LineStatus.CREDITED, PaymentState.FAILED: LineStatus.REJECTED}


async def import_statement(
    batch_id: UUID, lines: Sequence[StatementLine | UnreadableLine], uow: UnitOfWork
) -> BatchReading:
    """Match a statement with the batch's payments; lines imported before change nothing.

    A credited line pays, a rejected one returns the payment and opens a finding; whatever does not match opens a
    finding and settles nothing. When the last payment is settled the batch is reconciled.
    """
    batch = await uow.locked(Batch, batch_id)
    if batch.state in (BatchState.SENT, BatchState.RECONCILED):
        payments = {payment.id: payment for payment in await orders_of_batch(batch_id, uow)}
        known = await repository.known_lines(uow, [line.identity for line in lines])
        books = await batches.books_of(batch, uow)
        for line in lines:
            if line.identity not in known:
                known.add(line.identity)
                await _import_line(batch, payments, line, books, uow)
        await batches.record_reconciled(batch, list(payments.values()), uow)
    return await batches.read_batch(batch_id, uow)


async def _import_line(
    batch: Batch,
    payments: dict[UUID, Payment],
    line: StatementLine | UnreadableLine,
    books: batches.Books,
    uow: UnitOfWork,
) -> None:
    now = await uow.now()
    row = StatementLineRow(
        id=line.identity, batch_id=batch.id, status="UNREADABLE", imported_at=now, district=batch.district
    )
    if isinstance(line, UnreadableLine):
        uow.insert(row)
        await _open_finding(batch, FindingKind.LINE_UNREADABLE, line.digest, None, "", uow)
        return
    row.payment_id, row.amount_rupiah = line.payment_id, line.amount_rupiah
    row.status, row.bank_reference, row.reason_code = line.status.value, line.bank_reference, line.reason_code
    uow.insert(row)
    payment = payments.get(line.payment_id)
    expected = (
        Expected(payment.id, payment.amount_rupiah, SETTLED_AS.get(PaymentState(payment.state))) if payment else None
    )
    verdict = domain.judge(line, expected)
    if payment is not None and verdict.settles_as is LineStatus.CREDITED:
        await batches.credit_payment(payment, line.bank_reference, now, books, uow)
    if payment is not None and verdict.settles_as is LineStatus.REJECTED:
        await batches.fail_payment(payment, line.reason_code, now, uow)
    if verdict.finding is not None:
        about = str(line.payment_id) if verdict.finding is FindingKind.PAYMENT_RETURNED else str(line.identity)
        known_payment = payment.id if payment else None
        await _open_finding(batch, verdict.finding, about, known_payment, line.reason_code, uow)


async def _open_finding(
    batch: Batch, kind: FindingKind, about: str, payment_id: UUID | None, reason_code: str, uow: UnitOfWork
) -> None:
    finding_id = domain.finding_id(batch.id, kind, about)
    if await repository.finding_exists(uow, finding_id) is not None:
        return
    rules = (await pack_in_force(uow, batch.district)).exceptions
    finding = Finding(
        id=finding_id,
        correlation_id=batch.correlation_id,
        district=batch.district,
        kind=kind.value,
        batch_id=batch.id,
        payment_id=payment_id,
        desk=rules.desk,
        due_at=await uow.now() + rules.resolve_within,
        reason_code=reason_code,
    )
    uow.create(finding, "find", reason=kind.value)


async def record_refusal(submission: Submission, uow: UnitOfWork) -> None:
    """The bank refuses the file: the batch stays approved and somebody has to look."""
    batch = await uow.locked(Batch, submission.batch_id)
    if batch.state == BatchState.APPROVED:
        about = f"{submission.file_digest}:{submission.refusal}:{batch.version}"
        await _open_finding(batch, FindingKind.FILE_REFUSED, about, None, submission.refusal, uow)


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
    domain.check_resolution(finding.kind, finding.resolution is None, command.resolution)
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
            await batches.reverse_obligation(finding.payment_id, move, command.reason_code, uow)
        case Resolution.SEND_AGAIN:
            await batches.send_again(finding.batch_id, command.reason_code, uow)
        case Resolution.NOTED:
            pass
    return finding
